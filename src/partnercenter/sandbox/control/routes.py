"""The table of the control routes, and how a path leads to one of them.

What a route does is in the module of its concern. Errors are `{"error": "one sentence"}` with the status that fits.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from partnercenter.sandbox.control import (
    about,
    applications,
    clock,
    faults,
    minting,
    partners,
    requests,
    seeding,
    settings,
    snapshots,
    users,
)
from partnercenter.sandbox.control.access import refusal
from partnercenter.sandbox.control.asked import Asked, Route
from partnercenter.sandbox.errors import SandboxError, StorageError, UnknownNameError
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.faults import storage_fault
from partnercenter.sandbox.wire.json_body import BodyError
from partnercenter.sandbox.wire.message import Request, Response, json_response

log = logging.getLogger(__name__)

PREFIX: Final = "/_sandbox"

ROUTES: Final[Mapping[str, Mapping[str, Route]]] = {
    "/health": {"GET": about.health},
    "/about": {"GET": about.about},
    "/settings": {"GET": settings.show, "PATCH": settings.change},
    "/settings/described": {"GET": settings.describe},
    "/seed": {"POST": seeding.seed},
    "/reset": {"POST": seeding.reset},
    "/tokens": {"POST": minting.tokens},
    "/clock": {"GET": clock.show, "PATCH": clock.move, "POST": clock.move},
    "/faults": {"GET": faults.show, "POST": faults.add, "DELETE": faults.clear},
    "/faults/{id}": {"DELETE": faults.remove},
    "/requests": {"GET": requests.show, "DELETE": requests.clear},
    "/snapshots": {"GET": snapshots.show, "POST": snapshots.save},
    "/snapshots/{name}": {"DELETE": snapshots.delete},
    "/snapshots/{name}/restore": {"POST": snapshots.restore},
    "/partners": {"GET": partners.show, "POST": partners.add},
    "/partners/{tenantId}": {"GET": partners.get, "PATCH": partners.change, "DELETE": partners.remove},
    "/applications": {"GET": applications.show, "POST": applications.add},
    "/applications/{clientId}": {
        "GET": applications.get,
        "PATCH": applications.change,
        "DELETE": applications.remove,
    },
    "/applications/{clientId}/secrets": {"POST": applications.add_secret},
    "/applications/{clientId}/secrets/{keyId}": {"DELETE": applications.remove_secret},
    "/applications/{clientId}/certificates": {"POST": applications.add_certificate},
    "/applications/{clientId}/certificates/{thumbprint}": {"DELETE": applications.remove_certificate},
    "/users": {"GET": users.show, "POST": users.add},
    "/users/{user}": {"GET": users.get, "PATCH": users.change, "DELETE": users.remove},
    "/users/{user}/revoke": {"POST": users.revoke},
    "/openapi.json": {"GET": about.openapi},
}


class Control:
    """The control routes over one sandbox's state."""

    def __init__(self, state: State, control_token: str | None = None) -> None:
        self._state = state
        self._token = control_token or None

    def handle(self, request: Request) -> Response:
        """Answer a request below `/_sandbox`; never raises for one."""
        found = _find(request)
        if found is None:
            known = ", ".join(f"{PREFIX}{name}" for name in ROUTES)
            return _error(404, f"There is no control route {request.path[:100]}; there are {known}.")
        pattern, names = found
        route = ROUTES[pattern].get(request.method)
        if route is None:
            allowed = ", ".join(ROUTES[pattern])
            response = _error(405, f"{PREFIX}{pattern} takes {allowed}, not {request.method[:20]}.")
            response.headers["Allow"] = allowed
            return response
        reason = None if pattern == "/health" else refusal(request, self._token)
        if reason is not None:
            return _error(403, reason)
        return _answer(route, Asked(self._state, request, names))

    def admits(self, request: Request) -> bool:
        """Whether whoever sends this may control the sandbox; asked before a large body is read."""
        return refusal(request, self._token) is None


def _find(request: Request) -> tuple[str, tuple[str, ...]] | None:
    """The route of a path, matched without case, and the names that stand in it; None when there is no such route."""
    path = request.path[len(PREFIX) :]
    # To delete what an empty name stands for is not to delete all there is.
    parts = (path if request.method == "DELETE" else path.rstrip("/")).split("/")
    for pattern in ROUTES:
        expected = pattern.split("/")
        if len(expected) == len(parts) and all(map(_fits, expected, parts)):
            pairs = zip(expected, parts, strict=True)
            return pattern, tuple(unquote(part) for wanted, part in pairs if wanted.startswith("{"))
    return None


def _fits(expected: str, part: str) -> bool:
    return bool(part) if expected.startswith("{") else part.lower() == expected


def _answer(route: Route, asked: Asked) -> Response:
    try:
        asked.state.catch_up()
        return route(asked)
    except UnknownNameError as error:
        return _error(404, str(error))
    except StorageError as error:
        return _not_stored(error)
    except (SandboxError, BodyError) as error:
        return _error(400, str(error))
    except Exception as error:
        stored = storage_fault(error)
        if stored is not None:
            return _not_stored(stored)
        log.exception("unexpected error at %s %s", asked.request.method, asked.request.path[:100])
        return _error(500, "The sandbox failed; what was asked for was not done. Its log says why.")


def _not_stored(error: StorageError) -> Response:
    log.error("%s", error)
    return _error(500, str(error))


def _error(status: int, sentence: str) -> Response:
    return json_response(status, {"error": sentence})
