"""Faults made to order, over real sockets: which calls they hit, what becomes of those, and what is left behind."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest
from azure.identity import ClientSecretCredential
from tests.conftest import ADDRESS, Sandbox, SandboxProcess, new_customer_body
from tests.sandbox.conftest import (
    BLOCKED,
    OF_OTHER,
    OTHER_TENANT,
    OWN,
    UNDELETABLE,
    Fault,
    StartProcess,
    fault_of,
)

from partnercenter import Customer, LoopbackTransport, PartnerCenterClient
from partnercenter.contract import development_partner

CUSTOMER = f"/v1/customers/{OWN}"
LIST = "/v1/customers"


def add(sandbox: Sandbox, **order: Any) -> dict[str, Any]:
    """Post a fault."""
    answer = sandbox.control("POST", "/faults", order)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def waiting(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The faults that wait."""
    return list(sandbox.control("GET", "/faults").json()["faults"])


def statuses(sandbox: Sandbox, count: int, path: str = LIST) -> list[int]:
    """What so many reads are answered."""
    return [sandbox.call("GET", path).status_code for _ in range(count)]


# Which calls


@pytest.mark.parametrize(
    ("which", "hit", "missed"),
    [
        ({}, ("GET", LIST), None),
        ({"operation": "customers.get"}, ("GET", CUSTOMER), ("GET", LIST)),
        ({"operation": "orders.*"}, ("GET", f"{CUSTOMER}/orders"), ("GET", f"{CUSTOMER}/subscriptions")),
        ({"operation": "Customers.Get"}, ("GET", CUSTOMER.upper()), ("GET", LIST)),
        ({"operation": "*.list", "method": "get"}, ("GET", LIST), ("GET", CUSTOMER)),
        ({"method": "DELETE"}, ("DELETE", CUSTOMER), ("GET", CUSTOMER)),
        ({"customerId": OWN}, ("GET", f"{CUSTOMER}/orders"), ("GET", f"/v1/customers/{BLOCKED}")),
        ({"customerId": OWN.upper()}, ("GET", f"/v1/customers/%7B{OWN}%7D"), ("GET", LIST)),
        ({"partnerId": development_partner.TENANT_ID}, ("GET", LIST), None),
    ],
)
def test_a_fault_hits_the_calls_it_is_for(
    world: Sandbox, which: Mapping[str, Any], hit: tuple[str, str], missed: tuple[str, str] | None
) -> None:
    """By operation or pattern, method, customer and partner; what is not named may be anything."""
    add(world, **which, status=503)
    if missed is not None:
        assert 503 != world.call(*missed).status_code
    assert 503 == world.call(*hit).status_code


def test_a_fault_for_a_partner_spares_the_others(world: Sandbox) -> None:
    """Only calls with a token of that tenant are hit."""
    add(world, partnerId=OTHER_TENANT, status=503)
    assert 200 == world.call("GET", LIST).status_code
    assert 503 == world.call("GET", LIST, token=world.mint(**OF_OTHER)).status_code


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({}, [503, 200, 200, 200]),
        ({"times": 2}, [503, 503, 200, 200]),
        ({"times": None}, [503, 503, 503, 503]),
        ({"skip": 2}, [200, 200, 503, 200]),
        ({"skip": 1, "times": 2}, [200, 503, 503, 200]),
        ({"probability": 1, "times": 2}, [503, 503, 200, 200]),
    ],
)
def test_times_and_skip_say_which_of_them(
    sandbox: Sandbox, order: Mapping[str, Any], expected: list[int]
) -> None:
    """The next call unless `times` says how many, null for all; `skip` lets some pass before."""
    add(sandbox, **order, status=503)
    assert expected == statuses(sandbox, 4)


def test_a_fault_that_has_done_its_work_is_gone(sandbox: Sandbox) -> None:
    """The list shows what waits: how often it matched and hit, and how many hits are left."""
    order = {"operation": "customers.list", "status": 503, "times": 2, "skip": 1}
    made = add(sandbox, **order)
    assert {"id": made["id"], **order, "matched": 0, "hits": 0, "left": 2} == made
    statuses(sandbox, 2)
    assert [{"id": made["id"], **order, "matched": 2, "hits": 1, "left": 1}] == waiting(sandbox)
    statuses(sandbox, 1)
    assert [] == waiting(sandbox)


def test_chance_can_be_repeated(sandbox: Sandbox) -> None:
    """With a seed the same calls are hit each time, some of them and not all."""
    runs = []
    for _ in range(2):
        made = add(sandbox, probability=0.4, seed=7, status=503, times=None)
        runs.append(statuses(sandbox, 20))
        sandbox.control("DELETE", f"/faults/{made['id']}")
    assert runs[0] == runs[1]
    assert {200, 503} == set(runs[0])


def test_the_first_fault_that_hits_counts(sandbox: Sandbox) -> None:
    """Faults are asked in the order they were added, and a call is hit by one of them."""
    add(sandbox, status=500)
    add(sandbox, status=503)
    assert [500, 503, 200] == statuses(sandbox, 3)


def test_calls_without_a_known_caller_or_path_are_not_hit(sandbox: Sandbox) -> None:
    """A fault comes after route, token and partner: what those refuse stays what it is, and does not use it up."""
    add(sandbox, status=503)
    assert 401 == sandbox.call("GET", LIST, token="").status_code
    assert 404 == sandbox.call("GET", "/v1/nowhere").status_code
    assert [503, 200] == statuses(sandbox, 2)


# What is answered instead


@pytest.mark.parametrize(
    ("order", "fault", "words"),
    [
        ({"status": 500}, Fault(500, 800003), "Unexpected service error."),
        ({"status": 409}, Fault(409, 800060), "Your order is in progress."),
        ({"status": 403, "code": 900308}, Fault(403, 900308), "Insufficient privileges"),
        ({"status": 400, "code": 1, "description": "Not today."}, Fault(400, 1), "Not today."),
        ({"status": 503}, Fault(503), "The service is unavailable."),
        ({"status": 502}, Fault(502), "Bad gateway"),
        ({"status": 429}, Fault(429), "Rate limit is exceeded."),
        ({"status": 429, "code": 7}, Fault(429, 7), "Refused."),
        ({"retryAfter": 57}, Fault(429), "Rate limit is exceeded. Try again in 57 seconds."),
        ({"status": 503, "retryAfter": 5, "description": "Back soon"}, Fault(503), "Back soon"),
        ({"status": 401}, Fault(401), ""),
        ({"status": 418}, Fault(418), ""),
    ],
)
def test_a_status_is_answered_and_nothing_is_done(
    world: Sandbox, order: Mapping[str, Any], fault: Fault, words: str
) -> None:
    """In the service's usual form, or the gateway's where that refuses; the customer is still there."""
    add(world, operation="customers.delete", **order)
    answer = world.call("DELETE", CUSTOMER)
    assert fault == fault_of(answer)
    assert words in answer.text
    assert bool(words) == bool(answer.content)
    assert answer.headers["MS-CorrelationId"]
    assert order.get("retryAfter") == (int(value) if (value := answer.headers.get("Retry-After")) else None)
    assert 200 == world.call("GET", CUSTOMER).status_code


def test_a_refused_rate_has_the_documented_form(world: Sandbox) -> None:
    """429 with whole seconds in `Retry-After` and the gateway's body (behaviour.md 12)."""
    add(world, retryAfter=57)
    answer = world.call("GET", LIST)
    expected = {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 57 seconds."}
    assert (429, "57", expected) == (answer.status_code, answer.headers["Retry-After"], answer.json())


def test_a_status_401_says_what_is_wrong_with_the_token(world: Sandbox) -> None:
    """As an expired token is refused, so that clients sign in again."""
    add(world, status=401)
    assert 'Bearer error="invalid_token"' == world.call("GET", LIST).headers["WWW-Authenticate"]


def test_an_injected_refusal_is_never_given_again(world: Sandbox) -> None:
    """Asked again under its request id, the call is carried out as if it were asked first."""
    headers = {"MS-RequestId": str(uuid4())}
    for status in (400, 409, 500):
        add(world, operation="customers.delete", status=status)
        assert status == world.call("DELETE", CUSTOMER, headers=headers).status_code
    assert 204 == world.call("DELETE", CUSTOMER, headers=headers).status_code
    records = world.call("GET", "/v1/auditrecords").json()["items"]
    assert [] == [record for record in records if record["operationStatus"] == "failed"]


def test_a_delay_comes_before_anything_is_done(world: Sandbox) -> None:
    """While a delete is delayed its customer is there, and others are served; then it is gone."""
    add(world, operation="customers.delete", delaySeconds=0.4)
    with ThreadPoolExecutor(1) as pool:
        began = time.monotonic()
        deleting = pool.submit(lambda: world.call("DELETE", CUSTOMER).status_code)
        while waiting(world):
            assert time.monotonic() < began + 20
        assert 200 == world.call("GET", CUSTOMER).status_code
        assert not deleting.done()
        assert 204 == deleting.result(20)
    assert time.monotonic() >= began + 0.4
    assert 404 == world.call("GET", CUSTOMER).status_code


def test_a_delay_goes_with_any_other_fault(world: Sandbox) -> None:
    """Wait, then refuse."""
    add(world, delaySeconds=0.2, status=503)
    began = time.monotonic()
    assert 503 == world.call("GET", LIST).status_code
    assert time.monotonic() >= began + 0.2


# What becomes of the connection


Connect = Callable[[str], socket.socket]


def plain(url: str) -> socket.socket:
    """A connection without TLS."""
    address = urlsplit(url)
    return socket.create_connection((str(address.hostname), address.port or 80), timeout=30)


def secured(url: str) -> socket.socket:
    """A connection with TLS, whoever the server is."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(plain(url))


@contextlib.contextmanager
def kept_alive(sandbox: Sandbox, connect: Connect) -> Iterator[socket.socket]:
    """A connection on which a call was answered before."""
    with connect(sandbox.url) as connection:
        send(connection, sandbox, "GET", LIST)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        answer.read()
        assert answer.status == 200
        yield connection


def send(connection: socket.socket, sandbox: Sandbox, method: str, path: str, content: bytes = b"") -> None:
    """Write one request."""
    connection.sendall(request(sandbox, method, path, content))


def request(sandbox: Sandbox, method: str, path: str, content: bytes = b"") -> bytes:
    """One request as bytes."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {urlsplit(sandbox.url).netloc}",
        f"Authorization: Bearer {sandbox.token}",
        f"Content-Length: {len(content)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + content


def received(connection: socket.socket) -> bytes:
    """Everything that comes until the server closes the connection."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


@pytest.fixture(params=["plain", "tls"])
def door(
    request: pytest.FixtureRequest, start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> Iterator[tuple[Sandbox, Connect]]:
    """A sandbox without and with TLS, and how a test connects to it."""
    if request.param == "plain":
        yield request.getfixturevalue("sandbox"), plain
        return
    process = start_process("--tls", env={"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)})
    with httpx2.Client(timeout=30, trust_env=False, verify=False) as trusting:
        yield Sandbox(process.url, trusting), secured


def test_a_lost_answer_leaves_the_effect(door: tuple[Sandbox, Connect]) -> None:
    """The connection ends without a byte, and the customer is deleted."""
    sandbox, connect = door
    path = f"/v1/customers/{sandbox.create_customer()['id']}"
    with kept_alive(sandbox, connect) as connection:
        add(sandbox, operation="customers.delete", lost=True)
        send(connection, sandbox, "DELETE", path)
        assert b"" == received(connection)
    assert 404 == sandbox.call("GET", path).status_code


def test_a_reset_leaves_no_effect(door: tuple[Sandbox, Connect]) -> None:
    """The connection is reset, and the customer is there."""
    sandbox, connect = door
    path = f"/v1/customers/{sandbox.create_customer()['id']}"
    with kept_alive(sandbox, connect) as connection:
        add(sandbox, operation="customers.delete", reset=True)
        send(connection, sandbox, "DELETE", path)
        if connect is plain:
            with pytest.raises(ConnectionResetError):
                received(connection)
        else:  # TLS takes a reset for an end
            assert b"" == received(connection)
    assert 200 == sandbox.call("GET", path).status_code


def test_a_torn_answer_ends_in_its_middle(door: tuple[Sandbox, Connect]) -> None:
    """The head promises the whole body, half of it comes, and the effect is there."""
    sandbox, connect = door
    body = new_customer_body()
    with kept_alive(sandbox, connect) as connection:
        add(sandbox, operation="customers.create", malformed="torn")
        send(connection, sandbox, "POST", LIST, json.dumps(body).encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        with pytest.raises(http.client.IncompleteRead) as torn:
            answer.read()
        assert (201, True) == (answer.status, torn.value.partial.startswith(b'{"id":'))
        assert (answer.getheader("Content-Length") or "") == str(
            len(torn.value.partial) + (torn.value.expected or 0)
        )
    listed = sandbox.call("GET", LIST).json()["items"]
    assert [body["companyProfile"]["domain"]] == [item["companyProfile"]["domain"] for item in listed]


@pytest.mark.parametrize(("malformed", "shown"), [("html", "html"), (True, "html")])
def test_a_page_of_html_comes_instead_of_json(world: Sandbox, malformed: Any, shown: str) -> None:
    """With the status of the true answer, and the effect of the call."""
    add(world, operation="customers.create", malformed=malformed)
    answer = world.call("POST", LIST, new_customer_body())
    assert (201, "text/html") == (answer.status_code, answer.headers["Content-Type"])
    assert shown in answer.text
    assert 4 == world.call("GET", LIST).json()["totalCount"]


@pytest.mark.parametrize("malformed", ["html", "torn"])
def test_an_answer_without_a_body_gets_one(world: Sandbox, malformed: str) -> None:
    """A 204 that is spoilt is a 200 with a page; the customer is gone."""
    add(world, operation="customers.delete", malformed=malformed)
    answer = world.call("DELETE", CUSTOMER)
    assert (200, True) == (answer.status_code, answer.text.startswith("<!DOCTYPE html>"))
    assert 404 == world.call("GET", CUSTOMER).status_code


def test_a_head_has_no_body_to_spoil(world: Sandbox) -> None:
    """HEAD is answered as ever."""
    add(world, malformed="torn")
    assert 404 == world.call("HEAD", "/v1/domains/free.onmicrosoft.com").status_code


@pytest.mark.parametrize("broken", [{"lost": True}, {"malformed": "torn"}, {"malformed": "html"}])
def test_asked_again_the_first_answer_is_given(world: Sandbox, broken: Mapping[str, Any]) -> None:
    """A create whose answer was lost or spoilt has happened once; its request id gets the answer (10.1)."""
    body, headers = new_customer_body(), {"MS-RequestId": str(uuid4())}
    add(world, operation="customers.create", **broken)
    if "malformed" in broken and broken["malformed"] == "html":
        with pytest.raises(json.JSONDecodeError):
            world.call("POST", LIST, body, headers=headers).json()
    else:
        with pytest.raises(httpx2.RemoteProtocolError):
            world.call("POST", LIST, body, headers=headers)
    again = [world.call("POST", LIST, body, headers=headers) for _ in range(2)]
    assert [201, 201] == [answer.status_code for answer in again]
    assert again[0].content == again[1].content
    assert 4 == world.call("GET", LIST).json()["totalCount"]
    logged = world.control("GET", f"/requests?requestId={headers['MS-RequestId']}").json()["requests"]
    assert [(201, False), (201, True), (201, True)] == [(one["status"], one["replayed"]) for one in logged]


def test_a_lost_refusal_is_given_again_too(world: Sandbox) -> None:
    """What was refused stays refused under its request id, though nobody has heard of it."""
    path, headers = f"/v1/customers/{BLOCKED}", {"MS-RequestId": str(uuid4())}
    add(world, operation="customers.delete", lost=True)
    with pytest.raises(httpx2.RemoteProtocolError):
        world.call("DELETE", path, headers=headers)
    assert Fault(400, 3000) == fault_of(world.call("DELETE", path, headers=headers))
    logged = world.control("GET", "/requests?operation=customers.delete").json()["requests"]
    assert [False, True] == [one["replayed"] for one in logged]


def test_a_client_survives_what_a_network_does(sandbox: Sandbox) -> None:
    """Our client creates one customer through a lost answer, a reset and a 503: it repeats under one request id."""
    for broken in ({"reset": True}, {"status": 503, "retryAfter": 0}, {"lost": True}):
        add(sandbox, operation="customers.create", **broken)
    credential = ClientSecretCredential(
        development_partner.TENANT_ID,
        development_partner.CLIENT_ID,
        development_partner.CLIENT_SECRET,
        authority=sandbox.url.replace("http:", "https:"),
        disable_instance_discovery=True,
        transport=LoopbackTransport(),
    )
    body = {**new_customer_body()}
    assert body["billingProfile"]["defaultAddress"] == ADDRESS
    with credential, PartnerCenterClient(credential, endpoint=sandbox.url) as client:
        created = client.customers.create(Customer.from_json(body))
    listed = sandbox.call("GET", LIST).json()["items"]
    assert [created.id] == [item["id"] for item in listed]
    logged = sandbox.control("GET", "/requests?operation=customers.create").json()["requests"]
    assert [None, 503, 201, 201] == [one["status"] for one in logged]
    assert 1 == len({one["requestId"] for one in logged})


def test_faults_say_nothing_on_stderr(start_process: StartProcess, http: httpx2.Client) -> None:
    """Lost, reset, torn and delayed answers are what was asked for, and no error of the server."""
    process: SandboxProcess = start_process()
    sandbox = Sandbox(process.url, http)
    for broken in ({"lost": True}, {"reset": True}, {"malformed": "torn"}):
        add(sandbox, **broken)
        with pytest.raises(httpx2.TransportError):
            sandbox.call("GET", LIST)
    with plain(sandbox.url) as connection:
        add(sandbox, lost=True, delaySeconds=0.1)
        connection.sendall(request(sandbox, "GET", LIST) * 3)
        # Calls behind a lost one on its connection are lost too. Unread when it ends, they make a reset of the end.
        with contextlib.suppress(ConnectionResetError):
            assert b"" == received(connection)
    with plain(sandbox.url) as connection:
        add(sandbox, delaySeconds=0.2)
        send(connection, sandbox, "GET", LIST)
        while waiting(sandbox):
            pass
    assert 200 == sandbox.call("GET", LIST).status_code
    process.stop()
    assert [] == process.errors


def test_a_delay_does_not_hold_up_the_end(start_process: StartProcess, http: httpx2.Client) -> None:
    """A server that is told to end does not wait for a call that has not begun: its connection is reset."""
    process: SandboxProcess = start_process()
    sandbox = Sandbox(process.url, http)
    add(sandbox, delaySeconds=600)
    with plain(sandbox.url) as connection:
        send(connection, sandbox, "GET", LIST)
        while waiting(sandbox):
            pass
        process.process.terminate()
        with pytest.raises(ConnectionResetError):
            received(connection)
    assert 0 == process.process.wait(15)
    process.stop()
    assert not [line for line in process.errors if "Traceback" in line]


# Their life


@pytest.mark.parametrize("begin_anew", ["reset", "seed"])
def test_faults_end_with_the_world(sandbox: Sandbox, begin_anew: str) -> None:
    """A reset and a seed take them away."""
    add(sandbox, status=503, times=None)
    if begin_anew == "reset":
        sandbox.control("POST", "/reset")
    else:
        sandbox.seed("empty")
    assert [] == waiting(sandbox)
    assert [200] == statuses(sandbox, 1)


def test_faults_are_taken_away(sandbox: Sandbox) -> None:
    """One by its id, or all; each answer shows what is left."""
    first, second, third = (add(sandbox, status=503, times=None)["id"] for _ in range(3))
    left = sandbox.control("DELETE", f"/faults/{second}").json()["faults"]
    assert [first, third] == [fault["id"] for fault in left]
    assert {"faults": []} == sandbox.control("DELETE", "/faults").json()
    assert [200] == statuses(sandbox, 1)


def test_a_fault_that_is_not_there_is_named(sandbox: Sandbox) -> None:
    """404 with the ids there are, and nothing is taken away."""
    made = add(sandbox, status=503)["id"]
    answer = sandbox.control("DELETE", "/faults/none")
    assert (404, f"There is no fault 'none'; the faults are {made}.") == (
        answer.status_code,
        answer.json()["error"],
    )
    assert [made] == [fault["id"] for fault in waiting(sandbox)]


def test_faults_end_with_the_process(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> None:
    """They are not kept: after a restart no call is hit."""
    first = start_process(database=tmp_path / "sandbox.db")
    add(Sandbox(first.url, http), status=503, times=None)
    first.stop()
    again = Sandbox(start_process(database=tmp_path / "sandbox.db").url, http)
    assert ([], [200]) == (waiting(again), statuses(again, 1))


def test_there_are_not_too_many_faults(sandbox: Sandbox) -> None:
    """The hundred and first is refused in one sentence."""
    for _ in range(100):
        add(sandbox, status=503)
    answer = sandbox.control("POST", "/faults", {"status": 503})
    assert (400, "There are 100 faults already; remove some first.") == (
        answer.status_code,
        answer.json()["error"],
    )


def test_a_blocked_customer_stays_blocked(world: Sandbox) -> None:
    """A fault that only delays changes no answer."""
    add(world, delaySeconds=0.01, times=None)
    assert Fault(400, 3000) == fault_of(world.call("DELETE", f"/v1/customers/{BLOCKED}"))
    assert Fault(400, 2007) == fault_of(world.call("DELETE", f"/v1/customers/{UNDELETABLE}"))
