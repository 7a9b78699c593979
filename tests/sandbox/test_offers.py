"""Legacy offers and their categories over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import Fault, fault_of

from partnercenter.sandbox.rules.catalogue import offer_categories, offers

PREMIUM = "031C9E47-4802-4248-838E-778FB1D2CC05"
CONFERENCING = "C94271D8-B431-4A25-A3C5-A57737A1C909"
TRIAL = "467EAB54-127B-42D3-B046-3844B860BEBF"
EVERY = [offer.item.catalog_item_id for offer in offers()]


def get(sandbox: Sandbox, path: str) -> Any:
    """The body of a success."""
    answer = sandbox.call("GET", f"/v1{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(sandbox: Sandbox, path: str) -> list[str]:
    """The ids in a list."""
    return [item["id"] for item in get(sandbox, path)["items"]]


def test_an_offer_is_read_by_country(sandbox: Sandbox) -> None:
    """An offer has its category, its limits, how it is billed, and links to itself and to its add-ons."""
    offer = get(sandbox, f"/offers/{PREMIUM.lower()}?country=us")
    assert {
        "id": PREMIUM,
        "name": "Office 365 Business Premium",
        "country": "US",
        "minimumQuantity": 1,
        "maximumQuantity": 300,
        "billing": "license",
        "unitType": "Licenses",
        "supportedBillingCycles": ["monthly", "annual"],
        "isAddOn": False,
        "hasAddOns": True,
        "isTrial": False,
        "prerequisiteOffers": [],
        "isAvailableForPurchase": True,
        "attributes": {"objectType": "Offer"},
    }.items() <= offer.items()
    assert ("Small_Business", "US", {"objectType": "OfferCategory"}) == tuple(
        offer["category"][name] for name in ("id", "country", "attributes")
    )
    assert offer == get(sandbox, offer["links"]["self"]["uri"])
    assert [CONFERENCING] == ids(sandbox, offer["links"]["addOns"]["uri"])


def test_an_add_on_and_a_trial_name_what_they_belong_to(sandbox: Sandbox) -> None:
    """An add-on names the offers that it is for, a trial those that it can become."""
    add_on, trial = (get(sandbox, f"/offers/{known}?country=US") for known in (CONFERENCING, TRIAL))
    assert (True, False) == (add_on["isAddOn"], add_on["hasAddOns"])
    assert PREMIUM in add_on["prerequisiteOffers"]
    assert "addOns" not in add_on["links"]
    assert (True, False, [PREMIUM]) == (
        trial["isTrial"],
        trial["isAutoRenewable"],
        trial["conversionTargetOffers"],
    )


def test_offers_that_are_not_sold_say_so(sandbox: Sandbox) -> None:
    """Where legacy offers cannot be bought any more, none is available for purchase."""
    sandbox.set(legacy_purchase="refuse")
    listed = get(sandbox, "/offers?country=US")["items"]
    assert {False} == {offer["isAvailableForPurchase"] for offer in listed}


@pytest.mark.parametrize(
    ("expected", "query"),
    [
        (EVERY, ""),
        (EVERY, "&size=0"),
        (EVERY, "&size=500&offset=0"),
        (EVERY[:2], "&size=2"),
        (EVERY[2:4], "&size=2&offset=2"),
        (EVERY[4:], "&offset=4"),
        ([], "&offset=5"),
        ([TRIAL], "&offer_category_id=trial"),
        ([], "&offer_category_id=none"),
        ([PREMIUM, TRIAL], "&product_id=6F2B1C9E-0d47-4b8a-9c35-1e7a40d86b21"),
    ],
)
def test_a_list_of_offers_is_cut_and_narrowed(sandbox: Sandbox, expected: list[str], query: str) -> None:
    """Size and offset cut the list; category and product narrow it."""
    assert expected == ids(sandbox, f"/offers?country=US{query}")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
def test_links_lead_through_the_pages_and_back(sandbox: Sandbox, size: int) -> None:
    """Following `next` shows every offer once, following `previous` from the end leads back to the first page."""
    page = get(sandbox, f"/offers?size={size}&country=US")
    first, seen = page["items"], list(page["items"])
    assert "previous" not in page["links"]
    while "next" in page["links"]:
        page = get(sandbox, page["links"]["next"]["uri"])
        seen += page["items"]
        assert len(page["items"]) == page["totalCount"]
    assert EVERY == [offer["id"] for offer in seen]
    while "previous" in page["links"]:
        page = get(sandbox, page["links"]["previous"]["uri"])
    assert first == page["items"]


def test_categories_are_those_of_the_offers(sandbox: Sandbox) -> None:
    """Every category has offers, and every offer's category is in the list."""
    listed = get(sandbox, "/offercategories?country=DE")
    assert [category.id for category in offer_categories()] == [item["id"] for item in listed["items"]]
    assert "/offercategories?country=DE" == listed["links"]["self"]["uri"]
    offered = get(sandbox, "/offers?country=DE")["items"]
    for category in listed["items"]:
        assert "DE" == category["country"]
        assert category in [offer["category"] for offer in offered]


def test_a_customer_sees_the_offers_of_its_country(sandbox: Sandbox) -> None:
    """By customer offers, add-ons and categories are those of its country, without a country in the query."""
    below = f"/customers/{sandbox.create_customer()['id']}"
    assert EVERY == ids(sandbox, f"{below}/offers")
    assert EVERY[1:3] == ids(sandbox, f"{below}/offers?size=2&offset=1")
    assert [TRIAL] == ids(sandbox, f"{below}/offers?offer_category_id=Trial")
    assert [CONFERENCING] == ids(sandbox, f"{below}/offers/{PREMIUM}/addons")
    assert ["US"] * 4 == [item["country"] for item in get(sandbox, f"{below}/offercategories")["items"]]
    offer = get(sandbox, f"{below}/offers")["items"][0]
    assert f"{below}/offers/{PREMIUM}/addons" == offer["links"]["addOns"]["uri"]
    assert PREMIUM == get(sandbox, offer["links"]["self"]["uri"])["id"]


@pytest.mark.parametrize(
    ("expected", "path"),
    [
        (Fault(404, 1000), "/offers/00000000-0000-0000-0000-000000000000?country=US"),
        (Fault(404, 1000), "/offers/DZH318Z9KQ01?country=US"),
        (Fault(404, 1000), "/offers/x/addons?country=US"),
        (Fault(400, 2000), "/offers"),
        (Fault(400, 2000), "/offers?country=QQ"),
        (Fault(400, 2000), f"/offers/{PREMIUM}"),
        (Fault(400, 2000), f"/offers/{PREMIUM}/addons"),
        (Fault(400, 2000), "/offercategories?country="),
        (Fault(400, 2000), "/offers?country=US&offset=-1"),
        (Fault(400, 2000), "/offers?country=US&offset=many"),
        (Fault(400, 2000), "/offers?country=US&size=x"),
    ],
)
def test_what_is_no_offer_is_refused(sandbox: Sandbox, expected: Fault, path: str) -> None:
    """Unknown offers and countries, and numbers that are none, are refused in a sentence."""
    answer = sandbox.call("GET", f"/v1{path}")
    assert expected == fault_of(answer)
    assert answer.json()["description"].endswith(".")


def test_a_strange_offset_is_no_trouble(sandbox: Sandbox) -> None:
    """An offset beyond every list answers an empty page."""
    assert [] == ids(sandbox, f"/offers?country=US&offset={'9' * 40}&size=1")
