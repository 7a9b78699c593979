"""What makes a customer stale, and what does not; interlock S03."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cleanup.test_blockers import AZURE, S, order, subscription

from partnercenter.cleanup.blockers import Belongings
from partnercenter.cleanup.fingerprint import awaited_orders, fingerprint
from partnercenter.cleanup.sweep_plan import PlannedStep, StepAction
from partnercenter.contract.entitlements import Entitlement
from partnercenter.contract.orders import Order
from partnercenter.contract.resource import Resource
from partnercenter.contract.subscriptions import AzureEntitlement, Subscription


def entitlement(order_id: str, quantity: int = 1) -> Entitlement:
    """An entitlement of an order."""
    json = {"referenceOrder": {"id": order_id}, "productId": "P", "skuId": "K", "quantity": quantity}
    return Entitlement.from_json(json)


def azure(status: str = "active") -> AzureEntitlement:
    """An Azure subscription."""
    return AzureEntitlement.from_json({"id": AZURE, "status": status})


WHOLE = Belongings([subscription(quantity=5)], [order()], [entitlement("other")], {S: [azure()]})


def with_order(**members: Any) -> Belongings:
    """The same customer with something else in its order."""
    return replace(WHOLE, orders=[Order.from_json({**order().to_json(), **members})])


def with_subscription(**members: Any) -> Belongings:
    """The same with something else in its subscription."""
    one = Subscription.from_json({**WHOLE.subscriptions[0].to_json(), **members})
    return replace(WHOLE, subscriptions=[one])


LINE = {"lineItemNumber": 0, "quantity": 2, "friendlyName": "Thing"}
CHANGES = {
    "an order's status": with_order(status="cancelled"),
    "an order's id": with_order(id="another"),
    "a line's quantity": with_order(lineItems=[LINE]),
    "a line more": with_order(lineItems=[*order().to_json()["lineItems"], LINE]),
    "a subscription's status": with_subscription(status="suspended"),
    "a subscription's quantity": with_subscription(quantity=6),
    "no order": replace(WHOLE, orders=[]),
    "no subscription": replace(WHOLE, subscriptions=[]),
    "an entitlement of an unknown order": replace(WHOLE, entitlements=[entitlement("yet another")]),
    "an Azure subscription's status": replace(WHOLE, azure_entitlements={S: [azure("inactive")]}),
}
NO_CHANGES = {
    "names": with_subscription(friendlyName="Renamed"),
    "an etag": with_subscription(attributes={"etag": "new"}),
    "case of ids": with_subscription(id=S.upper()),
    "the entitlement of a known order": replace(
        WHOLE, entitlements=[entitlement("other"), entitlement(str(order().id))]
    ),
    "a thing twice": replace(WHOLE, orders=[order(), order()]),
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_s03_a_change_of_what_a_customer_has_makes_it_stale(changed: Belongings) -> None:
    """Ids, statuses, quantities and order lines count."""
    assert fingerprint(WHOLE) != fingerprint(changed)


@pytest.mark.parametrize("same", NO_CHANGES.values(), ids=NO_CHANGES)
def test_what_is_no_change_does_not(same: Belongings) -> None:
    """Names, etags and how the service shows things do not."""
    assert fingerprint(WHOLE) == fingerprint(same)


def test_an_awaited_order_may_change_with_all_that_it_begins() -> None:
    """A pending order becomes completed, and its subscription and what is below it appear."""
    pending = Belongings([], [order("pending")], [entitlement("other")])
    awaited = awaited_orders([PlannedStep(1, 0, StepAction.WAIT_FOR_ORDER, str(order().id))])
    assert fingerprint(pending, awaited) == fingerprint(WHOLE, awaited)
    assert fingerprint(pending) != fingerprint(WHOLE)


def test_entitlements_that_cannot_be_read_do_not_matter_where_orders_show() -> None:
    """They may be refused to one token and shown to another (behaviour.md 6)."""
    shown = Belongings([], [order()], [entitlement(str(order().id))])
    assert fingerprint(shown) == fingerprint(replace(shown, entitlements=None))


@given(st.randoms())
def test_the_order_of_lists_does_not_matter(chance: random.Random) -> None:
    """The service shows lists as it likes."""
    names = [f"o{number}" for number in range(6)]
    orders = [order(id=name, alternateId="") for name in names]
    wanted = fingerprint(Belongings([], orders))
    chance.shuffle(orders)
    assert wanted == fingerprint(Belongings([], orders))


ANY: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.dictionaries(
    st.sampled_from(["id", "status", "quantity", "lineItems", "orderId", "alternateId", "referenceOrder"]),
    ANY,
)


@given(MEMBERS)
def test_data_of_any_shape_has_a_fingerprint(members: dict[str, Any]) -> None:
    """Whatever the service sends, the check does not fall over it."""
    kinds: list[tuple[type[Resource], Callable[[Any], Belongings]]] = [
        (Subscription, lambda one: Belongings([one])),
        (Order, lambda one: Belongings([], [one])),
        (Entitlement, lambda one: Belongings([], [], [one])),
        (AzureEntitlement, lambda one: Belongings([subscription()], [], [], {S: [one]})),
    ]
    for kind, having in kinds:
        assert fingerprint(having(kind.from_json(members))).startswith("sha256:")
