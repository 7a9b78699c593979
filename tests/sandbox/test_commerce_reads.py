"""A customer's orders and subscriptions; behaviour.md 4.1, 4.2 and 5."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import (
    FOREIGN,
    NOBODYS,
    OF_OTHER,
    OTHER_CLIENT,
    OTHER_TENANT,
    OWN,
    Fault,
    customer,
    fault_of,
    partner,
)

from partnercenter.sandbox.rules.product import Product

WITHOUT_SUBSCRIPTION = {"azure_reservation", "perpetual_software", "azure_savings_plan"}
PRODUCTS = [product.value for product in Product]


class Shop:
    """A customer that has bought one of everything, oldest first."""

    def __init__(self, sandbox: Sandbox) -> None:
        purchases = [
            {"product": product, "ageDays": 30 - index, "quantity": index + 1}
            for index, product in enumerate(PRODUCTS)
        ]
        sandbox.seed({"partners": [partner(OTHER_TENANT, OTHER_CLIENT, customer(OWN, *purchases))]})
        self._sandbox = sandbox
        self._token = sandbox.mint(**OF_OTHER)

    def answer(self, path: str) -> Any:
        """The answer to a read below the customer."""
        return self._sandbox.call("GET", f"/v1/customers/{OWN}{path}", token=self._token)

    def items(self, path: str) -> list[dict[str, Any]]:
        """The items of a collection; one that was asked for something links to itself (lifecycle.md 11)."""
        document = self.answer(path).json()
        own = {"uri": f"/customers/{OWN}{path}", "method": "GET", "headers": []}
        assert ({"self": own} if "?order_id=" in path else None) == document.pop("links", None)
        assert {"totalCount", "items", "attributes"} == set(document)
        assert ({"objectType": "Collection"}, document["totalCount"]) == (
            document["attributes"],
            len(document["items"]),
        )
        return list(document["items"])


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    """One customer with one of everything."""
    return Shop(sandbox)


def test_orders_come_whole_and_oldest_first(shop: Shop) -> None:
    """The list has every order, without links, in the order of their creation (4.1, 14)."""
    orders = shop.items("/orders")
    assert [index + 1 for index in range(len(PRODUCTS))] == [
        order["lineItems"][0]["quantity"] for order in orders
    ]
    assert sorted(order["creationDate"] for order in orders) == [order["creationDate"] for order in orders]


def test_an_order_read_by_itself_is_the_one_of_the_list(shop: Shop) -> None:
    """Each order is found by its id, and is the same document (4.1)."""
    for order in shop.items("/orders"):
        assert order == shop.answer(f"/orders/{order['id']}").json()
        assert ("Order", OWN) == (order["attributes"]["objectType"], order["referenceCustomerId"])
        assert order["alternateId"] == f"{int(order['alternateId'], 16):012x}"


@pytest.mark.parametrize("order_id", ["unknown", NOBODYS, "%20", "a%2Fb", "%00", "é"])
def test_an_unknown_order_is_not_found(shop: Shop, order_id: str) -> None:
    """404/20000 for an order that the customer does not have (4.1, lifecycle.md 19)."""
    answer = shop.answer(f"/orders/{order_id}")
    expected = {"code": 20000, "description": "Order Id not found.", "data": [], "source": "PartnerFD"}
    assert (404, expected) == (answer.status_code, answer.json())


def test_an_order_id_is_compared_exactly(shop: Shop) -> None:
    """Order ids are opaque: another case is another order."""
    order_id = next(order["id"] for order in shop.items("/orders") if order["id"].lower() != order["id"])
    assert Fault(404, 20000) == fault_of(shop.answer(f"/orders/{order_id.lower()}"))


CYCLES = (
    # billingType, the cycles of the orders that are found (None: all)
    ("", None),
    ("?billingType=", None),
    ("?billingType=monthly", {"monthly"}),
    ("?billingType=Monthly", {"monthly"}),
    ("?billingtype=one_time", {"one_time"}),
    ("?billingType=OneTime", {"one_time"}),
    ("?billingType=oneTime", {"one_time"}),
    ("?BILLINGTYPE=ONE_TIME", {"one_time"}),
    ("?billingType=one_time&billingType=monthly", {"one_time"}),
    ("?billingType=annual", set()),
    ("?billingType=none", set()),
    ("?include_price=true", None),
    ("?size=1&seekOperation=Next", None),
)


@pytest.mark.parametrize(("query", "cycles"), CYCLES)
def test_orders_are_chosen_by_billing_cycle_in_any_spelling(
    shop: Shop, query: str, cycles: set[str] | None
) -> None:
    """`billingType` takes each word in any case, with or without underscores; other names change nothing (4.1)."""
    everything = {"monthly", "one_time"}
    assert (everything if cycles is None else cycles) == {
        order["billingCycle"] for order in shop.items(f"/orders{query}")
    }


def test_an_unknown_billing_cycle_is_refused(shop: Shop) -> None:
    """A word that is no billing cycle answers 400/900126."""
    assert Fault(400, 900126) == fault_of(shop.answer("/orders?billingType=weekly"))


def test_each_order_with_a_subscription_has_it(shop: Shop) -> None:
    """Subscriptions point to their order, and `order_id` chooses those of one (4.1)."""
    orders = shop.items("/orders")
    subscriptions = {item["id"]: item for item in shop.items("/subscriptions")}
    for product, order in zip(PRODUCTS, orders, strict=True):
        found = shop.items(f"/subscriptions?order_id={order['id']}")
        wanted = [order["lineItems"][0].get("subscriptionId")]
        assert ([] if product in WITHOUT_SUBSCRIPTION else wanted) == [item["id"] for item in found]
        assert all(item == subscriptions[item["id"]] for item in found)
        assert all(item["orderId"] == order["id"] for item in found)
    assert len(PRODUCTS) - len(WITHOUT_SUBSCRIPTION) == len(subscriptions)


def test_a_pending_order_has_not_begun_its_subscription(sandbox: Sandbox) -> None:
    """As long as it is pending, which is for ever unless the world says when it settles, none is shown (4.4)."""
    waiting = {"product": "new_commerce", "orderStatus": "pending", "ageDays": 1}
    settling = {**waiting, "ageDays": 0, "settlesInSeconds": 10_000}
    sandbox.seed({"partners": [partner(OTHER_TENANT, OTHER_CLIENT, customer(OWN, waiting, settling))]})
    token = sandbox.mint(**OF_OTHER)
    orders = sandbox.call("GET", f"/v1/customers/{OWN}/orders", token=token).json()["items"]
    shown = [("pending", "subscriptionId" in order["lineItems"][0]) for order in orders]
    subscriptions = sandbox.call("GET", f"/v1/customers/{OWN}/subscriptions", token=token).json()
    assert ([("pending", False)] * 2, 0) == (shown, subscriptions["totalCount"])


def test_subscriptions_of_an_unknown_order_are_none(shop: Shop) -> None:
    """An `order_id` that the customer does not have finds nothing."""
    assert [] == shop.items("/subscriptions?order_id=unknown")


@pytest.mark.parametrize("part", ["/orders", "/orders/x", "/subscriptions"])
@pytest.mark.parametrize(
    ("customer_id", "fault"),
    [(NOBODYS, Fault(404, 60003)), (FOREIGN, Fault(403, 20002)), ("x", Fault(400, 800002))],
)
def test_purchases_of_nobody_and_of_others_are_refused(
    world: Sandbox, part: str, customer_id: str, fault: Fault
) -> None:
    """The customer in the path is checked before anything below it (1.5)."""
    assert fault == fault_of(world.call("GET", f"/v1/customers/{customer_id}{part}"))


def test_a_customer_without_purchases_has_empty_collections(sandbox: Sandbox) -> None:
    """A new customer has no orders and no subscriptions."""
    made = sandbox.create_customer()["id"]
    empty = {"totalCount": 0, "items": [], "attributes": {"objectType": "Collection"}}
    parts = ("orders", "subscriptions")
    assert [empty, empty] == [sandbox.call("GET", f"/v1/customers/{made}/{part}").json() for part in parts]
