"""The ASGI shell: bytes in, `Request`; `Response`, bytes out. Everything that decides is elsewhere.

Starlette's parts give the application its life and its error handling; the operations of the API are routed by the
contract's own tree, whose cost does not grow with the number of operations.

ASGI costs more than most answers do: a task, and messages to and fro. A server that has a request whole may ask for
its answer first (`App.begin`), and needs ASGI only where the answer has to be waited for.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from email.utils import formatdate
from functools import lru_cache
from typing import Final

from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import ClientDisconnect
from starlette.requests import Request as StarletteRequest
from starlette.responses import JSONResponse
from starlette.routing import Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partnercenter.contract.loopback import is_loopback_host
from partnercenter.sandbox.front import Front, is_api, is_control
from partnercenter.sandbox.limits import LARGEST_BODY, LARGEST_WORLD
from partnercenter.sandbox.service import Answer, Later
from partnercenter.sandbox.state import State
from partnercenter.sandbox.wire.fault import Fault, gateway_fault
from partnercenter.sandbox.wire.message import Delivery, Request, Response, json_response

CLOSE: Final = "partnercenter.close"
# With these a proxy names another caller; whom to believe is the server's to say.
_FORWARDED: Final = frozenset({"x-forwarded-for", "x-forwarded-proto"})
# A name, an IPv4 address or an IPv6 address in brackets, and a port: RFC 9112, 3.2.
_HOST: Final = re.compile(r"([A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{0,5})?")


@dataclass(frozen=True, slots=True)
class App:
    """An ASGI application that its server may also ask past ASGI.

    `begin` begins a call of the API that has come whole and has no body, and gives the answer, or, where that has to
    be waited for, the application that waits and sends it. It gives None, and begins nothing, for any other request.
    """

    serve: ASGIApp
    begin: Callable[[Scope], Response | ASGIApp | None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as ASGI has it."""
        await self.serve(scope, receive, send)


def create_app(state: State, *, control_token: str | None = None) -> App:
    """The sandbox as an ASGI application; it closes `state` when it ends."""

    @asynccontextmanager
    async def life(_app: Router) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await asyncio.to_thread(state.close)

    # Everything is the default of a router without routes: patterns of routes stumble over a line feed in a path.
    router = Router(redirect_slashes=False, default=_refuse, lifespan=life)
    shell = _Shell(Front(state, control_token))

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await (shell if scope["type"] == "http" else router)(scope, receive, send)

    return App(ServerErrorMiddleware(serve, handler=_unexpected), shell.begin)


async def _unexpected(_request: StarletteRequest, _error: Exception) -> JSONResponse:
    """The answer when the shell itself failed; the error goes to the log."""
    return JSONResponse({"statusCode": 500, "message": "Internal server error"}, 500)


async def _refuse(_scope: Scope, _receive: Receive, send: Send) -> None:
    """There are no websockets here."""
    await send({"type": "websocket.close", "code": 1000})


class _Shell:
    """Reads requests, waits for what the front answers, and sends it."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = _head(scope)
        if not head.origin:
            await _send(send, await self._nowhere(head), is_head=False)
            return
        largest = LARGEST_WORLD if is_control(head) and self._front.control.admits(head) else LARGEST_BODY
        try:
            body = await _read_body(receive, head, largest)
        except ClientDisconnect:
            return  # half a request is none: nothing of it is carried out, and nobody waits for an answer
        response = (
            await self._too_large(head, largest)
            if body is None
            else await self._answer(replace(head, body=body) if body else head)
        )
        await _deliver(scope, send, response)

    def begin(self, scope: Scope) -> Response | ASGIApp | None:
        """What `App.begin` gives."""
        head = _head(scope)
        if not head.origin or not is_api(head) or not _FORWARDED.isdisjoint(head.headers):
            return None
        answer = self._front.service.submit(head)
        if isinstance(answer, Response) and answer.delivery is Delivery.WHOLE:
            return answer

        async def go_on(scope: Scope, _receive: Receive, send: Send) -> None:
            await _deliver(scope, send, await _awaited(answer))

        return go_on

    async def _nowhere(self, head: Request) -> Response:
        refused = gateway_fault(400, "The Host header names no host")
        return refused.response if is_control(head) else await self._refused(head, refused)

    async def _too_large(self, head: Request, largest: int) -> Response:
        sentence = f"The body is longer than {largest // 1024 // 1024} MiB"
        if is_control(head):
            response = json_response(413, {"error": f"{sentence}; a world can be seeded in parts."})
        else:
            response = await self._refused(head, gateway_fault(413, sentence))
        if "expect" in head.headers:
            # Whether the body comes after all is open, so what comes next could be either.
            response.headers["Connection"] = "close"
        return response

    async def _refused(self, head: Request, refused: Fault) -> Response:
        return await _awaited(self._front.service.refuse(head, refused))

    async def _answer(self, request: Request) -> Response:
        submit = self._front.submit
        return await _awaited(
            submit(request) if is_api(request) else await asyncio.to_thread(submit, request)
        )


async def _awaited(answer: Answer) -> Response:
    while not isinstance(answer, Response):
        if isinstance(answer, Later):
            try:
                await asyncio.sleep(answer.seconds)
            except asyncio.CancelledError:  # the server ends before the call has begun
                return Response(503, delivery=Delivery.RESET)
            answer = answer.go_on()
        else:
            answer = await asyncio.wrap_future(answer)
    return answer


def _raw_path(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    return raw.partition(b"?")[0].decode("latin-1")


async def _read_body(receive: Receive, head: Request, largest: int) -> bytes | None:
    """The whole body, or None as soon as it is known to be longer than `largest`.

    Raises `ClientDisconnect` when it never ends.
    """
    if int(head.headers.get("content-length") or 0) > largest:
        return None
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > largest:
            return None
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _head(scope: Scope) -> Request:
    """The request without its body, and without an origin when its Host header cannot stand in an address."""
    # From the end, because the first of several headers with a name counts.
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
    client = scope.get("client")
    return Request(
        method=scope["method"],
        path=_raw_path(scope),
        query_string=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        body=b"",
        origin=_origin(scope.get("scheme", "http"), headers.get("host") or _own_host(scope)),
        from_loopback=client is None or is_loopback_host(client[0]),
    )


def _own_host(scope: Scope) -> str:
    name, port = scope.get("server") or ("127.0.0.1", None)
    return f"{name}:{port}" if port else str(name)


@lru_cache(maxsize=256)
def _origin(scheme: str, host: str) -> str:
    return f"{scheme}://{host}" if _HOST.fullmatch(host) else ""


async def _deliver(scope: Scope, send: Send, response: Response) -> None:
    if response.delivery is Delivery.WHOLE:
        await _send(send, response, is_head=scope["method"] == "HEAD")
    else:
        await _break_off(scope, send, response)


async def _send(send: Send, response: Response, *, is_head: bool) -> None:
    await send(_start(response))
    await send({"type": "http.response.body", "body": b"" if is_head else response.body})


def _start(response: Response) -> Message:
    headers = [
        (name.encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in response.headers.items()
    ]
    headers.append((b"Content-Length", str(len(response.body)).encode("ascii")))
    if "Date" not in response.headers:
        headers.append((b"Date", formatdate(usegmt=True).encode("ascii")))
    return {"type": "http.response.start", "status": response.status, "headers": headers}


async def _break_off(scope: Scope, send: Send, response: Response) -> None:
    """Send half of the answer or nothing of it, and end the connection."""
    close = scope.get("extensions", {}).get(CLOSE)
    if close is None:
        raise ConnectionAbortedError("Whoever runs the application cannot close the connection.")
    if response.delivery is Delivery.TORN:
        await send(_start(response))
        half = response.body[: len(response.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
    close["call"](response.delivery)
