"""What is in the sandbox: replaced by a world, or emptied."""

from __future__ import annotations

from typing import Any, Final

from partnercenter.sandbox.control.asked import Asked
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.wire.message import Response, json_response
from partnercenter.sandbox.worlds.document import World, read_world
from partnercenter.sandbox.worlds.named import named_world

_WORLD_NAME: Final = "world"


def seed(asked: Asked) -> Response:
    """Replace everything by a world: `{"world": "demo"}`, or a world document."""
    return json_response(200, asked.state.fill(world_of(asked.body())))


def reset(asked: Asked) -> Response:
    """Back to the development partner without customers, and to the default settings."""
    return json_response(200, asked.state.fill(named_world("empty")))


def world_of(body: dict[str, Any]) -> World:
    """The world that a seed asks for; raises `SandboxError` for one that is none."""
    name = body.get(_WORLD_NAME)
    if name is None:
        return read_world(body)
    if not isinstance(name, str) or len(body) > 1:
        raise SandboxError(
            'A seed is either {"world": "name"} or a world document with partners and settings.'
        )
    return named_world(name)
