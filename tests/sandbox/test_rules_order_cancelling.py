"""The pure rules of cancelling an order, or some of its lines; behaviour.md 4.3."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sandbox.near_valid import JSON

from partnercenter.sandbox.rules.order_cancelling import (
    OrderState,
    age_refusal,
    cancellation_refusal,
    cancelled_document,
    cancelled_subscriptions,
    chosen_lines,
)
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.refusal import Refused, RefusedBySetting
from partnercenter.sandbox.settings import SETTINGS, Settings

Json = dict[str, Any]

ITEM = "DG7GMGF0DVT7:000D:DG7GMGF0D5ZV"
STATUSES = st.sampled_from(
    ["completed", "pending", "pending_po_upload", "pending_review", "cancelled", "error"]
)
BOUGHT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@st.composite
def orders(draw: st.DrawFn) -> Json:
    """An order of up to five lines, some of them cancelled already."""
    lines = [
        {
            "lineItemNumber": number,
            "offerId": ITEM,
            "quantity": draw(st.integers(0, 25)),
            **({"subscriptionId": f"ABC-{number}"} if draw(st.booleans()) else {}),
        }
        for number in range(draw(st.integers(1, 5)))
    ]
    return {"id": "an order", "status": draw(STATUSES), "lineItems": lines}


NUMBERS = st.sets(st.integers(0, 4), min_size=1)


def quantities(order: Json) -> list[int]:
    """The quantity of each line."""
    return [line["quantity"] for line in order["lineItems"]]


@given(order=orders())
def test_a_whole_order_keeps_its_quantities(order: Json) -> None:
    """Cancelled as a whole, its lines stay as they are (4.3)."""
    assert {**order, "status": "cancelled"} == cancelled_document(order, None)


@given(order=orders(), numbers=NUMBERS)
def test_cancelled_lines_have_no_quantity(order: Json, numbers: set[int]) -> None:
    """The chosen lines lose their quantity, the others nothing; without any quantity the order is cancelled (4.3)."""
    before = copy.deepcopy(order)
    after = cancelled_document(order, numbers)
    expected = [0 if n in numbers else quantity for n, quantity in enumerate(quantities(order))]
    assert expected == quantities(after)
    assert ("cancelled" if not any(expected) else order["status"]) == after["status"]
    assert before == order


@given(order=orders(), first=NUMBERS, second=NUMBERS)
def test_it_does_not_matter_in_how_many_steps_lines_are_cancelled(
    order: Json, first: set[int], second: set[int]
) -> None:
    """Some lines, then others, in any order or all at once: the order ends the same."""
    at_once = cancelled_document(order, first | second)
    assert at_once == cancelled_document(cancelled_document(order, first), second)
    assert at_once == cancelled_document(cancelled_document(order, second), first)
    assert at_once == cancelled_document(at_once, first)


@given(order=orders(), numbers=st.none() | NUMBERS)
def test_only_the_subscriptions_of_cancelled_lines_end(order: Json, numbers: set[int] | None) -> None:
    """Each cancelled line ends the subscription that it began, by its id in lower case."""
    ended = cancelled_subscriptions(order, numbers)
    for line in order["lineItems"]:
        if "subscriptionId" in line:
            chosen = numbers is None or line["lineItemNumber"] in numbers
            assert chosen == (line["subscriptionId"].lower() in ended)
    assert len(ended) <= len(order["lineItems"])


@given(order=orders(), sent=JSON | st.lists(st.fixed_dictionaries({"lineItemNumber": JSON, "offerId": JSON})))
def test_any_lines_are_chosen_or_refused(order: Json, sent: Any) -> None:
    """Whatever `lineItems` holds, it names lines of the order, the whole of it, or is refused."""
    try:
        chosen = chosen_lines(order, sent)
    except Refused as refusal:
        chosen = {refusal.code}
    allowed = {*range(len(order["lineItems"])), 800071, 800004}
    assert chosen is None or chosen <= allowed
    assert (chosen is None) == (sent is None or sent == [])


@given(order=orders(), chosen=st.sets(st.integers(0, 4), min_size=1), upper=st.booleans())
def test_lines_that_are_there_are_chosen(order: Json, chosen: set[int], upper: bool) -> None:
    """A line is named by its number and, in any case, by its offer."""
    there = chosen & set(range(len(order["lineItems"])))
    offer = ITEM.upper() if upper else ITEM.lower()
    sent = [{"lineItemNumber": number, "offerId": offer} for number in sorted(there)]
    assert (there or None) == chosen_lines(order, sent)


@given(
    order=orders(),
    product=st.sampled_from(Product),
    is_sandbox=st.booleans(),
    is_cancelling=st.booleans(),
    again=st.sampled_from(["refuse", "accept"]),
)
def test_an_order_is_cancelled_by_its_kind(
    order: Json, product: Product, is_sandbox: bool, is_cancelling: bool, again: str
) -> None:
    """Reservations in a sandbox, and software, are cancelled by their order; nothing else is (1.2)."""
    state = OrderState("a customer", product, order, is_cancelling)
    refusal = cancellation_refusal(
        state, is_sandbox=is_sandbox, settings=Settings.of({"cancel_again": again})
    )
    can_be = product.is_software or (product is Product.AZURE_RESERVATION and is_sandbox)
    in_time = order["status"] in {"completed", "pending_po_upload", "error"} or (
        order["status"] == "cancelled" and again == "accept"
    )
    assert (can_be and in_time and not is_cancelling) == (refusal is None)
    assert not isinstance(refusal, RefusedBySetting) or refusal.name in SETTINGS


@pytest.mark.parametrize("product", Product)
@given(days=st.integers(0, 100))
def test_a_sandbox_order_can_be_cancelled_for_sixty_days(product: Product, days: int) -> None:
    """Reservations and software for 60 days to the second, whatever their windows are in production (1.2, 4.3)."""
    dated = product.is_software or product is Product.AZURE_RESERVATION
    for more, refused in ((timedelta(), days > 60), (timedelta(seconds=1), days >= 60)):
        now = BOUGHT + timedelta(days=days) + more
        refusal = age_refusal(product, [ITEM], BOUGHT, is_sandbox=True, now=now, settings=Settings.of({}))
        assert (dated and refused) == (refusal is not None)
