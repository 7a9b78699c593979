"""What legacy orders take beside their cancellation: add-ons, and another billing cycle; behaviour.md 4.1."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.shopping import (
    BASIC,
    CONFERENCING,
    LEDGER,
    OFFICE,
    OFFICE_E3,
    OFFICE_TRIAL,
    USER_CAL,
    Item,
    Shop,
    in_order,
)


def patch(shop: Shop, order: dict[str, Any], body: Any) -> Any:
    """What the PATCH of an order is answered."""
    return shop.call("PATCH", f"/orders/{order['id']}", body)


def version(document: dict[str, Any]) -> int:
    """The version in an etag."""
    return int(json.loads(base64.b64decode(document["attributes"]["etag"]))["version"])


def test_an_add_on_is_put_into_a_legacy_order(shop: Shop) -> None:
    """A PATCH with a further line buys it: it is numbered on, billed as the order is, and recorded (4.1)."""
    order = shop.buy(OFFICE.for_term("P1Y", "annual"), 5)
    base = shop.the_subscription()
    line = {"lineItemNumber": 1, **in_order(CONFERENCING, 2), "parentSubscriptionId": base["id"]}
    answer = patch(shop, order, {**order, "lineItems": [*order["lineItems"], line]})
    changed = answer.json()
    assert (200, changed) == (answer.status_code, shop.get(f"/orders/{order['id']}"))
    assert order["lineItems"][0] == changed["lineItems"][0]
    added = changed["lineItems"][1]
    assert (1, CONFERENCING.id, 2, base["id"]) == tuple(
        added[name] for name in ("lineItemNumber", "offerId", "quantity", "parentSubscriptionId")
    )
    (below,) = shop.items(f"/subscriptions/{base['id']}/addons")
    assert ("annual", order["id"], added["subscriptionId"]) == (
        below["billingCycle"],
        below["orderId"],
        below["id"],
    )
    assert version(order) + 1 == version(changed)
    record = shop.records()[0]
    keys = [pair["key"] for pair in record["customizedData"]]
    assert ("update_order", True) == (record["operationType"], "SubscriptionId-1" in keys)


def test_an_add_on_can_be_put_in_without_the_lines_that_are_there(shop: Shop) -> None:
    """Lines that the body leaves out stay (4.1)."""
    order = shop.buy(OFFICE)
    line = {
        "lineItemNumber": 1,
        **in_order(CONFERENCING),
        "parentSubscriptionId": order["lineItems"][0]["subscriptionId"],
    }
    assert [0, 1] == [
        added["lineItemNumber"] for added in patch(shop, order, {"lineItems": [line]}).json()["lineItems"]
    ]


BAD_ADDITIONS: tuple[tuple[Item, dict[str, Any], dict[str, Any], Fault], ...] = (
    (OFFICE, in_order(CONFERENCING), {}, Fault(403, 800020)),
    (OFFICE, in_order(OFFICE_E3), {}, Fault(400, 4018)),
    (OFFICE, in_order(BASIC), {}, Fault(400, 4018)),
    (OFFICE, {"quantity": 1}, {}, Fault(400, 3000)),
    (OFFICE, {"offerId": CONFERENCING.id}, {}, Fault(400, 3000)),
    (OFFICE, in_order(CONFERENCING, parentSubscriptionId="x"), {}, Fault(404, 20003)),
    (
        OFFICE,
        in_order(CONFERENCING, parentSubscriptionId="{}"),
        {"billingCycle": "annual"},
        Fault(400, 800085),
    ),
    (OFFICE, in_order(CONFERENCING, 26, parentSubscriptionId="{}"), {}, Fault(403, 800067)),
    (BASIC, in_order(BASIC), {}, Fault(400, 900141)),
    (USER_CAL, in_order(USER_CAL), {}, Fault(400, 900141)),
)


@pytest.mark.parametrize(("item", "line", "beside", "fault"), BAD_ADDITIONS, ids=str)
def test_what_cannot_be_put_into_an_order_changes_nothing(
    shop: Shop, item: Item, line: dict[str, Any], beside: dict[str, Any], fault: Fault
) -> None:
    """A bad add-on, another product, another cycle: refused; new commerce is not bought so at all (4.1, 11.2)."""
    order = shop.buy(item)
    if "parentSubscriptionId" in line:
        there = order["lineItems"][0]["subscriptionId"]
        line = {**line, "parentSubscriptionId": line["parentSubscriptionId"].replace("{}", there)}
    answer = patch(shop, order, {**beside, "lineItems": [{"lineItemNumber": 1, **line}]})
    assert fault == fault_of(answer)
    assert order == shop.get(f"/orders/{order['id']}")
    assert len(order["lineItems"]) == len(shop.items("/subscriptions")) or item is USER_CAL


@pytest.mark.parametrize(
    "line", [None, 7, "x", {"lineItemNumber": []}, {"lineItemNumber": {}}, {"lineItemNumber": "1"}]
)
def test_a_line_of_a_wrong_shape_gets_one_sentence(shop: Shop, line: Any) -> None:
    """Whatever stands in `lineItems`, the answer is a sentence, or the order as it is."""
    order = shop.buy(OFFICE)
    answer = patch(shop, order, {"lineItems": [line]})
    assert fault_of(answer) == Fault(400, 3000)
    assert re.fullmatch(r"[^\n]+[^.]\.", answer.json()["description"])


def test_the_billing_cycle_of_a_legacy_order_can_be_changed(shop: Shop) -> None:
    """The order and its subscriptions are billed in the other cycle, and etags grow (4.1)."""
    order = shop.buy(OFFICE)
    before = shop.the_subscription()
    changed = patch(shop, order, {**order, "billingCycle": "Annual"}).json()
    assert {**order, "billingCycle": "annual"} | {"attributes": changed["attributes"]} == changed
    after = shop.the_subscription()
    assert {**before, "billingCycle": "annual"} | {"attributes": after["attributes"]} == after
    assert (version(order) + 1, version(before) + 1) == (version(changed), version(after))
    assert [changed] == shop.items("/orders?billingType=annual")
    back = patch(shop, order, {"billingCycle": "monthly"}).json()
    assert ("monthly", "monthly") == (back["billingCycle"], shop.the_subscription()["billingCycle"])


@pytest.mark.parametrize(
    ("item", "cycle"),
    [
        (BASIC, "annual"),
        (USER_CAL, "monthly"),
        (LEDGER, "annual"),
        (OFFICE, "one_time"),
        (OFFICE, "weekly"),
        (OFFICE, 7),
        (OFFICE_TRIAL, "annual"),
    ],
)
def test_another_billing_cycle_needs_an_offer_that_has_it(shop: Shop, item: Item, cycle: Any) -> None:
    """400/6001 for what is no legacy licence, and for a cycle that the offer does not have (11.2)."""
    order = shop.buy(item)
    assert Fault(400, 6001) == fault_of(patch(shop, order, {"billingCycle": cycle}))
    assert order == shop.get(f"/orders/{order['id']}")


def test_another_billing_cycle_needs_active_subscriptions(shop: Shop) -> None:
    """400/6000 when one of the order's subscriptions is suspended (11.2)."""
    order = shop.order(in_order(OFFICE), in_order(OFFICE_E3)).json()
    shop.change(shop.items("/subscriptions")[0], status="suspended")
    assert Fault(400, 6000) == fault_of(patch(shop, order, {"billingCycle": "annual"}))
    assert ["monthly"] * 2 == [subscription["billingCycle"] for subscription in shop.items("/subscriptions")]
