"""What a client may send, hold and take its time with; and that no client which goes beyond stops another."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.conftest import ONE_PROCESS, Sandbox, SandboxProcess, new_customer_body
from tests.sandbox.conftest import StartProcess
from tests.sandbox.sockets import (
    answered,
    connected,
    head,
    open_files,
    read_to_end,
    resident_bytes,
    said,
    statuses,
)

from partnercenter.sandbox.limits import Limits
from partnercenter.sandbox.patience import Patience

MIB = 1024 * 1024
MOST = 40
HOST = b"Host: localhost\r\n"
GOOD = b"GET /_sandbox/health HTTP/1.1\r\n" + HOST + b"\r\n"
CHUNKED = b"POST /v1/customers HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="session")
def limited_process() -> Iterator[SandboxProcess]:
    """A sandbox with little patience."""
    patience = ("--client-timeout", "1", "--keep-alive", "1", "--max-connections", str(MOST))
    process = SandboxProcess(*ONE_PROCESS, *patience)
    try:
        yield process
    finally:
        process.stop()


@pytest.fixture
def limited(limited_process: SandboxProcess) -> Iterator[Sandbox]:
    """That sandbox, empty, called by a client that keeps no connection."""
    with httpx2.Client(timeout=30, trust_env=False, headers={"Connection": "close"}) as client:
        sandbox = Sandbox(limited_process.url, client)
        assert 200 == sandbox.control("POST", "/reset").status_code
        yield sandbox
        assert "Traceback" not in "".join(limited_process.errors), "".join(limited_process.errors)


def refusals(received: bytes) -> list[dict[str, object]]:
    """The bodies of what was answered."""
    parts = received.split(b"HTTP/1.1 ")[1:]
    return [json.loads(part.partition(b"\r\n\r\n")[2]) for part in parts]


# What a request may be


@pytest.mark.parametrize(
    ("sent", "status", "message"),
    [
        (b"GET /" + b"x" * 8192 + b" HTTP/1.1\r\n", 414, "The address is longer than 8 KiB"),
        (b"GET /" + b"x" * 9_000_000, 414, "The address is longer than 8 KiB"),
        (b"GET / HTTP/1.1\r\nA: " + b"x" * 9_000_000, 431, "The head of the request is larger than 32 KiB"),
        (b"GET / HTTP/1.1\r\n" + b"x" * 9_000_000, 431, "The head of the request is larger than 32 KiB"),
        (
            b"GET / HTTP/1.1\r\n" + HOST + b"A: " + b"x" * 32_760 + b"\r\n\r\n",
            431,
            "The head of the request is larger than 32 KiB",
        ),
        (b"\r\n" * 30_000, 431, "The head of the request is larger than 32 KiB"),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 101 + b"\r\n", 431, "The request has more than 100 headers"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "A request has exactly one Host header"),
        (b"GET / HTTP/1.1\r\n" + HOST * 2 + b"\r\n", 400, "A request has exactly one Host header"),
        (b"CONNECT a.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", 400, "The sandbox is no proxy"),
        (b"GARBAGE\r\n\r\n", 400, "The request is not valid HTTP"),
        (CHUNKED + b"1\r\na\r\n" * 100_000, 400, "The chunks of the body are too small"),
        (CHUNKED + b"1;" + b"x" * 1_000_000, 400, "The chunks of the body are too small"),
        (CHUNKED + b"1\r\na\r\n0\r\n" + b"A: b\r\n" * 100_000, 400, "The chunks of the body are too small"),
    ],
    ids=lambda value: value[:40].decode("latin-1") if isinstance(value, bytes) else str(value)[:30],
)
def test_what_is_too_much_is_refused(limited: Sandbox, sent: bytes, status: int, message: str) -> None:
    """A refusal is HTTP, has the gateway's form, and ends the connection; the next client is served."""
    received = said(limited.url, sent)
    assert [status] == statuses(received)
    assert [{"statusCode": status, "message": message}] == refusals(received)
    assert b"\r\nConnection: close\r\n" in received
    assert 200 == limited.call("GET", "/v1/customers").status_code


def test_what_is_just_enough_is_served(limited: Sandbox) -> None:
    """The longest address and the largest head with the most headers are still looked at."""
    headers = [f"A{number}: {'x' * 300}" for number in range(97)]
    with connected(limited.url) as connection:
        connection.sendall(head(limited, "GET", "/v1/" + "x" * 8188, *headers))
        assert 404 == answered(connection)[0]
        connection.sendall(head(limited, "GET", "/v1/customers", *headers, "Connection: close"))
        assert 200 == answered(connection)[0]


def test_a_body_that_is_too_long_is_refused_before_it_comes(limited: Sandbox) -> None:
    """A client that announces too much is told at once, and not asked to go on; one that sends first may stay."""
    announced = head(limited, "POST", "/v1/customers", "Content-Length: 4194305")
    received = said(limited.url, announced[:-2] + b"Expect: 100-continue\r\n\r\n")
    assert [413] == statuses(received)
    assert b"\r\nconnection: close\r\n" in received
    with connected(limited.url) as connection:
        connection.sendall(announced)
        assert 413 == answered(connection)[0]
        connection.sendall(b"x" * 4_194_305 + GOOD)
        assert 200 == answered(connection)[0]


def test_a_body_without_an_end_is_refused_on_its_way(limited: Sandbox) -> None:
    """A client that sends chunks without end is answered, and then left."""
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    with connected(limited.url) as connection:
        connection.sendall(CHUNKED)
        with pytest.raises(OSError):  # noqa: PT012 - it may come with any of them
            for _ in range(4000):
                connection.sendall(chunk)
    with connected(limited.url) as connection:
        connection.sendall(CHUNKED + chunk * 65)
        assert 413 == answered(connection)[0]
    assert 200 == limited.call("GET", "/v1/customers").status_code


def test_a_body_with_two_faults_gets_one_answer(limited: Sandbox) -> None:
    """A body that becomes too long and breaks the form of chunks in the same moment is refused once."""
    with connected(limited.url) as connection:
        connection.sendall(CHUNKED + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 64)
        assert 200 == limited.call("GET", "/v1/customers").status_code  # all of it has been read by then
        connection.sendall(b"1\r\nx\r\nzz\r\n")
        assert 1 == len(statuses(read_to_end(connection)))


def test_what_follows_a_chunked_body_is_no_header(limited: Sandbox) -> None:
    """A token behind the body opens nothing."""
    trailer = f"Authorization: Bearer {limited.token}\r\nConnection: close\r\n\r\n".encode()
    with connected(limited.url) as connection:
        connection.sendall(CHUNKED + b"2\r\n{}\r\n0\r\n" + trailer)
        assert 401 == answered(connection)[0]


@pytest.mark.parametrize("protocol", ["h2c", "websocket"])
def test_another_protocol_is_not_taken_up(limited: Sandbox, protocol: str) -> None:
    """A request that asks for another protocol keeps its body and is answered as it is, and so is the next."""
    content = json.dumps(new_customer_body()).encode()
    wish = (f"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: {protocol}", "HTTP2-Settings: AAMAAABk")
    whole = head(limited, "POST", "/v1/customers", *wish, f"Content-Length: {len(content)}") + content
    with connected(limited.url) as connection:
        for cut, status in ((0, 201), (40, 409), (len(whole) - 5, 409)):
            connection.sendall(whole[:cut])
            connection.sendall(whole[cut:])
            assert status == answered(connection)[0]
        connection.sendall(GOOD)
        assert 200 == answered(connection)[0]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("1" * 41, "The body has a number of more than 40 digits."),
        ("-" + "9" * 100_000, "The body has a number of more than 40 digits."),
        ("1e999", "The body has a number, 1e999, that is too large."),
        ("[" * 64 + "1" + "]" * 64, "The body is nested more than 64 levels deep."),
        ("[" * 100_000, "The body is not valid JSON."),
    ],
    ids=lambda value: value[:12],
)
def test_numbers_and_nesting_of_a_body_are_bounded(sandbox: Sandbox, number: str, sentence: str) -> None:
    """A body whose numbers or nesting go beyond anything useful is refused with a sentence, wherever it goes."""
    content = b'{"companyProfile": %b}' % number.encode()
    answer = sandbox.call("POST", "/v1/customers", content=content)
    assert (400, sentence) == (answer.status_code, answer.json()["description"])
    answer = sandbox.http.patch(f"{sandbox.url}/_sandbox/settings", content=content)
    assert (400, sentence) == (answer.status_code, answer.json()["error"])


# Many requests at once on one connection


def test_many_requests_sent_ahead_are_all_answered(limited: Sandbox) -> None:
    """Thousands of requests sent at once get their answers."""
    last = GOOD[:-2] + b"Connection: close\r\n\r\n"
    with connected(limited.url) as connection:
        sending = threading.Thread(target=connection.sendall, args=(GOOD * 3000 + last,))
        sending.start()
        received = read_to_end(connection)
        sending.join()
    assert [200] * 3001 == statuses(received)


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="memory is read in /proc")
def test_what_is_sent_ahead_is_not_read_before_its_turn(
    limited: Sandbox, limited_process: SandboxProcess
) -> None:
    """However many requests are sent ahead, the server takes in no more of them than a little."""
    number = limited_process.process.pid
    before = resident_bytes(number)
    with connected(limited.url) as connection:
        sending = threading.Thread(target=flood, args=(connection,))
        sending.start()
        reader = connection.makefile("rb")
        for _ in range(400):
            while reader.readline() != b"\r\n":
                pass
            reader.read(len(b'{"status":"ok"}'))
        assert resident_bytes(number) - before < 32 * MIB
        connection.shutdown(socket.SHUT_RDWR)
        sending.join()


def flood(connection: socket.socket) -> None:
    """Send requests until the connection ends."""
    with suppress(OSError):
        while True:
            connection.sendall(GOOD * 10_000)


def test_bad_http_is_refused_in_its_turn(limited: Sandbox) -> None:
    """What is no HTTP is answered after the requests in front of it, whose effects are done."""
    content = json.dumps(new_customer_body()).encode()
    create = head(limited, "POST", "/v1/customers", f"Content-Length: {len(content)}") + content
    received = said(limited.url, create + GOOD + b"GARBAGE\r\n\r\n" + GOOD)
    assert [201, 200, 400] == statuses(received)
    assert 1 == limited.call("GET", "/v1/customers").json()["totalCount"]


def test_half_a_request_with_bad_chunks_is_not_carried_out(limited: Sandbox) -> None:
    """A delete whose body breaks the form of chunks is refused and not done."""
    customer = limited.create_customer()["id"]
    delete = head(limited, "DELETE", f"/v1/customers/{customer}", "Transfer-Encoding: chunked")
    received = said(limited.url, delete + b"2\r\n{}\r\nzz\r\n")
    assert [400] == statuses(received)
    assert 200 == limited.call("GET", f"/v1/customers/{customer}").status_code


# Time


@pytest.mark.parametrize("begun", [b"GET /", b"GET / HTTP/1.1\r\nHost: a\r\nA: ", b"\r\n", CHUNKED])
def test_a_request_that_drips_is_given_up(limited: Sandbox, begun: bytes) -> None:
    """A head or body that comes byte by byte is refused with 408 when its time is over."""
    drop = b"1\r\n1\r\n" if begun is CHUNKED else b"\r\n" if begun == b"\r\n" else b"x"
    with connected(limited.url) as connection:
        connection.sendall(begun)
        connection.settimeout(0.1)
        received = b""
        deadline = time.monotonic() + 20
        while not received and time.monotonic() < deadline:
            connection.sendall(drop)
            try:
                received = connection.recv(65536)
            except TimeoutError:
                continue
    assert [{"statusCode": 408, "message": "The request did not arrive in time"}] == refusals(received)


def test_a_delete_whose_body_drips_is_not_done(limited: Sandbox) -> None:
    """A request that is given up has no effect."""
    customer = limited.create_customer()["id"]
    received = said(
        limited.url, head(limited, "DELETE", f"/v1/customers/{customer}", "Content-Length: 5") + b"{"
    )
    assert [408] == statuses(received)
    assert 200 == limited.call("GET", f"/v1/customers/{customer}").status_code


def test_a_connection_that_only_waits_is_closed(limited: Sandbox) -> None:
    """One that never asked, and one that asked and keeps its connection, are closed without a word."""
    assert b"" == said(limited.url)
    with connected(limited.url) as connection:
        connection.sendall(GOOD)
        assert 200 == answered(connection)[0]
        assert b"" == read_to_end(connection)


def test_a_slow_answer_is_no_slow_client(limited: Sandbox) -> None:
    """The time of clients does not run while the server works, not for what they sent ahead either."""
    limited.control("POST", "/faults", {"operation": "customers.list", "delaySeconds": 2.5, "times": 1})
    with connected(limited.url) as connection:
        whole = head(limited, "GET", "/v1/customers")
        connection.sendall(whole + whole[:30])
        assert 200 == answered(connection)[0]
        connection.sendall(whole[30:])
        assert 200 == answered(connection)[0]


# Many clients


OCCUPATIONS = {
    "idle": b"",
    "half a head": b"GET / HTTP/1.1\r\nHost: a\r\nA: ",
    "half a body": CHUNKED + b"1\r\n{\r\n",
    "kept": GOOD,
    "answers unread": GOOD * 500,
    "no HTTP": b"\0" * 100,
}


def insisting(sandbox: Sandbox, method: str, path: str, body: Any = None) -> int:
    """The status of a call that is sent again, as its answer says, while the sandbox is full for a moment."""
    for _ in range(20):
        answer = sandbox.call(method, path, body)
        if answer.status_code != 503 or "Retry-After" not in answer.headers:
            break
        time.sleep(0.1)
    return answer.status_code


@pytest.mark.parametrize("sent", OCCUPATIONS.values(), ids=OCCUPATIONS.keys())
def test_a_crowd_does_not_stop_others(limited: Sandbox, limited_process: SandboxProcess, sent: bytes) -> None:
    """However many connections others hold open, and whatever they do with them, one that does its part is served."""
    create = new_customer_body()
    with ExitStack() as crowd:
        for number in range(5 * MOST):
            crowd.enter_context(connected(limited.url)).sendall(sent)
            if number % MOST == 0:
                assert 200 == insisting(limited, "GET", "/v1/customers")
        assert 201 == insisting(limited, "POST", "/v1/customers", create)
        deadline = time.monotonic() + 10
        # Those that made room are read from for a moment more, so that a refusal is not lost.
        while open_files(limited_process.process.pid) >= 2 * MOST and time.monotonic() < deadline:
            time.sleep(0.02)
        assert open_files(limited_process.process.pid) < 2 * MOST


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\n", CHUNKED + b"1\r\n{\r\n"])
def test_whoever_makes_room_is_told(limited: Sandbox, sent: bytes) -> None:
    """The connection that was waited for longest gets 503 and when to come back, if it has begun a request."""
    with connected(limited.url) as first, ExitStack() as crowd:
        first.sendall(sent)
        assert 200 == limited.control("GET", "/health").status_code  # what was sent has been read by then
        for _ in range(MOST):
            crowd.enter_context(connected(limited.url)).sendall(sent)
        received = read_to_end(first)
    assert [503] == statuses(received)
    assert b"\r\nRetry-After: 1\r\n" in received


def test_nobody_who_is_served_makes_room(start_process: StartProcess, http: httpx2.Client) -> None:
    """When all are being served, as many again are too; one more is told to come back."""
    process = start_process(*ONE_PROCESS, "--max-connections", "2")
    sandbox = Sandbox(process.url, http)
    slow = {"operation": "customers.list", "delaySeconds": 3, "times": 4}
    assert sandbox.control("POST", "/faults", slow).is_success
    whole = head(sandbox, "GET", "/v1/customers")

    def listed() -> int:
        with connected(process.url) as connection:
            connection.sendall(whole)
            return answered(connection)[0]

    with ThreadPoolExecutor(4) as pool:
        served = []
        for _ in range(4):
            served.append(pool.submit(listed))
            time.sleep(0.3)  # until it is being served: whoever looked would be one more
        refused = said(process.url)
        assert [200] * 4 == [one.result() for one in served]
    busy = {"statusCode": 503, "message": "The sandbox has no room for one more; try again"}
    assert [busy] == refusals(refused)
    assert 200 == sandbox.call("GET", "/v1/customers").status_code


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted in /proc")
def test_an_answer_that_nobody_takes_is_given_up(start_process: StartProcess, http: httpx2.Client) -> None:
    """A client that reads none of its answers loses its connection."""
    process = start_process(*ONE_PROCESS, "--client-timeout", "0.5")
    sandbox = Sandbox(process.url, http)
    number = process.process.pid
    assert 200 == sandbox.control("GET", "/health").status_code
    before = open_files(number)
    with connected(process.url) as unread:
        unread.sendall(head(sandbox, "GET", "/_sandbox/openapi.json") * 40)
        deadline = time.monotonic() + 20
        while open_files(number) <= before and time.monotonic() < deadline:
            time.sleep(0.01)
        while open_files(number) > before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert open_files(number) <= before


@pytest.mark.prove
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="memory is read in /proc")
def test_what_all_requests_hold_is_bounded(start_process: StartProcess, http: httpx2.Client) -> None:
    """Bodies that never end take no more memory than is set aside for them, and others are served."""
    process = start_process(*ONE_PROCESS)
    sandbox = Sandbox(process.url, http)
    assert 200 == sandbox.call("GET", "/v1/customers").status_code
    before = resident_bytes(process.process.pid)
    with ExitStack() as crowd:
        for number in range(300):
            connection = crowd.enter_context(connected(process.url))
            connection.sendall(head(sandbox, "POST", "/v1/customers", f"Content-Length: {4 * MIB}"))
            connection.sendall(b" " * (4 * MIB - 1))
            if number % 50 == 0:
                assert 201 == sandbox.call("POST", "/v1/customers", new_customer_body()).status_code
        assert resident_bytes(process.process.pid) - before < 1024 * MIB
        assert 201 == sandbox.call("POST", "/v1/customers", new_customer_body()).status_code


# The rules alone


class Visitor:
    """A connection that only remembers whether it was dismissed."""

    def __init__(self) -> None:
        self.held = 0
        self.is_dismissed = False
        self.is_leaving = False

    def look(self, now: float) -> None:
        """Nothing is ever overdue."""

    def dismiss(self) -> None:
        """Remember it."""
        self.is_dismissed = True

    def leave_soon(self) -> None:
        """Remember that, too."""
        self.is_leaving = True


def test_the_longest_waited_for_makes_room() -> None:
    """Of those that are waited for, in the order in which that began; never one that is being served."""

    async def run() -> None:
        patience = Patience(Limits(connections=3))
        first, second, third, *more = visitors = [Visitor() for _ in range(7)]
        assert all(patience.enter(one) for one in visitors[:3])
        patience.serve(first)
        patience.serve(third)
        patience.wait_for(third)
        assert patience.enter(more[0])
        assert [second] == [one for one in visitors if one.is_dismissed]
        patience.leave(second)
        assert patience.enter(more[1])
        assert [second, third] == [one for one in visitors if one.is_dismissed]
        patience.leave(third)
        patience.serve(more[0])
        patience.serve(more[1])
        for one in more[2:]:
            assert patience.enter(one)
            patience.serve(one)
        assert [second, third] == [one for one in visitors if one.is_dismissed]
        assert [first, more[0]] == [one for one in visitors if one.is_leaving]
        patience.leave(first)
        for _ in range(2):
            last = Visitor()
            assert patience.enter(last)
            patience.serve(last)
        for _ in range(3):
            assert not patience.enter(Visitor())

    asyncio.run(run())


def test_memory_is_given_to_whoever_does_its_part() -> None:
    """One that is waited for and holds something makes room; when nobody does, there is no memory to be had."""

    async def run() -> None:
        patience = Patience(Limits(), memory=100)
        empty, dripping, working, newcomer = visitors = [Visitor() for _ in range(4)]
        assert all(patience.enter(one) for one in visitors)
        assert patience.hold(dripping, 50)
        assert patience.hold(working, 50)
        patience.serve(working)
        assert patience.hold(newcomer, 30)
        assert patience.hold(newcomer, 20)
        assert not patience.hold(newcomer, 1)
        assert [dripping] == [one for one in visitors if one.is_dismissed]
        patience.leave(dripping)
        patience.release(working)
        assert patience.hold(empty, 50)
        assert [0, 50, 0, 50] == [one.held for one in (dripping, newcomer, working, empty)]

    asyncio.run(run())


def test_connections_fit_into_the_files_that_may_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many files are allowed as connections need; where that is not allowed, there are fewer connections."""
    resource = pytest.importorskip("resource")
    allowed: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _kind, both: allowed.append(both))
    for soft, hard, connections, raised in (
        (256, 4096, 1000, [(2100, 4096)]),
        (256, 512, 206, [(512, 512)]),
        (3000, 3000, 1000, []),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, 1000, []),
        (256, resource.RLIM_INFINITY, 1000, [(2100, resource.RLIM_INFINITY)]),
    ):
        allowed.clear()
        monkeypatch.setattr(resource, "getrlimit", lambda _kind, both=(soft, hard): both)
        assert (connections, raised) == (Limits().within_open_files().connections, allowed)
