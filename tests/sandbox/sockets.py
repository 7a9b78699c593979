"""HTTP over plain sockets, for what no HTTP client would send."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.conftest import Sandbox


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    """A plain connection to a server."""
    address = urlsplit(url)
    assert address.hostname
    with socket.create_connection((address.hostname, address.port or 80), timeout=30) as connection:
        yield connection


def answered(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body of the answer that comes on a connection."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        assert part, "the server closed the connection without an answer"
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    length = int(found[1]) if found else 0
    while len(body) < length:
        body += connection.recv(65536)
    return int(head.split()[1]), body


def head(sandbox: Sandbox, method: str, path: str, *headers: str) -> bytes:
    """The first part of a request with the sandbox's token."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {urlsplit(sandbox.url).netloc}",
        f"Authorization: Bearer {sandbox.token}",
    ]
    return "\r\n".join([*lines, *headers, "", ""]).encode()


def read_to_end(connection: socket.socket) -> bytes:
    """Everything that comes until the server closes the connection."""
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


def said(url: str, *parts: bytes) -> bytes:
    """What a server says to some bytes until it closes the connection."""
    with connected(url) as connection:
        for part in parts:
            connection.sendall(part)
        return read_to_end(connection)


def statuses(received: bytes) -> list[int]:
    """The statuses of the answers in what a server said."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


def open_files(process_id: int) -> int:
    """How many files and connections a process has open."""
    return len(list(Path(f"/proc/{process_id}/fd").iterdir()))


def resident_bytes(process_id: int) -> int:
    """How much memory a process occupies."""
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024
