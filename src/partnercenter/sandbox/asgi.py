"""The ASGI shell: bytes in, `Request`; `Response`, bytes out. Everything that decides is elsewhere.

Starlette gives the application its life and its error handling; the operations of the API are routed by the
contract's own tree, whose cost does not grow with the number of operations.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from partnercenter.sandbox.control.access import is_loopback_host
from partnercenter.sandbox.control.routes import PREFIX, Control
from partnercenter.sandbox.service import Service
from partnercenter.sandbox.sign_in import SignIn
from partnercenter.sandbox.state import State
from partnercenter.sandbox.wire.fault import gateway_fault
from partnercenter.sandbox.wire.message import Request, Response

_LARGEST_BODY: Final = 4 * 1024 * 1024
_LARGEST_WORLD: Final = 256 * 1024 * 1024


def create_app(state: State, *, control_token: str | None = None) -> Starlette:
    """The sandbox as an ASGI application; it closes `state` when it ends."""

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await asyncio.to_thread(state.close)

    return Starlette(lifespan=life, routes=[Mount("/", app=_Shell(state, control_token))])


class _Shell:
    """Sends each request where it belongs: control, sign-in, or the API."""

    def __init__(self, state: State, control_token: str | None) -> None:
        self._service = Service(state)
        self._sign_in = SignIn(state)
        self._control = Control(state, control_token)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        path = _raw_path(scope)
        is_control = path.lower().startswith(PREFIX)
        body = await _read_body(receive, _LARGEST_WORLD if is_control else _LARGEST_BODY)
        if body is None:
            response = gateway_fault(413, "The body is too large").response
        else:
            response = await self._answer(_request(scope, path, body), is_control)
        await _send(send, response, is_head=scope["method"] == "HEAD")

    async def _answer(self, request: Request, is_control: bool) -> Response:
        if is_control:
            return await asyncio.to_thread(self._control.handle, request)
        # The path tells sign-in apart at once; signing takes a millisecond of a thread's time.
        if not request.path.lower().startswith("/v1") and (
            answer := await asyncio.to_thread(self._sign_in.find, request)
        ):
            return answer
        submitted = self._service.submit(request)
        return await asyncio.wrap_future(submitted) if isinstance(submitted, Future) else submitted


def _raw_path(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    return raw.partition(b"?")[0].decode("latin-1")


async def _read_body(receive: Receive, largest: int) -> bytes | None:
    """The whole body, or None when it is longer than `largest`."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(chunks)
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size <= largest:
            chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks) if size <= largest else None


def _request(scope: Scope, path: str, body: bytes) -> Request:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    client = scope.get("client")
    server = scope.get("server") or ("127.0.0.1", None)
    fallback = f"{server[0]}:{server[1]}" if server[1] else str(server[0])
    return Request(
        method=scope["method"],
        path=path,
        query_string=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        body=body,
        origin=f"{scope.get('scheme', 'http')}://{headers.get('host') or fallback}",
        from_loopback=client is None or is_loopback_host(client[0]),
    )


async def _send(send: Send, response: Response, *, is_head: bool) -> None:
    headers = [
        (name.encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in response.headers.items()
    ]
    headers.append((b"Content-Length", str(len(response.body)).encode("ascii")))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else response.body})
