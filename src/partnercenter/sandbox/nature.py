"""Time and chance, passed in and never imported, so that a test can hold them still."""

from __future__ import annotations

import base64
import os
import secrets
import string
from datetime import UTC, datetime, timedelta
from typing import Protocol

# The digit of a GUID that says of which kind it is: RFC 9562, 4.1.
_VARIANTS = {digit: "89ab"[int(digit, 16) % 4] for digit in string.hexdigits}
_PASSWORD_LETTERS = string.ascii_letters + string.digits + "=;.!@#%"


# Random bytes fetched ahead, in pieces: each call needs three ids, and asking the system costs more than an id does.
_ahead: dict[int, list[bytes]] = {12: [], 16: []}
if hasattr(os, "register_at_fork"):  # two processes must never take the same
    for _pieces in _ahead.values():
        os.register_at_fork(after_in_child=_pieces.clear)


def _random_bytes(size: int) -> bytes:
    pieces = _ahead[size]
    try:
        return pieces.pop()
    except IndexError:
        fetched = os.urandom(size * 128)
        pieces.extend(fetched[start : start + size] for start in range(size, len(fetched), size))
        return fetched[:size]


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


class MovableClock:
    """The sandbox's own time: that of another clock, ahead of it by as much as it was moved; never backwards."""

    def __init__(self, base: Clock) -> None:
        self._base = base
        self.ahead = timedelta()

    def now(self) -> datetime:
        """The sandbox's current time, in UTC."""
        return self._base.now() + self.ahead


class Identifiers:
    """New ids, passwords and trace vectors, none of them ever handed out twice."""

    def guid(self) -> str:
        """A random GUID in lower case; made by hand, because every call needs up to two of them."""
        digits = _random_bytes(16).hex()
        variant = _VARIANTS[digits[16]]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def short(self) -> str:
        """Twelve hexadecimal digits, as new-commerce orders and alternate ids have (behaviour.md 4.2)."""
        return secrets.token_hex(6)

    def long(self) -> str:
        """33 URL-safe letters that end in 1, as orders of reservations and software have (behaviour.md 4.2)."""
        return secrets.token_urlsafe(24) + "1"

    def etag(self) -> int:
        """A signed 64-bit number, as billing profiles carry (behaviour.md 3.4)."""
        return secrets.randbits(64) - 2**63

    def password(self) -> str:
        """The first password of a new customer's administrator."""
        # So many bits for each letter that none is likelier than another by anything that counts.
        number = secrets.randbits(192)
        letters = []
        for _ in range(12):
            number, place = divmod(number, len(_PASSWORD_LETTERS))
            letters.append(_PASSWORD_LETTERS[place])
        return "".join(letters)

    def bearer_text(self) -> str:
        """A text that opens what it was given out for: 64 URL-safe letters that nobody guesses.

        It begins as Entra's do, so that programs which look for secrets find it where it does not belong.
        """
        return "0.A" + secrets.token_urlsafe(48)

    def trace_vector(self) -> str:
        """The start of a trace: 16 base64 characters and `.0` (behaviour.md 10.2)."""
        return base64.b64encode(_random_bytes(12)).decode("ascii") + ".0"


class Nature:
    """The clocks and the source of ids of one sandbox.

    `real` is the machine's time, which tokens live by; `clock` is the sandbox's own, which everything else asks.
    """

    def __init__(self, clock: Clock | None = None, ids: Identifiers | None = None) -> None:
        self.real: Clock = clock or SystemClock()
        self.clock = MovableClock(self.real)
        self.ids = ids or Identifiers()

    def in_real_time(self) -> Nature:
        """The same with a clock that nobody has moved yet."""
        return Nature(self.real, self.ids)
