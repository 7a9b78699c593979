"""A way to a PostgreSQL server on which bytes can be held up, so that whoever is connected hears nothing, or cut."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

_BYTES = 65536


class Proxy:
    """Passes bytes between a port of this machine and the server of an address."""

    def __init__(self, url: str) -> None:
        self._server = _place_of(url)
        self._flows = _open()
        self._held: list[threading.Event] = []
        self._is_cut = False
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets.append(self._listener)
        parts = urlsplit(url)
        port = self._listener.getsockname()[1]
        who = parts.netloc.rpartition("@")[0]
        self.url = f"postgresql://{who}@127.0.0.1:{port}{parts.path}?sslmode=disable"
        self._start(self._accept)

    @property
    def connections(self) -> int:
        """How many came so far."""
        return len(self._sockets) // 2

    def hold(self) -> None:
        """Pass nothing on from now on, in neither direction; the system goes on to accept what is sent."""
        self._flows.clear()

    def hold_who_is_there(self) -> None:
        """The same, but for those that come later."""
        self._flows.clear()
        self._held.append(self._flows)
        self._flows = _open()

    def let_go(self) -> None:
        """Pass on what was held, and what comes."""
        for flows in (*self._held, self._flows):
            flows.set()

    def cut(self) -> None:
        """End all connections, and each new one at once, as while a server is away."""
        self._is_cut = True
        _end(self._sockets[1:])

    def mend(self) -> None:
        """Let new connections through again."""
        self._is_cut = False

    def close(self) -> None:
        """End all connections."""
        self.let_go()
        _end(self._sockets)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._is_cut:
                    client.close()
                    continue
                kind, where = self._server
                server = socket.socket(kind)
                server.connect(where)
                self._sockets += [client, server]
                for one, other in ((client, server), (server, client)):
                    self._start(self._pass_on, one, other, self._flows)

    def _pass_on(self, one: socket.socket, other: socket.socket, flows: threading.Event) -> None:
        with suppress(OSError):
            while content := one.recv(_BYTES):
                flows.wait()
                other.sendall(content)
            flows.wait()
            other.shutdown(socket.SHUT_WR)

    def _start(self, work: Callable[..., None], *arguments: Any) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()


def _open() -> threading.Event:
    flows = threading.Event()
    flows.set()
    return flows


def _end(sockets: list[socket.socket]) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


def _place_of(url: str) -> tuple[socket.AddressFamily, str | tuple[str, int]]:
    parts = urlsplit(url)
    folder = parse_qs(parts.query).get("host", [""])[0]
    port = parts.port or 5432
    if folder.startswith("/"):
        return socket.AF_UNIX, f"{folder}/.s.PGSQL.{port}"
    return socket.AF_INET, (parts.hostname or folder, port)


@contextmanager
def proxy_to(url: str) -> Iterator[Proxy]:
    """A proxy that ends with the block."""
    proxy = Proxy(url)
    try:
        yield proxy
    finally:
        proxy.close()
