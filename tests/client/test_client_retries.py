"""When a call is tried again, how long it waits, and what is raised in the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    ServiceRequestError,
    ServiceResponseError,
    ServiceResponseTimeoutError,
)
from tests.client.conftest import CUSTOMER, Answer, Credential, Door, ScriptedServer, fault

from partnercenter import Customer, CustomerBillingProfile, PartnerCenterError, ThrottledError
from partnercenter.client.errors import HopelessRequestError
from partnercenter.client.retrying import RetryRules, is_worth_retrying, should_retry, wait_before

GONE = Answer(204)
ACTIONS: dict[str, Callable[[Any], Any]] = {
    "GET": lambda client: client.customers.by_id(CUSTOMER).get(),
    "HEAD": lambda client: client.domains.by_domain("a.onmicrosoft.com").exists(),
    "POST": lambda client: client.customers.create(Customer()),
    "PUT": lambda client: client.customers.by_id(CUSTOMER).profiles.billing.update(CustomerBillingProfile()),
    "PATCH": lambda client: client.customers.by_id(CUSTOMER).patch(Customer(relationship_to_partner="none")),
    "DELETE": lambda client: client.customers.by_id(CUSTOMER).delete(),
}
FAILURES = {
    "500": Answer(500),
    "502": Answer(502),
    "503": Answer(503),
    "504": Answer(504),
    "408": Answer(408),
    "429": Answer(429),
    "reset": Answer(reset=True),
    "torn": Answer(json={}, declared=100),
}
# An answer to HEAD has no body that could be torn.
CASES = [(m, f) for m in ACTIONS for f in FAILURES if (m, f) != ("HEAD", "torn")]


@pytest.mark.parametrize(("method", "failure"), CASES)
def test_every_method_is_tried_again(server: ScriptedServer, door: Door, method: str, failure: str) -> None:
    """After a passing failure every method is sent again, the same body under the same request id."""
    server.answers(FAILURES[failure], Answer(json={}))
    door.call(server.url, ACTIONS[method])
    assert [method, method] == [request.method for request in server.requests]
    assert 1 == len({(request.request_id, request.body) for request in server.requests})
    assert 1 == len(door.slept)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 412, 417, 501])
def test_a_refusal_is_final(server: ScriptedServer, door: Door, status: int) -> None:
    """A refusal that repeating cannot change is raised at once."""
    server.answers(Answer(status, json=fault(1, "No.")))
    with pytest.raises(PartnerCenterError):
        door.call(server.url, ACTIONS["GET"])
    assert 1 == len(server.requests)


def test_exhausted_retries_raise_the_last_refusal(server: ScriptedServer, door: Door) -> None:
    """After the first attempt and `retry_total` more, the last refusal is raised."""
    server.answers(Answer(503, json=fault(1, "One.")), Answer(503, json=fault(2, "Two.")))
    with pytest.raises(PartnerCenterError) as caught:
        door.call(server.url, ACTIONS["DELETE"], retry_total=2)
    assert (2, 503) == (caught.value.code, caught.value.status_code)
    assert 3 == len(server.requests)


def test_without_retries_there_is_one_attempt(server: ScriptedServer, door: Door) -> None:
    """With `retry_total=0` a passing failure is raised after one attempt."""
    server.answers(Answer(503))
    with pytest.raises(PartnerCenterError):
        door.call(server.url, ACTIONS["GET"], retry_total=0)
    server.answers(Answer(reset=True))
    with pytest.raises(ServiceResponseError):
        door.call(server.url, ACTIONS["GET"], retry_total=0)
    assert 2 == len(server.requests)
    assert [] == door.slept


def test_a_lost_answer_names_the_ids(server: ScriptedServer, door: Door) -> None:
    """When every answer is lost, the error names call, request id and correlation id, so that it can be repeated."""
    server.answers(Answer(reset=True))
    with pytest.raises(ServiceResponseError) as caught:
        door.call(server.url, ACTIONS["DELETE"])
    sent = server.requests[0]
    for part in ("DELETE", f"/v1/customers/{CUSTOMER}", str(sent.request_id), str(sent.correlation_id)):
        assert part in caught.value.message
    assert 4 == len(server.requests)


def test_a_refused_connection_is_tried_again(server: ScriptedServer, door: Door) -> None:
    """When nobody listens, the connection is tried `retry_total` more times, then ServiceRequestError is raised."""
    url = server.url
    server.stop()
    with pytest.raises(ServiceRequestError, match="no connection"):
        door.call(url, ACTIONS["GET"])
    assert 3 == len(door.slept)


def test_silence_is_tried_again(server: ScriptedServer, door: Door) -> None:
    """A server that says nothing until the timeout is asked again under the same request id."""
    server.answers(Answer(silent=True), Answer(json={"id": CUSTOMER}))
    got = door.call(server.url, ACTIONS["GET"], transport=door.transport(timeout=0.1))
    assert CUSTOMER == got.id
    assert 1 == len({request.request_id for request in server.requests})


def test_lasting_silence_is_a_timeout(server: ScriptedServer, door: Door) -> None:
    """A server that stays silent ends in azure-core's ServiceResponseTimeoutError."""
    server.answers(Answer(silent=True))
    with pytest.raises(ServiceResponseTimeoutError, match="no answer in time"):
        door.call(server.url, ACTIONS["GET"], transport=door.transport(timeout=0.1), retry_total=1)
    assert 2 == server.received(2)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("asked", "expected"), [("7", 7.0), ("0.5", 0.5), (" 3 ", 3.0), ("60", 60.0)])
def test_retry_after_is_honoured(
    server: ScriptedServer, door: Door, status: int, asked: str, expected: float
) -> None:
    """The wait before the next attempt is what Retry-After says."""
    server.answers(Answer(status, headers={"Retry-After": asked}), GONE)
    door.call(server.url, ACTIONS["DELETE"])
    assert [expected] == door.slept


def test_retry_after_may_be_a_date(server: ScriptedServer, door: Door) -> None:
    """A Retry-After that is an HTTP date is waited for."""
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    server.answers(Answer(503, headers={"Retry-After": moment}), GONE)
    door.call(server.url, ACTIONS["DELETE"])
    assert 25 < door.slept[0] <= 30


@pytest.mark.parametrize("asked", ["0", "-5", "soon", "nan", "inf", "", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_an_odd_retry_after_is_followed_by_the_usual_wait(
    server: ScriptedServer, door: Door, asked: str
) -> None:
    """A Retry-After of nothing, of the past or of nonsense leaves the usual wait."""
    server.answers(Answer(503, headers={"Retry-After": asked}), GONE)
    door.call(server.url, ACTIONS["DELETE"])
    assert 0.25 <= door.slept[0] <= 0.5


def test_a_long_retry_after_is_the_callers_decision(server: ScriptedServer, door: Door) -> None:
    """A Retry-After beyond `longest_retry_wait` is raised at once, with the seconds in `retry_after`."""
    body = {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 61 seconds."}
    server.answers(Answer(429, json=body, headers={"Retry-After": "61"}))
    with pytest.raises(ThrottledError) as caught:
        door.call(server.url, ACTIONS["DELETE"])
    assert 61.0 == caught.value.retry_after
    assert (1, []) == (len(server.requests), door.slept)


def test_the_cap_of_retry_after_can_be_raised(server: ScriptedServer, door: Door) -> None:
    """`longest_retry_wait` takes a timedelta, and a Retry-After below it is waited for."""
    server.answers(Answer(429, headers={"Retry-After": "90"}), GONE)
    door.call(server.url, ACTIONS["DELETE"], longest_retry_wait=timedelta(minutes=2))
    assert [90.0] == door.slept


def test_waits_double(server: ScriptedServer, door: Door) -> None:
    """Without Retry-After each wait is about twice the one before."""
    server.answers(Answer(500), Answer(502), Answer(reset=True), GONE)
    door.call(server.url, ACTIONS["DELETE"])
    assert 3 == len(door.slept)
    for longest, waited in zip((0.5, 1.0, 2.0), door.slept, strict=True):
        assert longest / 2 <= waited <= longest


def test_no_wait_goes_past_the_deadline(server: ScriptedServer, door: Door) -> None:
    """A Retry-After that is longer than what is left of `deadline` is raised at once."""
    server.answers(Answer(503, json=fault(1, "Busy."), headers={"Retry-After": "30"}))
    with pytest.raises(PartnerCenterError, match="Busy"):
        door.call(server.url, ACTIONS["GET"], deadline=10)
    assert (1, []) == (len(server.requests), door.slept)


def test_no_attempt_follows_when_the_deadline_is_near(server: ScriptedServer, door: Door) -> None:
    """When the usual wait would end after `deadline`, the failure is raised at once."""
    server.answers(Answer(reset=True))
    with pytest.raises(ServiceResponseError):
        door.call(server.url, ACTIONS["GET"], deadline=timedelta(milliseconds=200))
    assert (1, []) == (len(server.requests), door.slept)


def test_the_deadline_bounds_a_silent_attempt(server: ScriptedServer, door: Door) -> None:
    """An attempt is given up at the deadline, however long its own timeout is."""
    server.answers(Answer(silent=True))
    began = time.monotonic()
    with pytest.raises(ServiceResponseTimeoutError):
        door.call(server.url, ACTIONS["GET"], deadline=0.05, transport=door.transport(timeout=60))
    assert time.monotonic() - began < 3


def test_the_deadline_bounds_a_dripping_answer(server: ScriptedServer, door: Door) -> None:
    """An answer that comes byte by byte is given up at the deadline."""
    server.answers(Answer(body=b"{" + b" " * 1000 + b"}", drip=0.01))
    began = time.monotonic()
    with pytest.raises(ServiceResponseTimeoutError, match="in time"):
        door.call(server.url, ACTIONS["GET"], deadline=0.05)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "answer",
    [
        Answer(json={}, headers={"X-Long": "x" * 10_000}, slow_head=0.01),
        Answer(json={}, hints=10_000_000),
    ],
    ids=["letter by letter", "hints without end"],
)
def test_the_deadline_bounds_a_head_that_never_ends(
    server: ScriptedServer, door: Door, answer: Answer
) -> None:
    """An answer whose head always goes on is given up at the deadline too."""
    server.answers(answer)
    began = time.monotonic()
    with pytest.raises(ServiceResponseTimeoutError, match="in time"):
        door.call(server.url, ACTIONS["GET"], deadline=0.3)
    assert time.monotonic() - began < 5


def test_a_credential_that_fails_is_not_tried_again(server: ScriptedServer, door: Door) -> None:
    """An authentication error of the credential is raised as it is, and nothing is sent."""

    class Failing(Credential):
        def get_token(self, *scopes: str, **_: Any) -> Any:
            self.scopes.extend(scopes)
            raise ClientAuthenticationError("AADSTS7000215")

    credential = Failing()
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        door.call(server.url, ACTIONS["GET"], credential=credential)
    assert (1, 0) == (credential.asked, len(server.requests))


@pytest.mark.parametrize(
    ("expected", "status", "retry_after", "left"),
    [
        (True, 429, None, 100),
        (True, 429, "60", 100),
        (False, 429, "61", 100),
        (False, 429, "60", 59),
        (True, 503, "junk", 100),
        (True, 500, None, 100),
        (False, 501, None, 100),
        (False, 400, "1", 100),
        (False, 202, "1", 100),
        (False, 404, None, 100),
    ],
)
def test_the_decision_is_one_function(
    expected: bool, status: int, retry_after: str | None, left: float
) -> None:
    """Status, Retry-After and the time left decide whether there is another attempt."""
    assert expected is should_retry(status, retry_after, RetryRules(), left)


def test_waits_grow_up_to_the_cap() -> None:
    """Waits without Retry-After double from `first_wait` to `longest_wait`, with jitter of one half."""
    rules = RetryRules(first_wait=1, longest_wait=5)
    assert [1, 2, 4, 5, 5] == [wait_before(n, rules, lambda: 1.0) for n in (1, 2, 3, 4, 5)]
    assert [0.5, 1, 2, 2.5] == [wait_before(n, rules, lambda: 0.0) for n in (1, 2, 3, 4)]


def test_what_cannot_be_sent_is_not_tried_again() -> None:
    """A failure that stays is not worth another attempt, a lost connection is."""
    assert not is_worth_retrying(HopelessRequestError("no"))
    assert is_worth_retrying(ServiceRequestError("no connection"))
