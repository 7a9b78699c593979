"""What tests of the client share: a server that answers by script, credentials, and one door to both clients.

A test that takes `door` runs twice, with the synchronous and with the asynchronous client.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from tests.canaries import lasting

from partnercenter import PartnerCenterClient
from partnercenter.aio import PartnerCenterClient as AsyncPartnerCenterClient
from partnercenter.client.transport import AsyncHttpx2Transport, Httpx2Transport

CUSTOMER = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
SECRET_TOKEN = lasting("the token of the client's tests", "token-that-nobody-may-see")


@dataclass(frozen=True)
class Received:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def request_id(self) -> str | None:
        """The idempotency key."""
        return self.headers.get("ms-requestid")

    @property
    def correlation_id(self) -> str | None:
        """The id for tracing."""
        return self.headers.get("ms-correlationid")

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What the server sends, or how it fails to.

    `declared` is a Content-Length other than the body's. With `reset` the connection breaks before a byte is
    sent, with `silent` nothing is sent until the server stops, with `drip` the body comes byte by byte, with
    `slow_head` the head before it. With `hints` there are that many informational answers before this one.
    """

    status: int = 200
    json: Any = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str = "Reason"
    declared: int | None = None
    reset: bool = False
    silent: bool = False
    drip: float = 0.0
    slow_head: float = 0.0
    hints: int = 0

    def head_and_body(self, method: str) -> tuple[bytes, bytes]:
        """The bytes of the answer."""
        body = self.body if self.json is None else json.dumps(self.json).encode()
        length = len(body) if self.declared is None else self.declared
        headers = {"Content-Length": str(length), "Connection": "close", **self.headers}
        if self.json is not None:
            headers.setdefault("Content-Type", "application/json; charset=utf-8")
        lines = [f"HTTP/1.1 {self.status} {self.reason}", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1"), b"" if method == "HEAD" else body


Script = Answer | Callable[[Received], Answer]


class ScriptedServer:
    """A server on a free loopback port, with TLS if a context is given; the last answer of its script is repeated."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Received] = []
        self._script: list[Script] = [Answer(500)]
        self._lock = threading.Lock()
        self.stopped = threading.Event()
        scripted = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                scripted._handle(self)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Say nothing: clients hang up in many tests."""

        self._scheme = "http" if tls is None else "https"
        self._server = Server(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The base of every address."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def received(self, count: int) -> int:
        """How many requests came, once there are as many as that: its client may give up before one is read."""
        until = time.monotonic() + 10
        while len(self.requests) < count and time.monotonic() < until:
            time.sleep(0.01)
        return len(self.requests)

    def answers(self, *script: Script) -> None:
        """Set what will be answered, in order."""
        self._script = list(script)

    def stop(self) -> None:
        """End the server."""
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _handle(self, handler: socketserver.StreamRequestHandler) -> None:
        first = handler.rfile.readline().decode("latin-1")
        if not first:
            return
        method, target, _ = first.split(" ", 2)
        headers = {}
        while (line := handler.rfile.readline().decode("latin-1").strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = handler.rfile.read(int(headers.get("content-length", "0")))
        received = Received(method, target, headers, body)
        with self._lock:
            self.requests.append(received)
            step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        self._send(handler, step(received) if callable(step) else step, method)

    def _send(self, handler: socketserver.StreamRequestHandler, answer: Answer, method: str) -> None:
        if answer.reset:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            return
        if answer.silent:
            self.stopped.wait(5)
            return
        head, body = answer.head_and_body(method)
        for _ in range(answer.hints):
            handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
            if self.stopped.is_set():
                return
        if self._drip(handler, head, answer.slow_head):
            self._drip(handler, body, answer.drip)

    def _drip(self, handler: socketserver.StreamRequestHandler, content: bytes, pause: float) -> bool:
        """Send at once, or byte by byte; whether it was sent to its end."""
        if not pause:
            handler.wfile.write(content)
            return True
        for byte in content:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            if self.stopped.wait(pause):
                return False
        return True


class Credential:
    """Gives tokens out of a list, the last one for ever; counts how often it was asked."""

    def __init__(self, *tokens: str, lifetime: float = 3600) -> None:
        self.tokens = list(tokens) or [SECRET_TOKEN]
        self.lifetime = lifetime
        self.scopes: list[str] = []
        self._lock = threading.Lock()

    @property
    def asked(self) -> int:
        """How many tokens were asked for."""
        return len(self.scopes)

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """The next token."""
        with self._lock:
            self.scopes.extend(scopes)
            token = self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]
        return AccessToken(token, int(time.time() + self.lifetime))


class AsyncCredential(Credential):
    """The same for the asynchronous client."""

    async def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:  # type: ignore[override]
        """The next token, after a moment in which other tasks may run."""
        await asyncio.sleep(0)
        return Credential.get_token(self, *scopes, **kwargs)


class Door:
    """One way to drive both clients: every call opens a client, acts, and closes it."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.slept: list[float] = []
        self.credential = self.make_credential()

    @property
    def is_async(self) -> bool:
        """Whether the asynchronous client is driven."""
        return self.kind == "aio"

    def make_credential(self, *tokens: str, lifetime: float = 3600) -> Credential:
        """A credential of this world."""
        return (AsyncCredential if self.is_async else Credential)(*tokens, lifetime=lifetime)

    def transport(self, **options: Any) -> Any:
        """A transport that notes how long it should have slept."""
        slept = self.slept

        class Sync(Httpx2Transport):
            def sleep(self, duration: float) -> None:
                slept.append(duration)

        class Async(AsyncHttpx2Transport):
            async def sleep(self, duration: float) -> None:
                slept.append(duration)

        return (Async if self.is_async else Sync)(**{"timeout": 5.0, "verify": False, **options})

    def client(
        self, url: str | None, *, transport: Any = None, credential: Any = None, **options: Any
    ) -> Any:
        """A client of this world."""
        kind = AsyncPartnerCenterClient if self.is_async else PartnerCenterClient
        return kind(
            credential or self.credential, endpoint=url, transport=transport or self.transport(), **options
        )

    def calls(self, url: str | None, *actions: Callable[[Any], Any], **options: Any) -> list[Any]:
        """The results of actions with one client, in order; a list that was handed out is read to its end."""
        client = self.client(url, **options)
        if not self.is_async:
            with client:
                return [_drained(action(client)) for action in actions]

        async def act() -> list[Any]:
            async with client:
                return [await _adrained(action(client)) for action in actions]

        return asyncio.run(act())

    def call(self, url: str | None, action: Callable[[Any], Any], **options: Any) -> Any:
        """The result of one action."""
        return self.calls(url, action, **options)[0]

    def pages(
        self, url: str, action: Callable[[Any], Any], **options: Any
    ) -> list[tuple[list[Any], str | None]]:
        """Items and continuation token of each page that `action` (something with `by_page`) yields."""
        client = self.client(url, **options)
        if not self.is_async:
            with client:
                pages = action(client)
                return [(list(page), pages.continuation_token) for page in pages]

        async def act() -> list[tuple[list[Any], str | None]]:
            async with client:
                pages = action(client)
                return [([item async for item in page], pages.continuation_token) async for page in pages]

        return asyncio.run(act())


def _drained(result: Any) -> Any:
    return list(result) if hasattr(result, "by_page") else result


async def _adrained(result: Any) -> Any:
    if hasattr(result, "by_page"):
        return [item async for item in result]
    return await result if inspect.isawaitable(result) else result


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A scripted server of the test's own."""
    scripted = ScriptedServer()
    try:
        yield scripted
    finally:
        scripted.stop()


@pytest.fixture(params=["sync", "aio"])
def door(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Door:
    """Both clients, one after the other, without proxies of the environment."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return Door(request.param)


def fault(code: int, description: str, **members: Any) -> dict[str, Any]:
    """A refusal of shape A."""
    return {"code": code, "description": description, "data": [], "source": "PartnerFD", **members}


def collection(*items: Any, **members: Any) -> dict[str, Any]:
    """A page."""
    return {
        "totalCount": len(items),
        "items": list(items),
        "attributes": {"objectType": "Collection"},
        **members,
    }


def next_link(uri: str, token: str | None = None) -> dict[str, Any]:
    """Links of a page that has a next one."""
    headers = [] if token is None else [{"key": "MS-ContinuationToken", "value": token}]
    return {"next": {"uri": uri, "method": "GET", "headers": headers}}
