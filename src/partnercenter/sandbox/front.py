"""Where a request belongs: control, sign-in, or the API. Knows neither sockets nor an event loop.

`asgi` and `testing.network` bring requests to it, and wait for what it gives.
"""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.control.routes import PREFIX, Control
from partnercenter.sandbox.service import Answer, Service
from partnercenter.sandbox.sign_in import SignIn
from partnercenter.sandbox.state import State
from partnercenter.sandbox.wire.message import Request

_API: Final = "/v1"


def is_api(request: Request) -> bool:
    """Whether it can be about nothing but the API."""
    return request.path[:3].lower() == _API


def is_control(request: Request) -> bool:
    """Whether it is about the sandbox itself."""
    return request.path.lower().startswith(PREFIX)


class Front:
    """All that one sandbox answers: `service` is the API, `control` what is below `/_sandbox`."""

    def __init__(self, state: State, control_token: str | None = None) -> None:
        self.service = Service(state)
        self.control = Control(state, control_token)
        self._sign_in = SignIn(state)

    def submit(self, request: Request) -> Answer:
        """Answer a request, whatever it is about; what belongs nowhere is the API's to refuse.

        An event loop must not wait here for what is not of the API: control routes wait for the database, and signing
        takes a millisecond.
        """
        if is_api(request):
            return self.service.submit(request)
        if is_control(request):
            return self.control.handle(request)
        return self._sign_in.find(request) or self.service.submit(request)
