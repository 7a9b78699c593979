"""Answers given again to the same request id: what makes two calls the same, and for how long; behaviour.md 10.1."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests.conftest import Sandbox, new_customer_body
from tests.sandbox.conftest import (
    BLOCKED,
    FOREIGN,
    IN_PRODUCTION,
    OF_OTHER,
    OF_PRODUCTION,
    OWN,
    UNDELETABLE,
    WORLD,
    Fault,
    LocalSandbox,
    StartProcess,
    StartSandbox,
    fault_of,
)

from partnercenter.sandbox.wire.message import Response

REQUEST = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
PROFILE = f"/v1/customers/{OWN}/profiles/billing"


@dataclass(frozen=True)
class Call:
    """A call that changes something; the default is the delete of a customer that can be deleted."""

    method: str = "DELETE"
    path: str = f"/v1/customers/{OWN}"
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    order: Mapping[str, Any] = field(default_factory=dict)
    request_id: str = REQUEST


FIRST = Call()
# What may differ between two calls that are the same one.
SAME = {
    "correlation id": Call(headers={"MS-CorrelationId": str(uuid4())}),
    "case of the request id": Call(request_id=REQUEST.upper()),
    "braces around the request id": Call(request_id="{" + REQUEST + "}"),
    "version in the path": Call(path=f"/v1.0/customers/{OWN}"),
    "case of the path": Call(path=f"/V1/Customers/{OWN.upper()}"),
    "braces around the id": Call(path=f"/v1/customers/%7B{OWN}%7D"),
    "slash at the end": Call(path=f"/v1//customers/{OWN}/"),
    "query": Call(path=f"/v1/customers/{OWN}?x=1"),
    "another token of the partner": Call(order={"kind": "app_user"}),
    "other headers": Call(headers={"X-Locale": "de-DE", "Content-Type": "application/json"}),
}
# What makes it another call, and what that one is answered.
OTHER = {
    "request id": (Call(request_id=str(uuid4())), Fault(404, 60003)),
    "method": (Call(method="GET"), Fault(404, 60003)),
    "path": (Call(path=f"/v1/customers/{BLOCKED}"), Fault(400, 3000)),
    "partner": (Call(order=OF_OTHER), Fault(404, 60003)),
    "body": (Call(body={}), Fault(404, 60003)),
    "no request id": (Call(request_id=""), Fault(404, 60003)),
}


def send(world: Sandbox, call: Call) -> Any:
    """The answer to a call."""
    token = world.mint(**call.order)
    ids = {"MS-RequestId": call.request_id} if call.request_id else {}
    return world.call(call.method, call.path, call.body, token=token, headers={**call.headers, **ids})


@pytest.mark.parametrize("what", SAME)
def test_what_does_not_matter_for_a_replay(world: Sandbox, what: str) -> None:
    """A repeated call is answered with the first answer, whatever else differs (10.1)."""
    assert [204, 204] == [send(world, call).status_code for call in (FIRST, SAME[what])]


@pytest.mark.parametrize("what", OTHER)
def test_what_makes_another_call(world: Sandbox, what: str) -> None:
    """Partner, method, path, request id and body each make another call (10.1)."""
    call, expected = OTHER[what]
    assert 204 == send(world, FIRST).status_code
    assert expected == fault_of(send(world, call))


def test_a_replay_echoes_the_ids_of_its_own_call(world: Sandbox) -> None:
    """The stored answer goes out with the correlation id of the call that asks again."""
    correlations = [str(uuid4()), str(uuid4())]
    answers = [send(world, Call(headers={"MS-CorrelationId": sent})) for sent in correlations]
    assert correlations == [answer.headers["MS-CorrelationId"] for answer in answers]
    assert [REQUEST, REQUEST] == [answer.headers["MS-RequestId"] for answer in answers]


FAULTS = {
    "blocked": Call(path=f"/v1/customers/{BLOCKED}"),
    "undeletable": Call(path=f"/v1/customers/{UNDELETABLE}"),
    "foreign": Call(path=f"/v1/customers/{FOREIGN}"),
    "malformed id": Call(path="/v1/customers/x"),
    "malformed body": Call("POST", "/v1/customers", []),
    "production": Call(path=f"/v1/customers/{IN_PRODUCTION}", order=OF_PRODUCTION),
}


@pytest.mark.parametrize("what", FAULTS)
def test_refusals_are_replayed_to_the_byte(world: Sandbox, what: str) -> None:
    """A refusal under the same request id is the same refusal, even when another would be given now (10.1)."""
    first = send(world, FAULTS[what])
    names = (
        "active_orders",
        "undeletable_customer",
        "malformed_customer_id",
        "malformed_body",
        "production_delete",
    )
    world.set(**{f"fault_{name}": "400/0" for name in names})
    again = send(world, FAULTS[what])
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert 400 <= first.status_code < 500


def test_a_replayed_refusal_is_recorded_once(world: Sandbox) -> None:
    """Asking again for a refusal leaves no second audit record."""
    for _ in range(3):
        send(world, Call(path=f"/v1/customers/{BLOCKED}"))
    items = world.call("GET", "/v1/auditrecords").json()["items"]
    assert 1 == len([item for item in items if item["operationStatus"] == "failed"])


REFUSED_BEFORE = (
    {"expiresInSeconds": -1},
    {"kind": "app_user", "mfa": False},
    {"kind": "app_user", "roles": []},
    {"audience": "https://graph.windows.net"},
)


@pytest.mark.parametrize("order", REFUSED_BEFORE)
def test_a_refused_token_is_not_remembered(world: Sandbox, order: dict[str, Any]) -> None:
    """After a 401, or a 403 about the caller, the same request id with a good token does the work (10.1)."""
    assert send(world, Call(order=order)).status_code in {401, 403}
    assert 204 == send(world, FIRST).status_code


def test_a_read_is_never_answered_from_the_store(world: Sandbox) -> None:
    """A GET under the same request id shows what is true now (10.1)."""
    get = Call("GET", "/v1/customers")
    before = len(send(world, get).json()["items"])
    assert 204 == send(world, FIRST).status_code
    assert before - 1 == len(send(world, get).json()["items"])


def test_a_changed_profile_is_changed_once(world: Sandbox) -> None:
    """A repeated PUT gives the same etag, though the one it was sent with is stale by then."""
    profile = world.call("GET", PROFILE).json()
    call = Call("PUT", PROFILE, {**profile, "companyName": "Once"})
    first, second = send(world, call), send(world, call)
    assert (200, first.content) == (second.status_code, second.content)
    assert first.json() == world.call("GET", PROFILE).json()


def test_a_repeated_end_of_a_relationship_is_the_first_answer(world: Sandbox) -> None:
    """PATCH under the same request id answers 200 again, although the customer is gone."""
    call = Call("PATCH", f"/v1/customers/{OWN}", {"relationshipToPartner": "none"})
    assert [200, 200] == [send(world, call).status_code for _ in range(2)]


def test_many_at_once_under_one_request_id_create_one_customer(sandbox: Sandbox) -> None:
    """A retry that overtakes its first attempt finds the same customer: ten calls at once, one tenant."""
    body, token, made = new_customer_body(), sandbox.token, []

    def create() -> None:
        answer = sandbox.call("POST", "/v1/customers", body, token=token, headers={"MS-RequestId": REQUEST})
        made.append((answer.status_code, answer.json()["id"]))

    threads = [threading.Thread(target=create) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 10 == len(made)
    assert {(201, sandbox.call("GET", "/v1/customers").json()["items"][0]["id"])} == set(made)


def test_an_answer_survives_a_crash(
    start_process: StartProcess, start_sandbox: StartSandbox, http: httpx2.Client, tmp_path: Path
) -> None:
    """After a restart the same request id still gets the first answer, and there is one customer (issue, 4)."""
    file, body, sent = tmp_path / "sandbox.db", new_customer_body(), {"MS-RequestId": REQUEST}
    process = start_process(database=file)
    made = Sandbox(process.url, http).call("POST", "/v1/customers", body, headers=sent)
    process.kill()
    second = start_sandbox(database=file)
    again = second.call("POST", "/v1/customers", body, headers=sent)
    assert (201, made.content) == (again.status_code, again.content)
    assert 1 == second.call("GET", "/v1/customers").json()["totalCount"]


def delete(local: LocalSandbox, customer_id: str = OWN) -> Response:
    """A delete under the same request id, with a token of the time."""
    return local.call("DELETE", f"/v1/customers/{customer_id}", headers={"MS-RequestId": REQUEST})


@pytest.mark.parametrize(("hours", "status"), [(0, 204), (23.99, 204), (24, 204), (24.01, 404), (1000, 404)])
def test_an_answer_is_kept_for_a_day(local_sandbox: LocalSandbox, hours: float, status: int) -> None:
    """The first answer is given again for 24 hours, then the call is a new one (10.1)."""
    local_sandbox.seed(WORLD)
    assert 204 == delete(local_sandbox).status
    local_sandbox.clock.move(hours=hours)
    assert status == delete(local_sandbox).status


def test_a_kept_answer_is_not_kept_longer_by_asking(local_sandbox: LocalSandbox) -> None:
    """The day counts from the first answer, not from the last replay."""
    local_sandbox.seed(WORLD)
    statuses = []
    for _ in range(4):
        statuses.append(delete(local_sandbox).status)
        local_sandbox.clock.move(hours=10)
    assert [204, 204, 204, 404] == statuses


def test_the_answer_after_a_day_is_kept_in_its_place(local_sandbox: LocalSandbox) -> None:
    """When the time is over the new answer is the one that is given again."""
    local_sandbox.seed(WORLD)
    create = new_customer_body()
    sent = {"MS-RequestId": REQUEST}

    def attempt() -> tuple[int, Any]:
        answer = local_sandbox.call("POST", "/v1/customers", create, headers=sent)
        return answer.status, json.loads(answer.body).get("code")

    statuses = [attempt(), attempt()]
    local_sandbox.clock.move(hours=25)
    statuses += [attempt(), attempt()]
    assert [(201, None), (201, None), (409, 1003), (409, 1003)] == statuses


def test_old_answers_are_forgotten_by_the_store(local_sandbox: LocalSandbox) -> None:
    """A write throws away the answers that are too old, so the store does not grow for ever."""

    def kept() -> int:
        read = local_sandbox.state.database.read
        return int(read(lambda c: c.exec_driver_sql("SELECT count(*) FROM replays").scalar()))

    local_sandbox.seed(WORLD)
    delete(local_sandbox)
    delete(local_sandbox, BLOCKED)
    before = kept()
    local_sandbox.clock.move(hours=25)
    delete(local_sandbox, UNDELETABLE)
    assert (2, 1) == (before, kept())


@pytest.mark.parametrize(
    ("refusal", "kept"), [("400/3000", True), ("409/800064", True), ("500/800003", False)]
)
def test_a_refusal_that_means_try_again_is_not_kept(sandbox: Sandbox, refusal: str, kept: bool) -> None:
    """A 4xx is given again under its request id; a 5xx is not, and the call is carried out the next time (10.1)."""
    sandbox.set(customer_quota=0, fault_customer_quota=refusal)
    body, headers = new_customer_body(), {"MS-RequestId": str(uuid4())}
    first = sandbox.call("POST", "/v1/customers", body, headers=headers)
    sandbox.set(customer_quota=75)
    second = sandbox.call("POST", "/v1/customers", body, headers=headers)
    status = int(refusal.partition("/")[0])
    assert (status, status if kept else 201) == (first.status_code, second.status_code)
