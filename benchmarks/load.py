"""A load of HTTP/1.1 requests over a few kept-alive connections, with as little of its own cost as possible."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence


async def _worker(port: int, requests: asyncio.Queue[bytes], statuses: list[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while not requests.empty():
            writer.write(requests.get_nowait())
            head = await reader.readuntil(b"\r\n\r\n")
            statuses.append(int(head[9:12]))
            lower = head.lower()
            place = lower.find(b"content-length:")
            length = int(lower[place + 15 : lower.index(b"\r\n", place)]) if place >= 0 else 0
            if length:
                await reader.readexactly(length)
    finally:
        writer.close()


async def _run(port: int, requests: Sequence[bytes], connections: int) -> tuple[float, list[int]]:
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    for request in requests:
        queue.put_nowait(request)
    statuses: list[int] = []
    began = time.perf_counter()
    await asyncio.gather(*(_worker(port, queue, statuses) for _ in range(connections)))
    return time.perf_counter() - began, statuses


def rate(port: int, requests: Sequence[bytes], *, connections: int = 16, expected: int) -> float:
    """Requests a second over some connections; every answer must have the expected status."""
    seconds, statuses = asyncio.run(_run(port, requests, connections))
    wrong = [status for status in statuses if status != expected]
    if wrong or len(statuses) != len(requests):
        raise RuntimeError(
            f"{len(wrong)} of {len(statuses)} answers were not {expected}, such as {wrong[:3]}."
        )
    return len(requests) / seconds


def http_request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A request as bytes."""
    given = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body
