"""What time does to subscriptions: renewal, expiry, the way to the end, what was ordered for it; behaviour.md 5.2."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.shopping import (
    AZURE_PLAN,
    BASIC,
    CAL_FOR_A_YEAR,
    CAL_FOR_THREE_YEARS,
    COPILOT,
    LEDGER,
    LEDGER_FOR_A_YEAR,
    LEGACY_AZURE,
    OFFICE,
    PREMIUM,
    TEAMS_PHONE,
    Item,
    Shop,
    open_shop,
)

NOON = "2031-03-01T12:00:00Z"


@dataclass(frozen=True)
class Life:
    """An item bought at noon on 1 March 2031, what is changed at once, and its status at later times."""

    item: Item
    changes: dict[str, Any]
    stages: tuple[tuple[str, str], ...]


ENDS, SUSPENDED = {"autoRenewEnabled": False}, {"status": "suspended"}
LIVES = {
    "without renewal": Life(
        BASIC,
        ENDS,
        (
            ("2032-02-29T23:59:00Z", "active"),
            ("2032-03-01T00:00:00Z", "expired"),
            ("2032-03-30T23:59:00Z", "expired"),
            ("2032-03-31T00:00:00Z", "disabled"),
            ("2032-06-28T23:59:00Z", "disabled"),
            ("2032-06-29T00:00:00Z", "deleted"),
            ("2050-01-01T00:00:00Z", "deleted"),
        ),
    ),
    "suspended": Life(
        BASIC,
        SUSPENDED,
        (
            ("2032-02-29T23:59:00Z", "suspended"),
            ("2032-03-01T00:00:00Z", "disabled"),
            ("2032-06-28T23:59:00Z", "disabled"),
            ("2032-06-29T00:00:00Z", "deleted"),
        ),
    ),
    "for a month": Life(
        BASIC.for_term("P1M", "monthly"),
        ENDS,
        (("2031-03-31T23:59:00Z", "active"), ("2031-04-01T00:00:00Z", "expired")),
    ),
    "for three years": Life(
        BASIC.for_term("P3Y", "triennial"),
        ENDS,
        (("2034-02-28T23:59:00Z", "active"), ("2034-03-01T00:00:00Z", "expired")),
    ),
    "with renewal": Life(BASIC, {}, (("2032-03-01T00:00:00Z", "active"), ("2049-01-01T00:00:00Z", "active"))),
    "marketplace": Life(
        LEDGER,
        ENDS,
        (
            ("2031-03-31T23:59:00Z", "active"),
            ("2031-04-01T00:00:00Z", "expired"),
            ("2031-05-01T00:00:00Z", "disabled"),
        ),
    ),
    "software": Life(
        CAL_FOR_A_YEAR,
        {},
        (
            ("2032-02-29T23:59:00Z", "active"),
            ("2032-03-01T00:00:00Z", "expired"),
            ("2032-06-29T00:00:00Z", "deleted"),
        ),
    ),
    "software for three years": Life(
        CAL_FOR_THREE_YEARS, {}, (("2034-02-28T23:59:00Z", "active"), ("2034-03-01T00:00:00Z", "expired"))
    ),
    "a suspended legacy licence": Life(
        OFFICE,
        SUSPENDED,
        (("2031-05-30T11:59:00Z", "suspended"), ("2031-05-30T12:01:00Z", "deleted")),
    ),
    "a legacy licence without renewal": Life(
        OFFICE,
        ENDS,
        (
            ("2032-02-29T23:59:00Z", "active"),
            ("2032-03-01T00:00:00Z", "suspended"),
            ("2032-05-29T23:59:00Z", "suspended"),
            ("2032-05-30T00:00:00Z", "deleted"),
        ),
    ),
    "suspended legacy Azure": Life(
        LEGACY_AZURE, SUSPENDED, (("2031-05-30T11:59:00Z", "suspended"), ("2031-05-30T12:01:00Z", "deleted"))
    ),
    "an Azure plan": Life(AZURE_PLAN, {}, (("2099-01-01T00:00:00Z", "active"),)),
    "legacy Azure": Life(LEGACY_AZURE, {}, (("2099-01-01T00:00:00Z", "active"),)),
}


@pytest.mark.parametrize("name", LIVES)
def test_time_ends_what_nobody_renews(shop: Shop, name: str) -> None:
    """Each stage begins with its minute; what is read is what the list shows, whoever looks in between (5.2)."""
    life = LIVES[name]
    shop.sandbox.set(marketplace_waits_for_activation=False)
    shop.advance_to(NOON)
    subscription = shop.buy_subscription(life.item)
    if life.changes:
        assert 200 == shop.change(subscription, **life.changes).status_code
    for moment, status in life.stages:
        shop.advance_to(moment)
        shown = shop.subscription(subscription["id"])
        assert (moment, status) == (moment, shown["status"])
        assert [shown] == shop.items("/subscriptions")


def test_it_does_not_matter_who_looked_in_between(shop: Shop) -> None:
    """A subscription that nobody read for years, and one that was read and written to, end alike (5.2)."""
    shop.advance_to(NOON)
    first, second = (shop.change(shop.buy_subscription(BASIC), **ENDS).json() for _ in range(2))
    for moment in ("2032-03-10T00:00:00Z", "2032-04-10T00:00:00Z"):
        shop.advance_to(moment)
        shop.change(shop.subscription(first["id"]), friendlyName="x")
        shop.subscription(first["id"])
    shop.advance_to("2033-01-01T00:00:00Z")
    shown = [shop.subscription(document["id"]) for document in (first, second)]
    own = ("id", "orderId", "links", "creationDate", "effectiveStartDate")
    assert {**shown[0], **{name: shown[1][name] for name in own}} == shown[1]
    assert "deleted" == shown[0]["status"]


def test_what_expired_says_so(shop: Shop) -> None:
    """`suspensionReasons` is `Expiration`, and nothing can be changed any more (5.2)."""
    shop.advance_to(NOON)
    shop.change(shop.buy_subscription(BASIC), **ENDS)
    shop.advance_to("2032-03-01T00:00:00Z")
    expired = shop.the_subscription()
    assert ["Expiration"] == expired["suspensionReasons"]
    assert Fault(400, 800040) == fault_of(shop.change(expired, status="active"))


def test_a_renewal_is_a_new_term(shop: Shop) -> None:
    """Dates move on, the window of cancellation opens and closes again, and all seats can be given back (5.3)."""
    shop.advance_to(NOON)
    first = shop.change(shop.buy_subscription(BASIC, 5), quantity=7).json()
    shop.advance_to("2032-03-02T08:00:00Z")
    second = shop.the_subscription()
    expected = {
        **first,
        "effectiveStartDate": "2032-03-01T00:00:00.0000000Z",
        "commitmentEndDate": "2033-02-28T00:00:00.0000000Z",
        "commitmentEndDateTime": "2033-02-28T23:59:59.0000000Z",
        "cancellationAllowedUntilDate": "2032-03-08T23:59:00.0000000Z",
        "refundOptions": [{"type": "Full", "expiresAt": "2032-03-08T00:00:00.0000000Z"}],
        "refundableQuantity": {
            "totalQuantity": 7,
            "details": [{"quantity": 7, "allowedUntilDateTime": "2032-03-08T00:00:00.0000000Z"}],
        },
    }
    assert expected == second
    assert 200 == shop.change(second, quantity=1).status_code
    shop.advance_to("2032-03-09T00:00:00Z")
    assert Fault(400, 900117) == fault_of(shop.change(shop.the_subscription(), status="deleted"))
    shop.advance_to("2033-03-03T00:00:00Z")
    assert 200 == shop.change(shop.the_subscription(), status="deleted").status_code


def test_the_other_windows_open_with_a_renewal_too(shop: Shop) -> None:
    """A marketplace subscription can be cancelled within 7 days of each term (5.3)."""
    shop.sandbox.set(marketplace_waits_for_activation=False)
    shop.advance_to(NOON)
    shop.buy(LEDGER)
    shop.advance_to("2031-03-09T00:00:00Z")
    assert Fault(400, 900117) == fault_of(shop.change(shop.the_subscription(), status="deleted"))
    shop.advance_to("2031-04-02T00:00:00Z")
    assert 200 == shop.change(shop.the_subscription(), status="deleted").status_code


def test_a_renewal_grows_the_version_of_an_etag(shop: Shop) -> None:
    """What was read before is stale after it (5.3)."""
    shop.advance_to(NOON)
    before = shop.buy_subscription(OFFICE)
    shop.advance_to("2032-03-02T00:00:00Z")
    assert Fault(400, 2055) == fault_of(shop.change(before, friendlyName="x"))
    assert 200 == shop.change(shop.the_subscription(), friendlyName="x").status_code


NEXT_TERMS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"quantity": 9}, {"quantity": 9}),
    ({"product": {"termDuration": "P1M"}}, {"termDuration": "P1M", "commitmentEndDate": "2032-03-31"}),
    (
        {"product": {"billingCycle": "annual"}, "quantity": 2},
        {"billingCycle": "annual", "quantity": 2, "commitmentEndDate": "2033-02-28"},
    ),
    (
        {"product": {"billingCycle": "Triennial", "termDuration": "p3y"}},
        {"billingCycle": "triennial", "termDuration": "P3Y", "commitmentEndDate": "2035-02-28"},
    ),
    (
        {
            "product": {
                "productId": "cfq7ttc0lh18",
                "skuId": "0001",
                "termDuration": "P1Y",
                "billingCycle": "monthly",
            }
        },
        {"termDuration": "P1Y", "billingCycle": "monthly"},
    ),
    ({}, {"quantity": 5}),
)


@pytest.mark.parametrize(("planned", "becomes"), NEXT_TERMS, ids=str)
def test_what_was_scheduled_is_there_after_the_renewal(
    shop: Shop, planned: dict[str, Any], becomes: dict[str, Any]
) -> None:
    """`scheduledNextTermInstructions` changes nothing until the term ends, then seats, term and cycle (5.3)."""
    shop.advance_to(NOON)
    subscription = shop.buy_subscription(BASIC, 5)
    answer = shop.change(subscription, scheduledNextTermInstructions=planned)
    assert 200 == answer.status_code, answer.text
    assert subscription == {
        name: value for name, value in answer.json().items() if name != "scheduledNextTermInstructions"
    }
    shop.advance_to("2032-03-01T00:00:00Z")
    renewed = shop.the_subscription()
    assert "scheduledNextTermInstructions" not in renewed
    for name, value in becomes.items():
        assert renewed[name] == value or str(renewed[name]).startswith(str(value))


BAD_NEXT_TERMS: tuple[tuple[Item, dict[str, Any], Fault], ...] = (
    (BASIC, {"quantity": 0}, Fault(400, 2002)),
    (BASIC, {"quantity": -3}, Fault(400, 2002)),
    (BASIC, {"quantity": 26}, Fault(403, 800067)),
    (BASIC, {"product": {"termDuration": "P5Y"}}, Fault(400, 6001)),
    (BASIC, {"product": {"termDuration": "garbage"}}, Fault(400, 6001)),
    (BASIC, {"product": {"termDuration": ""}}, Fault(400, 6001)),
    (BASIC, {"product": {"billingCycle": "weekly"}}, Fault(400, 6001)),
    (BASIC, {"product": {"termDuration": "P1M", "billingCycle": "annual"}}, Fault(400, 6001)),
    (BASIC, {"product": {"productId": PREMIUM.id.split(":")[0]}}, Fault(400, 900141)),
    (BASIC, {"product": {"skuId": "0002"}}, Fault(400, 900141)),
    (BASIC, {"product": {"availabilityId": "CFQ7TTC0XXXX"}}, Fault(400, 900141)),
    (OFFICE, {"quantity": 3}, Fault(403, 900263)),
    (LEDGER, {"quantity": 3}, Fault(403, 900263)),
)


@pytest.mark.parametrize(("item", "planned", "fault"), BAD_NEXT_TERMS, ids=str)
def test_what_cannot_be_renewed_cannot_be_scheduled(
    shop: Shop, item: Item, planned: dict[str, Any], fault: Fault
) -> None:
    """Seats, terms and products that a renewal could not have are refused at once, and nothing is kept (5.3)."""
    shop.sandbox.set(marketplace_waits_for_activation=False)
    subscription = shop.buy_subscription(item, 5)
    answer = shop.change(subscription, scheduledNextTermInstructions=planned)
    assert fault == fault_of(answer)
    assert re.fullmatch(r"[^\n]+[^.]\.", answer.json()["description"])
    shop.advance("P3Y")
    assert 200 == shop.call("GET", f"/subscriptions/{subscription['id']}").status_code
    assert "scheduledNextTermInstructions" not in shop.the_subscription()


def test_a_schedule_is_sent_back_with_the_rest(shop: Shop) -> None:
    """A whole resource that still has it keeps it; a null takes it away (5.3)."""
    planned = shop.change(shop.buy_subscription(BASIC), scheduledNextTermInstructions={"quantity": 9}).json()
    kept = shop.change(planned, friendlyName="x").json()
    assert {"quantity": 9} == kept["scheduledNextTermInstructions"]
    path = f"/subscriptions/{planned['id']}"
    changed = shop.call("PATCH", path, {**kept, "scheduledNextTermInstructions": None}).json()
    assert "scheduledNextTermInstructions" not in changed


def test_a_renewal_of_many_terms_at_once_is_the_same(sandbox: Sandbox) -> None:
    """A monthly subscription that nobody looked at for ten years is in the 121st month (5.2)."""
    shop = open_shop(sandbox)
    shop.advance_to("2031-01-31T12:00:00Z")
    shop.buy(BASIC.for_term("P1M", "monthly"))
    ends = []
    for moment in ("2031-02-27T00:00:00Z", "2031-03-01T00:00:00Z", "2041-03-01T00:00:00Z"):
        shop.advance_to(moment)
        ends.append(shop.the_subscription()["commitmentEndDate"][:10])
    assert ["2031-02-27", "2031-03-27", "2041-03-27"] == ends


def test_a_place_is_free_once_a_subscription_is_deleted_by_time(shop: Shop) -> None:
    """Expired and disabled ones still count, deleted ones do not (8)."""
    shop.advance_to(NOON)
    for _ in range(5):
        shop.change(shop.buy_subscription(BASIC), **ENDS)
    for moment, code in (("2032-03-05T00:00:00Z", 800066), ("2032-04-05T00:00:00Z", 800066)):
        shop.advance_to(moment)
        answer = shop.order({"offerId": BASIC.id, "quantity": 1})
        assert Fault(403, code) == fault_of(answer)
    shop.advance_to("2032-06-29T00:00:00Z")
    assert 201 == shop.order({"offerId": BASIC.id, "quantity": 1}).status_code


@pytest.mark.parametrize("item", [BASIC, CAL_FOR_A_YEAR])
def test_a_customer_can_be_deleted_once_all_has_ended(shop: Shop, item: Item) -> None:
    """What is expired blocks no longer (1.2)."""
    shop.advance_to(NOON)
    shop.change(shop.buy_subscription(item), **ENDS)
    assert Fault(400, 3000) == fault_of(shop.call("DELETE", ""))
    shop.advance_to("2032-03-01T00:00:00Z")
    assert Fault(204) == fault_of(shop.call("DELETE", ""))


def test_an_add_on_renews_by_itself(shop: Shop) -> None:
    """Each subscription has its own term (5.2)."""
    shop.advance_to(NOON)
    parent = shop.buy_subscription(PREMIUM)
    shop.buy(TEAMS_PHONE.for_term("P1M", "monthly"), parentSubscriptionId=parent["id"])
    shop.advance_to("2031-04-15T00:00:00Z")
    (child,) = shop.items(f"/subscriptions/{parent['id']}/addons")
    assert ("2031-04-30", "2032-02-29") == (
        child["commitmentEndDate"][:10],
        shop.subscription(parent["id"])["commitmentEndDate"][:10],
    )


def test_terms_that_are_longer_are_told(shop: Shop) -> None:
    """Start, end and window of each kind of term (5.1)."""
    shop.advance_to(NOON)
    shop.sandbox.set(seat_quota=500)
    ends = {
        item: shop.buy_subscription(item, quantity)["commitmentEndDate"]
        for item, quantity in (
            (COPILOT, 300),
            (LEDGER_FOR_A_YEAR, 1),
            (CAL_FOR_THREE_YEARS, 1),
            (AZURE_PLAN, 1),
            (OFFICE, 1),
        )
    }
    assert [
        "2032-02-29T00:00:00.0000000Z",
        "2032-02-29T00:00:00.0000000Z",
        "2034-02-28T00:00:00.0000000Z",
        "9999-12-31T00:00:00.0000000Z",
        "2032-02-29T00:00:00.0000000Z",
    ] == list(ends.values())
