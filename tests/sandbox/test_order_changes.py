"""Changing orders: cancelling them or lines of them, and how long that takes; behaviour.md 4.3."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.shopping import (
    BASIC,
    CAL_FOR_A_YEAR,
    REGISTERED_PLAN,
    RESERVATION,
    SQL_ENTERPRISE,
    SQL_SERVER,
    USER_CAL,
    Item,
    Shop,
    in_order,
    open_shop,
    reserved_for,
)

OK = Fault(200)


def patch(shop: Shop, order: dict[str, Any], body: Any) -> Any:
    """What the PATCH of an order is answered."""
    return shop.call("PATCH", f"/orders/{order['id']}", body)


@pytest.mark.parametrize("word", ["cancelled", "Cancelled", "CANCELLED", "cAnCeLlEd"])
@pytest.mark.parametrize("beside", [{}, {"id": "another"}, {"billingCycle": "annual"}, {"unknown": [1]}])
def test_an_order_is_cancelled_by_its_status(shop: Shop, word: str, beside: dict[str, Any]) -> None:
    """The word is taken in any case and what stands beside it is ignored; the lines keep their quantity (4.3)."""
    order = shop.buy(USER_CAL, 3)
    answer = patch(shop, order, {"status": word, **beside})
    assert (200, {**order, "status": "cancelled"}) == (answer.status_code, answer.json())
    assert answer.json() == shop.get(f"/orders/{order['id']}")


def test_a_whole_order_can_be_sent_back(shop: Shop) -> None:
    """As the C# sample does: all lines are named, so all are cancelled, and their quantity is 0 (4.3)."""
    made = shop.order(in_order(USER_CAL, 3), in_order(USER_CAL, 4), cycle="one_time").json()
    order = shop.get(f"/orders/{made['id']}")
    answer = patch(shop, order, {**order, "status": "Cancelled"})
    assert ("cancelled", [0, 0]) == (
        answer.json()["status"],
        [line["quantity"] for line in answer.json()["lineItems"]],
    )


def test_a_body_in_pascal_case_cancels_the_lines_that_it_names(shop: Shop) -> None:
    """The members of lines match without case as well (14)."""
    made = shop.order(in_order(USER_CAL), in_order(USER_CAL), cycle="one_time").json()
    body = {"Status": "Cancelled", "LineItems": [{"LineItemNumber": 1, "OfferId": USER_CAL.id}]}
    changed = patch(shop, made, body).json()
    assert ("completed", [1, 0]) == (changed["status"], [line["quantity"] for line in changed["lineItems"]])


def test_single_lines_are_cancelled_until_none_is_left(shop: Shop) -> None:
    """A cancelled line has quantity 0; the order stays completed until the last one is (4.3)."""
    order = shop.order(*[in_order(USER_CAL, n) for n in (1, 2, 3)], cycle="one_time").json()

    def cancel(*numbers: int) -> tuple[str, list[int]]:
        lines = [{"lineItemNumber": number, "offerId": USER_CAL.id.lower()} for number in numbers]
        answer = shop.cancel_order(order, lineItems=lines)
        assert answer.json() == shop.get(f"/orders/{order['id']}")
        return answer.json()["status"], [line["quantity"] for line in answer.json()["lineItems"]]

    assert ("completed", [1, 0, 3]) == cancel(1)
    assert {1, 3} == {entitlement["quantity"] for entitlement in shop.items("/entitlements")}
    assert ("completed", [0, 0, 3]) == cancel(0, 1)
    assert ("cancelled", [0, 0, 0]) == cancel(2)
    assert [] == shop.items("/entitlements")


BAD_LINES: tuple[tuple[Any, Fault], ...] = (
    ([{"lineItemNumber": 2, "offerId": USER_CAL.id}], Fault(400, 800071)),
    ([{"lineItemNumber": -1}], Fault(400, 800071)),
    ([{"lineItemNumber": "0"}], Fault(400, 800071)),
    ([{"lineItemNumber": True}], Fault(400, 800071)),
    ([{"lineItemNumber": [0]}], Fault(400, 800071)),
    ([{"lineItemNumber": 0.0}], Fault(400, 800071)),
    ([{"offerId": USER_CAL.id}], Fault(400, 800071)),
    ([{}], Fault(400, 800071)),
    ([None], Fault(400, 800071)),
    ([7], Fault(400, 800071)),
    ([{"lineItemNumber": 0}, {"lineItemNumber": 7}], Fault(400, 800071)),
    ([{"lineItemNumber": 0, "offerId": BASIC.id}], Fault(400, 800004)),
    ([{"lineItemNumber": 0, "offerId": ""}], Fault(400, 800004)),
    ([{"lineItemNumber": 0, "offerId": 7}], Fault(400, 800004)),
    ("x", Fault(400, 3000)),
    (7, Fault(400, 3000)),
    (True, Fault(400, 3000)),
    ({"lineItemNumber": 0}, Fault(400, 3000)),
)


@pytest.mark.parametrize(("lines", "fault"), BAD_LINES, ids=lambda value: str(value)[:40])
def test_a_line_that_is_not_there_is_refused(shop: Shop, lines: Any, fault: Fault) -> None:
    """800071 for a number that the order does not have, 800004 for another item; nothing is cancelled (11.2)."""
    order = shop.order(in_order(USER_CAL), in_order(USER_CAL), cycle="one_time").json()
    before = shop.get(f"/orders/{order['id']}")
    answer = shop.cancel_order(order, lineItems=lines)
    assert fault == fault_of(answer)
    assert re.fullmatch(r"[^\n]+[^.]\.", answer.json()["description"])
    assert before == shop.get(f"/orders/{order['id']}")


@pytest.mark.parametrize("lines", [None, []])
def test_no_lines_are_the_whole_order(shop: Shop, lines: Any) -> None:
    """A null and an empty list are as if they were left out (4.3)."""
    order = shop.buy(USER_CAL, 3)
    assert {**order, "status": "cancelled"} == shop.cancel_order(order, lineItems=lines).json()


UNKNOWN_WORDS = (
    ("none", "none"),
    ("canceled", "canceled"),
    ("cancel", "cancel"),
    ("", ""),
    (7, "7"),
    (True, "True"),
    ([], "[]"),
    ({"a": 1}, "{'a': 1}"),
    ("x" * 99, "x" * 60),
)


@pytest.mark.parametrize(("status", "shown"), UNKNOWN_WORDS)
def test_a_status_that_no_order_has_is_refused(shop: Shop, status: Any, shown: str) -> None:
    """400 with code 0 and the observed words; one l in `canceled` is a mistake too (4.2)."""
    order = shop.buy(USER_CAL)
    answer = patch(shop, order, {"status": status})
    assert Fault(400, 0) == fault_of(answer)
    assert f"The provided value '{shown}' is not a valid OrderStatus." == answer.json()["description"]
    assert order == shop.get(f"/orders/{order['id']}")


@pytest.mark.parametrize(
    "status", ["pending", "Suspended", "po_upload_complete", "PoUploadComplete", "error"]
)
def test_an_order_takes_no_other_status(shop: Shop, status: str) -> None:
    """400/3000 for a status that orders have, but that nobody can give them."""
    order = shop.buy(USER_CAL)
    answer = patch(shop, order, {"status": status})
    assert Fault(400, 3000) == fault_of(answer)
    assert "The status of an order can be changed to cancelled only." == answer.json()["description"]


@pytest.mark.parametrize(
    "body",
    [{}, {"status": "completed"}, {"status": "Completed", "unknown": 1}, {"status": None}, {"lineItems": []}],
)
def test_what_changes_nothing_answers_the_order(shop: Shop, body: dict[str, Any]) -> None:
    """The order as it is, without an audit record."""
    order = shop.buy(USER_CAL)
    records = len(shop.records())
    answer = patch(shop, order, body)
    assert (200, order, records) == (answer.status_code, answer.json(), len(shop.records()))
    whole = patch(shop, order, order)
    assert (200, order, records) == (whole.status_code, whole.json(), len(shop.records()))


@pytest.mark.parametrize(("setting", "fault"), [("refuse", Fault(400, 800061)), ("accept", OK)])
def test_cancelling_again_is_answered_as_the_setting_says(shop: Shop, setting: str, fault: Fault) -> None:
    """400/800061, or the cancelled order once more (4.3)."""
    shop.sandbox.set(cancel_again=setting)
    order = shop.buy(USER_CAL)
    cancelled = shop.cancel_order(order)
    records = len(shop.records())
    again = shop.cancel_order(order)
    assert fault == fault_of(again)
    if fault == OK:
        assert (cancelled.json(), records) == (again.json(), len(shop.records()))


def test_a_pending_order_cannot_be_cancelled(shop: Shop) -> None:
    """409/800060 until it is completed (4.3)."""
    shop.sandbox.set(order_settle_seconds=60)
    order = shop.order(in_order(USER_CAL), cycle="one_time").json()
    assert Fault(409, 800060) == fault_of(shop.cancel_order(order))
    shop.advance("PT1M")
    assert OK == fault_of(shop.cancel_order(order))


@pytest.mark.parametrize("word", ["pending", "completed"])
def test_a_cancellation_takes_its_time(shop: Shop, word: str) -> None:
    """`order_cancel_seconds`: 409/800014 while one is running, the subscription ends with it (1.6, 4.3)."""
    shop.sandbox.set(order_cancel_seconds=30, cancelling_order_status=word)
    order = shop.buy(CAL_FOR_A_YEAR)
    answer = shop.cancel_order(order)
    assert (200, {**order, "status": word}) == (answer.status_code, answer.json())
    assert Fault(409, 800014) == fault_of(shop.cancel_order(order))
    assert ("active", 1) == (shop.the_subscription()["status"], len(shop.items("/entitlements")))
    shop.advance("PT30S")
    assert {**order, "status": "cancelled"} == shop.get(f"/orders/{order['id']}")
    assert ("deleted", []) == (shop.the_subscription()["status"], shop.items("/entitlements"))
    assert Fault(400, 800061) == fault_of(shop.cancel_order(order))


def test_a_line_is_cancelled_in_its_time_too(shop: Shop) -> None:
    """The order shows the line whole while it is on its way, and takes no second change (4.3)."""
    shop.sandbox.set(order_cancel_seconds=30)
    made = shop.order(in_order(USER_CAL), in_order(USER_CAL), cycle="one_time").json()
    order = shop.get(f"/orders/{made['id']}")
    assert order == shop.cancel_order(order, lineItems=[{"lineItemNumber": 0}]).json()
    assert Fault(409, 800014) == fault_of(shop.cancel_order(order, lineItems=[{"lineItemNumber": 1}]))
    shop.advance("PT30S")
    assert [0, 1] == [line["quantity"] for line in shop.get(f"/orders/{order['id']}")["lineItems"]]


def test_a_subscription_ends_with_its_line(shop: Shop) -> None:
    """Cancelling a line of software ends the subscription of that line only (4.3)."""
    made = shop.order(in_order(CAL_FOR_A_YEAR, 2), in_order(CAL_FOR_A_YEAR, 3), cycle="annual").json()
    order = shop.get(f"/orders/{made['id']}")
    shop.cancel_order(order, lineItems=[{"lineItemNumber": 1, "offerId": CAL_FOR_A_YEAR.id}])
    assert {2: "active", 3: "deleted"} == {x["quantity"]: x["status"] for x in shop.items("/subscriptions")}
    assert [2] == [entitlement["quantity"] for entitlement in shop.items("/entitlements")]
    shop.cancel_order(order)
    assert ["deleted"] * 2 == [subscription["status"] for subscription in shop.items("/subscriptions")]


def test_a_deleted_software_subscription_is_no_entitlement(shop: Shop) -> None:
    """Software that is cancelled by its subscription gives as little as by its order (4.3, 6)."""
    shop.buy(CAL_FOR_A_YEAR)
    assert 1 == len(shop.items("/entitlements"))
    shop.change(shop.the_subscription(), status="deleted")
    assert [] == shop.items("/entitlements")


@pytest.mark.parametrize("item", [USER_CAL, CAL_FOR_A_YEAR, RESERVATION])
def test_an_order_can_be_cancelled_for_sixty_days(sandbox: Sandbox, item: Item) -> None:
    """Until the last minute of the 60th day; then 400/900117, for ever (1.2, 4.3)."""
    shop = open_shop(sandbox, REGISTERED_PLAN)
    context = reserved_for(shop.the_subscription()["id"]) if item is RESERVATION else None
    orders = [shop.buy(item, provisioningContext=context) for _ in range(2)]
    shop.advance("P59DT23H50M")
    assert OK == fault_of(shop.cancel_order(orders[0]))
    shop.advance("PT10M")
    late = shop.cancel_order(orders[1])
    assert Fault(400, 900117) == fault_of(late)
    assert (
        "You have passed your 60-day cancellation window. We are unable to cancel your purchase."
        == (late.json()["description"])
    )


def test_a_cancellation_is_recorded(shop: Shop) -> None:
    """`update_order` with the documented data, the order before and after; a refused one as failed (13.1)."""
    order = shop.buy(USER_CAL, 2)
    shop.cancel_order(order)
    shop.cancel_order(order)
    failed, record = shop.records()[:2]
    assert ("update_order", "failed") == (failed["operationType"], failed["operationStatus"])
    assert ("update_order", "succeeded", "order") == (
        record["operationType"],
        record["operationStatus"],
        record["resourceType"],
    )
    data = {pair["key"]: pair.get("value") for pair in record["customizedData"]}
    assert {
        "OrderId": order["id"],
        "AlternateId": order["alternateId"],
        "BillingCycle": "OneTime",
        "OfferId-0": USER_CAL.id,
        "Quantity-0": "2",
        "PartnerOnRecord-0": None,
    } == data
    before, after = (json.loads(record[f"resource{which}Value"]) for which in ("Old", "New"))
    assert ("completed", "cancelled", order["id"]) == (before["Status"], after["Status"], after["Id"])


@pytest.mark.parametrize("item", [SQL_SERVER, SQL_ENTERPRISE])
def test_two_products_wait_for_a_purchase_order(shop: Shop, item: Item) -> None:
    """They stay `pending_po_upload`, give nothing yet, block the deletion, and can be cancelled (4.2)."""
    order = shop.buy(item, 2)
    assert "pending_po_upload" == order["status"]
    shop.advance("P5D")
    assert order == shop.get(f"/orders/{order['id']}")
    (status,) = shop.items(f"/orders/{order['id']}/provisioningstatus")
    assert "Unfulfilled" == status["status"]
    (entitlement,) = shop.items("/entitlements")
    assert (0, [{"quantity": 2, "status": "Unfulfilled"}]) == (
        entitlement["quantity"],
        entitlement["quantityDetails"],
    )
    assert Fault(400, 3000) == fault_of(shop.call("DELETE", ""))
    assert "cancelled" == shop.cancel_order(order).json()["status"]
    assert Fault(204) == fault_of(shop.call("DELETE", ""))


@pytest.mark.parametrize("body", [None, [], "cancelled", 7])
def test_a_body_that_is_no_object_gets_one_sentence(shop: Shop, body: Any) -> None:
    """400/800002 for a PATCH without a JSON object (14)."""
    order = shop.buy(USER_CAL)
    assert Fault(400, 800002) == fault_of(patch(shop, order, body))
