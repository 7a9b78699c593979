"""The sockets that a server listens on: one of its own, or one for each of several processes behind one port."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from partnercenter.sandbox.errors import SandboxError

EVERY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}
_BACKLOG: Final = 512
_IS_SPREAD_BY_THE_SYSTEM: Final = sys.platform == "linux"


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 is a free one. Raises `SandboxError`, such as for a port that is in use."""
    listener, address = _made(host, port)
    with _for_the_user(host, port, listener):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    return listener


class SharedPort:
    """A port that several processes listen on; it is ours until it is closed. Raises `SandboxError` as `listen` does.

    asyncio takes as many connections at a time as wait. Of processes that share a socket the one that wakes first
    would have them all, so on Linux each has a socket of its own and the system spreads connections over them
    (SO_REUSEPORT). Elsewhere that option does not spread, and there is one socket for all.
    """

    number: int

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        if not _IS_SPREAD_BY_THE_SYSTEM:
            self._held = listen(host, port)
        else:
            if port:
                # Another sandbox of the same user may share its port with whoever asks so: ask as one who does not.
                listen(host, port).close()
            self._held = _sharing(host, port)
            # From now on the port is in use for all who do not share, though nobody listens yet.
            self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        self.number = self._held.getsockname()[1]

    def for_one_process(self) -> socket.socket:
        """A socket for one of the processes, which calls its `listen` when it is ready; the caller closes it here."""
        if _IS_SPREAD_BY_THE_SYSTEM:
            return _sharing(self._host, self.number)
        return self._held.dup()

    def close(self) -> None:
        """Give the port up."""
        self._held.close()


def shown(host: str) -> str:
    """The host as it stands in an address; one that means every address is shown as this machine's own."""
    host = EVERY_ADDRESS.get(host, host)
    return f"[{host}]" if ":" in host else host


def _sharing(host: str, port: int) -> socket.socket:
    """A socket that is bound, does not listen, and shares its port with others of this user that do likewise."""
    made, address = _made(host, port)
    with _for_the_user(host, port, made):
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind(address)
    return made


def _made(host: str, port: int) -> tuple[socket.socket, Any]:
    """A new socket, and the address that it is for."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.socket(family, kind, protocol), address
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not the name or address of a host"
        raise SandboxError(f"The host {host[:100]!r} cannot be listened on: {reason}.") from error


@contextmanager
def _for_the_user(host: str, port: int, made: socket.socket) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise SandboxError(f"Port {port} on {host} is in use; give another with --port.") from error
        raise SandboxError(f"Port {port} on {host} cannot be listened on: {error.strerror}.") from error
