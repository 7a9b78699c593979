"""An answer that is there at once is written past ASGI; nobody can tell, and nobody waits for it longer."""

from __future__ import annotations

import re
import threading
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from tests import databases
from tests.conftest import Sandbox
from tests.sandbox.sockets import connected, head, read_to_end, said, statuses

# A server must ask what a proxy says about its caller, so such a request goes by ASGI.
BY_ASGI = "X-Forwarded-Proto: http"
IDS = (
    "MS-RequestId: 11111111-1111-4111-8111-111111111111",
    "MS-CorrelationId: 22222222-2222-4222-8222-222222222222",
)


def without_chance(received: bytes) -> bytes:
    """An answer without its time and its trace vector."""
    return re.sub(rb"(?<=\r\n)(date|ms-cv): [^\r]+", rb"\1", received)


@pytest.mark.parametrize("more", [("Connection: close",), ("Connection: close", "X-Locale: de-DE")])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/customers"),
        ("GET", "/v1/customers?size=1"),
        ("GET", "/v1/customers/none"),
        ("GET", "/V1/nothing"),
        ("HEAD", "/v1/customers"),
        ("HEAD", "/v1/domains/free.onmicrosoft.com"),
        ("PUT", "/v1/customers"),
        ("DELETE", "/v1/customers/00000000-0000-4000-8000-000000000000"),
        ("POST", "/v1/customers"),
        ("GET", "/_sandbox/health"),
        ("GET", "/nothing"),
    ],
)
def test_an_answer_is_the_same_past_asgi(
    sandbox: Sandbox, method: str, path: str, more: tuple[str, ...]
) -> None:
    """Every byte is the same, apart from time and chance, whichever way an answer goes."""
    at_once = said(sandbox.url, head(sandbox, method, path, *IDS, *more))
    by_asgi = said(sandbox.url, head(sandbox, method, path, *IDS, *more, BY_ASGI))
    assert without_chance(by_asgi) == without_chance(at_once)
    assert b"\r\nconnection: close\r\n" in at_once


def test_a_client_of_http_1_0_gets_its_answer_and_the_end(sandbox: Sandbox) -> None:
    """The connection ends with the answer, which says so."""
    received = said(sandbox.url, head(sandbox, "GET", "/v1/customers").replace(b"HTTP/1.1", b"HTTP/1.0", 1))
    assert [200] == statuses(received)
    assert b"\r\nconnection: close\r\n" in received


def test_answers_come_in_the_order_of_the_requests(sandbox: Sandbox) -> None:
    """What is answered at once does not overtake what has to be waited for."""
    ask = [
        head(sandbox, "DELETE", "/v1/customers/00000000-0000-4000-8000-000000000000"),
        head(sandbox, "GET", "/_sandbox/health"),
        head(sandbox, "GET", "/v1/nothing"),
        head(sandbox, "HEAD", "/v1/customers"),
        head(sandbox, "GET", "/v1/customers"),
    ]
    expected = [404, 200, 404, 405, 200]
    assert [*expected, *expected, 400] == statuses(
        said(sandbox.url, b"".join([*ask, *ask, b"GARBAGE\r\n\r\n"]))
    )
    assert [*expected, 400] == statuses(said(sandbox.url, *ask, b"GARBAGE\r\n\r\n"))


def test_nothing_is_answered_behind_the_last_answer(sandbox: Sandbox) -> None:
    """Who ends a connection with a request gets no answer to what it sent behind it."""
    last = head(sandbox, "GET", "/v1/customers", "Connection: close")
    assert [200] == statuses(said(sandbox.url, last + head(sandbox, "GET", "/v1/customers")))
    assert [200] == statuses(said(sandbox.url, last + b"GARBAGE\r\n\r\n"))


@pytest.mark.skipif(databases.WORKERS != "1", reason="each may have a process of its own")
def test_who_sends_ahead_does_not_stop_the_others(sandbox: Sandbox) -> None:
    """Two clients that send many requests at once are served by turns."""
    host = urlsplit(sandbox.url).netloc

    def requests(path: str, count: int) -> bytes:
        # Long ones: of several that fit into what the parser gets at a time, only the last could be answered at once.
        one = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nA: {'x' * 2048}\r\n"
        return (f"{one}\r\n" * (count - 1) + f"{one}Connection: close\r\n\r\n").encode()

    with connected(sandbox.url) as first, connected(sandbox.url) as second:
        sending = threading.Thread(target=first.sendall, args=(requests("/v1/first", 1000),))
        sending.start()
        second.sendall(requests("/v1/second", 100))
        assert [404] * 100 == statuses(read_to_end(second))
        assert [404] * 1000 == statuses(read_to_end(first))
        sending.join()
    entries = sandbox.control("GET", "/requests?limit=10000").json()["requests"]
    asked = [entry["path"] for entry in entries]
    turns = sum(one != other for one, other in pairwise(asked) if {one, other} == {"/v1/first", "/v1/second"})
    assert turns > 50
