"""The loopback address that a sign-in page sends its answer to (RFC 8252): one answer, of this very sign-in.

msal's own listener binds every interface of a container and reads bodies of any length; so this is a small one. It
listens on loopback only, believes an answer only with the state that was sent out, and shows nothing of what it
received.
"""

from __future__ import annotations

import hmac
import queue
import socket
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

_LONGEST_ANSWER: Final = 65_536
_SECONDS_FOR_A_REQUEST: Final = 10
_STEP: Final = 0.25
_FORM: Final = "application/x-www-form-urlencoded"

_ARRIVED: Final = "The answer has arrived. Close this window and go back to the terminal."
_NOT_OURS: Final = (
    "This answer does not belong to the sign-in that is waiting. Start again from the terminal."
)
_NOTHING_HERE: Final = "There is nothing here but the end of a sign-in."


class RedirectListener:
    """Listens from the moment it is made until `close`, on a free port; the request names its `redirect_uri`."""

    def __init__(self) -> None:
        self._answers: queue.Queue[Mapping[str, str]] = queue.Queue()
        self._state = ""
        self.refused = False
        self._servers = _servers(self)
        self.redirect_uri = f"http://localhost:{self._servers[0].server_port}"

    def wait(self, state: str, seconds: float) -> Mapping[str, str] | None:
        """The members of the first answer that carries `state`, or None when there was none in time.

        Answers with another state are refused; `refused` tells that there were some.
        """
        self._state = state
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(_STEP,), daemon=True).start()
        deadline = time.monotonic() + seconds
        # Short waits, because a long one cannot be interrupted by Ctrl-C on every system.
        while (left := deadline - time.monotonic()) > 0:
            try:
                return self._answers.get(timeout=min(left, _STEP))
            except queue.Empty:
                continue
        return None

    def close(self) -> None:
        """Stop listening."""
        for server in self._servers:
            if self._state:
                server.shutdown()
            server.server_close()

    def __enter__(self) -> RedirectListener:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def judge(self, members: Mapping[str, str]) -> tuple[int, str]:
        """What to say to whoever brought this: a status and a sentence; 200 when it is the answer."""
        if not ("code" in members or "error" in members):
            return 404, _NOTHING_HERE
        if not hmac.compare_digest(members.get("state", "").encode(), self._state.encode()):
            self.refused = True
            return 400, _NOT_OURS
        return 200, _ARRIVED

    def take(self, members: Mapping[str, str]) -> None:
        """Let `wait` have the answer."""
        self._answers.put(members)


class _Server(ThreadingHTTPServer):
    # A browser opens connections that it does not use; none of them may hold up the answer, or the end.
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: what a stranger sends is no news for the terminal."""


class _Server6(_Server):
    address_family = socket.AF_INET6


def _servers(listener: RedirectListener) -> list[_Server]:
    """On 127.0.0.1, and on ::1 at the same port where there is one: `localhost` may mean either."""
    handler = type("Handler", (_Handler,), {"listener": listener})
    first = _Server(("127.0.0.1", 0), handler)
    try:
        return [first, _Server6(("::1", first.server_port), handler)]
    except OSError:
        return [first]


class _Handler(BaseHTTPRequestHandler):
    timeout = _SECONDS_FOR_A_REQUEST
    listener: RedirectListener

    def do_GET(self) -> None:
        """An answer in the query."""
        self._answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        """An answer in a form, as it is asked for: it stays out of the browser's history."""
        length = self.headers.get("Content-Length", "")
        kind = self.headers.get_content_type()
        if kind != _FORM or not (length.isascii() and length.isdigit()) or int(length) > _LONGEST_ANSWER:
            self._say(400, _NOTHING_HERE)
            return
        self._answer(self.rfile.read(int(length)).decode("utf-8", "replace"))

    def _answer(self, text: str) -> None:
        # A name that another site has pointed at this machine comes with that name as its host.
        host = self.headers.get("Host", "").rpartition(":")[0]
        if host not in {"localhost", "127.0.0.1", "[::1]"} or urlsplit(self.path).path not in {"", "/"}:
            self._say(404, _NOTHING_HERE)
            return
        found = parse_qs(text, max_num_fields=32)
        members = {name: values[0] for name, values in found.items() if len(values) == 1}
        status, sentence = self.listener.judge(members)
        try:
            self._say(status, sentence)
        finally:
            if status == 200:
                self.listener.take(members)

    def _say(self, status: int, sentence: str) -> None:
        body = f"<!doctype html><meta charset=utf-8><title>Sign-in</title><p>{sentence}</p>\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def version_string(self) -> str:
        """No program and no version."""
        return "partnercenter"

    def log_message(self, *_: Any) -> None:
        """A line of a log would hold the code."""
