"""Time and chance, passed in and never imported, so that a test can hold them still."""

from __future__ import annotations

import base64
import secrets
import string
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

_PASSWORD_LETTERS = string.ascii_letters + string.digits + "=;.!@#%"


class Clock(Protocol):
    """Where every time in the sandbox comes from."""

    def now(self) -> datetime:
        """The current time, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current time, in UTC."""
        return datetime.now(UTC)


class Identifiers:
    """New ids, passwords and trace vectors, none of them ever handed out twice."""

    def guid(self) -> str:
        """A random GUID in lower case."""
        return str(uuid.uuid4())

    def etag(self) -> int:
        """A signed 64-bit number, as billing profiles carry (behaviour.md 3.4)."""
        return secrets.randbits(64) - 2**63

    def password(self) -> str:
        """The first password of a new customer's administrator."""
        return "".join(secrets.choice(_PASSWORD_LETTERS) for _ in range(12))

    def trace_vector(self) -> str:
        """The start of a trace: 16 base64 characters and `.0` (behaviour.md 10.2)."""
        return base64.b64encode(secrets.token_bytes(12)).decode("ascii") + ".0"


@dataclass(frozen=True, slots=True)
class Nature:
    """The clock and the source of ids of one sandbox."""

    clock: Clock = field(default_factory=SystemClock)
    ids: Identifiers = field(default_factory=Identifiers)
