"""Add-ons and their base: what happens to the one when the other changes; behaviour.md 5.3."""

from __future__ import annotations

import pytest
from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.shopping import (
    PREMIUM,
    TEAMS_PHONE,
    Item,
    Shop,
)

OK = Fault(200)


def with_add_on(shop: Shop, *, base: Item = PREMIUM, add_on: Item = TEAMS_PHONE) -> tuple[str, str]:
    """The ids of a base and of its add-on."""
    parent = shop.buy_subscription(base, 5)["id"]
    return parent, shop.buy_subscription(add_on, 2, parentSubscriptionId=parent)["id"]


@pytest.mark.parametrize("status", ["suspended", "deleted"])
@pytest.mark.parametrize("seconds", [0, 30])
def test_an_add_on_goes_with_its_base(shop: Shop, status: str, seconds: int) -> None:
    """Suspended or cancelled together, at the same time, and recorded each (5.3)."""
    parent, child = with_add_on(shop)
    shop.change(shop.subscription(child), scheduledNextTermInstructions={"quantity": 3})
    shop.sandbox.set(subscription_update_seconds=seconds)
    count = len(shop.records())
    shop.change(shop.subscription(parent), status=status)
    if seconds:
        assert "active" == shop.subscription(child)["status"]
        shop.advance("PT30S")
    base, below = shop.subscription(parent), shop.subscription(child)
    members = ("status", "autoRenewEnabled", "suspensionReasons", "scheduledNextTermInstructions")
    assert [base.get(member) for member in members] == [below.get(member) for member in members]
    assert (status, 2) == (below["status"], len(shop.records()) - count)


def test_a_base_can_be_kept_by_its_add_ons(shop: Shop) -> None:
    """`cancel_base_with_add_ons=refuse`: 400/800096 with what to do, until the add-on is gone (5.3)."""
    shop.sandbox.set(cancel_base_with_add_ons="refuse")
    parent, child = with_add_on(shop)
    answer = shop.change(shop.subscription(parent), status="deleted")
    assert Fault(400, 800096) == fault_of(answer)
    assert "Cancel the add-ons of this subscription first." == answer.json()["description"]
    assert OK == fault_of(shop.change(shop.subscription(child), status="deleted"))
    assert OK == fault_of(shop.change(shop.subscription(parent), status="deleted"))


def test_an_add_on_is_not_active_without_its_base(shop: Shop) -> None:
    """409/27009 while the base is not active; the base alone does not bring its add-on back (5.3)."""
    parent, child = with_add_on(shop)
    shop.change(shop.subscription(parent), status="suspended")
    assert Fault(409, 27009) == fault_of(shop.change(shop.subscription(child), status="active"))
    shop.change(shop.subscription(parent), status="active")
    assert "suspended" == shop.subscription(child)["status"]
    assert OK == fault_of(shop.change(shop.subscription(child), status="active"))


def test_an_add_on_can_be_cancelled_alone(shop: Shop) -> None:
    """The base stays (5.3)."""
    parent, child = with_add_on(shop)
    shop.change(shop.subscription(child), status="deleted")
    assert ("active", "deleted") == (
        shop.subscription(parent)["status"],
        shop.subscription(child)["status"],
    )
