"""Subscriptions: what each kind shows, how they are found, and what is told beside them; behaviour.md 5.1 and 5.4."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.shopping import (
    AZURE_PLAN,
    BASIC,
    CAL_FOR_A_YEAR,
    LEDGER,
    LEGACY_AZURE,
    NEIGHBOUR,
    NOBODYS_ID,
    OFFICE,
    PREMIUM,
    TENANT,
    USER_CAL,
    WINDOWS_365,
    Item,
    Shop,
    in_order,
    open_shop,
)

LOWER = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
UPPER = LOWER.replace("a-f", "A-F")
NEVER = "9999-12-31T00:00:00.0000000Z"


def link(uri: str) -> dict[str, Any]:
    """A link as answers show it."""
    return {"uri": uri, "method": "GET", "headers": []}


def test_a_subscription_of_new_commerce_has_every_member(shop: Shop) -> None:
    """It is, member by member, what the reference shows (5.1)."""
    shop.advance_to("2031-01-14T16:57:15Z")
    order = shop.buy(BASIC, 5, friendlyName="basic-1")
    subscription = shop.the_subscription()
    product, sku, availability = BASIC.id.split(":")
    uri = f"/products/{product}"
    assert {
        "id": order["lineItems"][0]["subscriptionId"],
        "offerId": BASIC.id,
        "offerName": "Microsoft 365 Business Basic",
        "friendlyName": "basic-1",
        "productType": {"id": "OnlineServicesNCE", "displayName": "OnlineServicesNCE"},
        "quantity": 5,
        "unitType": "Licenses",
        "hasPurchasableAddons": False,
        "creationDate": order["creationDate"],
        "effectiveStartDate": order["creationDate"],
        "commitmentEndDate": "2032-01-13T00:00:00.0000000Z",
        "commitmentEndDateTime": "2032-01-13T23:59:59.0000000Z",
        "cancellationAllowedUntilDate": "2031-01-21T23:59:00.0000000Z",
        "status": "active",
        "autoRenewEnabled": True,
        "isTrial": False,
        "billingType": "license",
        "billingCycle": "monthly",
        "termDuration": "P1Y",
        "renewalTermDuration": "",
        "refundOptions": [{"type": "Full", "expiresAt": "2031-01-21T00:00:00.0000000Z"}],
        "refundableQuantity": {
            "totalQuantity": 5,
            "details": [
                {
                    "quantity": 5,
                    "allowedUntilDateTime": order["creationDate"].replace("2031-01-14", "2031-01-21"),
                }
            ],
        },
        "isMicrosoftProduct": True,
        "partnerId": "",
        "attentionNeeded": False,
        "actionTaken": False,
        "contractType": "subscription",
        "publisherName": "Microsoft Corporation",
        "orderId": order["id"],
        "links": {
            "product": link(f"{uri}?country=US"),
            "sku": link(f"{uri}/skus/{sku}?country=US"),
            "availability": link(f"{uri}/skus/{sku}/availabilities/{availability}?country=US"),
            "self": link(f"/customers/{shop.customer_id}/subscriptions/{subscription['id']}"),
        },
        "attributes": {"objectType": "Subscription"},
    } == subscription
    assert order["creationDate"].startswith("2031-01-14T16:57:")


KINDS: tuple[tuple[Item, dict[str, Any], set[str], set[str]], ...] = (
    (
        CAL_FOR_A_YEAR,
        {
            "productType": {"id": "Software", "displayName": "Software"},
            "billingType": "license",
            "unitType": "Licenses",
            "billingCycle": "annual",
            "autoRenewEnabled": False,
            "actions": ["Cancel", "Edit"],
        },
        {"product", "sku", "availability", "self"},
        {"etag"},
    ),
    (
        AZURE_PLAN,
        {
            "productType": {"id": "Azure", "displayName": "Azure"},
            "offerName": "Azure plan",
            "billingType": "usage",
            "unitType": "Usage-based",
            "commitmentEndDate": NEVER,
            "termDuration": "",
            "autoRenewEnabled": False,
        },
        {"product", "sku", "availability", "self"},
        set(),
    ),
    (
        LEDGER,
        {
            "isMicrosoftProduct": False,
            "billingType": "license",
            "unitType": "License(s)",
            "status": "pending",
            "autoRenewEnabled": True,
            "actions": ["Cancel", "Edit"],
        },
        {"product", "sku", "availability", "activationLinks", "self"},
        {"etag"},
    ),
    (
        OFFICE,
        {
            "billingType": "license",
            "unitType": "Licenses",
            "autoRenewEnabled": True,
            "hasPurchasableAddons": True,
        },
        {"offer", "self"},
        {"etag"},
    ),
    (
        LEGACY_AZURE,
        {
            "billingType": "usage",
            "unitType": "Usage-based",
            "commitmentEndDate": NEVER,
            "offerId": "MS-AZR-0145P",
        },
        {"offer", "self"},
        {"etag"},
    ),
)


@pytest.mark.parametrize(
    ("item", "members", "links", "attributes"), KINDS, ids=[kind[0].id for kind in KINDS]
)
def test_each_kind_shows_what_is_its_own(
    shop: Shop, item: Item, members: dict[str, Any], links: set[str], attributes: set[str]
) -> None:
    """Product type, billing, units, links and etag differ by kind; windows are those of new commerce only (5.1)."""
    subscription = shop.buy_subscription(item)
    assert members == {name: subscription[name] for name in members}
    assert (links, {"objectType", *attributes}) == (
        set(subscription["links"]),
        set(subscription["attributes"]),
    )
    is_legacy = item in {OFFICE, LEGACY_AZURE}
    assert re.fullmatch(UPPER if is_legacy else LOWER, subscription["id"])
    absent = {"cancellationAllowedUntilDate", "refundableQuantity", "commitmentEndDateTime"}
    assert not absent & set(subscription)
    assert is_legacy == ("productType" not in subscription)
    assert (item is LEGACY_AZURE) == ("entitlementId" in subscription)


def test_software_and_reservations_have_no_subscription(shop: Shop) -> None:
    """Perpetual software shows as an order and an entitlement only (5.1)."""
    shop.buy(USER_CAL)
    assert ([], 1) == (shop.items("/subscriptions"), len(shop.items("/entitlements")))


def test_subscriptions_are_listed_oldest_first_and_found_by_order_and_reseller(shop: Shop) -> None:
    """`order_id` and `mpn_id` take some of them; what is unknown takes none (5.4)."""
    first = shop.buy_subscription(BASIC, partnerIdOnRecord="5357564")
    shop.advance("PT1S")
    second = shop.buy_subscription(OFFICE)
    for query, expected in {
        "": [first, second],
        f"?order_id={first['orderId']}": [first],
        f"?Order_Id={second['orderId']}": [second],
        f"?order_id={first['orderId'].swapcase()}": [],
        "?order_id=unknown": [],
        "?order_id=": [first, second],
        "?mpn_id=5357564": [first],
        "?mpn_id=1": [],
        f"?mpn_id=5357564&order_id={second['orderId']}": [],
    }.items():
        assert expected == shop.items(f"/subscriptions{query}"), query


@pytest.mark.parametrize("item", [BASIC, OFFICE])
@pytest.mark.parametrize("form", [str.upper, str.lower, lambda x: "{" + x + "}", lambda x: f"%20{x}%20"])
def test_the_id_matches_in_any_form(shop: Shop, item: Item, form: Any) -> None:
    """Without case and in braces; what is shown is the stored form (14)."""
    subscription = shop.buy_subscription(item)
    path = f"/subscriptions/{form(subscription['id']).replace('%20'.upper(), '%20')}"
    assert subscription == shop.get(path)
    assert 200 == shop.call("PATCH", path, {**subscription, "friendlyName": "x"}).status_code


BELOW = (
    ("GET", "", None),
    ("PATCH", "", {"status": "suspended"}),
    ("GET", "/addons", None),
    ("GET", "/provisioningstatus", None),
    ("GET", "/registrationstatus", None),
    ("POST", "/registrations", None),
    ("POST", "/activate", None),
    ("GET", "/activationlinks", None),
    ("GET", "/supportcontact", None),
    ("PUT", "/supportcontact", {"supportTenantId": "x", "supportMpnId": "y"}),
    ("GET", "/conversions", None),
    ("POST", "/conversions", {"offerId": "x", "targetOfferId": "y"}),
    ("GET", "/upgrades", None),
    ("POST", "/upgrades", {"targetOffer": {"id": "x"}, "upgradeType": "upgrade_only"}),
    ("GET", "/transitions", None),
    ("GET", "/transitioneligibilities", None),
    ("POST", "/transitions", {"toCatalogItemId": "x", "transitionType": "transition_only"}),
    ("GET", "/azureEntitlements", None),
    ("GET", f"/azureEntitlements/{NOBODYS_ID}", None),
    ("POST", f"/azureEntitlements/{NOBODYS_ID}/cancel", {"cancellationReason": "compromise"}),
)


@pytest.mark.parametrize(("method", "below", "body"), BELOW)
def test_an_unknown_subscription_is_not_found_anywhere(
    sandbox: Sandbox, method: str, below: str, body: Any
) -> None:
    """404/20003 for an id that nobody has, and for that of the partner's other customer (11.2)."""
    shop = open_shop(sandbox, neighbours=1, has=({"product": "new_commerce"},))
    foreign = shop.of(NEIGHBOUR).the_subscription()["id"]
    for subscription_id in (NOBODYS_ID, foreign):
        answer = shop.call(method, f"/subscriptions/{subscription_id}{below}", body, kind="app_user")
        assert Fault(404, 20003) == fault_of(answer)
        assert f"Subscription with id {subscription_id} not found." == answer.json()["description"]


@pytest.mark.parametrize(("method", "below", "body"), BELOW[:9])
@pytest.mark.parametrize("subscription_id", ["x", "7", "%00", "{}"])
def test_an_id_that_is_none_is_not_found(
    shop: Shop, method: str, below: str, body: Any, subscription_id: str
) -> None:
    """404/20003 for what is no GUID (11.2)."""
    answer = shop.call(method, f"/subscriptions/{subscription_id}{below}", body, kind="app_user")
    assert Fault(404, 20003) == fault_of(answer)


@pytest.mark.parametrize("seconds", [0, 900])
def test_provisioning_is_over_after_a_while(shop: Shop, seconds: int) -> None:
    """`provisioningstatus`: pending for `provisioning_seconds`, then success, with seats, end and SKU (5.4)."""
    shop.sandbox.set(provisioning_seconds=seconds)
    subscription = shop.buy_subscription(BASIC, 5)
    path = f"/subscriptions/{subscription['id']}/provisioningstatus"
    first = shop.get(path)
    assert ("pending" if seconds else "success") == first["status"]
    shop.advance("PT15M")
    assert {
        "skuId": first["skuId"],
        "status": "success",
        "quantity": 5,
        "endDate": subscription["commitmentEndDate"],
        "attributes": {"objectType": "SubscriptionProvisioningStatus"},
    } == shop.get(path)
    assert re.fullmatch(LOWER, first["skuId"])


def test_what_is_not_activated_is_not_provisioned(shop: Shop) -> None:
    """A marketplace subscription is pending until its activation (5.4)."""
    path = f"/subscriptions/{shop.buy_subscription(LEDGER)['id']}"
    assert "pending" == shop.get(f"{path}/provisioningstatus")["status"]
    assert 200 == shop.call("POST", f"{path}/activate").status_code
    assert "success" == shop.get(f"{path}/provisioningstatus")["status"]


def test_a_marketplace_subscription_is_activated_once(shop: Shop) -> None:
    """200 with `Success`; 400/800041 the second time; recorded as a change (5.4)."""
    subscription = shop.buy_subscription(LEDGER)
    path = f"/subscriptions/{subscription['id']}/activate"
    answer = shop.call("POST", path)
    assert (200, {"subscriptionId": subscription["id"], "status": "Success"}) == (
        answer.status_code,
        answer.json(),
    )
    active = shop.the_subscription()
    assert {**subscription, "status": "active", "attributes": active["attributes"]} == active
    assert ("update_subscription", "succeeded") == tuple(
        shop.records()[0][member] for member in ("operationType", "operationStatus")
    )
    assert Fault(400, 800041) == fault_of(shop.call("POST", path))


@pytest.mark.parametrize("item", [BASIC, OFFICE, AZURE_PLAN, CAL_FOR_A_YEAR, WINDOWS_365])
def test_nothing_else_is_activated(shop: Shop, item: Item) -> None:
    """400/800042 for what is no marketplace product (11.2)."""
    attested = {"attestationAccepted": True} if item is WINDOWS_365 else {}
    subscription = shop.buy_subscription(item, **attested)
    assert Fault(400, 800042) == fault_of(shop.call("POST", f"/subscriptions/{subscription['id']}/activate"))


def test_a_cancelled_subscription_is_not_activated(shop: Shop) -> None:
    """400/2011 once it is deleted, 409/800082 while that is on its way (11.2)."""
    subscription = shop.buy_subscription(LEDGER)
    path = f"/subscriptions/{subscription['id']}/activate"
    shop.sandbox.set(subscription_update_seconds=30)
    assert 202 == shop.change(subscription, status="deleted").status_code
    assert Fault(409, 800082) == fault_of(shop.call("POST", path))
    shop.advance("PT30S")
    assert Fault(400, 2011) == fault_of(shop.call("POST", path))
    assert "deleted" == shop.the_subscription()["status"]


def test_activation_is_for_sandboxes(sandbox: Sandbox) -> None:
    """A production account cannot do it: the publisher does (5.4)."""
    purchase = {"product": "marketplace", "subscriptionStatus": "pending"}
    shop = open_shop(sandbox, purchase, environment="production")
    path = f"/subscriptions/{shop.the_subscription()['id']}/activate"
    assert Fault(400, 900127) == fault_of(shop.call("POST", path))


@pytest.mark.parametrize("item", [BASIC, OFFICE])
def test_a_support_contact_is_the_partner_until_another_is_named(shop: Shop, item: Item) -> None:
    """It is read and replaced by users of the partner only (5.4)."""
    subscription = shop.buy_subscription(item)
    path = f"/subscriptions/{subscription['id']}/supportcontact"
    first = shop.call("GET", path, kind="app_user").json()
    assert {
        "supportTenantId": TENANT,
        "supportMpnId": "0",
        "name": "Partner",
        "links": {"self": link(f"/customers/{shop.customer_id}{path}")},
        "attributes": {"objectType": "SupportContact"},
    } == first
    named = {"supportTenantId": NOBODYS_ID, "supportMpnId": "4847383", "name": "Lena"}
    changed = shop.call("PUT", path, {**first, **named}, kind="app_user")
    assert (200, {**first, **named}) == (changed.status_code, changed.json())
    assert changed.json() == shop.call("GET", path, kind="app_user").json()
    for method, body in (("GET", None), ("PUT", named)):
        assert Fault(403, 900329) == fault_of(shop.call(method, path, body))


BAD_CONTACTS: tuple[Any, ...] = (
    None,
    [],
    {},
    {"supportTenantId": "x"},
    {"supportMpnId": "y"},
    {"supportTenantId": "", "supportMpnId": "y"},
    {"supportTenantId": 7, "supportMpnId": "y"},
    {"supportTenantId": "x", "supportMpnId": "y", "name": 7},
)


@pytest.mark.parametrize("body", BAD_CONTACTS)
def test_a_bad_support_contact_gets_one_sentence(shop: Shop, body: Any) -> None:
    """400, and the contact stays (14)."""
    path = f"/subscriptions/{shop.buy_subscription(BASIC)['id']}/supportcontact"
    answer = shop.call("PUT", path, body, kind="app_user")
    assert fault_of(answer) in {Fault(400, 3000), Fault(400, 800002)}
    assert re.fullmatch(r"[^\n]+[^.]\.", answer.json()["description"])
    assert "0" == shop.call("GET", path, kind="app_user").json()["supportMpnId"]


TRANSITIONS = (
    ("/upgrades", {"targetOffer": {"id": PREMIUM.id}, "upgradeType": "upgrade_only"}, {}),
    ("/transitions", {"toCatalogItemId": PREMIUM.id, "transitionType": "transition_only"}, {}),
)


@pytest.mark.parametrize(("path", "body", "bad"), TRANSITIONS)
def test_upgrades_and_transitions_are_refused_in_one_sentence(
    shop: Shop, path: str, body: dict[str, Any], bad: dict[str, Any]
) -> None:
    """There are none to choose from; whoever asks for one is told that the sandbox carries out none (5.4)."""
    whole = f"/subscriptions/{shop.buy_subscription(BASIC)['id']}{path}"
    assert ([], []) == (shop.items(whole), shop.items(whole.replace("/upgrades", "/transitioneligibilities")))
    refused = shop.call("POST", whole, body)
    assert (Fault(400, 900141), "The sandbox carries out no upgrades and no transitions.") == (
        fault_of(refused),
        refused.json()["description"],
    )
    assert Fault(400, 3000) == fault_of(shop.call("POST", whole, bad))
    assert ("upgrade_subscription", "failed") == tuple(
        shop.records()[0][member] for member in ("operationType", "operationStatus")
    )


@pytest.mark.parametrize("item", [BASIC, OFFICE])
def test_a_subscription_without_add_ons_has_an_empty_list(shop: Shop, item: Item) -> None:
    """A collection of none (5.4)."""
    assert [] == shop.items(f"/subscriptions/{shop.buy_subscription(item)['id']}/addons")


def test_a_subscription_is_there_when_its_order_is_complete(shop: Shop) -> None:
    """Until then neither its address nor the list shows it (4.4)."""
    shop.sandbox.set(order_settle_seconds=60)
    order = shop.order(in_order(BASIC)).json()
    assert [] == shop.items(f"/subscriptions?order_id={order['id']}")
    shop.advance("PT1M")
    (subscription,) = shop.items(f"/subscriptions?order_id={order['id']}")
    assert subscription == shop.subscription(subscription["id"])
