"""Trials: what they become, by conversion and by time; behaviour.md 5.4 and 8."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.shopping import (
    BASIC,
    OFFICE,
    OFFICE_TRIAL,
    PREMIUM,
    PREMIUM_TRIAL,
    TEAMS_PHONE,
    Item,
    Shop,
    in_cart,
    in_order,
    open_shop,
)

PAIRS = [(PREMIUM_TRIAL, PREMIUM), (OFFICE_TRIAL, OFFICE)]


def convert(shop: Shop, trial: dict[str, Any], target: str, **members: Any) -> Any:
    """What a conversion is answered."""
    body = {"offerId": trial["offerId"], "targetOfferId": target, **members}
    return shop.call("POST", f"/subscriptions/{trial['id']}/conversions", body, kind="app_user")


@pytest.mark.parametrize(("item", "target"), PAIRS)
def test_a_trial_can_become_what_is_listed(shop: Shop, item: Item, target: Item) -> None:
    """The list has the paid offers, with the seats of the trial (5.4)."""
    trial = shop.buy_subscription(item, 5)
    assert (True, "P1M") == (trial["isTrial"], trial["termDuration"])
    path = f"/subscriptions/{trial['id']}/conversions"
    assert [
        {
            "offerId": item.id,
            "targetOfferId": target.id,
            "orderId": trial["orderId"],
            "quantity": 5,
            "billingCycle": "monthly",
            "attributes": {"objectType": "Conversion"},
        }
    ] == shop.call("GET", path, kind="app_user").json()["items"]


@pytest.mark.parametrize(("item", "target"), PAIRS)
def test_a_conversion_makes_it_a_paid_subscription(shop: Shop, item: Item, target: Item) -> None:
    """The same id from then on is of the paid offer, in a term that begins now, and it is recorded (5.4)."""
    shop.advance_to("2031-03-01T12:00:00Z")
    trial = shop.buy_subscription(item, 5)
    shop.advance_to("2031-03-11T12:00:00Z")
    answer = convert(shop, trial, target.id.lower())
    expected = {"subscriptionId": trial["id"], "offerId": item.id, "targetOfferId": target.id}
    assert (200, expected) == (answer.status_code, answer.json())
    paid = shop.the_subscription()
    told = {
        "offerId": target.id,
        "isTrial": False,
        "quantity": 5,
        "autoRenewEnabled": True,
        "hasPurchasableAddons": True,
        "orderId": trial["orderId"],
        "creationDate": trial["creationDate"],
        "billingCycle": "monthly",
    }
    assert told == {name: paid[name] for name in told}
    assert "2031-03-11T12:0" == paid["effectiveStartDate"][:15]
    duration = "P1M" if item is PREMIUM_TRIAL else "P1Y"
    end = {"P1M": "2031-04-10", "P1Y": "2032-03-10"}[duration]
    assert (duration, end) == (paid["termDuration"], paid["commitmentEndDate"][:10])
    assert (
        [] == shop.call("GET", f"/subscriptions/{trial['id']}/conversions", kind="app_user").json()["items"]
    )
    assert ("convert_trial_subscription", "succeeded") == tuple(
        shop.records()[0][member] for member in ("operationType", "operationStatus")
    )
    if item is PREMIUM_TRIAL:
        assert "2031-03-18T23:59:00.0000000Z" == paid["cancellationAllowedUntilDate"]
        assert 5 == paid["refundableQuantity"]["totalQuantity"]


def test_a_conversion_can_choose_seats_and_cycle(shop: Shop) -> None:
    """Quantity and billing cycle of the body are those of the paid term (5.4)."""
    trial = shop.buy_subscription(PREMIUM_TRIAL, 5)
    assert 200 == convert(shop, trial, PREMIUM.id, quantity=9, billingCycle="Annual").status_code
    paid = shop.the_subscription()
    assert (9, "annual", "P1Y") == (paid["quantity"], paid["billingCycle"], paid["termDuration"])


IMPOSSIBLE: tuple[tuple[str, dict[str, Any]], ...] = (
    (OFFICE.id, {}),
    ("x", {}),
    (PREMIUM_TRIAL.id, {}),
    (PREMIUM.id, {"billingCycle": "one_time"}),
    (PREMIUM.id, {"billingCycle": "weekly"}),
)


@pytest.mark.parametrize(("target", "members"), IMPOSSIBLE)
def test_what_cannot_be_is_told_inside_the_answer(shop: Shop, target: str, members: dict[str, Any]) -> None:
    """200 with an `error` of a number and a text; the trial stays, and the attempt failed (resources.md)."""
    trial = shop.buy_subscription(PREMIUM_TRIAL)
    answer = convert(shop, trial, target, **members)
    assert (200, target) == (answer.status_code, answer.json()["targetOfferId"])
    assert 1 == answer.json()["error"]["code"]
    assert re.fullmatch(r"[^\n]+\.", answer.json()["error"]["description"])
    assert trial == shop.the_subscription()
    assert ("convert_trial_subscription", "failed") == tuple(
        shop.records()[0][member] for member in ("operationType", "operationStatus")
    )


@pytest.mark.parametrize("item", [BASIC, OFFICE])
def test_only_trials_are_converted(shop: Shop, item: Item) -> None:
    """Nothing else can become anything (5.4)."""
    subscription = shop.buy_subscription(item)
    assert 1 == convert(shop, subscription, PREMIUM.id).json()["error"]["code"]
    assert subscription == shop.the_subscription()


@pytest.mark.parametrize("status", ["suspended", "deleted"])
def test_a_trial_that_is_not_active_is_not_converted(shop: Shop, status: str) -> None:
    """Suspended and cancelled trials become nothing (5.4)."""
    trial = shop.change(shop.buy_subscription(PREMIUM_TRIAL), status=status).json()
    assert 1 == convert(shop, trial, PREMIUM.id).json()["error"]["code"]


QUANTITIES = (
    (26, Fault(403, 800067)),
    (10**30, Fault(403, 800067)),
    (-1, Fault(400, 2002)),
    (0, Fault(400, 2002)),
)


@pytest.mark.parametrize(("quantity", "fault"), QUANTITIES)
def test_a_conversion_has_the_limits_of_seats(shop: Shop, quantity: int, fault: Fault) -> None:
    """25 in a sandbox, and those of the offer (8)."""
    trial = shop.buy_subscription(PREMIUM_TRIAL)
    assert fault == fault_of(convert(shop, trial, PREMIUM.id, quantity=quantity))
    assert trial == shop.the_subscription()


@pytest.mark.parametrize("body", [None, [], {}, {"offerId": "x"}, {"offerId": "x", "targetOfferId": 7}])
def test_a_bad_conversion_gets_one_sentence(shop: Shop, body: Any) -> None:
    """400, and the trial stays (14)."""
    trial = shop.buy_subscription(PREMIUM_TRIAL)
    answer = shop.call("POST", f"/subscriptions/{trial['id']}/conversions", body, kind="app_user")
    assert fault_of(answer) in {Fault(400, 3000), Fault(400, 800002)}
    assert trial == shop.the_subscription()


def test_conversions_are_for_users(shop: Shop) -> None:
    """403/900329 with an app-only token (9.3)."""
    trial = shop.buy_subscription(PREMIUM_TRIAL)
    path = f"/subscriptions/{trial['id']}/conversions"
    assert Fault(403, 900329) == fault_of(shop.call("GET", path))
    assert Fault(403, 900329) == fault_of(shop.call("POST", path, {"offerId": "x", "targetOfferId": "y"}))


def test_a_trial_that_is_being_changed_is_not_converted(shop: Shop) -> None:
    """409/800082 until the earlier change is there (5.3)."""
    trial = shop.buy_subscription(PREMIUM_TRIAL, 5)
    shop.sandbox.set(subscription_update_seconds=30)
    shop.change(trial, quantity=7)
    assert Fault(409, 800082) == fault_of(convert(shop, trial, PREMIUM.id))
    shop.advance("PT30S")
    assert 200 == convert(shop, trial, PREMIUM.id).status_code
    assert 7 == shop.the_subscription()["quantity"]


def test_a_trial_ends_when_nobody_renews_it(shop: Shop) -> None:
    """Without renewal it expires after its month (5.2)."""
    shop.advance_to("2031-03-01T12:00:00Z")
    shop.change(shop.buy_subscription(PREMIUM_TRIAL), autoRenewEnabled=False)
    shop.advance_to("2031-03-31T23:59:00Z")
    assert "active" == shop.the_subscription()["status"]
    shop.advance_to("2031-04-01T00:00:00Z")
    assert ("expired", True) == (shop.the_subscription()["status"], shop.the_subscription()["isTrial"])


@pytest.mark.parametrize("renews_to", [None, "P1Y"])
def test_a_trial_that_renews_is_paid_for(shop: Shop, renews_to: str | None) -> None:
    """After its month it is no trial any more, for the term that `renewsTo` named (4.4)."""
    shop.advance_to("2031-03-01T12:00:00Z")
    renewal = None if renews_to is None else {"termDuration": renews_to}
    shop.check_out(shop.fill_cart(in_cart(PREMIUM_TRIAL, 5, renewsTo=renewal)))
    shop.advance_to("2031-04-01T00:00:00Z")
    paid = shop.the_subscription()
    end = "2031-04-30" if renews_to is None else "2032-03-31"
    assert (False, renews_to or "P1M", end, 5) == (
        paid["isTrial"],
        paid["termDuration"],
        paid["commitmentEndDate"][:10],
        paid["quantity"],
    )
    assert PREMIUM.id == paid["offerId"]


def test_a_converted_trial_can_have_add_ons(shop: Shop) -> None:
    """It is what it became: its add-ons can be bought, those of the trial could not (4.4)."""
    trial = shop.buy_subscription(PREMIUM_TRIAL)
    line = in_order(TEAMS_PHONE, parentSubscriptionId=trial["id"])
    assert Fault(403, 800020) == fault_of(shop.order(line))
    convert(shop, trial, PREMIUM.id)
    assert 201 == shop.order(line).status_code


@pytest.mark.parametrize("item", [PREMIUM_TRIAL, OFFICE_TRIAL])
def test_a_customer_has_one_trial_of_an_offer(shop: Shop, item: Item) -> None:
    """403/800089 for the second, until the first is deleted (8)."""
    trial = shop.buy_subscription(item, 25)
    answer = shop.order(in_order(item, 3), cycle=item.cycle)
    assert Fault(403, 800089) == fault_of(answer)
    if item is PREMIUM_TRIAL:
        shop.change(trial, status="deleted")
    else:
        shop.change(trial, status="suspended")
        shop.advance("P90D")
    assert 201 == shop.order(in_order(item, 3), cycle=item.cycle).status_code


def test_the_seats_of_a_trial_are_limited(sandbox: Sandbox) -> None:
    """25, trials included (8); in production by the offer."""
    shop = open_shop(sandbox)
    assert Fault(400, 900275) == fault_of(shop.order(in_order(PREMIUM_TRIAL, 26)))
    trial = shop.buy_subscription(PREMIUM_TRIAL, 25)
    assert Fault(403, 800067) == fault_of(shop.change(trial, quantity=26))
