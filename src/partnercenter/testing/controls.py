"""The control routes of a sandbox in this process, called as functions. What they do is in `sandbox.control`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Unpack
from urllib.parse import quote

from partnercenter.testing.orders import FaultOrder, in_json


class Control(Protocol):
    """`LocalSandbox.control`."""

    def __call__(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call a control route."""
        ...


class Faults:
    """Calls that go wrong on purpose (docs/control.md, "Faults")."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def add(self, **order: Unpack[FaultOrder]) -> str:
        """Let calls go wrong; returns the fault's id. Raises `SandboxError` for a member or a value that is none."""
        return str(self._control("POST", "/faults", in_json(order))["id"])

    def list(self) -> list[dict[str, Any]]:
        """Every fault that waits, with how often it `matched` and `hits`, and how many are `left`."""
        faults: list[dict[str, Any]] = self._control("GET", "/faults")["faults"]
        return faults

    def remove(self, fault_id: str) -> None:
        """Take one away; raises `SandboxError` when it is not there, or has hit all that it was to hit."""
        self._control("DELETE", f"/faults/{quote(fault_id, safe='')}")

    def clear(self) -> None:
        """Take all away."""
        self._control("DELETE", "/faults")


class Snapshots:
    """The whole state under a name, to come back to; it ends with the sandbox (docs/control.md, "Snapshots")."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def save(self, name: str, *, replace: bool = False) -> None:
        """Keep the state of this moment; raises `SandboxError` when the name is taken and not to be replaced."""
        self._control("POST", "/snapshots", {"name": name, "replace": replace})

    def restore(self, name: str) -> None:
        """Come back to a state; raises `SandboxError` when there is none of that name."""
        self._control("POST", f"/snapshots/{quote(name, safe='')}/restore")

    def delete(self, name: str) -> None:
        """Take a snapshot away; raises `SandboxError` when there is none of that name."""
        self._control("DELETE", f"/snapshots/{quote(name, safe='')}")

    def list(self) -> list[dict[str, Any]]:
        """Every snapshot with its `name`, `madeAt`, `counts` and `size`, in the order of names."""
        snapshots: list[dict[str, Any]] = self._control("GET", "/snapshots")["snapshots"]
        return snapshots
