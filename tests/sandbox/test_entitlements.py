"""Entitlements: software and reservations, when they expire, and what reservations lead to; behaviour.md 6."""

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
    CAL_FOR_THREE_YEARS,
    LEDGER,
    LEGACY_AZURE,
    NEIGHBOUR,
    OFFICE,
    RESERVATION,
    USER_CAL,
    Item,
    Shop,
    in_order,
    open_shop,
    reserved_for,
)

GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.fixture
def reserver(sandbox: Sandbox) -> Shop:
    """A customer with a registered plan."""
    return open_shop(sandbox, {"product": "azure_plan", "registered": True})


def reserve(shop: Shop, quantity: int = 1, scope: str = "shared") -> dict[str, Any]:
    """A reservation's order."""
    context = reserved_for(shop.the_subscription()["id"], scope)
    return shop.buy(RESERVATION, quantity, provisioningContext=context)


def test_perpetual_software_entitles_for_ever(shop: Shop) -> None:
    """Its entitlement names the order, has no expiry, and carries what comes with it under the same order (6)."""
    order = shop.buy(USER_CAL, 3)
    product, sku, _ = USER_CAL.id.split(":")
    for query in ("", "?showExpiry=true"):
        (entitlement,) = shop.items(f"/entitlements{query}")
        reference = {"id": order["id"], "lineItemId": "0", "alternateId": order["alternateId"]}
        own = {
            "referenceOrder": reference,
            "quantity": 3,
            "quantityDetails": [{"quantity": 3, "status": "Fulfilled"}],
            "entitledArtifacts": [],
            "entitlementType": "software",
        }
        included = {**own, "includedEntitlements": [], "productId": product, "skuId": "0003"}
        assert {
            **own,
            "includedEntitlements": [included],
            "productId": product,
            "skuId": sku,
        } == entitlement
    shop.advance("P30Y")
    assert 1 == len(shop.items("/entitlements"))


def test_a_reservation_entitles_to_its_artifact(reserver: Shop) -> None:
    """The artifact says what is reserved, and its link leads there (6)."""
    order = reserve(reserver, 2)
    (entitlement,) = reserver.items("/entitlements")
    product, sku, _ = RESERVATION.id.split(":")
    (artifact,) = entitlement["entitledArtifacts"]
    assert {
        "includedEntitlements": [],
        "referenceOrder": {"id": order["id"], "lineItemId": "0", "alternateId": order["alternateId"]},
        "productId": product,
        "skuId": sku,
        "quantity": 2,
        "quantityDetails": [{"quantity": 2, "status": "Fulfilled"}],
        "entitledArtifacts": [artifact],
        "entitlementType": "reservedinstance",
    } == entitlement
    assert re.fullmatch(GUID, artifact["resourceId"])
    assert ("reservedinstance", {"reservationType": "virtualmachines"}) == (
        artifact["artifactType"],
        artifact["dynamicAttributes"],
    )
    pattern = (
        rf"/customers/{reserver.customer_id}/artifacts/reservedinstance/groups/[0-9a-f]{{20}}"
        rf"/lineitems/{GUID}/resource/{artifact['resourceId']}"
    )
    assert re.fullmatch(pattern, artifact["link"]["uri"])
    assert reserver.items("/entitlements") == [entitlement]


@pytest.mark.parametrize("scope", ["shared", "single", "SINGLE"])
def test_an_artifact_is_shown_under_both_names(reserver: Shop, scope: str) -> None:
    """`reservations` and the older `virtualMachineReservations`; at the old address the old names alone (6)."""
    plan = reserver.the_subscription()["id"]
    reserver.advance_to("2031-03-01T12:00:00Z")
    order = reserve(reserver, 2, scope)
    (entitlement,) = reserver.items("/entitlements")
    uri = str(entitlement["entitledArtifacts"][0]["link"]["uri"])
    path = uri.removeprefix(f"/customers/{reserver.customer_id}")
    shown = reserver.get(path)
    reservation = {
        "reservationId": entitlement["entitledArtifacts"][0]["resourceId"],
        "scopeType": scope.capitalize(),
        "displayName": order["lineItems"][0]["friendlyName"],
        "quantity": 2,
        "effectiveDateTime": order["creationDate"],
        "expiryDateTime": "2032-03-01T00:00:00.0000000Z",
        "provisioningState": "Created",
        **({} if scope == "shared" else {"appliedScopes": [plan]}),
    }
    assert {
        "type": "reservedinstance",
        "reservations": [reservation],
        "virtualMachineReservations": [reservation],
    } == shown
    old = reserver.get(path.replace("/reservedinstance/", "/virtualmachinereservedinstance/"))
    assert {"type": "virtual_machine_reserved_instance", "virtualMachineReservations": [reservation]} == old
    assert shown == reserver.get(path.upper().replace("/ARTIFACTS", "/artifacts"))


def test_an_artifact_that_is_none_is_not_found(reserver: Shop) -> None:
    """404/1000 for each part of the address that is another's, and once the order is cancelled (6)."""
    order = reserve(reserver)
    (entitlement,) = reserver.items("/entitlements")
    uri = str(entitlement["entitledArtifacts"][0]["link"]["uri"])
    path = uri.removeprefix(f"/customers/{reserver.customer_id}")
    parts = path.split("/")
    for place in (4, 6, 8):
        other = "/".join([*parts[:place], "x", *parts[place + 1 :]])
        for address in (other, other.replace("/reservedinstance/", "/virtualmachinereservedinstance/")):
            assert Fault(404, 1000) == fault_of(reserver.call("GET", address))
    assert 200 == reserver.call("GET", path).status_code
    reserver.cancel_order(order)
    assert Fault(404, 1000) == fault_of(reserver.call("GET", path))
    assert [] == reserver.items("/entitlements")


TYPES = (
    ("", 3),
    ("?entitlementType=software", 2),
    ("?entitlementType=Software", 2),
    ("?entitlementtype=SOFTWARE", 2),
    ("?entitlementType=reservedinstance", 1),
    ("?entitlementType=ReservedInstance", 1),
    ("?entitlementType=virtualmachinereservedinstance", 1),
    ("?entitlementType=VirtualMachineReservedInstance", 1),
    ("?entitlementType=", 3),
)


@pytest.mark.parametrize(("query", "found"), TYPES)
def test_entitlements_are_taken_by_type(reserver: Shop, query: str, found: int) -> None:
    """The type matches without case; the old word is that of reservations (6)."""
    reserve(reserver)
    reserver.buy(USER_CAL)
    reserver.buy(CAL_FOR_A_YEAR)
    assert found == len(reserver.items(f"/entitlements{query}"))


@pytest.mark.parametrize("word", ["hardware", "reserved", "7", "software,reservedinstance"])
def test_an_unknown_type_is_refused(shop: Shop, word: str) -> None:
    """400/900126 (11.2)."""
    answer = shop.call("GET", f"/entitlements?entitlementType={word}")
    assert Fault(400, 900126) == fault_of(answer)
    assert re.fullmatch(r"[^\n]+[^.]\.", answer.json()["description"])


@pytest.mark.parametrize(
    ("item", "last", "first_without"),
    [
        (CAL_FOR_A_YEAR, "2032-02-29T23:59:00Z", "2032-03-01T00:00:00Z"),
        (CAL_FOR_THREE_YEARS, "2034-02-28T23:59:00Z", "2034-03-01T00:00:00Z"),
        (RESERVATION, "2032-02-29T23:59:00Z", "2032-03-01T00:00:00Z"),
    ],
)
def test_an_entitlement_ends_with_its_term(reserver: Shop, item: Item, last: str, first_without: str) -> None:
    """`expiryDate` is there when it is asked for, and is when the entitlement is gone (6)."""
    reserver.advance_to("2031-03-01T12:00:00Z")
    if item is RESERVATION:
        reserve(reserver)
    else:
        reserver.buy(item)
    assert "expiryDate" not in reserver.items("/entitlements?showExpiry=false")[0]
    for query in ("?showExpiry=true", "?ShowExpiry=True", "?showexpiry=1"):
        (entitlement,) = reserver.items(f"/entitlements{query}")
        assert first_without.replace("Z", ".0000000Z") == entitlement["expiryDate"]
    reserver.advance_to(last)
    assert 1 == len(reserver.items("/entitlements"))
    reserver.advance_to(first_without)
    assert [] == reserver.items("/entitlements")


def test_software_that_is_renewed_is_still_an_entitlement(shop: Shop) -> None:
    """It lasts as long as its subscription, however often that is renewed (6)."""
    shop.advance_to("2031-03-01T12:00:00Z")
    shop.change(shop.buy_subscription(CAL_FOR_A_YEAR), autoRenewEnabled=True)
    shop.advance_to("2032-03-02T00:00:00Z")
    (entitlement,) = shop.items("/entitlements?showExpiry=true")
    assert "2033-03-01T00:00:00.0000000Z" == entitlement["expiryDate"]
    shop.change(shop.the_subscription(), autoRenewEnabled=False)
    shop.advance_to("2033-03-01T00:00:00Z")
    assert [] == shop.items("/entitlements")


@pytest.mark.parametrize("item", [USER_CAL, RESERVATION])
def test_what_is_still_pending_has_no_quantity_yet(reserver: Shop, item: Item) -> None:
    """`quantity` leaves out what is unfulfilled, which stands in the details (6)."""
    reserver.sandbox.set(order_settle_seconds=60)
    context = reserved_for(reserver.the_subscription()["id"]) if item is RESERVATION else None
    reserver.order(in_order(item, 2, provisioningContext=context), cycle="one_time")
    (entitlement,) = reserver.items("/entitlements")
    assert (0, [{"quantity": 2, "status": "Unfulfilled"}]) == (
        entitlement["quantity"],
        entitlement["quantityDetails"],
    )
    if item is RESERVATION:
        uri = str(entitlement["entitledArtifacts"][0]["link"]["uri"])
        shown = reserver.get(uri.removeprefix(f"/customers/{reserver.customer_id}"))
        assert "Creating" == shown["reservations"][0]["provisioningState"]
    reserver.advance("PT1M")
    assert 2 == reserver.items("/entitlements")[0]["quantity"]


@pytest.mark.parametrize("item", [BASIC, AZURE_PLAN, LEDGER, OFFICE, LEGACY_AZURE])
def test_nothing_else_is_an_entitlement(shop: Shop, item: Item) -> None:
    """Plans, licences and marketplace products are not (6)."""
    shop.buy(item)
    assert [] == shop.items("/entitlements")


def test_each_line_is_an_entitlement(shop: Shop) -> None:
    """`lineItemId` is a text, and tells the lines of an order apart (6)."""
    shop.order(in_order(USER_CAL, 1), in_order(USER_CAL, 2), cycle="one_time")
    assert {"0": 1, "1": 2} == {
        entitlement["referenceOrder"]["lineItemId"]: entitlement["quantity"]
        for entitlement in shop.items("/entitlements")
    }


def test_entitlements_are_those_of_the_customer(sandbox: Sandbox) -> None:
    """Neither the list nor an artifact of another customer is shown."""
    shop = open_shop(sandbox, neighbours=1, has=({"product": "azure_reservation"},))
    neighbour = shop.of(NEIGHBOUR)
    (entitlement,) = neighbour.items("/entitlements")
    assert [] == shop.items("/entitlements")
    uri = str(entitlement["entitledArtifacts"][0]["link"]["uri"])
    path = uri.removeprefix(f"/customers/{NEIGHBOUR}")
    assert 200 == neighbour.call("GET", path).status_code
    assert Fault(404, 1000) == fault_of(shop.call("GET", path))


@pytest.mark.parametrize("kind", ["app", "app_user"])
@pytest.mark.parametrize("allowed", [True, False])
def test_a_setting_keeps_them_for_users(reserver: Shop, kind: str, allowed: bool) -> None:
    """`entitlements_app_only` off: 403/900329 with an app-only token, for lists and artifacts (6)."""
    reserve(reserver)
    (entitlement,) = reserver.items("/entitlements")
    uri = str(entitlement["entitledArtifacts"][0]["link"]["uri"])
    path = uri.removeprefix(f"/customers/{reserver.customer_id}")
    reserver.sandbox.set(entitlements_app_only=allowed)
    expected = Fault(200) if allowed or kind == "app_user" else Fault(403, 900329)
    for address in (
        "/entitlements",
        path,
        path.replace("/reservedinstance/", "/virtualmachinereservedinstance/"),
    ):
        assert expected == fault_of(reserver.call("GET", address, kind=kind))
