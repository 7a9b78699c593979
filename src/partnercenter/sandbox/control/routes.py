"""The control routes: health, about, settings, seed, reset, tokens, and the OpenAPI document.

Errors are `{"error": "one sentence"}` with the status that fits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

from partnercenter._version import __version__
from partnercenter.contract import development_partner
from partnercenter.contract.openapi import openapi_document
from partnercenter.sandbox.control.access import refusal
from partnercenter.sandbox.control.minting import mint
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.settings import SETTINGS
from partnercenter.sandbox.state import State
from partnercenter.sandbox.wire.json_body import BodyError, decode_object
from partnercenter.sandbox.wire.message import Request, Response, json_response
from partnercenter.sandbox.worlds.document import World, read_world
from partnercenter.sandbox.worlds.named import WORLDS, named_world

log = logging.getLogger(__name__)

PREFIX: Final = "/_sandbox"
_WORLD_NAME: Final = "world"

Route = Callable[["Control", Request], Response]


class Control:
    """The control routes over one sandbox's state."""

    def __init__(self, state: State, control_token: str | None = None) -> None:
        self._state = state
        self._token = control_token or None

    def handle(self, request: Request) -> Response:
        """Answer a request below `/_sandbox`; never raises for one."""
        path = request.path.rstrip("/").lower().removeprefix(PREFIX)
        methods = _ROUTES.get(path)
        if methods is None:
            known = ", ".join(f"{PREFIX}{name}" for name in _ROUTES)
            return _error(404, f"There is no control route {request.path[:100]}; there are {known}.")
        route = methods.get(request.method)
        if route is None:
            allowed = ", ".join(methods)
            response = _error(405, f"{PREFIX}{path} takes {allowed}, not {request.method[:20]}.")
            response.headers["Allow"] = allowed
            return response
        reason = None if path == "/health" else refusal(request, self._token)
        if reason is not None:
            return _error(403, reason)
        try:
            return route(self, request)
        except (SandboxError, BodyError) as error:
            return _error(400, str(error))
        except Exception:
            log.exception("unexpected error at %s %s", request.method, path)
            return _error(500, "The sandbox failed; what was asked for was not done. Its log says why.")

    def admits(self, request: Request) -> bool:
        """Whether whoever sends this may control the sandbox; asked before a large body is read."""
        return refusal(request, self._token) is None

    def health(self, request: Request) -> Response:  # noqa: ARG002 - one signature for all routes
        """200 as long as the database answers."""
        self._state.database.read(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())
        return json_response(200, {"status": "ok"})

    def about(self, request: Request) -> Response:
        """Where the sandbox is and how the development partner signs in (design: fixed, well-known values)."""
        values = {
            "endpoint": request.origin,
            "authority": request.origin,
            "tenantId": development_partner.TENANT_ID,
            "domain": development_partner.DOMAIN,
            "clientId": development_partner.CLIENT_ID,
            "clientSecret": development_partner.CLIENT_SECRET,
            "version": __version__,
            "worlds": list(WORLDS),
        }
        return json_response(200, values)

    def settings(self, request: Request) -> Response:  # noqa: ARG002 - one signature for all routes
        """Every setting with its value in force."""
        return json_response(200, self._state.settings.as_json())

    def change_settings(self, request: Request) -> Response:
        """Change some settings; null goes back to the default."""
        return json_response(200, self._state.change_settings(decode_object(request.body)).as_json())

    def describe_settings(self, request: Request) -> Response:  # noqa: ARG002 - one signature for all routes
        """What each setting means."""
        described = [
            {
                "name": setting.name,
                "value": self._state.settings[setting.name],
                "default": setting.default,
                "takes": setting.expected,
                "section": setting.section,
                "summary": setting.summary,
            }
            for setting in SETTINGS.values()
        ]
        return json_response(200, {"settings": described})

    def seed(self, request: Request) -> Response:
        """Replace everything by a world: `{"world": "demo"}`, or a world document."""
        body = decode_object(request.body)
        return self._fill(_world(body))

    def reset(self, request: Request) -> Response:  # noqa: ARG002 - one signature for all routes
        """Back to the development partner without customers, and to the default settings."""
        return self._fill(named_world("empty"))

    def tokens(self, request: Request) -> Response:
        """A token made to order."""
        order = decode_object(request.body) if request.body.strip() else {}
        return json_response(200, mint(self._state, order))

    def openapi(self, request: Request) -> Response:
        """The OpenAPI document of everything that is served."""
        document = {**self._openapi, "servers": [{"url": request.origin}]}
        return json_response(200, document)

    @cached_property
    def _openapi(self) -> dict[str, Any]:
        return openapi_document(__version__)

    def _fill(self, world: World) -> Response:
        return json_response(200, self._state.fill(world))


def _world(body: dict[str, Any]) -> World:
    name = body.get(_WORLD_NAME)
    if name is None:
        return read_world(body)
    if not isinstance(name, str) or len(body) > 1:
        raise SandboxError(
            'A seed is either {"world": "name"} or a world document with partners and settings.'
        )
    return named_world(name)


def _error(status: int, sentence: str) -> Response:
    return json_response(status, {"error": sentence})


_ROUTES: Final[dict[str, dict[str, Route]]] = {
    "/health": {"GET": Control.health},
    "/about": {"GET": Control.about},
    "/settings": {"GET": Control.settings, "PATCH": Control.change_settings},
    "/settings/described": {"GET": Control.describe_settings},
    "/seed": {"POST": Control.seed},
    "/reset": {"POST": Control.reset},
    "/tokens": {"POST": Control.tokens},
    "/openapi.json": {"GET": Control.openapi},
}
