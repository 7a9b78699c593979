"""Changing a subscription: status, seats, names, renewal, etags; behaviour.md 5.2 and 5.3."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    OFFICE,
    PREMIUM,
    Item,
    Shop,
    in_order,
    open_shop,
)

OK = Fault(200)


@dataclass(frozen=True)
class Change:
    """What is changed of a subscription of an item, and the answer; None leaves a member out of the body.

    `has` is what a seed says of the subscription, `settings` what is in force.
    """

    item: Item
    members: Mapping[str, Any]
    fault: Fault
    has: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    production: bool = False


PRODUCTS = {
    BASIC: "new_commerce",
    PREMIUM: "new_commerce",
    CAL_FOR_A_YEAR: "software_subscription",
    AZURE_PLAN: "azure_plan",
    LEDGER: "marketplace",
    OFFICE: "legacy",
    LEGACY_AZURE: "legacy_azure",
}
SUSPENDED, EXPIRED, DISABLED, DELETED, PENDING = (
    {"subscriptionStatus": status} for status in ("suspended", "expired", "disabled", "deleted", "pending")
)
OLD = {"ageDays": 20}
CHANGES: Mapping[str, Change] = {
    "another name": Change(BASIC, {"friendlyName": "x"}, OK),
    "a name of a marketplace subscription": Change(LEDGER, {"friendlyName": "x"}, OK),
    "a name of an Azure plan": Change(AZURE_PLAN, {"friendlyName": "x"}, OK),
    "another reseller": Change(OFFICE, {"partnerId": "5357564"}, OK),
    "another billing cycle": Change(BASIC, {"billingCycle": "annual"}, Fault(400, 2054)),
    "another billing cycle of a legacy one": Change(OFFICE, {"billingCycle": "Annual"}, Fault(400, 2054)),
    "a billing cycle that there is not": Change(OFFICE, {"billingCycle": "weekly"}, Fault(400, 2054)),
    "its own billing cycle": Change(OFFICE, {"billingCycle": "Monthly"}, OK),
    "a suspension": Change(BASIC, {"status": "suspended"}, OK),
    "a suspension in capitals": Change(BASIC, {"status": "SUSPENDED"}, OK),
    "a suspension of a legacy one": Change(OFFICE, {"status": "suspended"}, OK),
    "a suspension of legacy Azure": Change(LEGACY_AZURE, {"status": "suspended"}, OK),
    "a suspension of marketplace": Change(LEDGER, {"status": "suspended"}, OK),
    "a suspension of software": Change(CAL_FOR_A_YEAR, {"status": "suspended"}, Fault(400, 800096)),
    "a suspension of software, allowed": Change(
        CAL_FOR_A_YEAR, {"status": "suspended"}, OK, settings={"software_can_be_suspended": True}
    ),
    "a suspension of a plan in use": Change(AZURE_PLAN, {"status": "suspended"}, Fault(403, 900115)),
    "a suspension of a plan that is not": Change(
        AZURE_PLAN,
        {"status": "suspended"},
        OK,
        has={"azureSubscriptions": [{"name": "a", "status": "inactive"}]},
    ),
    "a suspension with other seats": Change(BASIC, {"status": "suspended", "quantity": 6}, Fault(400, 2001)),
    "a cancellation": Change(BASIC, {"status": "deleted"}, OK),
    "a cancellation of marketplace": Change(LEDGER, {"status": "deleted"}, OK),
    "a cancellation of software": Change(CAL_FOR_A_YEAR, {"status": "deleted"}, OK),
    "a cancellation of a legacy one": Change(OFFICE, {"status": "deleted"}, Fault(400, 800096)),
    "a cancellation of legacy Azure": Change(LEGACY_AZURE, {"status": "deleted"}, Fault(400, 800096)),
    "a cancellation of a plan": Change(AZURE_PLAN, {"status": "deleted"}, Fault(400, 800096)),
    "a cancellation after the window": Change(BASIC, {"status": "deleted"}, Fault(400, 900117), has=OLD),
    "a cancellation of marketplace after it": Change(
        LEDGER, {"status": "deleted"}, Fault(400, 900117), has=OLD
    ),
    "a cancellation without a window": Change(
        BASIC,
        {"status": "deleted"},
        OK,
        has=OLD,
        settings={"sandbox_applies_new_commerce_window": False},
    ),
    "a cancellation of old software": Change(
        CAL_FOR_A_YEAR, {"status": "deleted"}, Fault(400, 900117), has={"ageDays": 61}
    ),
    "a monthly term after 24 hours in production": Change(
        LEDGER, {"status": "deleted"}, Fault(400, 900213), has={"ageDays": 2}, production=True
    ),
    "a term of a year after 14 days in production": Change(
        LEDGER.for_term("P1Y", "annual"),
        {"status": "deleted"},
        Fault(400, 900117),
        has={"ageDays": 15},
        production=True,
    ),
    "a term of a year in its 14 days": Change(
        LEDGER.for_term("P1Y", "annual"),
        {"status": "deleted"},
        OK,
        has={"ageDays": 13},
        production=True,
    ),
    "an activation": Change(BASIC, {"status": "active"}, OK, has=SUSPENDED),
    "an activation of a plan": Change(AZURE_PLAN, {"status": "active"}, OK, has=SUSPENDED),
    "an activation with another name": Change(
        BASIC, {"status": "active", "friendlyName": "x", "quantity": 6}, OK, has=SUSPENDED
    ),
    "a cancellation of a suspended one": Change(BASIC, {"status": "deleted"}, OK, has=SUSPENDED),
    "another name of a suspended one": Change(
        BASIC, {"friendlyName": "x"}, Fault(400, 800091), has=SUSPENDED
    ),
    "other seats of a suspended one": Change(OFFICE, {"quantity": 6}, Fault(400, 800091), has=SUSPENDED),
    "another name of a pending one": Change(LEDGER, {"friendlyName": "x"}, Fault(400, 800081), has=PENDING),
    "a suspension of a pending one": Change(LEDGER, {"status": "suspended"}, Fault(400, 800081), has=PENDING),
    "a cancellation of a pending one": Change(LEDGER, {"status": "deleted"}, OK, has=PENDING),
    "an activation of an expired one": Change(BASIC, {"status": "active"}, Fault(400, 800040), has=EXPIRED),
    "a cancellation of a disabled one": Change(
        BASIC, {"status": "deleted"}, Fault(400, 800040), has=DISABLED
    ),
    "another name of an expired one": Change(BASIC, {"friendlyName": "x"}, Fault(400, 900279), has=EXPIRED),
    "seats of a disabled one": Change(BASIC, {"quantity": 6}, Fault(400, 900279), has=DISABLED),
    "another name of a deleted one": Change(BASIC, {"friendlyName": "x"}, Fault(400, 2011), has=DELETED),
    "an activation of a deleted one": Change(BASIC, {"status": "active"}, Fault(400, 2011), has=DELETED),
    "nothing of a deleted one": Change(BASIC, {}, Fault(400, 2011), has=DELETED),
    "a status nobody can give": Change(BASIC, {"status": "expired"}, Fault(400, 800040)),
    "another status nobody can give": Change(BASIC, {"status": "pending"}, Fault(400, 800040)),
    "a status that there is not": Change(BASIC, {"status": "cancelled"}, Fault(400, 900126)),
    "an empty status": Change(BASIC, {"status": ""}, Fault(400, 900126)),
    "a status that is a number": Change(BASIC, {"status": 7}, Fault(400, 3000)),
    "more seats": Change(BASIC, {"quantity": 25}, OK),
    "too many seats": Change(BASIC, {"quantity": 26}, Fault(403, 800067)),
    "too many seats of a legacy one": Change(OFFICE, {"quantity": 26}, Fault(403, 800067)),
    "too many seats of marketplace": Change(LEDGER, {"quantity": 26}, Fault(403, 800067)),
    "as many as are sold in production": Change(BASIC, {"quantity": 300}, OK, production=True),
    "more than are sold": Change(BASIC, {"quantity": 301}, Fault(400, 2002), production=True),
    "more than anybody has": Change(BASIC, {"quantity": 10**30}, Fault(400, 2002), production=True),
    "no seat": Change(BASIC, {"quantity": 0}, Fault(400, 2002)),
    "fewer than no seat": Change(OFFICE, {"quantity": -1}, Fault(400, 2002)),
    "seats that are a text": Change(BASIC, {"quantity": "6"}, Fault(400, 3000)),
    "fewer seats in the window": Change(BASIC, {"quantity": 1}, OK),
    "fewer seats after the window": Change(BASIC, {"quantity": 4}, Fault(400, 800090), has=OLD),
    "more seats after the window": Change(BASIC, {"quantity": 6}, OK, has=OLD),
    "fewer seats of a legacy one": Change(OFFICE, {"quantity": 1}, OK, has=OLD),
    "fewer seats of marketplace": Change(LEDGER, {"quantity": 1}, OK, has=OLD),
    "seats of software": Change(CAL_FOR_A_YEAR, {"quantity": 6}, Fault(400, 800095)),
    "seats of an Azure plan": Change(AZURE_PLAN, {"quantity": 6}, Fault(400, 800095)),
    "seats of legacy Azure": Change(LEGACY_AZURE, {"quantity": 6}, Fault(400, 800095)),
    "no renewal": Change(BASIC, {"autoRenewEnabled": False}, OK),
    "a renewal": Change(BASIC, {"autoRenewEnabled": True}, OK, has={"autoRenew": False}),
    "a renewal of software": Change(CAL_FOR_A_YEAR, {"autoRenewEnabled": True}, OK),
    "a renewal of an Azure plan": Change(AZURE_PLAN, {"autoRenewEnabled": True}, Fault(400, 800093)),
    "a renewal of legacy Azure": Change(
        LEGACY_AZURE, {"autoRenewEnabled": True}, Fault(400, 800093), has={"autoRenew": False}
    ),
    "a renewal that is a word": Change(BASIC, {"autoRenewEnabled": "on"}, Fault(400, 3000)),
    "a next term of a legacy one": Change(
        OFFICE, {"scheduledNextTermInstructions": {"quantity": 9}}, Fault(403, 900263)
    ),
}


def bought(sandbox: Sandbox, change: Change) -> tuple[Shop, dict[str, Any]]:
    """A customer with the subscription; there are five pieces where there are seats."""
    product = next(PRODUCTS[item] for item in PRODUCTS if item.id == change.item.id)
    seats = 1 if product in {"azure_plan", "legacy_azure"} else 5
    purchase = {
        "product": product,
        "item": change.item.id,
        "term": change.item.term or None,
        "billingCycle": change.item.cycle,
        "quantity": seats,
        **change.has,
    }
    environment = "production" if change.production else "sandbox"
    shop = open_shop(sandbox, purchase, settings=change.settings, environment=environment)
    return shop, shop.the_subscription()


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_carried_out_or_refused(sandbox: Sandbox, name: str) -> None:
    """Each rule of 5.3: what is allowed is there afterwards, what is refused leaves everything as it was."""
    change = CHANGES[name]
    shop, before = bought(sandbox, change)
    answer = shop.change(before, **change.members)
    after = shop.the_subscription()
    assert change.fault == fault_of(answer)
    if change.fault != OK:
        assert re.fullmatch(r"[^\n]+[^.]\.", answer.json()["description"])
        assert before == after
        return
    assert after == answer.json()
    differing = {member for member in change.members if before[member] != after[member]}
    told = {m for m, v in change.members.items() if str(v).lower() != str(before[m]).lower()}
    assert told == differing


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_carried_out_is_recorded(sandbox: Sandbox, name: str) -> None:
    """`update_subscription` succeeded or failed, and nothing when nothing was changed (13.1)."""
    change = CHANGES[name]
    shop, before = bought(sandbox, change)
    count = len(shop.records())
    shop.change(before, **change.members)
    records = shop.records()
    changes = any(str(v).lower() != str(before.get(m)).lower() for m, v in change.members.items())
    assert count + (changes or change.fault != OK) == len(records)
    if len(records) > count:
        told = "succeeded" if change.fault == OK else "failed"
        assert ("update_subscription", told, "subscription") == tuple(
            records[0][member] for member in ("operationType", "operationStatus", "resourceType")
        )
        assert f"_{before['id'].lower()}_" in records[0]["id"].lower()


def test_a_suspension_ends_the_renewal(shop: Shop) -> None:
    """New commerce loses renewal and scheduled change and is told why; an activation brings back the rest (5.2)."""
    subscription = shop.buy_subscription(BASIC, 5)
    planned = shop.change(subscription, scheduledNextTermInstructions={"quantity": 9}).json()
    assert {"quantity": 9} == planned["scheduledNextTermInstructions"]
    suspended = shop.change(planned, status="suspended").json()
    expected = {**subscription, "status": "suspended", "autoRenewEnabled": False}
    assert {**expected, "suspensionReasons": ["CustomerCancellation"]} == suspended
    active = shop.change(suspended, status="active").json()
    assert {**subscription, "autoRenewEnabled": False} == active


@pytest.mark.parametrize("item", [OFFICE, LEDGER])
def test_the_renewal_of_others_survives_a_suspension(shop: Shop, item: Item) -> None:
    """Only new commerce loses it (5.2)."""
    shop.sandbox.set(marketplace_waits_for_activation=False)
    suspended = shop.change(shop.buy_subscription(item), status="suspended").json()
    assert ("suspended", True) == (suspended["status"], suspended["autoRenewEnabled"])


@pytest.mark.parametrize(("setting", "renews"), [("off", False), ("keep", True)])
def test_a_body_without_renewal_resets_it(shop: Shop, setting: str, renews: bool) -> None:
    """A PATCH is the whole resource: `autoRenewEnabled` and the next term are gone when they are left out (5.3)."""
    shop.sandbox.set(omitted_auto_renew=setting)
    subscription = shop.buy_subscription(BASIC)
    planned = shop.change(subscription, scheduledNextTermInstructions={"quantity": 9}).json()
    changed = shop.change(planned, autoRenewEnabled=None, scheduledNextTermInstructions=None).json()
    assert (renews, False) == (changed["autoRenewEnabled"], "scheduledNextTermInstructions" in changed)


def test_seats_that_were_added_can_be_given_back_first_come_first(shop: Shop) -> None:
    """`refundableQuantity` counts what was bought and what was added, and until when each can be given back (5.3)."""
    subscription = shop.buy_subscription(BASIC, 5)

    def details(document: Mapping[str, Any]) -> list[int]:
        refundable = document["refundableQuantity"]
        assert refundable["totalQuantity"] == sum(part["quantity"] for part in refundable["details"])
        return [part["quantity"] for part in refundable["details"]]

    def seats(quantity: int) -> list[int]:
        answer = shop.change(shop.the_subscription(), quantity=quantity)
        assert OK == fault_of(answer)
        return details(answer.json())

    assert [5] == details(subscription)
    shop.advance("P3D")
    assert [5, 4] == seats(9)
    shop.advance("P3D")
    assert [5, 4, 2] == seats(11)
    assert [3, 4, 2] == seats(9)
    assert [2, 2] == seats(4)
    shop.advance("P2D")
    assert [2, 2] == details(shop.the_subscription())
    assert Fault(400, 2002) == fault_of(shop.change(shop.the_subscription(), quantity=0))
    shop.advance("P3D")
    assert [2] == details(shop.the_subscription())
    assert Fault(400, 800090) == fault_of(shop.change(shop.the_subscription(), quantity=1))
    assert [] == seats(2)
    shop.advance("P30D")
    assert {"totalQuantity": 0, "details": []} == shop.the_subscription()["refundableQuantity"]


def test_the_window_closes_with_its_minute(shop: Shop) -> None:
    """`cancellationAllowedUntilDate` names the last minute in which a cancellation is taken (5.3)."""
    shop.advance_to("2031-03-01T12:00:00Z")
    first, second = (shop.buy_subscription(BASIC) for _ in range(2))
    assert "2031-03-08T23:59:00.0000000Z" == first["cancellationAllowedUntilDate"]
    shop.advance_to("2031-03-08T23:59:10Z")
    assert OK == fault_of(shop.change(first, status="deleted"))
    shop.advance_to("2031-03-09T00:00:00Z")
    late = shop.change(second, status="deleted")
    assert (Fault(400, 900117), "You have passed your 7-day cancellation window. ") == (
        fault_of(late),
        late.json()["description"][:48],
    )
    assert OK == fault_of(shop.change(second, status="suspended"))


def test_a_change_that_takes_time_is_answered_with_a_location(shop: Shop) -> None:
    """202 and a relative `Location`; the old state until then, and 409/800082 for another change (5.3)."""
    shop.sandbox.set(subscription_update_seconds=30)
    subscription = shop.buy_subscription(OFFICE, 5)
    answer = shop.change(subscription, quantity=7)
    location = f"/customers/{shop.customer_id}/subscriptions/{subscription['id']}"
    assert (202, b"", location) == (answer.status_code, answer.content, answer.headers["Location"])
    assert subscription == shop.the_subscription()
    assert Fault(409, 800082) == fault_of(shop.change(subscription, friendlyName="x"))
    order = {"billingCycle": "annual"}
    busy = shop.call("PATCH", f"/orders/{subscription['orderId']}", order)
    assert Fault(409, 800082) == fault_of(busy)
    shop.advance("PT30S")
    changed = shop.the_subscription()
    assert 7 == changed["quantity"]
    assert 202 == shop.change(changed, friendlyName="x").status_code


def test_a_change_of_nothing_takes_no_time(shop: Shop) -> None:
    """200 with the resource, whatever the setting says (5.3)."""
    shop.sandbox.set(subscription_update_seconds=30)
    subscription = shop.buy_subscription(OFFICE)
    assert (200, subscription) == (shop.change(subscription).status_code, shop.change(subscription).json())


BODIES: tuple[tuple[Any, Fault], ...] = (
    (None, Fault(400, 800002)),
    ([], Fault(400, 800002)),
    ("suspended", Fault(400, 800002)),
    ({"friendlyName": 7}, Fault(400, 3000)),
    ({"friendlyName": "a\nb"}, Fault(400, 3000)),
    ({"friendlyName": "\ud800"}, Fault(400, 3000)),
    ({"scheduledNextTermInstructions": 7}, Fault(400, 3000)),
    ({"scheduledNextTermInstructions": {"quantity": "7"}}, Fault(400, 3000)),
    ({"scheduledNextTermInstructions": {"product": []}}, Fault(400, 3000)),
    ({"attributes": 7, "status": "suspended"}, OK),
    ({"Status": "Suspended", "AutoRenewEnabled": None, "Colour": "red"}, OK),
    ({"id": "another", "offerId": "another", "orderId": 7, "status": "suspended"}, OK),
)


@pytest.mark.parametrize(("body", "fault"), BODIES, ids=lambda value: str(value)[:50])
def test_a_body_of_any_shape_gets_one_sentence_or_is_taken(shop: Shop, body: Any, fault: Fault) -> None:
    """Members match without case, read-only and unknown ones are ignored, the rest must be right (14)."""
    subscription = shop.buy_subscription(BASIC)
    answer = shop.call("PATCH", f"/subscriptions/{subscription['id']}", body)
    assert fault == fault_of(answer)
    if fault == OK:
        assert ("suspended", subscription["id"]) == (answer.json()["status"], answer.json()["id"])
    else:
        assert subscription == shop.the_subscription()


def test_lines_of_one_order_are_changed_one_by_one(shop: Shop) -> None:
    """Subscriptions of the same order have lives of their own."""
    shop.order(in_order(BASIC), in_order(PREMIUM))
    first, second = shop.items("/subscriptions")
    shop.change(first, status="deleted")
    assert ["active"] == [shop.subscription(second["id"])["status"]]
