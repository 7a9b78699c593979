"""Deleting customers: what counts as gone, as deleted, as failed, and what is kept when it ends early."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.exceptions import AzureError, ClientAuthenticationError, ServiceRequestError

from partnercenter.cleanup.customer_facts import (
    CustomerFacts,
    GoneCustomer,
    UnreadableCustomer,
    creation_dates,
    means_gone,
    read_customer,
)
from partnercenter.cleanup.deletion import Outcome, Result, delete_customers, result_without_deletion
from partnercenter.cleanup.trusted_sandboxes import Refused, SafetyRuleError
from partnercenter.client.errors import error_from_response
from partnercenter.contract.audit import AuditRecord
from partnercenter.contract.customers import Customer, CustomerCompanyProfile
from partnercenter.contract.orders import Order
from partnercenter.contract.subscriptions import Subscription

A = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
B = "6e7c2d2f-3a1b-4b66-8b4a-1d8d6a2cae22"
C = "7f8d3e3f-4b2c-4c77-9c5b-2e9e7b3dbf33"
NOW = datetime(2026, 2, 3, 12, tzinfo=UTC)


def refused(status: int, body: Any) -> AzureError:
    """What the client raises for this answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = SimpleNamespace(
        status_code=status,
        reason="",
        request=SimpleNamespace(headers={}, method="DELETE", url="http://127.0.0.1/v1/customers/x"),
        headers={"MS-CorrelationId": "c0", "Content-Type": "application/json"},
        content=content,
        text=lambda *_: content.decode(),
    )
    return error_from_response(response, "DELETE", "/v1/customers/x")


def fault(status: int, code: int) -> AzureError:
    return refused(status, {"code": code, "description": f"fault {code}", "data": [], "source": "PartnerFD"})


GONE = fault(404, 60003)
GATEWAY = refused(404, {"statusCode": 404, "message": "Resource not found"})


class Toy:
    """A client whose customers answer what they are told, one answer after another."""

    def __init__(self, **answers: Sequence[Any]) -> None:
        self._answers = {name: list(given) for name, given in answers.items()}
        self.called: list[tuple[str, str]] = []
        self.customers = self
        self.correlation = lambda: nullcontext("bound")
        self.audit_records = SimpleNamespace(list=lambda **_: self._next("audit", ""))

    def by_id(self, customer_id: str) -> Any:
        """One customer."""

        def method(name: str) -> Callable[[], Any]:
            return lambda: self._next(name, customer_id)

        return SimpleNamespace(
            get=method("get"),
            delete=method("delete"),
            orders=SimpleNamespace(list=method("orders")),
            subscriptions=SimpleNamespace(list=method("subscriptions")),
        )

    def _next(self, name: str, customer_id: str) -> Any:
        self.called.append((name, customer_id))
        answer = self._answers[name].pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


def facts(customer_id: str) -> CustomerFacts:
    return CustomerFacts(customer_id, f"name {customer_id[:1]}", "d", None, "nothing")


def run(toy: Toy, *ids: str, stop: Callable[[], bool] = lambda: False) -> list[Result]:
    return list(delete_customers(toy, [facts(i) for i in ids], stop=stop, pause=lambda _: None))  # type: ignore[arg-type]


def outcomes(results: Sequence[Result]) -> list[Outcome]:
    return [result.outcome for result in results]


@pytest.mark.parametrize(
    ("error", "gone"),
    [
        (GONE, True),
        (fault(403, 20002), False),
        (fault(403, 900308), False),
        (fault(400, 3000), False),
        (fault(401, 800001), False),
        (GATEWAY, False),
        (refused(404, b""), False),
        (refused(404, b"<html>"), False),
        (ServiceRequestError("no"), False),
    ],
)
def test_only_the_service_can_say_that_a_customer_is_gone(error: AzureError, gone: bool) -> None:
    """A gateway's 404 means that the address is wrong; a 403 that it may be somebody else's customer."""
    assert gone is means_gone(error)


def test_a_customer_is_deleted_when_a_fresh_read_says_so() -> None:
    """A read that still finds it is tried again, a few times."""
    toy = Toy(delete=[None], get=[Customer(), Customer(), GONE])
    (result,) = run(toy, A)
    assert (Outcome.DELETED, "bound") == (result.outcome, result.correlation_id)


@pytest.mark.parametrize("last", [GATEWAY, refused(404, b""), fault(403, 20002)])
def test_after_a_deletion_any_404_means_gone(last: AzureError) -> None:
    """The delete has just worked at the same address."""
    assert [Outcome.DELETED] == outcomes(run(Toy(delete=[None], get=[last]), A))


@pytest.mark.parametrize(
    ("reads", "words"),
    [
        ([Customer()] * 5, "can still be read"),
        ([ServiceRequestError("no network")], "could not be confirmed: no network"),
    ],
)
def test_what_cannot_be_confirmed_is_not_called_deleted(reads: list[Any], words: str) -> None:
    """It is reported as failed, with the advice to try again."""
    (result,) = run(Toy(delete=[None], get=reads), A)
    assert Outcome.FAILED is result.outcome
    assert words in result.description
    assert "counts as done" in result.advice


def test_one_failure_does_not_stop_the_others() -> None:
    """Each customer gets its own result, with what the service said."""
    toy = Toy(delete=[fault(400, 3000), ServiceRequestError("lost"), GONE], get=[])
    first, second, third = run(toy, A, B, C)
    assert [Outcome.FAILED, Outcome.FAILED, Outcome.ALREADY_GONE] == outcomes([first, second, third])
    assert ("3000", "fault 3000", "c0") == (first.code, first.description, first.correlation_id)
    assert first.advice
    assert ("", "lost", "bound") == (second.code, second.description, second.correlation_id)
    assert (True, "") == (third.done, third.advice)


def test_a_refused_sign_in_says_what_to_check() -> None:
    """A credential that fails in the middle is a failure of that customer."""
    (result,) = run(Toy(delete=[ClientAuthenticationError("expired\nsecret line")]), A)
    assert ("expired", "Check the credentials.") == (result.description, result.advice)


def collected(results: Iterator[Result], into: list[Result]) -> None:
    into.extend(results)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (SafetyRuleError(Refused("token-changed-tenant", "another")), Outcome.KEPT),
        (KeyboardInterrupt(), Outcome.FAILED),
    ],
)
def test_a_refusal_or_an_interruption_keeps_the_rest(error: BaseException, outcome: Outcome) -> None:
    """Every customer still gets its result, then the exception goes on; nothing more is called."""
    toy = Toy(delete=[None, error], get=[GONE])
    results: list[Result] = []
    customers = [facts(A), facts(B), facts(C)]
    with pytest.raises(type(error)):
        collected(delete_customers(toy, customers, stop=lambda: False, pause=lambda _: None), results)  # type: ignore[arg-type]
    assert [Outcome.DELETED, outcome, Outcome.KEPT] == outcomes(results)
    assert ("delete", C) not in toy.called


def test_who_asks_to_stop_is_heard_before_the_next_customer() -> None:
    """What was begun is finished."""
    answers = iter([False, True, True])
    toy = Toy(delete=[None], get=[GONE])
    assert [Outcome.DELETED, Outcome.KEPT, Outcome.KEPT] == outcomes(
        run(toy, A, B, C, stop=lambda: next(answers))
    )


def test_a_customer_is_described_by_what_it_has() -> None:
    """Orders and subscriptions are counted by status; a status of tomorrow is a word like any other."""
    orders = [Order(status="completed"), Order(status="completed"), Order(status="on_hold")]
    customer = Customer(id=A, company_profile=CustomerCompanyProfile(domain="d.example"))
    customer.to_json()["companyProfile"]["companyName"] = "Northlake"
    toy = Toy(
        get=[customer], orders=[orders], subscriptions=[[Subscription(status="active"), Subscription()]]
    )
    found = read_customer(toy, A, {A: datetime(2026, 2, 1, tzinfo=UTC)})  # type: ignore[arg-type]
    assert isinstance(found, CustomerFacts)
    expected = "2 completed orders, 1 on_hold order, 1 active subscription, 1 unknown subscription"
    assert ("Northlake", "d.example", expected) == (found.display_name, found.domain, found.attached)
    assert "2 days" == found.age(NOW)


def test_what_cannot_be_read_is_unknown() -> None:
    """A customer without a readable list of orders is still shown."""
    toy = Toy(get=[Customer()], orders=[fault(403, 900308)], subscriptions=[[]])
    found = read_customer(toy, A, {})  # type: ignore[arg-type]
    assert isinstance(found, CustomerFacts)
    assert ("", "orders unknown", "unknown") == (found.display_name, found.attached, found.age(NOW))


def test_a_customer_that_cannot_be_read_is_never_deleted() -> None:
    """It is gone, or it has failed; in both cases there is a result."""
    gone = read_customer(Toy(get=[GONE]), A, {})  # type: ignore[arg-type]
    lost = read_customer(Toy(get=[GATEWAY]), A, {})  # type: ignore[arg-type]
    assert isinstance(gone, GoneCustomer)
    assert isinstance(lost, UnreadableCustomer)
    assert [Outcome.ALREADY_GONE, Outcome.FAILED] == outcomes(
        [result_without_deletion(x) for x in (gone, lost)]
    )


def test_ages_come_from_the_audit_log() -> None:
    """From the record of the creation that succeeded; a log that cannot be read makes ages unknown."""

    def record(customer: str, operation: str, status: str, day: int) -> AuditRecord:
        return AuditRecord(
            customer_id=customer.upper(),
            operation_type=operation,
            operation_status=status,
            operation_date=datetime(2026, 2, day, tzinfo=UTC),
        )

    records = [
        record(A, "add_customer", "failed", 1),
        record(A, "add_customer", "succeeded", 2),
        record(A, "delete_customer", "succeeded", 3),
        record(C, "add_customer", "succeeded", 3),
        AuditRecord.from_json(
            {"operationType": "add_customer", "operationDate": "nonsense", "customerId": B}
        ),
    ]
    found = creation_dates(Toy(audit=[records]), [A, B], date(2026, 2, 3))  # type: ignore[arg-type]
    assert {A: datetime(2026, 2, 2, tzinfo=UTC)} == found
    assert {} == creation_dates(Toy(audit=[fault(403, 900308)]), [A, B], date(2026, 2, 3))  # type: ignore[arg-type]
