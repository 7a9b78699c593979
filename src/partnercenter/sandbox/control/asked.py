"""A call of a control route, as its module sees it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.state import State
from partnercenter.sandbox.wire.json_body import decode_object
from partnercenter.sandbox.wire.message import Request, Response

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose sandbox is meant, what was sent, and the names in the path of a route that has some."""

    state: State
    request: Request
    names: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The first name in the path."""
        return self.names[0]

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent; raises `BodyError`."""
        return decode_object(self.request.body)

    def change(self, work: Callable[[Connection], T]) -> T:
        """Change partners, applications or users in one transaction; the next call knows of it."""
        return self.state.change(work)


Route = Callable[[Asked], Response]


def check_names(given: Mapping[str, Any], known: Iterable[str], whose: str) -> None:
    """Raise `SandboxError` for a name that is not known, with the nearest one that is."""
    names = list(known)
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(names)}."
            raise SandboxError(f"{whose} has no member {name[:60]!r}; {hint}")
