"""What stands in place of the network: transports that hand each request to the service in this process.

There is no socket here, whatever address a request names: scheme and host decide about nothing but the links in
answers. What an injected fault does to a connection is done to the caller: a lost answer, a reset, half an answer.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from email.utils import formatdate
from typing import Any, Final

import httpx2

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.front import Front
from partnercenter.sandbox.service import Answer, Later
from partnercenter.sandbox.state import State
from partnercenter.sandbox.wire.message import Delivery, Request, Response

_CLOSED: Final = "the local sandbox was closed"
_RESET: Final = "the connection was reset"
_LOST: Final = "the connection ended without an answer"
_TORN: Final = "the connection ended in the middle of the answer"
_NOT_BEGUN: Final = Response(0, delivery=Delivery.RESET)


class Line:
    """The way to the front of one sandbox, until it is closed.

    A delayed call begins when its time has come, even if its caller has left; what has not begun when the line is
    closed never does.
    """

    def __init__(self, state: State) -> None:
        self._front = Front(state)
        self._lock = threading.RLock()
        self._delayed: dict[threading.Timer, Future[Response]] = {}
        self._closed = False

    def submit(self, request: Request) -> Response | Future[Response]:
        """The answer, or the future of one that has to be waited for; raises `LocalProtocolError` when closed."""
        if self._closed:
            raise httpx2.LocalProtocolError(_CLOSED)
        answer = self._front.submit(request)
        if isinstance(answer, Response):
            return answer
        answered: Future[Response] = Future()
        answered.set_running_or_notify_cancel()  # a caller who leaves cannot stop what was asked for
        self._settle(answered, answer)
        return answered

    def control(self, request: Request) -> Response:
        """The answer of a control route; raises `SandboxError` when closed."""
        if self._closed:
            raise SandboxError("The local sandbox was closed; make another one.")
        return self._front.control.handle(request)

    def close(self) -> None:
        """Take no more requests, and reset those that have not begun."""
        with self._lock:
            self._closed = True
            delayed, self._delayed = self._delayed, {}
        for timer, answered in delayed.items():
            timer.cancel()
            answered.set_result(_NOT_BEGUN)
            timer.join()

    def _settle(self, answered: Future[Response], answer: Answer) -> None:
        if isinstance(answer, Response):
            answered.set_result(answer)
        elif isinstance(answer, Future):
            answer.add_done_callback(lambda done: self._settle(answered, done.result()))
        else:
            self._delay(answered, answer)

    def _delay(self, answered: Future[Response], later: Later) -> None:
        def begin() -> None:
            # Under the lock, so that nothing is still beginning when `close` has ended.
            with self._lock:
                if self._delayed.pop(timer, None) is not None:
                    self._settle(answered, later.go_on())

        timer = threading.Timer(later.seconds, begin)
        timer.daemon = True
        with self._lock:
            if self._closed:
                answered.set_result(_NOT_BEGUN)
                return
            self._delayed[timer] = answered
            timer.start()


class LocalTransport(httpx2.BaseTransport):
    """httpx2's way to the service in this process."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request, within the seconds that it gives to the other side."""
        answer = self._line.submit(_read(request, request.read()))
        if isinstance(answer, Future):
            answer = answer.result(_seconds(request))
        return _delivered(request, answer)


class AsyncLocalTransport(httpx2.AsyncBaseTransport):
    """The same for event loops; a write is waited for without blocking the loop."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request, within the seconds that it gives to the other side."""
        answer = self._line.submit(_read(request, await request.aread()))
        if isinstance(answer, Future):
            answer = await asyncio.wait_for(asyncio.wrap_future(answer), _seconds(request))
        return _delivered(request, answer)


def _seconds(request: httpx2.Request) -> float | None:
    timeout: dict[str, Any] = request.extensions.get("timeout", {})
    seconds: float | None = timeout.get("read")
    return seconds


def _read(request: httpx2.Request, body: bytes) -> Request:
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    headers: dict[str, str] = {}
    for name, value in request.headers.raw:
        headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return Request(
        method=request.method,
        path=path,
        query_string=query,
        headers=headers,
        body=body,
        origin=f"{request.url.scheme}://{request.url.netloc.decode('ascii')}",
        from_loopback=True,
    )


def _delivered(request: httpx2.Request, answer: Response) -> httpx2.Response:
    """What the caller gets of an answer; raises what httpx2 raises where the connection ends too early."""
    if answer.delivery is Delivery.RESET:
        raise httpx2.ReadError(_RESET)
    if answer.delivery is Delivery.LOST:
        raise httpx2.RemoteProtocolError(_LOST)
    headers = {"Date": formatdate(usegmt=True), **answer.headers, "Content-Length": str(len(answer.body))}
    body = b"" if request.method == "HEAD" else answer.body
    stream = _Torn(body) if answer.delivery is Delivery.TORN else httpx2.ByteStream(body)
    return httpx2.Response(answer.status, headers=headers, stream=stream)


class _Torn(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """Half of a body."""

    def __init__(self, body: bytes) -> None:
        self._half = body[: len(body) // 2]

    def __iter__(self) -> Iterator[bytes]:
        yield self._half
        raise httpx2.RemoteProtocolError(_TORN)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._half
        raise httpx2.RemoteProtocolError(_TORN)
