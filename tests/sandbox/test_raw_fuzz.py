"""Bad HTTP, bad JSON and tricks with letters over plain sockets: no 5xx, no hang, no traceback, no growth.

What is sent comes from a seed, so a failure can be repeated; it shows what was sent.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.conftest import ONE_PROCESS, Sandbox, SandboxProcess, new_customer_body
from tests.sandbox.existing import Existing
from tests.sandbox.raw_requests import (
    BAD_HTTP,
    HOST,
    TRICKS,
    ambiguous,
    bad_json,
    damaged,
    tricky_segment,
)
from tests.sandbox.sockets import resident_bytes, said, statuses

from partnercenter.contract.operations import OPERATIONS, Operation

SHORT_AND_LONG: Final = [pytest.param(1, id="short"), pytest.param(60, id="long", marks=pytest.mark.prove)]
AT_ONCE: Final = 200
SECONDS_TO_HANG: Final = 20
MIB: Final = 1024 * 1024


@pytest.fixture(scope="session")
def fuzzed_process() -> Iterator[SandboxProcess]:
    """A sandbox of its own that soon gives up requests which never end."""
    process = SandboxProcess(*ONE_PROCESS, "--client-timeout", "1", "--keep-alive", "0.5")
    try:
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="session")
def fuzzed_once(fuzzed_process: SandboxProcess) -> Iterator[Existing]:
    """What it holds: a customer that has everything. It is called by a client that keeps no connection."""
    with httpx2.Client(timeout=30, trust_env=False, headers={"Connection": "close"}) as client:
        yield Existing(Sandbox(fuzzed_process.url, client))


@pytest.fixture
def fuzzed(fuzzed_process: SandboxProcess, fuzzed_once: Existing) -> Iterator[Existing]:
    """That, as if nobody had called yet; afterwards a good client is served, and the server has kept its calm."""
    fuzzed_once.restore()
    before = resident_bytes(fuzzed_process.process.pid)
    yield fuzzed_once
    fuzzed_once.restore()
    assert 201 == fuzzed_once.sandbox.call("POST", "/v1/customers", new_customer_body()).status_code
    assert "" == "".join(fuzzed_process.errors)
    assert resident_bytes(fuzzed_process.process.pid) - before < 256 * MIB


def each(url: str, requests: Sequence[bytes], check: Callable[[bytes, bytes], None]) -> None:
    """Send each request on a connection of its own, many side by side, and check what came until its end."""
    address = urlsplit(url)

    async def one(request: bytes, place: asyncio.Semaphore) -> None:
        async with place, asyncio.timeout(SECONDS_TO_HANG):
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            try:
                writer.write(request)
                received = await reader.read(-1)
            except ConnectionError:
                received = b""
            finally:
                writer.close()
        check(request, received)

    async def run() -> None:
        place = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for request in requests:
                group.create_task(one(request, place))

    asyncio.run(run())


def check_http(request: bytes, received: bytes) -> None:
    """What was answered, if anything was, is HTTP without a 5xx."""
    shown = request[:300]
    assert not received or received.startswith(b"HTTP/1.1 "), (shown, received[:300])
    assert [] == [status for status in statuses(received) if status >= 500], (shown, received[:600])


def whole_request(method: str, path: str, token: str, body: bytes | None = None) -> bytes:
    """A request as bytes; the path may hold anything."""
    lines = [f"{method} {path} HTTP/1.1", f"Authorization: Bearer {token}"]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, ""]).encode() + HOST + b"\r\n" + (body or b"")


def test_bad_http_is_answered_or_cut(fuzzed: Existing) -> None:
    """Each known way to break HTTP gets an answer below 500 that is HTTP, or the end of the connection."""

    def check(request: bytes, received: bytes) -> None:
        check_http(request, received)
        assert not request.strip() or statuses(received), request[:300]

    each(fuzzed.sandbox.url, BAD_HTTP, check)


@pytest.mark.parametrize("rounds", SHORT_AND_LONG)
def test_damaged_requests_are_answered_or_cut(fuzzed: Existing, rounds: int) -> None:
    """So does a good request whose bytes were cut, doubled, replaced and mixed with others."""
    random = Random(20261124 + rounds)
    path = f"/v1/customers/{fuzzed.customers[1]}"
    body = json.dumps(new_customer_body()).encode()
    token = fuzzed.user_token
    create = whole_request("POST", "/v1/customers", token, body)
    chunked = create.replace(b"Content-Length: %d" % len(body), b"Transfer-Encoding: chunked")
    chunked = chunked[: -len(body)] + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    seeds = [
        whole_request("GET", "/v1/customers?size=2", token),
        whole_request("GET", path, token),
        create,
        chunked,
        whole_request("GET", "/_sandbox/health", token) * 3,
        whole_request("POST", "/x/oauth2/v2.0/token", token, b"grant_type=client_credentials&client_id=x"),
    ]
    requests = [damaged(random, random.choice(seeds)) for _ in range(200 * rounds)]
    each(fuzzed.sandbox.url, requests, check_http)


def test_no_request_can_be_hidden_in_another(fuzzed: Existing) -> None:
    """Where two servers could disagree about the end of a request, nothing behind that is carried out."""
    path = f"/v1/customers/{fuzzed.customers[1]}"
    hidden = whole_request("DELETE", path, fuzzed.sandbox.token)
    assert 200 == fuzzed.sandbox.call("GET", path).status_code
    each(fuzzed.sandbox.url, [*ambiguous(b"POST", b"/v1/customers", hidden)], check_http)
    assert 200 == fuzzed.sandbox.call("GET", path).status_code
    assert [204] == statuses(said(fuzzed.sandbox.url, hidden))


# Good HTTP, with what is in it gone bad


def strictly(body: bytes) -> Any:
    """A body as JSON; numbers that are none are refused."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    return json.loads(body, parse_constant=refuse)


def call_each(url: str, requests: Sequence[bytes]) -> None:
    """Send the requests; each answer is below 500, whole, and JSON if it has a body."""

    def check(request: bytes, received: bytes) -> None:
        shown = request.partition(b"\r\n")[0], request.partition(b"\r\n\r\n")[2][:1000]
        head, _, body = received.partition(b"\r\n\r\n")
        assert [True] == [200 <= status < 500 for status in statuses(head)], (shown, received[:1000])
        assert not body or strictly(body) is not None, shown
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        assert request.startswith(b"HEAD ") or (length and len(body) == int(length[1])), (shown, head)

    each(url, [request.replace(HOST, HOST + b"Connection: close\r\n", 1) for request in requests], check)


CONTROL: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("PATCH", "/settings", {"customer_quota": 75, "replay": True, "precedence": "id,customer,environment"}),
    ("POST", "/faults", {"operation": "offers.*", "times": 1, "status": 400, "probability": 0.5, "seed": 1}),
    (
        "POST",
        "/tokens",
        {"kind": "app_user", "tenantId": "x", "lifetimeSeconds": 60, "roles": ["AdminAgents"]},
    ),
    ("PATCH", "/clock", {"advance": "PT1S"}),
    ("POST", "/snapshots", {"name": "fuzz", "replace": True}),
    ("POST", "/seed", {"partners": [{"tenantId": "x", "customers": [{"companyName": "x", "domain": "x"}]}]}),
)


@pytest.mark.parametrize("rounds", SHORT_AND_LONG)
def test_bad_json_is_answered(fuzzed: Existing, rounds: int) -> None:
    """Every operation that takes a body answers one in which something is wrong, however it is wrong."""
    random = Random(20261124 + rounds)
    requests = []
    for operation in OPERATIONS.values():
        for body in fuzzed.bodies(operation.name):
            own = [
                place for place in fuzzed.paths(operation.path_parameters) if body.get("id") in place.values()
            ]
            for _ in range(4 * rounds):
                place = random.choice(own or fuzzed.paths(operation.path_parameters))
                path = operation.path.format_map(place)
                requests.append(
                    whole_request(operation.method, path, fuzzed.user_token, bad_json(random, body))
                )
    random.shuffle(requests)
    call_each(fuzzed.sandbox.url, requests)


@pytest.mark.parametrize("rounds", SHORT_AND_LONG)
def test_bad_json_is_answered_by_control(fuzzed: Existing, rounds: int) -> None:
    """So does every control route, and the sandbox can still be restored."""
    random = Random(20261124 + rounds)
    requests = [
        whole_request(method, f"/_sandbox{path}", "", bad_json(random, body))
        for method, path, body in CONTROL
        for _ in range(30 * rounds)
    ]
    call_each(fuzzed.sandbox.url, requests)


@pytest.mark.parametrize("rounds", SHORT_AND_LONG)
def test_tricks_in_ids_are_answered(fuzzed: Existing, rounds: int) -> None:
    """Every operation answers ids that hold letters which look like others, change their case, or are none."""
    random = Random(20261124 + rounds)
    requests = [
        whole_request(operation.method, tricky_path(random, fuzzed, operation), fuzzed.user_token, b"{}")
        for operation in OPERATIONS.values()
        for _ in range(5 * rounds)
    ]
    call_each(fuzzed.sandbox.url, requests)


def tricky_path(random: Random, existing: Existing, operation: Operation) -> str:
    """The path of an operation with a trick in one of its ids, or in a segment, and perhaps a query full of them."""
    place = random.choice(existing.paths(operation.path_parameters))
    segments = operation.path.format_map(place).split("/")
    at = random.choice(
        [n for n, part in enumerate(operation.path.split("/")) if part.startswith("{")] or [-1]
    )
    segments[at] = tricky_segment(random, segments[at])
    names = [parameter.name for parameter in operation.query] or ["size"]
    query = "&".join(f"{name}={tricky_segment(random, 'x')}" for name in names)
    path = "/".join(segments)[:4000]
    return path + f"?{query}"[:4000] if random.random() < 0.5 else path


def test_names_are_kept_as_they_came_or_refused(fuzzed: Existing) -> None:
    """A customer whose name holds such letters has exactly that name everywhere, or there is no such customer."""
    sandbox = fuzzed.sandbox
    for trick in TRICKS:
        name = f"A{trick}Z"
        body = new_customer_body(companyName=name)
        created = sandbox.call("POST", "/v1/customers", body)
        if created.status_code == 201:
            found = sandbox.call("GET", f"/v1/customers/{created.json()['id']}").json()
            assert name == found["companyProfile"]["companyName"]
            assert name == found["billingProfile"]["companyName"]
        else:
            assert 400 == created.status_code, (name, created.text)
