"""What is told of a cart's line that cannot be bought; behaviour.md 4.4."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.conftest import ADDRESS, Sandbox
from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.shopping import (
    BASIC,
    CONFERENCING,
    COPILOT,
    LEDGER,
    NOBODYS_ID,
    OFFICE,
    PREMIUM,
    PREMIUM_TRIAL,
    RESERVATION,
    SAVINGS_PLAN,
    TEAMS_PHONE,
    UNKNOWN,
    UNSOLD_RESERVATION,
    USER_CAL,
    WINDOWS_365,
    Shop,
    in_cart,
    in_order,
    on_top_of,
    open_shop,
    reserved_for,
)

LEARN_MORE = "https://learn.microsoft.com/partner-center/develop/set-up-api-access-in-partner-center"
MUST_BE_AN_ADD_ON_OF = "This add-on cannot be bought for that subscription"
QUANTITY = "The requested quantity for line item 0 is not within the allowed quantity for this offer"
CURRENCY = (
    "One or more of the order items do not support the given currency, USD. "
    "Input currency should be either partner or customer (market) currency"
)
SEATS = "The desired seat count exceeded the maximum seat count allowed per subscription"
NEEDS_CONTEXT = (
    "A reservation needs provisioningContext with subscriptionId and scope, which is shared or single"
)

Line = dict[str, Any] | Callable[[str], dict[str, Any]]


@dataclass(frozen=True)
class Bad:
    """A line, or what makes one of the id of the customer's subscription; what is told of it; what an order answers.

    `has` is what the customer has bought before, `shop` what its partner is, and its settings.
    """

    line: Line
    word: str
    told: str
    fault: Fault
    quantities: tuple[int, int] | None = None
    has: Mapping[str, Any] | None = None
    shop: Mapping[str, Any] = field(default_factory=dict)


def reservation(**context: str) -> dict[str, Any]:
    """The line of a reservation with such a context."""
    return in_cart(RESERVATION, provisioningContext=context)


PLAN = {"product": "azure_plan"}
REGISTERED = {"product": "azure_plan", "registered": True}

BAD: Mapping[str, Bad] = {
    "an unknown item": Bad(
        in_cart(UNKNOWN), "catalog_item_id_is_not_valid", "Invalid offer Id", Fault(400, 800004)
    ),
    "a product without its availability": Bad(
        in_cart(BASIC, catalogItemId="CFQ7TTC0LH18:0001"),
        "catalog_item_id_is_not_valid",
        "Invalid offer Id",
        Fault(400, 800004),
    ),
    "another currency": Bad(
        in_cart(BASIC, currencyCode="EUR"), "currency_is_not_supported", CURRENCY, Fault(400, 900169)
    ),
    "no currency at all": Bad(
        in_cart(BASIC, currencyCode="x"), "currency_is_not_supported", CURRENCY, Fault(400, 900169)
    ),
    "participants": Bad(
        in_cart(BASIC, participants=[{"key": "transaction_reseller", "value": "1"}]),
        "participants_is_not_supported_for_partner",
        "Participants can be named by indirect providers only",
        Fault(403, 2006),
    ),
    "a cycle that the term does not have": Bad(
        in_cart(BASIC.for_term("P1M", "annual")),
        "billing_plan_not_supported",
        "The item is not sold for this term and billing cycle. It has P1M monthly, P1Y monthly, P1Y annual, "
        "P3Y annual, P3Y triennial",
        Fault(400, 6001),
    ),
    "a cycle that there is not": Bad(
        in_cart(USER_CAL, billingCycle="weekly"),
        "billing_plan_not_supported",
        "The item is not sold for this term and billing cycle. It has no term one_time",
        Fault(400, 6001),
    ),
    "a term of what has none": Bad(
        in_cart(USER_CAL, termDuration="P1Y"),
        "billing_plan_not_supported",
        "The item is not sold for this term and billing cycle. It has no term one_time",
        Fault(400, 6001),
    ),
    "a renewal that there is not": Bad(
        in_cart(PREMIUM_TRIAL, renewsTo={"termDuration": "P5Y"}),
        "billing_plan_not_supported",
        "The item does not renew for this term. It has P1M, P1Y",
        Fault(400, 6001),
    ),
    "no attestation": Bad(
        in_cart(WINDOWS_365),
        "attestation_not_accepted",
        f"CatalogItemId: {WINDOWS_365.id} requires attestation acceptance",
        Fault(400, 900203),
    ),
    "an attestation that is refused": Bad(
        in_cart(WINDOWS_365, attestationAccepted=False),
        "attestation_not_accepted",
        f"CatalogItemId: {WINDOWS_365.id} requires attestation acceptance",
        Fault(400, 900203),
    ),
    "no piece": Bad(in_cart(BASIC, 0), "invalid_input", QUANTITY, Fault(400, 900275)),
    "fewer than none": Bad(in_cart(BASIC, -1), "invalid_input", QUANTITY, Fault(400, 900275)),
    "more than anybody has": Bad(in_cart(USER_CAL, 10**30), "invalid_input", QUANTITY, Fault(400, 900275)),
    "more than the most of an offer": Bad(
        in_cart(SAVINGS_PLAN, 101), "invalid_input", QUANTITY, Fault(400, 900275), has=PLAN
    ),
    "less than the offer's least": Bad(
        in_cart(COPILOT, 299),
        "invalid_input",
        QUANTITY,
        Fault(400, 900275),
        shop={"environment": "production"},
    ),
    "more seats than a sandbox has": Bad(
        in_cart(BASIC, 26), "sandbox_limit_exceeded", SEATS, Fault(403, 800067), (25, 0)
    ),
    "an offer of more seats": Bad(
        in_cart(COPILOT, 5), "sandbox_limit_exceeded", SEATS, Fault(403, 800067), (25, 0)
    ),
    "more assets than a customer may have": Bad(
        in_cart(PREMIUM_TRIAL, 5),
        "max_allowed_seats_per_subscription_exceeded",
        "The requested number of 1 asset/s exceeded the remaining limit of 0 assets allowed per customer",
        Fault(403, 800089),
        (0, 1),
        has={"product": "new_commerce", "item": PREMIUM_TRIAL.id, "quantity": 5},
    ),
    "an add-on by itself": Bad(
        in_cart(TEAMS_PHONE),
        "base_offer_seat_quantity_not_met",
        "This is an add-on. Name the subscription that it is bought for",
        Fault(403, 800020),
    ),
    "an add-on of something else": Bad(
        lambda there: in_cart(TEAMS_PHONE, provisioningContext=on_top_of(there)),
        "base_offer_seat_quantity_not_met",
        MUST_BE_AN_ADD_ON_OF,
        Fault(403, 800020),
        has={"product": "new_commerce", "item": BASIC.id},
    ),
    "an add-on of an add-on's kind": Bad(
        lambda there: in_cart(CONFERENCING, provisioningContext=on_top_of(there)),
        "base_offer_seat_quantity_not_met",
        MUST_BE_AN_ADD_ON_OF,
        Fault(403, 800020),
        has={"product": "new_commerce", "item": PREMIUM.id},
    ),
    "what is no add-on on top of something": Bad(
        lambda there: in_cart(BASIC, provisioningContext=on_top_of(there)),
        "base_offer_seat_quantity_not_met",
        "This is no add-on, so it cannot be bought for another subscription",
        Fault(403, 800020),
        has={"product": "new_commerce", "item": PREMIUM.id},
    ),
    "an add-on of nothing": Bad(
        in_cart(TEAMS_PHONE, provisioningContext=on_top_of(NOBODYS_ID)),
        "subscription_is_not_valid",
        f"Subscription with id {NOBODYS_ID} not found",
        Fault(404, 20003),
    ),
    "an add-on of what is suspended": Bad(
        lambda there: in_cart(TEAMS_PHONE, provisioningContext=on_top_of(there)),
        "subscription_is_not_valid",
        "This subscription is not an active subscription",
        Fault(400, 800012),
        has={"product": "new_commerce", "item": PREMIUM.id, "subscriptionStatus": "suspended"},
    ),
    "an add-on of another cycle": Bad(
        lambda there: in_cart(CONFERENCING, billingCycle="annual", provisioningContext=on_top_of(there)),
        "billing_plan_not_supported",
        "Subscription's billing cycle does not match with the original order billing cycle",
        Fault(400, 800085),
        has={"product": "legacy", "item": OFFICE.id, "billingCycle": "monthly"},
    ),
    "a reservation without a context": Bad(
        in_cart(RESERVATION), "invalid_input", NEEDS_CONTEXT, Fault(400, 800002)
    ),
    "a reservation without a scope": Bad(
        lambda there: reservation(subscriptionId=there),
        "invalid_input",
        NEEDS_CONTEXT,
        Fault(400, 800002),
        has=REGISTERED,
    ),
    "a reservation of an unknown scope": Bad(
        lambda there: reservation(subscriptionId=there, scope="all"),
        "invalid_input",
        NEEDS_CONTEXT,
        Fault(400, 800002),
        has=REGISTERED,
    ),
    "a reservation for what is not Azure": Bad(
        lambda there: reservation(**reserved_for(there)),
        "subscription_is_not_valid",
        "This subscription is not a valid Azure subscription",
        Fault(400, 800011),
        has={"product": "new_commerce"},
    ),
    "a reservation for nobody's subscription": Bad(
        reservation(**reserved_for(NOBODYS_ID)),
        "subscription_is_not_valid",
        "This subscription is not a valid Azure subscription",
        Fault(400, 800011),
    ),
    "a reservation for what is suspended": Bad(
        lambda there: reservation(**reserved_for(there)),
        "subscription_is_not_valid",
        "This subscription is not an active subscription",
        Fault(400, 800012),
        has={**REGISTERED, "subscriptionStatus": "suspended"},
    ),
    "a reservation for what is not registered": Bad(
        lambda there: reservation(**reserved_for(there)),
        "subscription_not_registered",
        "This subscription is not registered",
        Fault(400, 800030),
        has=PLAN,
    ),
    "a reservation that a sandbox cannot buy": Bad(
        lambda there: in_cart(UNSOLD_RESERVATION, provisioningContext=reserved_for(there)),
        "unable_to_process_cart_line_item",
        "Reserved VM Instance, Standard_B1s, EU West, 1 Year is not available to purchase in the Sandbox "
        f"environment. Learn more at {LEARN_MORE}",
        Fault(403, 900322),
        has=REGISTERED,
    ),
    "more reservations than a customer has": Bad(
        lambda there: in_cart(RESERVATION, 3, provisioningContext=reserved_for(there)),
        "sandbox_limit_exceeded",
        "The sandbox limit has been met",
        Fault(400, 800018),
        (2, 0),
        has=REGISTERED,
    ),
    "a savings plan without an Azure plan": Bad(
        in_cart(SAVINGS_PLAN),
        "subscription_is_not_valid",
        "An Azure savings plan can be bought for a customer with an Azure plan only",
        Fault(403, 800020),
    ),
    "a legacy offer when they are gone": Bad(
        in_cart(OFFICE),
        "legacy_offer_not_eligible_for_purchase",
        "The offer is no longer available for purchase",
        Fault(403, 2091),
        shop={"settings": {"legacy_purchase": "refuse"}},
    ),
}


def set_up(sandbox: Sandbox, bad: Bad) -> tuple[Shop, dict[str, Any]]:
    """The customer, and the line."""
    shop = open_shop(sandbox, *([] if bad.has is None else [bad.has]), **bad.shop)
    if not callable(bad.line):
        return shop, bad.line
    return shop, bad.line(shop.the_subscription()["id"])


@pytest.mark.parametrize("name", BAD)
def test_a_line_that_cannot_be_bought_says_why(sandbox: Sandbox, name: str) -> None:
    """Create never fails for a bad line: it has a word, a text, and where something is counted, how many (4.4)."""
    bad = BAD[name]
    shop, line = set_up(sandbox, bad)
    (shown,) = shop.fill_cart(line)["lineItems"]
    expected: dict[str, Any] = {"errorCode": bad.word, "errorDescription": bad.told}
    if bad.quantities is not None:
        available, purchased = bad.quantities
        expected["additionalInformation"] = {"availableQuantity": available, "purchasedQuantity": purchased}
    assert expected == shown["error"]


@pytest.mark.parametrize("name", BAD)
def test_a_cart_of_nothing_else_is_not_checked_out(sandbox: Sandbox, name: str) -> None:
    """400/800009 when no line can be bought; the cart stays as it was and nothing is bought (4.4, 11.2)."""
    shop, line = set_up(sandbox, BAD[name])
    cart = shop.fill_cart(line)
    before = shop.items("/orders")
    assert Fault(400, 800009) == fault_of(shop.check_out(cart))
    assert (cart, before) == (shop.get(f"/carts/{cart['id']}"), shop.items("/orders"))


# An order's line has no participants.
@pytest.mark.parametrize("name", sorted(set(BAD) - {"participants"}))
def test_an_order_of_the_same_line_is_refused_in_the_same_words(sandbox: Sandbox, name: str) -> None:
    """An order without a cart answers the service error whose words the line of the cart shows (4.4, 8)."""
    bad = BAD[name]
    shop, line = set_up(sandbox, bad)
    cycle, currency = line["billingCycle"], line.get("currencyCode")
    body = {**line, "offerId": line["catalogItemId"]}
    members = {} if currency is None else {"currencyCode": currency}
    before = shop.items("/orders")
    answer = shop.order(body, cycle=cycle, **members)
    assert (bad.fault, bad.told + ".") == (fault_of(answer), answer.json()["description"])
    assert before == shop.items("/orders")


def test_lines_count_for_those_after_them(shop: Shop) -> None:
    """The sixth subscription of one cart is one too many, whatever is bought before (8)."""
    cart = shop.fill_cart(*(in_cart(item) for item in (BASIC, LEDGER, BASIC, LEDGER, BASIC, BASIC, USER_CAL)))
    errors = [line.get("error", {}).get("errorCode") for line in cart["lineItems"]]
    assert [None] * 5 + ["sandbox_limit_exceeded", None] == errors
    assert {"availableQuantity": 0, "purchasedQuantity": 5} == cart["lineItems"][5]["error"][
        "additionalInformation"
    ]


def test_an_add_on_below_a_line_says_why_it_cannot_be_bought(shop: Shop) -> None:
    """The error stands at the add-on, and the line above has none (4.4)."""
    for base, add_on in ((BASIC, TEAMS_PHONE), (PREMIUM, BASIC), (UNKNOWN, TEAMS_PHONE)):
        cart = shop.fill_cart(in_cart(base, addonItems=[in_cart(add_on)]))
        (line,) = cart["lineItems"]
        assert (base is UNKNOWN) == ("error" in line)
        assert "base_offer_seat_quantity_not_met" == line["addonItems"][0]["error"]["errorCode"]
        assert Fault(400, 800009) == fault_of(shop.check_out(cart))
    assert [] == shop.items("/orders")


def test_an_add_on_of_another_cycle_than_the_line_above_is_refused(shop: Shop) -> None:
    """The lines of one order are billed in one cycle (4.2, 11.2 code 800085)."""
    add_on = in_cart(TEAMS_PHONE.for_term("P1Y", "annual"))
    (line,) = shop.fill_cart(in_cart(PREMIUM, addonItems=[add_on]))["lineItems"]
    assert "billing_plan_not_supported" == line["addonItems"][0]["error"]["errorCode"]


@pytest.mark.parametrize(
    ("country", "currency", "fits"),
    [
        ("DE", "EUR", True),
        ("DE", "eur", True),
        ("DE", "USD", True),
        ("DE", "GBP", False),
        ("US", "EUR", False),
    ],
)
def test_a_currency_is_that_of_the_partner_or_of_the_market(
    sandbox: Sandbox, country: str, currency: str, fits: bool
) -> None:
    """An American partner sells to a German customer in euros or in dollars, and the cart says euros (4.2, 4.4)."""
    address = (
        {"country": "DE", "city": "Berlin", "postalCode": "10115", "state": None} if country == "DE" else {}
    )
    shop = open_shop(sandbox, customer={"address": {**ADDRESS, **address}})
    (line,) = shop.fill_cart(in_cart(BASIC, currencyCode=currency))["lineItems"]
    shown = {"DE": "EUR", "US": "USD"}[country] if fits else currency
    assert (fits, shown) == ("error" not in line, line["currencyCode"])


def test_the_quantity_of_one_line_of_an_order_is_named_by_its_number(shop: Shop) -> None:
    """900275 says which line it is about (11.2)."""
    answer = shop.order(in_order(BASIC), in_order(BASIC, 0))
    assert QUANTITY.replace("line item 0", "line item 1") + "." == answer.json()["description"]
