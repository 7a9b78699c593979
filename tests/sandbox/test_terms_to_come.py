"""What is asked for a term that has not begun: it is checked when it is asked, so that renewal can carry it out."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import OWN, Fault, customer, fault_of

from partnercenter.contract import development_partner
from partnercenter.contract.enums import CartErrorCode

BASIC = "CFQ7TTC0LH18:0001:CFQ7TTC0K971"
TRIAL = "CFQ7TTC0LCHC:0002:CFQ7TTC0K5TR"
SUBSCRIPTIONS = f"/v1/customers/{OWN}/subscriptions"
NO_SUCH_TERM = Fault(400, 6001)
SEAT_QUOTA = Fault(403, 800067)
TOO_FEW = Fault(400, 2002)
NOT_CARRIED_OUT = Fault(400, 900141)


@pytest.fixture
def subscribed(sandbox: Sandbox) -> Sandbox:
    """A customer with a monthly new-commerce subscription of five seats that renews."""
    purchase = {"product": "new_commerce", "quantity": 5, "term": "P1M", "billingCycle": "monthly"}
    partner = {
        "tenantId": development_partner.TENANT_ID,
        "companyName": development_partner.COMPANY_NAME,
        "domain": development_partner.DOMAIN,
        "customers": [customer(OWN, purchase)],
    }
    sandbox.seed({"partners": [partner]})
    return sandbox


NEXT_TERMS: tuple[tuple[dict[str, Any], Fault], ...] = (
    ({"product": {"termDuration": "for ever"}}, NO_SUCH_TERM),
    ({"product": {"termDuration": "P9999Y"}}, NO_SUCH_TERM),
    ({"product": {"termDuration": "-P1M"}}, NO_SUCH_TERM),
    ({"product": {"termDuration": "P0D"}}, NO_SUCH_TERM),
    ({"product": {"billingCycle": "triennial"}}, NO_SUCH_TERM),
    ({"product": {"billingCycle": "weekly"}}, NO_SUCH_TERM),
    ({"product": {"termDuration": "P3Y"}}, NO_SUCH_TERM),
    ({"product": {"productId": "CFQ7TTC0LCHC", "skuId": "0001"}}, NOT_CARRIED_OUT),
    ({"product": {"skuId": "0002"}}, NOT_CARRIED_OUT),
    ({"quantity": 26}, SEAT_QUOTA),
    ({"quantity": 10**30}, SEAT_QUOTA),
    ({"quantity": 0}, TOO_FEW),
    ({"quantity": -5}, TOO_FEW),
)


@pytest.mark.parametrize(("instructions", "fault"), NEXT_TERMS)
def test_a_next_term_that_cannot_begin_is_refused(
    subscribed: Sandbox, instructions: dict[str, Any], fault: Fault
) -> None:
    """The next term has a term and a quantity that the subscription could be bought for (5.3, 8)."""
    (before,) = subscribed.call("GET", SUBSCRIPTIONS).json()["items"]
    body = {**before, "scheduledNextTermInstructions": instructions}
    assert fault == fault_of(subscribed.call("PATCH", f"{SUBSCRIPTIONS}/{before['id']}", body))
    assert [before] == subscribed.call("GET", SUBSCRIPTIONS).json()["items"]


def test_the_next_term_is_as_it_was_ordered(subscribed: Sandbox) -> None:
    """What was scheduled, in whichever spelling, comes with the renewal and is scheduled no longer (5.3)."""
    (before,) = subscribed.call("GET", SUBSCRIPTIONS).json()["items"]
    product = {"productId": "cfq7ttc0lh18", "skuId": "0001", "termDuration": "p1y", "billingCycle": "Annual"}
    body = {**before, "scheduledNextTermInstructions": {"product": product, "quantity": 25}}
    path = f"{SUBSCRIPTIONS}/{before['id']}"
    assert 200 == subscribed.call("PATCH", path, body).status_code
    subscribed.control("POST", "/clock", {"advance": "P40D"})
    after = subscribed.call("GET", path).json()
    assert ("active", 25, "P1Y", "annual") == tuple(
        after[name] for name in ("status", "quantity", "termDuration", "billingCycle")
    )
    assert "scheduledNextTermInstructions" not in after


RENEWALS = ((BASIC, "for ever"), (BASIC, "P1D"), (TRIAL, "P3D"), (TRIAL, "P"))


@pytest.mark.parametrize(("item", "duration"), RENEWALS)
def test_a_line_that_renews_to_no_term_is_refused(subscribed: Sandbox, item: str, duration: str) -> None:
    """`renewsTo` names a term of the item, or of what a trial becomes (4.4)."""
    line = {"quantity": 1, "termDuration": "P1M", "renewsTo": {"termDuration": duration}}
    order = {"billingCycle": "monthly", "lineItems": [{"lineItemNumber": 0, "offerId": item, **line}]}
    cart = {"lineItems": [{"catalogItemId": item, "billingCycle": "monthly", **line}]}
    assert NO_SUCH_TERM == fault_of(subscribed.call("POST", f"/v1/customers/{OWN}/orders", order))
    made = subscribed.call("POST", f"/v1/customers/{OWN}/carts", cart).json()
    assert CartErrorCode.BILLING_PLAN_NOT_SUPPORTED == made["lineItems"][0]["error"]["errorCode"]


@pytest.mark.parametrize(("item", "duration", "renewed"), [(BASIC, "p1y", "P1Y"), (TRIAL, "P1Y", "P1Y")])
def test_a_line_renews_to_the_term_it_names(
    subscribed: Sandbox, item: str, duration: str, renewed: str
) -> None:
    """After its term a subscription has the one that `renewsTo` names (4.4)."""
    line = {"quantity": 1, "termDuration": "P1M", "renewsTo": {"termDuration": duration}}
    order = {"billingCycle": "monthly", "lineItems": [{"lineItemNumber": 0, "offerId": item, **line}]}
    assert 201 == subscribed.call("POST", f"/v1/customers/{OWN}/orders", order).status_code
    subscribed.control("POST", "/clock", {"advance": "P40D"})
    found = subscribed.call("GET", SUBSCRIPTIONS).json()["items"][-1]
    assert (renewed, "active") == (found["termDuration"], found["status"])


@pytest.mark.parametrize("lines", [None, [], "", [{"lineItemNumber": 0}], {"a": 1}])
def test_an_order_without_lines_is_refused(subscribed: Sandbox, lines: Any) -> None:
    """An order names what is bought (4.1)."""
    body = {"billingCycle": "monthly", "lineItems": lines}
    assert Fault(400, 3000) == fault_of(subscribed.call("POST", f"/v1/customers/{OWN}/orders", body))
