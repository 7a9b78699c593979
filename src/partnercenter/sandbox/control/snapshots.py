"""Snapshots: the whole state saved under a name, restored, listed, taken away."""

from __future__ import annotations

from partnercenter.sandbox.control.asked import Asked, check_names
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.wire.message import Response, json_response


def show(asked: Asked) -> Response:
    """Every snapshot, in the order of names."""
    kept = asked.state.snapshots.all()
    return json_response(200, {"snapshots": [snapshot.as_json() for snapshot in kept]})


def save(asked: Asked) -> Response:
    """`{"name": "before-sweep"}` saves; with `"replace": true` one of that name gives way."""
    order = asked.body()
    check_names(order, ("name", "replace"), "A snapshot")
    name, replaces = order.get("name"), order.get("replace", False)
    if not isinstance(name, str):
        raise SandboxError('A snapshot needs a name: {"name": "before-sweep"}.')
    if not isinstance(replaces, bool):
        raise SandboxError("The member replace of a snapshot must be true or false.")
    return json_response(200, asked.state.snapshots.save(name, replaces=replaces).as_json())


def restore(asked: Asked) -> Response:
    """Replace the state by the one that was saved."""
    return json_response(200, asked.state.snapshots.restore(asked.name).as_json())


def delete(asked: Asked) -> Response:
    """Take one away; the answer shows what is left."""
    asked.state.snapshots.delete(asked.name)
    return show(asked)
