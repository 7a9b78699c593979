"""The quotas of a sandbox: each in the words of a cart and of an order, and freed again; behaviour.md 8."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.shopping import (
    AZURE_PLAN,
    BASIC,
    CAL_FOR_A_YEAR,
    COPILOT,
    LEDGER,
    LEGACY_AZURE,
    OFFICE,
    PREMIUM_TRIAL,
    REGISTERED_PLAN,
    RESERVATION,
    SAVINGS_PLAN,
    UNSOLD_RESERVATION,
    USER_CAL,
    Item,
    Shop,
    in_cart,
    in_order,
    open_shop,
    reserved_for,
)

from partnercenter.sandbox.rules.catalogue import items
from partnercenter.sandbox.rules.product import Product

COMPROMISE = {"cancellationReason": "compromise"}


def delete_a_subscription(shop: Shop) -> None:
    """Cancel the customer's oldest."""
    assert 200 == shop.change(shop.items("/subscriptions")[0], status="deleted").status_code


def cancel_a_reservation(shop: Shop) -> None:
    """Cancel one of the customer's."""
    orders = shop.items("/orders")
    reservation = next(order for order in orders if order["lineItems"][0]["offerId"] == RESERVATION.id)
    assert 200 == shop.cancel_order(reservation).status_code


def delete_a_neighbour(shop: Shop) -> None:
    """Delete the partner's second customer with all that it has."""
    neighbour = shop.of("11111111-0000-4000-8000-000000000002")
    for subscription in neighbour.items("/subscriptions"):
        for entitlement in neighbour.items(f"/subscriptions/{subscription['id']}/azureEntitlements"):
            path = f"/subscriptions/{subscription['id']}/azureEntitlements/{entitlement['id']}/cancel"
            neighbour.call("POST", path, COMPROMISE)
        assert 200 == neighbour.change(subscription, status="suspended").status_code
    assert 204 == neighbour.call("DELETE", "").status_code


def wait_for_the_end(shop: Shop) -> None:
    """Suspend legacy subscriptions, and let them be deleted by time."""
    for subscription in shop.items("/subscriptions"):
        shop.change(subscription, status="suspended")
    shop.advance("P91D")


def buy_a_plan(shop: Shop) -> None:
    """What a savings plan needs."""
    shop.buy(AZURE_PLAN)


def reserve(shop: Shop) -> dict[str, Any]:
    """What a reservation's line names."""
    return {"provisioningContext": reserved_for(shop.items("/subscriptions")[0]["id"])}


@dataclass(frozen=True)
class Quota:
    """What is full, what cannot be bought then, how that is told, and what makes room for it.

    `has` is what the customer has, `others` what each of so many neighbours has; `members` are those of the line.
    """

    item: Item
    fault: Fault
    error: tuple[str, int | None, int | None]
    has: tuple[Mapping[str, Any], ...] = ()
    others: tuple[int, tuple[Mapping[str, Any], ...]] = (0, ())
    quantity: int = 1
    members: Callable[[Shop], Mapping[str, Any]] = lambda _: {}
    freed: Callable[[Shop], None] | None = None
    partner: Mapping[str, Any] = field(default_factory=dict)


LIMIT = "sandbox_limit_exceeded"
NEW: Mapping[str, Any] = {"product": "new_commerce"}
PLAN: Mapping[str, Any] = {"product": "azure_plan"}
OLD_AZURE: Mapping[str, Any] = {"product": "legacy_azure"}
HIGH: Mapping[str, Any] = {"settings": {"subscription_quota": 50}}
PROVIDER: Mapping[str, Any] = {"kind": "indirect_provider"}

QUOTAS: Mapping[str, Quota] = {
    "five subscriptions of a customer": Quota(
        BASIC, Fault(403, 800066), (LIMIT, 0, 5), has=(NEW,) * 5, freed=delete_a_subscription
    ),
    "five of different kinds": Quota(
        LEDGER,
        Fault(403, 800066),
        (LIMIT, 0, 5),
        has=(
            {**NEW, "ageDays": 1},
            PLAN,
            {"product": "legacy"},
            {"product": "software_subscription"},
            {"product": "marketplace"},
        ),
        freed=delete_a_subscription,
    ),
    "five that are not active": Quota(
        BASIC,
        Fault(403, 800066),
        (LIMIT, 0, 5),
        has=(
            NEW,
            *(
                {**NEW, "subscriptionStatus": word}
                for word in ("suspended", "expired", "disabled", "suspended")
            ),
        ),
    ),
    "25 seats": Quota(BASIC, Fault(403, 800067), (LIMIT, 25, 0), quantity=26),
    "25 seats of legacy": Quota(OFFICE, Fault(403, 800067), (LIMIT, 25, 0), quantity=26),
    "25 seats of marketplace": Quota(LEDGER, Fault(403, 800067), (LIMIT, 25, 0), quantity=26),
    "25 seats of software": Quota(USER_CAL, Fault(403, 800067), (LIMIT, 25, 0), quantity=26),
    "25 seats of software by subscription": Quota(
        CAL_FOR_A_YEAR, Fault(403, 800067), (LIMIT, 25, 0), quantity=26
    ),
    "an offer of at least 300": Quota(COPILOT, Fault(403, 800067), (LIMIT, 25, 0), quantity=300),
    "all subscriptions together": Quota(
        BASIC,
        Fault(403, 800066),
        (LIMIT, 0, 0),
        others=(2, (NEW, NEW)),
        freed=delete_a_neighbour,
        partner={"settings": {"active_subscription_quota": 4}},
    ),
    "one Azure plan of a customer": Quota(AZURE_PLAN, Fault(400, 900116), (LIMIT, 0, 1), has=(PLAN,)),
    "one Azure plan, suspended": Quota(
        AZURE_PLAN,
        Fault(400, 900116),
        (LIMIT, 0, 1),
        has=({**PLAN, "subscriptionStatus": "suspended"},),
    ),
    "three Azure plans of a provider's customer": Quota(
        AZURE_PLAN, Fault(400, 900116), (LIMIT, 0, 3), has=(PLAN,) * 3, partner=PROVIDER
    ),
    "ten Azure plans of a partner": Quota(
        AZURE_PLAN,
        Fault(400, 900116),
        (LIMIT, 0, 0),
        others=(10, (PLAN,)),
        freed=delete_a_neighbour,
    ),
    "ten legacy Azure subscriptions of a partner": Quota(
        LEGACY_AZURE,
        Fault(403, 800068),
        (LIMIT, 0, 10),
        others=(5, (OLD_AZURE, OLD_AZURE)),
        freed=delete_a_neighbour,
    ),
    "ten legacy Azure subscriptions of one customer": Quota(
        LEGACY_AZURE,
        Fault(403, 800068),
        (LIMIT, 0, 10),
        has=(OLD_AZURE,) * 10,
        freed=wait_for_the_end,
        partner=HIGH,
    ),
    "two reservations": Quota(
        RESERVATION,
        Fault(400, 800018),
        (LIMIT, 0, 2),
        has=(REGISTERED_PLAN, {"product": "azure_reservation", "quantity": 2}),
        members=reserve,
        freed=cancel_a_reservation,
    ),
    "two reservations in two orders": Quota(
        RESERVATION,
        Fault(400, 800018),
        (LIMIT, 0, 2),
        has=(REGISTERED_PLAN, {"product": "azure_reservation"}, {"product": "azure_reservation"}),
        members=reserve,
        freed=cancel_a_reservation,
    ),
    "three reservations at once": Quota(
        RESERVATION,
        Fault(400, 800018),
        (LIMIT, 2, 0),
        has=(REGISTERED_PLAN,),
        quantity=3,
        members=reserve,
    ),
    "a reservation of another SKU": Quota(
        UNSOLD_RESERVATION,
        Fault(403, 900322),
        ("unable_to_process_cart_line_item", None, None),
        has=(REGISTERED_PLAN,),
        members=reserve,
    ),
    "a savings plan without an Azure plan": Quota(
        SAVINGS_PLAN,
        Fault(403, 800020),
        ("subscription_is_not_valid", None, None),
        freed=buy_a_plan,
    ),
    "a second trial": Quota(
        PREMIUM_TRIAL,
        Fault(403, 800089),
        ("max_allowed_seats_per_subscription_exceeded", 0, 1),
        has=({**NEW, "item": PREMIUM_TRIAL.id, "quantity": 25},),
        freed=delete_a_subscription,
    ),
}


def full(sandbox: Sandbox, quota: Quota, **changes: Any) -> tuple[Shop, dict[str, Any], dict[str, Any]]:
    """A sandbox where the quota is used up, and the line as a cart and an order have it."""
    number, has = quota.others
    shop = open_shop(sandbox, *quota.has, neighbours=number, has=has, **{**quota.partner, **changes})
    members = quota.members(shop)
    cycle = {"billingCycle": quota.item.cycle}
    return (
        shop,
        {**in_cart(quota.item, quota.quantity), **members},
        {**in_order(quota.item, quota.quantity), **members, **cycle},
    )


def order(shop: Shop, line: dict[str, Any]) -> Fault:
    """What the order of a line is answered."""
    return fault_of(shop.order(line, cycle=line["billingCycle"]))


@pytest.mark.parametrize("name", QUOTAS)
def test_a_quota_is_told_by_cart_and_order_alike(sandbox: Sandbox, name: str) -> None:
    """The line of a cart has the word with the quantities, the order the code; neither buys anything (8)."""
    quota = QUOTAS[name]
    shop, in_a_cart, in_an_order = full(sandbox, quota)
    before = shop.items("/orders")
    error = shop.fill_cart(in_a_cart)["lineItems"][0]["error"]
    told = error.get("additionalInformation", {})
    assert quota.error == (error["errorCode"], told.get("availableQuantity"), told.get("purchasedQuantity"))
    assert quota.fault == order(shop, in_an_order)
    assert before == shop.items("/orders")


@pytest.mark.parametrize("name", [name for name, quota in QUOTAS.items() if quota.freed is not None])
def test_a_quota_is_freed_by_what_is_cancelled_or_deleted(sandbox: Sandbox, name: str) -> None:
    """Then the same line can be bought (8)."""
    quota = QUOTAS[name]
    shop, in_a_cart, in_an_order = full(sandbox, quota)
    assert quota.freed is not None
    quota.freed(shop)
    assert "error" not in shop.fill_cart(in_a_cart)["lineItems"][0]
    assert Fault(201) == order(shop, in_an_order)


@pytest.mark.parametrize("name", sorted(set(QUOTAS) - {"a second trial"}))
def test_a_production_account_has_no_quota(sandbox: Sandbox, name: str) -> None:
    """What a sandbox refuses is bought there; only the limits of the offers hold (8)."""
    shop, in_a_cart, in_an_order = full(sandbox, QUOTAS[name], environment="production")
    assert "error" not in shop.fill_cart(in_a_cart)["lineItems"][0]
    assert Fault(201) == order(shop, in_an_order)


def test_exactly_five_reservations_are_sold_in_a_sandbox() -> None:
    """Standard_B1s for a year, in five regions (8)."""
    sold = [item.title for item in items() if item.kind is Product.AZURE_RESERVATION and item.sold_in_sandbox]
    regions = ("US East", "US West 2", "US North Central", "KR South", "CA East")
    assert [f"Reserved VM Instance, Standard_B1s, {region}, 1 Year" for region in regions] == sold


@pytest.mark.parametrize("item", [item for item in items() if item.kind is Product.AZURE_RESERVATION])
def test_every_other_reservation_is_refused(sandbox: Sandbox, item: Any) -> None:
    """403/900322 names what is not sold there (8)."""
    shop = open_shop(sandbox, REGISTERED_PLAN)
    answer = shop.order(in_order(Item(item.catalog_item_id, "", ""), **reserve(shop)), cycle="one_time")
    assert (Fault(201) if item.sold_in_sandbox else Fault(403, 900322)) == fault_of(answer)
    if not item.sold_in_sandbox:
        assert answer.json()["description"].startswith(
            f"{item.title} is not available to purchase in the Sandbox"
        )


@pytest.mark.parametrize(("seats", "fault"), [(25, Fault(200)), (26, Fault(403, 800067))])
def test_seats_are_limited_when_they_are_changed_too(shop: Shop, seats: int, fault: Fault) -> None:
    """A PATCH has the same limit as a purchase (8)."""
    assert fault == fault_of(shop.change(shop.buy_subscription(BASIC, 25), quantity=seats))


@pytest.mark.parametrize("kind", ["direct_bill", "indirect_provider", "indirect_reseller"])
def test_only_providers_have_three_plans_for_a_customer(sandbox: Sandbox, kind: str) -> None:
    """One Azure plan for a customer of anybody else (8)."""
    shop = open_shop(sandbox, kind=kind)
    answers = [fault_of(shop.order(in_order(AZURE_PLAN))) for _ in range(4)]
    allowed = 3 if kind == "indirect_provider" else 1
    assert [Fault(201)] * allowed + [Fault(400, 900116)] * (4 - allowed) == answers


@pytest.mark.parametrize(
    "purchase",
    [
        {**NEW, "subscriptionStatus": "deleted"},
        {"product": "software_subscription", "orderStatus": "cancelled", "subscriptionStatus": "deleted"},
        {"product": "perpetual_software"},
        {"product": "azure_reservation"},
    ],
)
def test_what_is_deleted_or_no_subscription_does_not_count(
    sandbox: Sandbox, purchase: dict[str, Any]
) -> None:
    """Of five places, four are free when four subscriptions are there besides (8)."""
    shop = open_shop(sandbox, *[NEW] * 4, purchase)
    assert [Fault(201), Fault(403, 800066)] == [fault_of(shop.order(in_order(BASIC))) for _ in range(2)]


def test_a_full_sandbox_is_full_for_everybody(sandbox: Sandbox) -> None:
    """The world `full` has 375 subscriptions: nobody can buy the next, and nobody can become a customer (8)."""
    sandbox.seed("full")
    customer = sandbox.call("GET", "/v1/customers?size=1").json()["items"][0]["id"]
    answer = sandbox.call(
        "POST",
        f"/v1/customers/{customer}/orders",
        {"lineItems": [{"lineItemNumber": 0, **in_order(BASIC)}], "billingCycle": "monthly"},
    )
    assert Fault(403, 800066) == fault_of(answer)


def test_a_quota_is_that_of_one_partner(sandbox: Sandbox) -> None:
    """The plans of another sandbox do not count (8)."""
    shop = open_shop(sandbox, settings={"azure_plan_quota": 1})
    assert Fault(201) == fault_of(shop.order(in_order(AZURE_PLAN)))
    stranger = sandbox.create_customer()["id"]
    path = f"/v1/customers/{stranger}/orders"
    sandbox.set(agreement_required=False)
    body = {"lineItems": [{"lineItemNumber": 0, **in_order(AZURE_PLAN)}]}
    assert Fault(201) == fault_of(sandbox.call("POST", path, body))
    assert Fault(201) != fault_of(sandbox.call("POST", path, body))
