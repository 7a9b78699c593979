"""Azure subscriptions below a plan, and what is registered and reserved for them; behaviour.md 4.4 and 7."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.shopping import (
    AZURE_PLAN,
    BASIC,
    LEGACY_AZURE,
    NEIGHBOUR,
    NOBODYS_ID,
    OFFICE,
    RESERVATION,
    TENANT,
    Item,
    Shop,
    in_order,
    open_shop,
    reserved_for,
)

GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
OK = Fault(200)
COMPROMISE = {"cancellationReason": "compromise"}
BELOW = [{"name": "Web shop"}, {"name": "Data lake"}, {"name": "Old", "status": "inactive"}]


def with_plan(sandbox: Sandbox, **members: Any) -> tuple[Shop, str]:
    """A customer with an Azure plan, and the address of what is below it."""
    shop = open_shop(sandbox, {"product": "azure_plan", "azureSubscriptions": BELOW, **members})
    return shop, f"/subscriptions/{shop.the_subscription()['id']}/azureEntitlements"


def named(shop: Shop, below: str, name: str) -> dict[str, Any]:
    """One of the Azure subscriptions."""
    return next(item for item in shop.items(below) if item["friendlyName"] == name)


def test_a_plan_comes_with_one_azure_subscription(shop: Shop) -> None:
    """It is active, belongs to the plan, and is read by its own address (7)."""
    plan = shop.buy_subscription(AZURE_PLAN)
    below = f"/subscriptions/{plan['id']}/azureEntitlements"
    (entitlement,) = shop.items(below)
    uri = f"/customers/{shop.customer_id}{below}/{entitlement['id']}"
    assert {
        "id": entitlement["id"],
        "friendlyName": "Azure subscription 1",
        "status": "active",
        "subscriptionId": plan["id"],
        "links": {"self": {"uri": uri, "method": "GET", "headers": []}},
    } == entitlement
    assert re.fullmatch(GUID, entitlement["id"])
    for form in (entitlement["id"], entitlement["id"].upper(), "{" + entitlement["id"] + "}"):
        assert entitlement == shop.get(f"{below}/{form}")
        assert entitlement == shop.get(f"{below.lower()}/{form}")


@pytest.mark.parametrize("item", [BASIC, LEGACY_AZURE])
def test_nothing_else_has_any(shop: Shop, item: Item) -> None:
    """An empty list, and 404/800111 for whatever is asked for (7)."""
    below = f"/subscriptions/{shop.buy_subscription(item)['id']}/azureEntitlements"
    assert [] == shop.items(below)
    assert Fault(404, 800111) == fault_of(shop.call("GET", f"{below}/{NOBODYS_ID}"))


@pytest.mark.parametrize("seconds", [0, 600])
def test_a_cancelled_one_is_active_for_a_while(sandbox: Sandbox, seconds: int) -> None:
    """200 with `active`; inactive `azure_cancel_seconds` later; the others stay (7)."""
    shop, below = with_plan(sandbox)
    sandbox.set(azure_cancel_seconds=seconds)
    before = named(shop, below, "Web shop")
    path = f"{below}/{before['id']}"
    answer = shop.call("POST", f"{path}/cancel", COMPROMISE)
    assert (200, before) == (answer.status_code, answer.json())
    again = shop.call("POST", f"{path}/cancel", COMPROMISE)
    assert ("active" if seconds else "inactive") == again.json()["status"] == shop.get(path)["status"]
    shop.advance("PT10M")
    assert {**before, "status": "inactive"} == shop.get(path)
    assert ["inactive", "active", "inactive"] == [
        named(shop, below, name["name"])["status"] for name in BELOW
    ]
    changes = [record for record in shop.records() if record["resourceType"] == "azure_entitlement"]
    assert [("update_subscription", "succeeded")] == [
        (record["operationType"], record["operationStatus"]) for record in changes
    ]


REASONS: tuple[tuple[Any, bool, Fault], ...] = (
    ("compromise", False, OK),
    ("Compromise", False, OK),
    (" COMPROMISE ", False, OK),
    ("other", False, Fault(400, 900307)),
    ("other", True, OK),
    ("x" * 500, False, Fault(400, 900307)),
    (" ", True, Fault(400, 3000)),
    ("", True, Fault(400, 3000)),
    (None, True, Fault(400, 3000)),
    (7, True, Fault(400, 3000)),
)


@pytest.mark.parametrize(("reason", "anything", "fault"), REASONS, ids=lambda value: str(value)[:20])
def test_a_cancellation_needs_a_reason(sandbox: Sandbox, reason: Any, anything: bool, fault: Fault) -> None:
    """`compromise` is the one that is documented; others are taken by `any_cancellation_reason` (7)."""
    shop, below = with_plan(sandbox)
    sandbox.set(any_cancellation_reason=anything)
    entitlement = named(shop, below, "Web shop")
    answer = shop.call("POST", f"{below}/{entitlement['id']}/cancel", {"cancellationReason": reason})
    assert fault == fault_of(answer)
    if fault.code == 900307:
        assert f"Cancellation reason '{reason[:60]} is invalid." == answer.json()["description"]
    assert ("inactive" if fault == OK else "active") == named(shop, below, "Web shop")["status"]


def test_every_fault_of_a_cancellation(sandbox: Sandbox) -> None:
    """Ids that are none, a body that is none, what is not there, and whose it is not (7, 11.2)."""
    shop = open_shop(sandbox, {"product": "azure_plan"}, neighbours=1, has=({"product": "azure_plan"},))
    plan = shop.the_subscription()["id"]
    below = f"/subscriptions/{plan}/azureEntitlements"
    (entitlement,) = shop.items(below)
    neighbour = shop.of(NEIGHBOUR)
    foreign_plan = neighbour.the_subscription()["id"]
    (foreign,) = neighbour.items(f"/subscriptions/{foreign_plan}/azureEntitlements")
    one = f"{below}/{entitlement['id']}/cancel"
    for path, body, fault in (
        (f"/subscriptions/x/azureEntitlements/{entitlement['id']}/cancel", COMPROMISE, Fault(400, 800002)),
        (f"{below}/x/cancel", COMPROMISE, Fault(400, 800002)),
        (one, None, Fault(400, 800002)),
        (one, [], Fault(400, 800002)),
        (one, {}, Fault(400, 3000)),
        (f"{below}/{NOBODYS_ID}/cancel", COMPROMISE, Fault(404, 800111)),
        (f"{below}/{foreign['id']}/cancel", COMPROMISE, Fault(404, 800111)),
        (
            f"/subscriptions/{foreign_plan}/azureEntitlements/{foreign['id']}/cancel",
            COMPROMISE,
            Fault(404, 20003),
        ),
        (
            f"/subscriptions/{entitlement['id']}/azureEntitlements/{entitlement['id']}/cancel",
            COMPROMISE,
            Fault(404, 20003),
        ),
    ):
        answer = shop.call("POST", path, body)
        assert (path, fault) == (path, fault_of(answer))
        assert answer.json()["description"].endswith(".")
    assert "active" == shop.get(f"{below}/{entitlement['id']}")["status"]


@pytest.mark.parametrize(
    ("method", "below", "body"),
    [("GET", "", None), ("GET", f"/{NOBODYS_ID}", None), ("POST", f"/{NOBODYS_ID}/cancel", COMPROMISE)],
)
def test_the_faults_of_the_customer_are_the_routes_own(
    sandbox: Sandbox, method: str, below: str, body: Any
) -> None:
    """900118 for a customer that there is not, 403/900159 for somebody else's, 800002 for an id that is none (7)."""
    shop = open_shop(sandbox)
    stranger = sandbox.create_customer()["id"]
    path = f"/subscriptions/{NOBODYS_ID}/azureEntitlements{below}"
    assert Fault(400, 900118) == fault_of(shop.of(NOBODYS_ID).call(method, path, body))
    foreign = shop.of(stranger).call(method, path, body)
    assert Fault(403, 900159) == fault_of(foreign)
    assert (
        f"The partner with account ID {TENANT} and organization ID {TENANT} has no commerce relationship with the "
        f"customer with account ID {stranger} and organization ID {stranger}."
    ) == foreign.json()["description"]
    assert Fault(400, 800002) == fault_of(shop.of("x").call(method, path, body))


def test_a_plan_is_suspended_once_nothing_below_it_is_active(sandbox: Sandbox) -> None:
    """403/900115 until the last Azure subscription is inactive, not only on its way there (7)."""
    shop, below = with_plan(sandbox)
    sandbox.set(azure_cancel_seconds=600)
    plan = shop.the_subscription()
    assert Fault(403, 900115) == fault_of(shop.change(plan, status="suspended"))
    for entitlement in shop.items(below):
        shop.call("POST", f"{below}/{entitlement['id']}/cancel", COMPROMISE)
    assert Fault(403, 900115) == fault_of(shop.change(plan, status="suspended"))
    shop.advance("PT10M")
    assert OK == fault_of(shop.change(plan, status="suspended"))
    assert Fault(204) == fault_of(shop.call("DELETE", ""))


def test_a_plan_is_suspended_once_its_reservations_are_gone(shop: Shop) -> None:
    """A reservation for the plan, or for what is below it, keeps it as well (7)."""
    plan = shop.buy_subscription(AZURE_PLAN)
    below = f"/subscriptions/{plan['id']}/azureEntitlements"
    (entitlement,) = shop.items(below)
    orders = []
    for subscription_id in (plan["id"], entitlement["id"]):
        assert 202 == shop.call("POST", f"/subscriptions/{subscription_id}/registrations").status_code
        orders.append(
            shop.buy(RESERVATION, provisioningContext=reserved_for(subscription_id.upper(), "single"))
        )
    shop.call("POST", f"{below}/{entitlement['id']}/cancel", COMPROMISE)
    for order in orders:
        assert Fault(403, 900115) == fault_of(shop.change(plan, status="suspended"))
        shop.cancel_order(order)
    assert OK == fault_of(shop.change(plan, status="suspended"))
    assert OK == fault_of(shop.change(shop.the_subscription(), status="active"))


# Registration.


@pytest.mark.parametrize("seconds", [0, 60])
@pytest.mark.parametrize("item", [AZURE_PLAN, LEGACY_AZURE])
def test_a_registration_takes_its_time(shop: Shop, item: Item, seconds: int) -> None:
    """202 with the address of the status: notregistered, registering, registered (4.4)."""
    shop.sandbox.set(registration_seconds=seconds)
    subscription = shop.buy_subscription(item)
    path = f"/subscriptions/{subscription['id']}"

    def status() -> str:
        shown = shop.get(f"{path}/registrationstatus")
        assert subscription["id"].lower() == shown["subscriptionId"].lower()
        assert {"objectType": "SubscriptionRegistrationStatus"} == shown["attributes"]
        return str(shown["status"])

    assert "notregistered" == status()
    line = in_order(RESERVATION, provisioningContext=reserved_for(subscription["id"]))
    assert Fault(400, 800030) == fault_of(shop.order(line, cycle="one_time"))
    answer = shop.call("POST", f"{path}/registrations")
    location = f"/customers/{shop.customer_id}{path}/registrationstatus"
    assert (202, b"", location.lower()) == (
        answer.status_code,
        answer.content,
        answer.headers["Location"].lower(),
    )
    if seconds:
        assert "registering" == status()
        assert Fault(400, 800030) == fault_of(shop.order(line, cycle="one_time"))
        shop.advance("PT30S")
        assert 202 == shop.call("POST", f"{path}/registrations").status_code
        shop.advance("PT30S")
    assert "registered" == status()
    assert 201 == shop.order(line, cycle="one_time").status_code


@pytest.mark.parametrize(("method", "below"), [("POST", "registrations"), ("GET", "registrationstatus")])
@pytest.mark.parametrize(
    ("item", "status", "fault"),
    [
        (BASIC, "active", Fault(400, 800011)),
        (OFFICE, "active", Fault(400, 800011)),
        (AZURE_PLAN, "suspended", Fault(400, 800012)),
        (LEGACY_AZURE, "suspended", Fault(400, 800012)),
    ],
)
def test_only_active_azure_is_registered(
    shop: Shop, method: str, below: str, item: Item, status: str, fault: Fault
) -> None:
    """800011 for what is not Azure, 800012 for what is not active (11.2)."""
    subscription = shop.buy_subscription(item)
    for entitlement in shop.items(f"/subscriptions/{subscription['id']}/azureEntitlements"):
        path = f"/subscriptions/{subscription['id']}/azureEntitlements/{entitlement['id']}/cancel"
        shop.call("POST", path, COMPROMISE)
    shop.change(subscription, status=status)
    assert fault == fault_of(shop.call(method, f"/subscriptions/{subscription['id']}/{below}"))


def test_an_inactive_azure_subscription_is_not_registered(shop: Shop) -> None:
    """What is below a plan can be registered by itself as long as it is active (4.4)."""
    plan = shop.buy_subscription(AZURE_PLAN)
    (entitlement,) = shop.items(f"/subscriptions/{plan['id']}/azureEntitlements")
    path = f"/subscriptions/{entitlement['id']}"
    assert "notregistered" == shop.get(f"{path}/registrationstatus")["status"]
    assert 202 == shop.call("POST", f"{path}/registrations").status_code
    assert "registered" == shop.get(f"{path}/registrationstatus")["status"]
    assert "notregistered" == shop.get(f"/subscriptions/{plan['id']}/registrationstatus")["status"]
    shop.call("POST", f"/subscriptions/{plan['id']}/azureEntitlements/{entitlement['id']}/cancel", COMPROMISE)
    assert Fault(400, 800012) == fault_of(shop.call("POST", f"{path}/registrations"))
    line = in_order(RESERVATION, provisioningContext=reserved_for(entitlement["id"]))
    assert Fault(400, 800012) == fault_of(shop.order(line, cycle="one_time"))


def test_a_registration_is_recorded_once(shop: Shop) -> None:
    """As a change of the subscription; asking again changes nothing (13.1)."""
    plan = shop.buy_subscription(AZURE_PLAN)
    before = len(shop.records())
    for _ in range(2):
        shop.call("POST", f"/subscriptions/{plan['id']}/registrations")
    assert before + 1 == len(shop.records())
    assert "update_subscription" == shop.records()[0]["operationType"]


@pytest.mark.parametrize("form", ["{}", "{{{}}}", " {} "])
@pytest.mark.parametrize("scope", ["shared", "single", "Shared", "SINGLE"])
def test_what_is_reserved_for_is_named_in_any_form(sandbox: Sandbox, form: str, scope: str) -> None:
    """The subscription of a reservation's context matches without case and in braces (14)."""
    shop = open_shop(sandbox, {"product": "azure_plan", "registered": True})
    sent = form.format(shop.the_subscription()["id"].upper())
    line = in_order(RESERVATION, provisioningContext={"SubscriptionId": sent, "SCOPE": scope})
    assert 201 == shop.order(line, cycle="one_time").status_code
