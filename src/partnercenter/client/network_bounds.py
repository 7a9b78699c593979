"""The end of an attempt, for every read and write of a synchronous connection.

httpx2 begins its timeout anew with each piece that arrives, so an answer whose head comes letter by letter, or behind
hints without end, would keep its caller for ever. In the asynchronous world `asyncio.timeout` ends it; here each
access to the network is given no more time than is left.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ssl import SSLContext
from typing import Any

import httpx2

_ends: ContextVar[float | None] = ContextVar("ends", default=None)


@contextmanager
def until(ends: float | None) -> Iterator[None]:
    """Bound what this thread does with a bounded client by a moment of `time.monotonic`."""
    token = _ends.set(ends)
    try:
        yield
    finally:
        _ends.reset(token)


def bound(client: httpx2.Client) -> None:
    """Let `until` bound the connections of a client."""
    # httpx2 lets nobody choose what its pools open connections with. Where these names are gone, only the timeout of
    # each piece is left; a test tells.
    for transport in (client._transport, *client._mounts.values()):
        pool: Any = getattr(transport, "_pool", None)
        if hasattr(pool, "_network_backend"):
            pool._network_backend = _Backend(pool._network_backend)


def _left(timeout: float | None) -> float | None:
    """The seconds that an access may take; raises httpcore2's ReadTimeout when there are none."""
    ends = _ends.get()
    if ends is None:
        return timeout
    left = ends - time.monotonic()
    if left <= 0:
        from httpcore2 import ReadTimeout

        raise ReadTimeout("the answer was not complete in time")
    return left if timeout is None else min(timeout, left)


class _Backend:
    """Opens connections as another one does."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def connect_tcp(self, *args: Any, **kwargs: Any) -> _Stream:
        return _Stream(self._inner.connect_tcp(*args, **kwargs))

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> _Stream:
        return _Stream(self._inner.connect_unix_socket(*args, **kwargs))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _Stream:
    """Reads and writes as another stream does, within the time that is left."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        content: bytes = self._inner.read(max_bytes, timeout=_left(timeout))
        return content

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=_left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> _Stream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
