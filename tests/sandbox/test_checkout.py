"""Checking out a cart: what it makes, what becomes of it the second time, and of many at once; behaviour.md 4.4."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.shopping import (
    AZURE_PLAN,
    BASIC,
    LEDGER,
    NEIGHBOUR,
    OFFICE,
    PREMIUM,
    RESERVATION,
    TEAMS_PHONE,
    UNKNOWN,
    USER_CAL,
    Item,
    Shop,
    in_cart,
    open_shop,
    reserved_for,
)


def test_a_checkout_answers_the_orders(shop: Shop) -> None:
    """201 with an order for each group, as the order's own address shows it, and no errors (4.4)."""
    cart = shop.fill_cart(in_cart(BASIC, 3), in_cart(OFFICE, 4))
    answer = shop.check_out(cart)
    result = answer.json()
    assert (201, {"orders", "orderErrors", "attributes"}, []) == (
        answer.status_code,
        set(result),
        result["orderErrors"],
    )
    assert {"objectType": "CartCheckoutResult"} == result["attributes"]
    modern, legacy = result["orders"]
    assert ("pending", "completed") == (modern["status"], legacy["status"])
    assert legacy == shop.get(f"/orders/{legacy['id']}")
    assert {**modern, "status": "completed"} == shop.get(f"/orders/{modern['id']}")
    assert [3, 4] == [subscription["quantity"] for subscription in shop.items("/subscriptions")]


def test_a_checkout_needs_the_customer_agreement(sandbox: Sandbox) -> None:
    """403/13605 for a customer without the agreement: carts can be filled, orders not made (3.4)."""
    shop = open_shop(sandbox, customer={"agreement": False})
    cart = shop.fill_cart(in_cart(BASIC))
    assert "error" not in cart["lineItems"][0]
    assert Fault(403, 13605) == fault_of(shop.check_out(cart))
    assert Fault(403, 13605) == fault_of(shop.order({"offerId": BASIC.id, "quantity": 1}))
    assert ("Active", []) == (shop.get(f"/carts/{cart['id']}")["status"], shop.items("/orders"))


def test_a_failed_group_is_tried_again_by_the_next_checkout(sandbox: Sandbox) -> None:
    """What can be bought is; the rest is in `orderErrors`, until its reason is gone (4.4)."""
    purchase = {"product": "new_commerce"}
    shop = open_shop(sandbox, *[purchase] * 4)
    cart = shop.fill_cart(in_cart(LEDGER), in_cart(OFFICE), in_cart(USER_CAL))
    assert [None, "sandbox_limit_exceeded", None] == [
        line.get("error", {}).get("errorCode") for line in cart["lineItems"]
    ]
    first = shop.check_out(cart)
    failed = {
        "orderGroupId": "1",
        "code": 800066,
        "description": "The desired number of subscriptions exceeded the maximum number of subscriptions "
        "allowed per customer.",
    }
    assert (201, [failed], 2) == (
        first.status_code,
        first.json()["orderErrors"],
        len(first.json()["orders"]),
    )
    assert "Ordered" == shop.get(f"/carts/{cart['id']}")["status"]
    still = shop.check_out(cart)
    assert first.json() == still.json()
    assert (6, 5) == (len(shop.items("/orders")), len(shop.items("/subscriptions")))
    shop.change(shop.items("/subscriptions")[0], status="deleted")
    again = shop.check_out(cart).json()
    assert ([], 3) == (again["orderErrors"], len(again["orders"]))
    assert first.json()["orders"] == again["orders"][:2]
    assert OFFICE.id == again["orders"][2]["lineItems"][0]["offerId"]
    assert again == shop.check_out(cart).json()
    assert 7 == len(shop.items("/orders"))


def test_what_was_right_when_the_cart_was_filled_is_judged_again(sandbox: Sandbox) -> None:
    """A line whose reason came later fails at the checkout, which answers 201 and can be repeated (4.4)."""
    shop = open_shop(sandbox, *[{"product": "new_commerce"}] * 4)
    cart = shop.fill_cart(in_cart(BASIC))
    shop.buy(OFFICE)
    answer = shop.check_out(cart)
    assert (201, [], [("0", 800066)]) == (
        answer.status_code,
        answer.json()["orders"],
        [(error["orderGroupId"], error["code"]) for error in answer.json()["orderErrors"]],
    )
    shop.change(shop.items("/subscriptions")[0], status="deleted")
    assert 1 == len(shop.check_out(cart).json()["orders"])


def test_a_group_with_one_bad_line_is_bought_not_at_all(shop: Shop) -> None:
    """The lines of a group are one order; another group is not touched by it (4.4)."""
    cart = shop.fill_cart(in_cart(BASIC), in_cart(PREMIUM, 26), in_cart(LEDGER))
    result = shop.check_out(cart).json()
    assert ["0"] == [error["orderGroupId"] for error in result["orderErrors"]]
    assert [LEDGER.id] == [order["lineItems"][0]["offerId"] for order in result["orders"]]
    assert 1 == len(shop.items("/subscriptions"))


def test_groups_count_for_those_after_them(sandbox: Sandbox) -> None:
    """The groups of a cart share the customer's quota: what the first takes the second cannot have (8)."""
    shop = open_shop(sandbox, *[{"product": "new_commerce"}] * 3)
    cart = shop.fill_cart(in_cart(BASIC), in_cart(OFFICE), in_cart(LEDGER))
    result = shop.check_out(cart).json()
    assert (2, [("2", 800066)]) == (
        len(result["orders"]),
        [(error["orderGroupId"], error["code"]) for error in result["orderErrors"]],
    )


@pytest.mark.parametrize(("setting", "fault"), [("first_result", Fault(201)), ("refuse", Fault(400, 800065))])
def test_a_second_checkout_is_answered_as_the_setting_says(shop: Shop, setting: str, fault: Fault) -> None:
    """The first result once more, or 400/800065; nothing is bought twice (4.4)."""
    shop.sandbox.set(second_checkout=setting)
    cart = shop.fill_cart(in_cart(BASIC))
    first = shop.check_out(cart)
    second = shop.check_out(cart)
    assert fault == fault_of(second)
    assert 1 == len(shop.items("/orders"))
    assert first.json() == second.json() or fault.status == 400


def test_a_checkout_under_the_same_request_id_is_the_same_answer(shop: Shop) -> None:
    """A repeated MS-RequestId gets the kept answer, also where a second checkout is refused (10.1)."""
    shop.sandbox.set(second_checkout="refuse")
    cart = shop.fill_cart(in_cart(BASIC))
    sent = {"MS_RequestId": str(uuid4())}
    answers = [shop.check_out(cart, **sent) for _ in range(3)]
    assert [answers[0].content] * 3 == [answer.content for answer in answers]
    assert ([201] * 3, 1) == ([answer.status_code for answer in answers], len(shop.items("/orders")))


def test_one_request_id_checks_out_two_carts(shop: Shop) -> None:
    """The path belongs to the key of a replay, so another cart is another call (10.1)."""
    carts = [shop.fill_cart(in_cart(BASIC)) for _ in range(2)]
    sent = {"MS_RequestId": str(uuid4())}
    ids = {shop.check_out(cart, **sent).json()["orders"][0]["id"] for cart in carts}
    assert ids == {order["id"] for order in shop.items("/orders")}
    assert 2 == len(ids)


def test_many_checkouts_of_one_cart_at_once_buy_once(shop: Shop) -> None:
    """Twenty callers check out the same cart together: one order for each group, and one answer for all."""
    cart = shop.fill_cart(in_cart(BASIC, 2), in_cart(LEDGER), in_cart(USER_CAL))
    path = f"{shop.sandbox.url}/v1/customers/{shop.customer_id}/carts/{cart['id']}/checkout"
    headers = {"Authorization": f"Bearer {shop.token()}"}

    def check_out(_: int) -> httpx2.Response:
        return shop.sandbox.http.post(path, headers=headers)

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(check_out, range(20)))
    assert {201} == {answer.status_code for answer in answers}
    assert 1 == len({answer.content for answer in answers})
    assert (3, 2) == (len(shop.items("/orders")), len(shop.items("/subscriptions")))
    assert 3 == sum(record["operationType"] == "create_order" for record in shop.records())


def test_many_carts_at_once_never_exceed_the_quota(shop: Shop) -> None:
    """Ten callers check out a cart each: five subscriptions are begun, and five callers are told why not (8)."""
    carts = [shop.fill_cart(in_cart(BASIC)) for _ in range(10)]
    token = shop.token()

    def check_out(cart: dict[str, Any]) -> Any:
        path = f"{shop.sandbox.url}/v1/customers/{shop.customer_id}/carts/{cart['id']}/checkout"
        return shop.sandbox.http.post(path, headers={"Authorization": f"Bearer {token}"}).json()

    with ThreadPoolExecutor(10) as threads:
        results = list(threads.map(check_out, carts))
    assert (5, 5) == (
        sum(len(result["orders"]) for result in results),
        sum(len(result["orderErrors"]) for result in results),
    )
    assert 5 == len(shop.items("/subscriptions"))


def test_a_reservation_can_be_bought_for_the_plan_of_an_earlier_cart(shop: Shop) -> None:
    """Plan, registration, reservation: each is there for the next call (4.4)."""
    shop.check_out(shop.fill_cart(in_cart(AZURE_PLAN)))
    plan = shop.the_subscription()["id"]
    context = reserved_for(plan)
    assert "error" in shop.fill_cart(in_cart(RESERVATION, provisioningContext=context))["lineItems"][0]
    shop.call("POST", f"/subscriptions/{plan}/registrations")
    cart = shop.fill_cart(in_cart(RESERVATION, provisioningContext=context))
    (order,) = shop.check_out(cart).json()["orders"]
    assert context == order["lineItems"][0]["provisioningContext"]


@pytest.mark.parametrize("delay", [0, 60])
def test_a_new_order_is_pending_at_first(shop: Shop, delay: int) -> None:
    """Subscriptions are missing from a modern order until it is complete, as `order_settle_seconds` says (4.4)."""
    shop.sandbox.set(order_settle_seconds=delay)
    (order,) = shop.check_out(shop.fill_cart(in_cart(BASIC))).json()["orders"]
    assert ("pending", delay == 0) == (order["status"], "subscriptionId" in order["lineItems"][0])
    if delay:
        assert order == shop.get(f"/orders/{order['id']}")
        assert [] == shop.items("/subscriptions")
        shop.advance("PT1M")
    complete = shop.get(f"/orders/{order['id']}")
    assert "completed" == complete["status"]
    assert shop.the_subscription()["id"] == complete["lineItems"][0]["subscriptionId"]


@pytest.mark.parametrize("item", [OFFICE, BASIC])
def test_the_first_order_and_its_customer_are_recorded(shop: Shop, item: Item) -> None:
    """A checkout leaves a `create_order` of the order's id for each order, with the documented data (13.1)."""
    (order,) = shop.check_out(shop.fill_cart(in_cart(item, 2, friendlyName="seats"))).json()["orders"]
    (record,) = (record for record in shop.records() if record["operationType"] == "create_order")
    (line,) = order["lineItems"]
    expected = [
        ("OrderId", order["id"]),
        ("AlternateId", order["alternateId"]),
        ("BillingCycle", "Monthly"),
        ("OfferId-0", item.id),
        ("SubscriptionId-0", line["subscriptionId"]),
        ("SubscriptionName-0", "seats"),
        ("Quantity-0", "2"),
        ("PartnerOnRecord-0", None),
    ]
    assert expected == [(pair["key"], pair.get("value")) for pair in record["customizedData"]]
    assert ("order", "succeeded", shop.customer_id) == (
        record["resourceType"],
        record["operationStatus"],
        record["customerId"],
    )
    assert f"_{order['id'].lower()}_createorder_" in record["id"].lower()


def test_a_checkout_that_was_refused_is_recorded_as_failed(shop: Shop) -> None:
    """The attempt is in the audit log, without an order (13.1)."""
    cart = shop.fill_cart(in_cart(UNKNOWN))
    shop.check_out(cart)
    records = [(record["operationType"], record["operationStatus"]) for record in shop.records()]
    assert ("create_order", "failed") == records[0]
    assert ("create_order", "succeeded") not in records


def test_add_ons_count_as_subscriptions(sandbox: Sandbox) -> None:
    """A base with its add-on takes two places of five (8)."""
    shop = open_shop(sandbox, *[{"product": "new_commerce"}] * 4)
    cart = shop.fill_cart(in_cart(PREMIUM, addonItems=[in_cart(TEAMS_PHONE)]))
    (line,) = cart["lineItems"]
    assert "error" not in line
    assert "sandbox_limit_exceeded" == line["addonItems"][0]["error"]["errorCode"]
    assert Fault(400, 800009) == fault_of(shop.check_out(cart))


def test_a_checkout_of_one_customer_leaves_the_other_alone(sandbox: Sandbox) -> None:
    """Orders and subscriptions are those of the customer in the path."""
    shop = open_shop(sandbox, neighbours=1)
    shop.check_out(shop.fill_cart(in_cart(BASIC)))
    assert ([], []) == (shop.of(NEIGHBOUR).items("/orders"), shop.of(NEIGHBOUR).items("/subscriptions"))
