"""The server's end of a connection: HTTP/1.1 as uvicorn serves it, within limits, and closed as the application says.

uvicorn and httptools bound neither a request's head nor the time that a request takes to come, read ahead without
end, and answer what is no HTTP before the answers to the requests in front of it. Here

- a request is parsed when the one before it is answered; what was sent ahead waits as bytes,
- whatever the server waits for has a deadline (`patience` looks at them), and whatever it keeps is counted,
- what is refused is told so in the gateway's form (behaviour.md 11.1, C), in its turn, and then the connection ends.

ASGI has no word for closing a connection before an answer is whole. The protocol hands one out in the scope's
extensions, which ASGI foresees for what a server can do beyond it, and the application takes it from there.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
import weakref
from email.utils import formatdate
from enum import Enum
from functools import partial
from http import HTTPStatus
from math import inf
from typing import Any, ClassVar, Final, cast

import httptools
from starlette.types import Scope
from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from partnercenter.sandbox.asgi import CLOSE, App
from partnercenter.sandbox.limits import (
    LARGEST_FRAMING,
    LARGEST_HEAD,
    LONGEST_TARGET,
    MOST_DISCARDED,
    MOST_HEADERS,
    SECONDS_TO_LINGER,
    SLOWEST_BODY,
    Limits,
)
from partnercenter.sandbox.patience import Patience
from partnercenter.sandbox.wire.answer_bytes import answer_bytes
from partnercenter.sandbox.wire.message import Delivery, Response

# Linger for no time: closing sends a reset and drops what was not sent yet. Windows has shorter numbers there.
_NO_LINGER: Final = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
# The parser cannot be stopped at the end of a request, so it gets little at a time: most requests are shorter.
_MOUTHFUL: Final = 2048
# What a request costs, beside its body, that had to be parsed before its turn.
_COST_OF_A_REQUEST: Final = 4096


class _Refusal(Exception):  # noqa: N818 - a refusal is what the client gets
    """Why a request is not served, as status and sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence

    def answer(self) -> bytes:
        """The answer as bytes, for whoever is not in the hands of the application."""
        body = json.dumps({"statusCode": self.status, "message": self.sentence}, separators=(",", ":"))
        lines = [
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}",
            f"Date: {formatdate(usegmt=True)}",
            "Content-Type: application/json; charset=utf-8",
            f"Content-Length: {len(body)}",
            "Connection: close",
            *(["Retry-After: 1"] if self.status == HTTPStatus.SERVICE_UNAVAILABLE else []),
        ]
        return "\r\n".join([*lines, "", body]).encode("ascii")


_NO_HTTP: Final = 400, "The request is not valid HTTP"
_TOO_SLOW: Final = 408, "The request did not arrive in time"
_BUSY: Final = 503, "The sandbox has no room for one more; try again"


class _Stage(Enum):
    """Where the parser stands: between requests, in a head, or in a body."""

    BETWEEN = 1
    HEAD = 2
    BODY = 3


def connections_within(limits: Limits, app: App) -> type[Connection]:
    """The class of the connections of one server, which share these limits and serve this application."""

    class Limited(Connection):
        patience = Patience(limits)
        sandbox = app

    return Limited


class _Flow(FlowControl):
    """Whether the connection is read from: never while it `is_held`, whatever an application asks for."""

    is_held = False

    def resume_reading(self) -> None:
        """Read on, unless there is enough already."""
        if not self.is_held:
            super().resume_reading()


class _Joining:
    """What a request's cycle writes to: the head of an answer waits for what follows it, so that both are one write.

    A write is a system call, and the dearest part of a small answer. Whoever ends the answer must say `flush`.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def write(self, data: bytes) -> None:
        """Write, or keep the head of a final answer for now."""
        if data.startswith(b"HTTP/1.1 ") and not data.startswith(b"HTTP/1.1 1"):
            self.flush()
            self._head = data
        elif self._head:
            head, self._head = self._head, b""
            self._transport.writelines((head, data))
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Write the head if it waits still: nothing followed it."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        """Close in good order."""
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether the connection ends."""
        return self._transport.is_closing()


class Connection(HttpToolsProtocol):
    """One connection, with `CLOSE` among the extensions of every request's scope.

    `held` is how many bytes are kept for it; `_unanswered` counts the requests that have come whole and have no whole
    answer yet, and while there is one, it is not the client that is waited for.
    """

    patience: ClassVar[Patience]
    sandbox: ClassVar[App]
    flow: _Flow

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.held = 0
        self._stage = _Stage.BETWEEN
        self._unanswered = 0
        self._ahead = bytearray()
        self._deadline = inf
        self._is_overdue = False
        self._head_size = 0
        self._running: RequestResponseCycle | None = None
        self._found: tuple[RequestResponseCycle, ASGI3Application] | None = None
        self._body_size = 0
        self._bytes_of_body = 0  # with everything that chunks cost
        self._refusal: _Refusal | None = None  # what waits until those in front are answered
        self._is_refused = False
        self._discarded = 0
        self._unread: int | None = None
        self._unread_since = 0.0

    # The transport's end

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request, if there is room for one more connection."""
        super().connection_made(transport)
        self.flow = _Flow(transport)
        self._joining = _Joining(transport)
        self._give(self.patience.limits.client_seconds)
        if not self.patience.enter(self):
            self._refuse(_Refusal(*_BUSY))

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        super().connection_lost(exc)
        self._give_up_requests()
        self.patience.leave(self)

    def data_received(self, data: bytes) -> None:
        """Parse what has come, unless a request in front of it is not answered yet."""
        if self._is_refused:
            self._discard(len(data))
        elif self._unanswered:
            self._keep(data)
        else:
            self._parse(data)

    def pause_writing(self) -> None:
        """The client does not take its answer: it is waited for, and the answer kept."""
        super().pause_writing()
        self.patience.wait_for(self)
        if not self.patience.hold(self, self.transport.get_write_buffer_size()):
            self._abort()

    def resume_writing(self) -> None:
        """The client has taken enough of its answer."""
        super().resume_writing()
        if self._unanswered:
            self.patience.serve(self)

    # Parsing

    def _keep(self, data: bytes | memoryview) -> None:
        self.flow.pause_reading()
        self.flow.is_held = True
        if self._refusal is not None:
            return
        if self.patience.hold(self, len(data)):
            self._ahead += data
        else:
            self._refuse(_Refusal(*_BUSY))

    def _parse(self, data: bytes | bytearray) -> None:
        if self._stage is _Stage.BETWEEN:
            self._begin_head()
        view = memoryview(data)
        while view and not self._unanswered and not self._is_refused and not self.transport.is_closing():
            try:
                parsed = self._parsed(view[:_MOUTHFUL])
            except _Refusal as refusal:
                self._serve_found()
                self._refuse(refusal)
                return
            view = view[parsed:]
            # Who sends ahead waits for each answer as the others do, or nobody else would be served meanwhile.
            self._serve_found(is_last=not view)
        if view and self._unanswered:
            self._keep(view)

    def _parsed(self, data: memoryview) -> int:
        """How many bytes the parser has taken; raises `_Refusal`."""
        count = len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            count = int(upgrade.args[0])
            self._parse_without_upgrade()
        except httptools.HttpParserError as error:
            raise _refusal_of(error) from error
        if self._stage is _Stage.BODY:
            self._bytes_of_body += count
            if self._bytes_of_body > 2 * self._body_size + LARGEST_FRAMING:
                raise _Refusal(400, "The chunks of the body are too small")
        elif not self._unanswered:
            self._head_size += count
            if self._head_size > LONGEST_TARGET + LARGEST_HEAD:
                raise _too_large_head()
        return count

    def _parse_without_upgrade(self) -> None:
        """Parse a head again as if it had not asked for another protocol, which a server may ignore (RFC 9110, 7.8).

        httptools takes everything behind such a head for the other protocol, and so would lose the body. Java's
        client asks for HTTP/2 with each request.
        """
        version = self.parser.get_http_version().encode()
        lines = [self.parser.get_method() + b" " + self.url + b" HTTP/" + version]
        lines += [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        try:
            self.parser.feed_data(b"\r\n".join([*lines, b"", b""]))
        except httptools.HttpParserError as error:
            raise _refusal_of(error) from error

    def _begin_head(self) -> None:
        self._stage = _Stage.HEAD
        self._head_size = 0
        self._give(self.patience.limits.client_seconds)

    def _give(self, seconds: float) -> None:
        """Let the client have so many seconds, unless it is the server's turn."""
        self._deadline = inf if self._unanswered else self.loop.time() + seconds

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        if self._stage is not _Stage.HEAD:  # another request has ended in the same mouthful
            self._begin_head()

    def on_url(self, url: bytes) -> None:
        """Take a part of the target."""
        super().on_url(url)
        if len(self.url) > LONGEST_TARGET:
            raise _Refusal(414, f"The address is longer than {LONGEST_TARGET // 1024} KiB")

    def on_headers_complete(self) -> None:
        """Begin a request, which is served when the parser has returned."""
        if self._is_upgrade():
            return
        self._check_head()
        super().on_headers_complete()
        self.headers = []  # what a chunked body ends with is no header of the request
        self._stage = _Stage.BODY
        self._give(self.patience.limits.client_seconds)
        self._body_size = 0
        self._bytes_of_body = 0
        if self.pipeline and not self.patience.hold(self, _COST_OF_A_REQUEST):
            raise _Refusal(*_BUSY)

    def _is_upgrade(self) -> bool:
        """Whether the head has to be parsed again, without its wish for another protocol."""
        if not self.parser.should_upgrade():
            return False
        if self.parser.get_method() == b"CONNECT":
            raise _Refusal(400, "The sandbox is no proxy")
        return True

    def _check_head(self) -> None:
        size, hosts = 4 * len(self.headers), 0
        for name, value in self.headers:
            size += len(name) + len(value)
            hosts += name == b"host"
        if size > LARGEST_HEAD:
            raise _too_large_head()
        if len(self.headers) > MOST_HEADERS:
            raise _Refusal(431, f"The request has more than {MOST_HEADERS} headers")
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            raise _Refusal(400, "A request has exactly one Host header")  # RFC 9112, 3.2

    def on_body(self, body: bytes) -> None:
        """Take a part of the body, or throw it away when its request is answered already."""
        self._body_size += len(body)
        self._deadline += len(body) / SLOWEST_BODY
        if self.cycle.response_complete:
            self._discard(len(body))
            return
        if not self.patience.hold(self, len(body)):
            raise _Refusal(*_BUSY)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """From here on it is the server's turn."""
        if self._is_upgrade():
            return
        super().on_message_complete()
        self._stage = _Stage.BETWEEN
        if self.cycle.response_complete:
            self._wait_for_the_next()
            return
        self._unanswered += 1
        self._deadline = inf
        self.patience.serve(self)

    # Answering

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle  # when requests wait behind one another, `cycle` is that of the last of them
        self._found = cycle, app

    def _serve_found(self, *, is_last: bool = False) -> None:
        """Serve the request whose turn it is, if the parser has found one.

        The last of all gets its answer without ASGI when that is there at once.
        """
        if self._found is None:
            return
        (cycle, app), self._found = self._found, None
        if is_last and self._unanswered == 1 and self._is_plain(cycle):
            begun = self.sandbox.begin(cast("Scope", cycle.scope))
            if isinstance(begun, Response):
                self._answer(cycle, begun)
                return
            app = cast("ASGI3Application", begun) if begun else app
        # Weakly, because the cycle holds the scope: what refers to itself is work for the garbage collector.
        close = partial(_close, self.transport, weakref.ref(cycle))
        cycle.scope["extensions"] = {CLOSE: {"call": close}}
        cycle.transport = cast("asyncio.Transport", self._joining)
        super()._start_asgi_task(cycle, app)

    def _is_plain(self, cycle: RequestResponseCycle) -> bool:
        """Whether a request has come whole, without a body, and nothing is in the way of its answer."""
        is_whole = not cycle.more_body and not cycle.body and not cycle.waiting_for_100_continue
        return is_whole and not self.flow.write_paused

    def _answer(self, cycle: RequestResponseCycle, response: Response) -> None:
        is_head = cycle.scope["method"] == "HEAD"
        self.transport.write(answer_bytes(response, is_head=is_head, keep_alive=cycle.keep_alive))
        cycle.response_started = cycle.response_complete = True
        cycle.on_response = _nothing_more  # it holds this connection, which holds the cycle
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def on_response_complete(self) -> None:
        """Go on to the next request; when there is none, it is the client's turn."""
        self._joining.flush()
        self.flow.is_held = self.flow.is_held and self._unanswered > 1
        self.server_state.total_requests += 1
        self.patience.release(self)
        if self._unanswered:
            self._unanswered -= 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            self._serve_found()
        if self._unanswered:
            self.patience.hold(self, len(self._ahead))
            return
        self.patience.wait_for(self)
        if self._refusal is not None:
            self._refuse(self._refusal)
            return
        self._wait_for_the_next()
        ahead, self._ahead = self._ahead, bytearray()
        if ahead:
            self._parse(ahead)

    def _wait_for_the_next(self) -> None:
        limits = self.patience.limits
        self._give(limits.keep_alive_seconds if self._stage is _Stage.BETWEEN else limits.client_seconds)

    def _refuse(self, refusal: _Refusal) -> None:
        """Answer what cannot be served, when everything in front of it is answered, and end the connection."""
        if self._unanswered:
            self._refusal = refusal
            self._ahead.clear()
            return
        if self._stage is _Stage.BODY and (self.cycle.response_complete or self.cycle.response_started):
            self.transport.close()  # there is an answer already
            return
        self._give_up_requests()
        self.transport.write(refusal.answer())
        self._is_refused = True
        self._give(SECONDS_TO_LINGER)
        # Closing over bytes that nobody has read is a reset, which may overtake the answer (RFC 9112, 9.6).
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _give_up_requests(self) -> None:
        """Tell the application that its client is gone, so half a request is none, and write to it no more."""
        for cycle in (self._running, self.cycle):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()

    def _abort(self) -> None:
        self._give_up_requests()
        self.transport.abort()

    def _discard(self, size: int) -> None:
        self._discarded += size
        if self._discarded > MOST_DISCARDED:
            self._abort()

    # What patience asks

    def look(self, now: float) -> None:
        """End the connection if the client is overdue: with its request, with taking an answer, or with leaving."""
        unread = self.transport.get_write_buffer_size()
        is_closing = self.transport.is_closing()
        if unread or is_closing:
            if unread != self._unread:
                self._unread, self._unread_since = unread, now
            elif now > self._unread_since + self.patience.limits.client_seconds:
                self._abort()
                return
        else:
            self._unread = None
        # Twice, because what came while the server was busy is read between two looks.
        was_overdue, self._is_overdue = self._is_overdue, now > self._deadline and not is_closing
        if was_overdue and self._is_overdue:
            self._end_overdue()

    def _end_overdue(self) -> None:
        if self._is_refused:
            self._abort()
        elif self._stage is _Stage.BETWEEN:
            self.transport.close()
        else:
            self._refuse(_Refusal(*_TOO_SLOW))

    def leave_soon(self) -> None:
        """End the connection with the answer that is being worked on."""
        if self._running is not None:
            self._running.keep_alive = False

    def dismiss(self) -> None:
        """End the connection to make room, with a word where half a request has come."""
        if self.scheme == "https" or self.transport.get_write_buffer_size():
            self._abort()  # closing would wait for the client
            return
        has_begun = self._stage is not _Stage.BETWEEN and not self._is_refused
        if has_begun and not (self.cycle and self.cycle.response_started and self._stage is _Stage.BODY):
            self.transport.write(_Refusal(*_BUSY).answer())
        self._give_up_requests()
        self.transport.close()


def _refusal_of(error: httptools.HttpParserError) -> _Refusal:
    """Why the parser gave up: a refusal of ours, or no HTTP."""
    return error.__context__ if isinstance(error.__context__, _Refusal) else _Refusal(*_NO_HTTP)


def _too_large_head() -> _Refusal:
    return _Refusal(431, f"The head of the request is larger than {LARGEST_HEAD // 1024} KiB")


def _nothing_more() -> None:
    """What follows an answer that somebody else has followed up."""


def _close(transport: asyncio.Transport, running: weakref.ref[RequestResponseCycle], how: Delivery) -> None:
    """End a connection as a delivery says; what was written of a torn answer is sent before."""
    cycle = running()
    if cycle is not None:
        # The caller is gone: no answer is expected of the application any more.
        cycle.disconnected = True
    if how is Delivery.TORN:
        transport.close()
        return
    if how is Delivery.RESET:
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()
