"""A load of HTTP/1.1 requests over a few kept-alive connections, with as little of its own cost as possible.

It is an asyncio protocol on uvloop without an HTTP library: it looks for the status and the end of an answer only.
A connection sends its next request when the answer to the last is complete.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

try:
    from uvloop import new_event_loop
except ImportError:  # not on every platform; its own loop is slower, on both sides of a ratio
    from asyncio import new_event_loop  # type: ignore[assignment]

_HEAD_END: Final = b"\r\n\r\n"
_LONGEST: Final = 120.0


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load. `busy` is the generator's own share of a core: near 1 it is what was measured."""

    rate: float
    p99_milliseconds: float
    busy: float


class _Connection(asyncio.Protocol):
    """One connection that takes requests from an iterator shared with the others."""

    def __init__(self, requests: Iterator[bytes], expected: int, times: list[float]) -> None:
        self._requests = requests
        self._expected = b" %d " % expected
        self._times = times
        self._received = b""
        self._began = 0.0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        if not _is_whole(self._received):
            return
        self._times.append(time.perf_counter() - self._began)
        if self._received[8:13] != self._expected:
            self._fail(f"An answer was not {self._expected.decode()}: {self._received[:500]!r}")
            return
        self._received = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(f"The server closed a connection: {exc}")

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is not None:
            self._began = time.perf_counter()
            self._transport.write(request)
        elif not self.ended.done():
            self.ended.set_result(None)
            self._transport.close()

    def _fail(self, sentence: str) -> None:
        if not self.ended.done():
            self.ended.set_exception(RuntimeError(sentence))
            self._transport.abort()


def _is_whole(received: bytes) -> bool:
    end = received.find(_HEAD_END)
    if end < 0:
        return False
    head = received[:end].lower()
    place = head.find(b"\r\ncontent-length:")
    if place >= 0:
        stop = head.find(b"\r\n", place + 2)
        length = int(head[place + 17 : stop if stop >= 0 else end])
        return len(received) >= end + 4 + length
    return b"\r\ntransfer-encoding: chunked" not in head or received.endswith(b"0\r\n\r\n")


def run(port: int, requests: Sequence[bytes], *, connections: int = 16, expected: int) -> Load:
    """Send requests over some connections; raises `RuntimeError` unless every answer has the expected status."""
    times: list[float] = []
    waiting = iter(requests)

    async def drive() -> None:
        loop = asyncio.get_running_loop()
        made = [
            await loop.create_connection(lambda: _Connection(waiting, expected, times), "127.0.0.1", port)
            for _ in range(connections)
        ]
        await asyncio.wait_for(asyncio.gather(*(connection.ended for _, connection in made)), _LONGEST)

    began, worked = time.perf_counter(), time.process_time()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(drive())
    seconds, busy = time.perf_counter() - began, time.process_time() - worked
    if len(times) != len(requests):
        raise RuntimeError(f"{len(times)} of {len(requests)} requests were answered.")
    worst = sorted(times)[int(len(times) * 0.99)]
    return Load(len(requests) / seconds, worst * 1000, busy / seconds)


def http_request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A request as bytes."""
    given = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body
