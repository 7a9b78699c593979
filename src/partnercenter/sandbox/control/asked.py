"""A call of a control route, as its module sees it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.state import State
from partnercenter.sandbox.wire.json_body import decode_object
from partnercenter.sandbox.wire.message import Request, Response


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose sandbox is meant, what was sent, and the name in the path of a route that has one."""

    state: State
    request: Request
    name: str = ""

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent; raises `BodyError`."""
        return decode_object(self.request.body)


Route = Callable[[Asked], Response]


def check_names(given: Mapping[str, Any], known: Iterable[str], whose: str) -> None:
    """Raise `SandboxError` for a name that is not known, with the nearest one that is."""
    names = list(known)
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(names)}."
            raise SandboxError(f"{whose} has no member {name[:60]!r}; {hint}")
