"""Orders: bought without a cart, shown, listed; behaviour.md 4.1 and 4.2."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.shopping import (
    AZURE_PLAN,
    BASIC,
    CAL_FOR_A_YEAR,
    CAL_FOR_THREE_YEARS,
    CONFERENCING,
    LEDGER,
    OFFICE,
    ONE_OF_EACH_KIND,
    PREMIUM,
    REGISTERED_PLAN,
    TEAMS_PHONE,
    USER_CAL,
    WINDOWS_365,
    Item,
    Shop,
    in_order,
    open_shop,
    reserved_for,
)

GUID = r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"
LONG = r"[A-Za-z0-9_-]{32}1"
SHORT = r"[0-9a-f]{12}"


def link(uri: str, method: str = "GET") -> dict[str, Any]:
    """A link as answers show it."""
    return {"uri": uri, "method": method, "headers": []}


ID_STYLES = {
    "new_commerce": SHORT,
    "azure_plan": SHORT,
    "perpetual_software": LONG,
    "software_subscription": LONG,
    "azure_reservation": LONG,
    "azure_savings_plan": LONG,
    "marketplace": LONG,
    "legacy": GUID,
    "legacy_azure": GUID,
}


def buy(sandbox: Sandbox, kind: str) -> tuple[Shop, dict[str, Any]]:
    """A customer with a registered plan, and its order of such a kind."""
    shop = open_shop(sandbox, REGISTERED_PLAN, kind="indirect_provider")
    context = reserved_for(shop.the_subscription()["id"]) if kind == "azure_reservation" else None
    return shop, shop.buy(ONE_OF_EACH_KIND[kind], provisioningContext=context)


@pytest.mark.parametrize("kind", ONE_OF_EACH_KIND)
def test_an_order_of_each_kind_has_its_style_of_id(sandbox: Sandbox, kind: str) -> None:
    """Legacy orders have a GUID, those of new commerce 12 hex digits twice, the others 33 characters (4.2)."""
    _, order = buy(sandbox, kind)
    assert re.fullmatch(ID_STYLES[kind], order["id"])
    assert re.fullmatch(SHORT, order["alternateId"])
    assert (ID_STYLES[kind] == SHORT) == (order["id"] == order["alternateId"])
    assert (ID_STYLES[kind] == GUID) == ("etag" in order["attributes"])


@pytest.mark.parametrize("kind", ONE_OF_EACH_KIND)
def test_an_order_begins_a_subscription_where_its_kind_has_one(sandbox: Sandbox, kind: str) -> None:
    """Perpetual software, reservations and savings plans have none (5.1)."""
    shop, order = buy(sandbox, kind)
    (line,) = order["lineItems"]
    has_one = kind not in {"perpetual_software", "azure_reservation", "azure_savings_plan"}
    assert has_one == ("subscriptionId" in line)
    assert has_one == (len(shop.items("/subscriptions")) == 2)
    if has_one:
        uri = f"/customers/{shop.customer_id}/subscriptions/{line['subscriptionId']}"
        assert link(uri) == line["links"]["subscription"]
        assert order["id"] == shop.subscription(line["subscriptionId"])["orderId"]


def test_an_order_has_every_member(shop: Shop) -> None:
    """A perpetual software order is, member by member, what the reference shows (4.2)."""
    answer = shop.order(in_order(USER_CAL, 3, friendlyName="Desks"), cycle="one_time")
    assert 201 == answer.status_code
    order = answer.json()
    uri = f"/customers/{shop.customer_id}/orders/{order['id']}"
    product, sku, availability = USER_CAL.id.split(":")
    catalogue = f"/products/{product}"
    expected = {
        "id": order["id"],
        "alternateId": order["alternateId"],
        "referenceCustomerId": shop.customer_id,
        "billingCycle": "one_time",
        "currencyCode": "USD",
        "currencySymbol": "$",
        "lineItems": [
            {
                "lineItemNumber": 0,
                "offerId": USER_CAL.id,
                "termDuration": "",
                "transactionType": "New",
                "friendlyName": "Desks",
                "quantity": 3,
                "links": {
                    "product": link(f"{catalogue}?country=US"),
                    "sku": link(f"{catalogue}/skus/{sku}?country=US"),
                    "availability": link(f"{catalogue}/skus/{sku}/availabilities/{availability}?country=US"),
                },
            }
        ],
        "creationDate": order["creationDate"],
        "status": "pending",
        "transactionType": "UserPurchase",
        "links": {
            "self": link(uri),
            "provisioningStatus": link(f"{uri}/provisioningstatus"),
            "patchOperation": link(uri, "PATCH"),
        },
        "client": {
            "marketplaceCountry": "US",
            "deviceFamily": "UniversalStore-PartnerCenter",
            "name": "Partner Center API",
        },
        "attributes": {"objectType": "Order"},
    }
    assert expected == order
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", order["creationDate"])
    assert {**expected, "status": "completed"} == shop.get(f"/orders/{order['id']}")


def test_a_line_repeats_what_it_was_sent(shop: Shop) -> None:
    """Reseller, promotion, attestation and context of a line come back with it (4.2)."""
    members: dict[str, Any] = {
        "partnerIdOnRecord": "5357564",
        "additionalPartnerIdsOnRecord": ["7"],
        "promotionId": "39NFJQT1Q5KN:0001:39NFJQT1Q5KN",
        "attestationAccepted": True,
        "provisioningContext": {"note": "x"},
    }
    order = shop.buy(WINDOWS_365, **members)
    (line,) = order["lineItems"]
    assert members == {name: line[name] for name in members}
    subscription = shop.the_subscription()
    assert ("5357564", members["promotionId"]) == (subscription["partnerId"], subscription["promotionId"])
    assert [subscription] == shop.items("/subscriptions?mpn_id=5357564")


CYCLES = (
    (BASIC, "monthly", "P1Y", "monthly"),
    (BASIC, "Annual", "P1Y", "annual"),
    (BASIC, None, "P3Y", "annual"),
    (USER_CAL, None, None, "one_time"),
    (USER_CAL, "OneTime", None, "one_time"),
    (CAL_FOR_A_YEAR, "triennial", None, "triennial"),
    (CAL_FOR_A_YEAR, "TRIENNIAL", "p3y", "triennial"),
    (AZURE_PLAN, None, None, "monthly"),
)


@pytest.mark.parametrize(("item", "sent", "term", "cycle"), CYCLES)
def test_the_cycle_of_an_order_can_be_left_out(
    shop: Shop, item: Item, sent: str | None, term: str | None, cycle: str
) -> None:
    """Cycle and term are found in the item where they are not named, and match in any case (4.2, 14)."""
    line = {"lineItemNumber": 0, **in_order(item, termDuration=term)}
    body = {"lineItems": [line], **({} if sent is None else {"billingCycle": sent})}
    order = shop.call("POST", "/orders", body).json()
    assert cycle == order["billingCycle"]
    if term is not None:
        assert term.upper() == order["lineItems"][0]["termDuration"]


MIXED = (
    [in_order(BASIC), in_order(LEDGER)],
    [in_order(BASIC), in_order(OFFICE)],
    [in_order(AZURE_PLAN), in_order(BASIC)],
)


@pytest.mark.parametrize("lines", MIXED)
def test_lines_of_different_kinds_are_not_one_order(shop: Shop, lines: list[dict[str, Any]]) -> None:
    """400/4018 for lines that belong in different orders; nothing is bought (4.4)."""
    answer = shop.order(*lines)
    assert Fault(400, 4018) == fault_of(answer)
    assert (
        "The lines of an order must be of one kind of product and have one billing cycle."
        == (answer.json()["description"])
    )
    assert ([], []) == (shop.items("/orders"), shop.items("/subscriptions"))


def test_several_lines_are_one_order(shop: Shop) -> None:
    """Each line begins its subscription; they are numbered as they come (4.2)."""
    answer = shop.order(in_order(BASIC, 2), in_order(PREMIUM, 3), in_order(BASIC, 4))
    order = shop.get(f"/orders/{answer.json()['id']}")
    assert [(0, 2), (1, 3), (2, 4)] == [(x["lineItemNumber"], x["quantity"]) for x in order["lineItems"]]
    by_order = shop.items(f"/subscriptions?order_id={order['id']}")
    assert {2: BASIC.id, 3: PREMIUM.id, 4: BASIC.id} == {x["quantity"]: x["offerId"] for x in by_order}


@pytest.mark.parametrize(("base", "add_on"), [(PREMIUM, TEAMS_PHONE), (OFFICE, CONFERENCING)])
def test_an_add_on_is_ordered_by_its_parent(shop: Shop, base: Item, add_on: Item) -> None:
    """`parentSubscriptionId` of a line names the base (4.1)."""
    parent = shop.buy_subscription(base)["id"]
    order = shop.buy(add_on, 2, parentSubscriptionId=parent.swapcase())
    (line,) = order["lineItems"]
    assert parent.lower() == line["parentSubscriptionId"].lower()
    assert [line["subscriptionId"]] == [
        below["id"] for below in shop.items(f"/subscriptions/{parent}/addons")
    ]


GOOD = {"lineItemNumber": 0, **in_order(BASIC)}
BAD_BODIES: tuple[Any, ...] = (
    None,
    [],
    "success",
    {},
    {"lineItems": None},
    {"lineItems": []},
    {"lineItems": {}},
    {"lineItems": "x"},
    {"lineItems": [None]},
    {"lineItems": [{}]},
    {"lineItems": [GOOD] * 101},
    {"lineItems": [{**GOOD, "lineItemNumber": None}]},
    {"lineItems": [{**GOOD, "lineItemNumber": "0"}]},
    {"lineItems": [{**GOOD, "offerId": None}]},
    {"lineItems": [{**GOOD, "offerId": " "}]},
    {"lineItems": [{**GOOD, "quantity": "1"}]},
    {"lineItems": [{**GOOD, "quantity": None}]},
    {"lineItems": [{**GOOD, "additionalPartnerIdsOnRecord": [7]}]},
    {"lineItems": [{**GOOD, "provisioningContext": {"x": "\udc00"}}]},
    {"lineItems": [{**GOOD, "renewsTo": []}]},
    {"lineItems": [GOOD], "billingCycle": 7},
    {"lineItems": [GOOD], "referenceCustomerId": 7},
)


@pytest.mark.parametrize("body", BAD_BODIES, ids=lambda body: json.dumps(body)[:60])
def test_a_bad_order_gets_one_sentence(shop: Shop, body: Any) -> None:
    """An order of the wrong shape is refused with 400 and a sentence, and nothing is bought."""
    answer = shop.call("POST", "/orders", body)
    assert fault_of(answer) in {Fault(400, 3000), Fault(400, 800002)}
    assert re.fullmatch(r"[^\n]+[^.]\.", answer.json()["description"])
    assert [] == shop.items("/orders")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 4),
        ("?billingType=monthly", 1),
        ("?billingtype=MONTHLY", 1),
        ("?billingType=one_time", 1),
        ("?billingType=OneTime", 1),
        ("?billingType=annual", 1),
        ("?billingType=triennial", 1),
        ("?billingType=none", 0),
        ("?billingType=", 4),
        ("?billingType=monthly&billingType=annual", 1),
    ],
)
def test_orders_are_listed_by_billing_cycle(shop: Shop, query: str, found: int) -> None:
    """`billingType` takes the orders of one cycle, in any spelling of its word (4.1)."""
    for item in (BASIC, USER_CAL, CAL_FOR_A_YEAR, CAL_FOR_THREE_YEARS):
        shop.buy(item)
    assert found == len(shop.items(f"/orders{query}"))


@pytest.mark.parametrize("word", ["weekly", "7", "%00", "monthly,annual"])
def test_an_unknown_cycle_is_refused(shop: Shop, word: str) -> None:
    """400/900126 for a cycle that there is not (11.2)."""
    answer = shop.call("GET", f"/orders?billingType={word}")
    assert Fault(400, 900126) == fault_of(answer)
    assert not answer.json()["description"].endswith("..")


@pytest.mark.parametrize("word", ["true", "True", "TRUE", "1"])
def test_prices_are_there_when_they_are_asked_for(shop: Shop, word: str) -> None:
    """`include_price` adds `pricing` to each line and their sum to the order, in the list too (4.2)."""
    order = shop.order(in_order(BASIC, 5), in_order(PREMIUM, 2)).json()
    for priced in (
        shop.get(f"/orders/{order['id']}?include_price={word}"),
        shop.items(f"/orders?Include_Price={word}")[0],
    ):
        first, second = (line["pricing"] for line in priced["lineItems"])
        assert {
            "listPrice": 6.0,
            "discountedPrice": 6.0,
            "proratedPrice": 6.0,
            "price": 6.0,
            "extendedPrice": 30.0,
        } == first
        assert (22.0, 44.0, 74.0) == (second["listPrice"], second["extendedPrice"], priced["totalPrice"])


@pytest.mark.parametrize("query", ["", "?include_price=false", "?include_price=0", "?include_price="])
def test_prices_are_not_there_otherwise(shop: Shop, query: str) -> None:
    """Without `include_price` an order has none (4.2)."""
    order = shop.buy(BASIC)
    shown = shop.get(f"/orders/{order['id']}{query}")
    assert (False, False) == ("totalPrice" in shown, "pricing" in shown["lineItems"][0])


def test_a_cancelled_line_costs_nothing(shop: Shop) -> None:
    """The total is that of what is left (4.2, 4.3)."""
    order = shop.order(in_order(USER_CAL, 2), in_order(USER_CAL, 3), cycle="one_time").json()
    shop.cancel_order(order, lineItems=[{"lineItemNumber": 0, "offerId": USER_CAL.id}])
    assert 138.0 == shop.get(f"/orders/{order['id']}?include_price=true")["totalPrice"]


@pytest.mark.parametrize("seconds", [0, 900])
def test_a_list_lags_behind_a_new_order(shop: Shop, seconds: int) -> None:
    """`order_list_delay_seconds`: an order and its subscription are missing from lists, not from GET (1.6)."""
    shop.sandbox.set(order_list_delay_seconds=seconds)
    order = shop.buy(BASIC)
    subscription_id = order["lineItems"][0]["subscriptionId"]
    shop.buy(USER_CAL)
    lists = ("/orders", "/subscriptions", "/entitlements")
    expected = [0, 0, 0] if seconds else [2, 1, 1]
    assert expected == [len(shop.items(path)) for path in lists]
    assert subscription_id == shop.subscription(subscription_id)["id"]
    shop.advance("PT15M")
    assert [2, 1, 1] == [len(shop.items(path)) for path in lists]


def test_the_currency_is_that_of_the_customer(sandbox: Sandbox) -> None:
    """A German customer of an American partner is billed in euros; links carry its country (4.2)."""
    address = {"country": "DE", "city": "Berlin", "postalCode": "10115", "state": None}
    shop = open_shop(sandbox, customer={"address": address})
    order = shop.buy(BASIC)
    assert ("EUR", "DE") == (order["currencyCode"], order["client"]["marketplaceCountry"])
    assert order["lineItems"][0]["links"]["product"]["uri"].endswith("?country=DE")


@pytest.mark.parametrize(("status", "told"), [("completed", "Fulfilled"), ("pending", "Unfulfilled")])
def test_the_provisioning_status_of_an_order_is_that_of_its_lines(
    sandbox: Sandbox, status: str, told: str
) -> None:
    """Each line says what became of it, with its quantity (4.2)."""
    purchase = {"product": "perpetual_software", "quantity": 4, "orderStatus": status}
    shop = open_shop(sandbox, purchase)
    (order,) = shop.items("/orders")
    assert [
        {
            "orderLineItemId": "0",
            "lineItemNumber": 0,
            "status": told,
            "quantityProvisioningInformation": [{"quantity": 4, "status": told}],
            "attributes": {"objectType": "OrderLineItemProvisioningStatus"},
        }
    ] == shop.items(f"/orders/{order['id']}/provisioningstatus")


def test_activation_links_are_dummies(shop: Shop) -> None:
    """A marketplace line has a link that leads nowhere, under the order, the line and the subscription (4.1)."""
    order = shop.order(in_order(LEDGER), in_order(LEDGER)).json()
    both = shop.items(f"/orders/{order['id']}/activationlinks")
    assert [0, 1] == [entry["lineItemNumber"] for entry in both]
    assert {"sandbox.invalid"} == {entry["link"]["uri"].split("/")[2] for entry in both}
    first, second = order["lineItems"]
    assert [both[1]] == shop.items(f"/orders/{order['id']}/lineitems/1/activationlinks")
    assert second["links"]["activationLinks"]["uri"].endswith("/lineitems/1/activationlinks")
    assert [both[0]] == shop.items(f"/subscriptions/{first['subscriptionId']}/activationlinks")


@pytest.mark.parametrize("item", [BASIC, USER_CAL, OFFICE])
def test_nothing_else_is_activated(shop: Shop, item: Item) -> None:
    """Other lines have no activation link; a line that there is not answers 400/800071 (4.1, 11.2)."""
    order = shop.buy(item)
    assert [] == shop.items(f"/orders/{order['id']}/activationlinks")
    assert [] == shop.items(f"/orders/{order['id']}/lineitems/0/activationlinks")
    for number in ("1", "-1", "x", "00"):
        answer = shop.call("GET", f"/orders/{order['id']}/lineitems/{number}/activationlinks")
        assert Fault(400, 800071) == fault_of(answer)


UNKNOWN_ORDER = (
    ("GET", ""),
    ("PATCH", ""),
    ("GET", "/provisioningstatus"),
    ("GET", "/activationlinks"),
    ("GET", "/lineitems/0/activationlinks"),
)


@pytest.mark.parametrize(("method", "below"), UNKNOWN_ORDER)
def test_an_unknown_order_is_not_found(shop: Shop, method: str, below: str) -> None:
    """404/20000; ids compare exactly, so another case is another order (4.2)."""
    order = shop.buy(USER_CAL)
    for order_id in ("unknown", order["id"].swapcase(), order["alternateId"]):
        body = {"status": "cancelled"} if method == "PATCH" else None
        assert Fault(404, 20000) == fault_of(shop.call(method, f"/orders/{order_id}{below}", body))
