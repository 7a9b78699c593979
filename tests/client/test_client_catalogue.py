"""The catalogue, offers and the inventory check: both clients against a real sandbox, and odd answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.client.conftest import CUSTOMER, Answer, Door, ScriptedServer
from tests.conftest import Sandbox

from partnercenter import (
    Availability,
    InventoryCheckRequest,
    InventoryItem,
    NotFoundError,
    Offer,
    OfferCategory,
    PartnerCenterError,
    PermissionDeniedError,
    Product,
    Sku,
    TargetView,
)
from partnercenter.client.errors import UnexpectedAnswerError

Act = Callable[[Any], Any]

PREMIUM = "031C9E47-4802-4248-838E-778FB1D2CC05"
CONFERENCING = "C94271D8-B431-4A25-A3C5-A57737A1C909"
DOCS = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)


def of_country(client: Any) -> Any:
    """The catalogue of a country."""
    return client.products.by_country("US")


def of_customer(customer_id: str) -> Act:
    """The catalogue for a customer."""
    return lambda client: client.customers.by_id(customer_id).products


def ask(sandbox: Sandbox, door: Door, *actions: Act) -> list[Any]:
    """What these calls give; lists are read to their end."""
    return door.calls(sandbox.url, *actions, credential=door.make_credential(sandbox.token))


@pytest.mark.parametrize("by_customer", [False, True])
def test_the_catalogue_is_walked_down_to_an_availability(
    sandbox: Sandbox, door: Door, by_customer: bool
) -> None:
    """From a view to product, SKU and availability: lists and reads agree, by country and by customer."""
    market = of_customer(sandbox.create_customer()["id"]) if by_customer else of_country

    def product(client: Any) -> Any:
        return market(client).by_id("DZH318Z9KQ01")

    def sku(client: Any) -> Any:
        return product(client).skus.by_id("0002")

    listed, one, skus, one_sku, availabilities, availability = ask(
        sandbox,
        door,
        lambda client: (
            market(client).by_target_view(TargetView.SOFTWARE_PERPETUAL).list(segment="commercial")
        ),
        lambda client: product(client).get(),
        lambda client: product(client).skus.list(),
        lambda client: sku(client).get(),
        lambda client: sku(client).availabilities.list(segment="commercial"),
        lambda client: sku(client).availabilities.by_id("DZH318Z9WX42").get(),
    )
    assert isinstance(one, Product)
    assert one in listed
    assert ("Ledgerline 2022", "Perpetual") == (one.title, one.product_type.sub_type.id)
    assert isinstance(one_sku, Sku)
    assert [one_sku] == skus
    assert (["one_time"], {"isMicrosoftProduct": True}) == (
        one_sku.supported_billing_cycles,
        one_sku.dynamic_attributes,
    )
    assert isinstance(availability, Availability)
    assert [availability] == availabilities
    assert ("DZH318Z9KQ01:0002:DZH318Z9WX42", "USD") == (
        availability.catalog_item_id,
        availability.default_currency.code,
    )
    assert ["P3Y"] == [term.duration for term in availability.terms]


def test_segment_and_reservation_scope_narrow_a_list(sandbox: Sandbox, door: Door) -> None:
    """Segment and reservation scope are keyword arguments of every list, the scope of reads too."""
    sandbox.set(reservations_need_scope=True)
    scope = "AzurePlan"

    def reservation(client: Any) -> Any:
        return of_country(client).by_id("DZH318Z0BQ3W")

    education, plain, scoped, product, skus, sku, availabilities = ask(
        sandbox,
        door,
        lambda client: of_country(client).by_target_view("OnlineServices").list(segment="education"),
        lambda client: of_country(client).by_target_view("AzureReservationsVM").list(),
        lambda client: (
            of_country(client)
            .by_target_view("AzureReservationsVM")
            .list(segment="commercial", reservation_scope=scope)
        ),
        lambda client: reservation(client).get(reservation_scope=scope),
        lambda client: reservation(client).skus.list(segment="commercial", reservation_scope=scope),
        lambda client: reservation(client).skus.by_id("007J").get(reservation_scope=scope),
        lambda client: reservation(client).skus.by_id("007J").availabilities.list(reservation_scope=scope),
    )
    assert ["Microsoft 365 A3"] == [found.title for found in education]
    assert [] == plain
    assert [product] == scoped
    assert sku in skus
    assert ["DZH318Z0F2Q1"] == [found.id for found in availabilities]


@pytest.mark.parametrize(
    ("error", "code", "act"),
    [
        (NotFoundError, 400013, lambda client: of_country(client).by_id("x").get()),
        (
            NotFoundError,
            400018,
            lambda client: of_country(client).by_id("DZH318Z9KQ01").skus.by_id("x").get(),
        ),
        (PermissionDeniedError, 400036, lambda client: of_country(client).by_target_view("x").list()),
        (
            PermissionDeniedError,
            400030,
            lambda client: of_country(client).by_target_view("Azure").list(segment="nonprofit"),
        ),
        (NotFoundError, 1000, lambda client: client.offers.by_country("US").by_id("x").get()),
        (PartnerCenterError, 2000, lambda client: client.offer_categories.by_country("QQ").list()),
    ],
)
def test_refusals_have_their_codes_and_advice(
    sandbox: Sandbox, door: Door, error: type[PartnerCenterError], code: int, act: Act
) -> None:
    """What does not exist, or is not allowed, raises the error of its status with code and advice."""
    with pytest.raises(error) as caught:
        ask(sandbox, door, act)
    assert code == caught.value.code
    assert caught.value.advice


def test_offers_are_read_page_by_page(sandbox: Sandbox, door: Door) -> None:
    """A list of offers is followed over its pages, by country, by category and by customer."""
    below = sandbox.create_customer()["id"]
    every, from_second, trials, one, add_ons, mine, my_trials, my_add_ons = ask(
        sandbox,
        door,
        lambda client: client.offers.by_country("US").list(size=2),
        lambda client: client.offers.by_country("US").list(size=2, offset=1),
        lambda client: client.offers.by_country("US").by_category("Trial").list(size=1),
        lambda client: client.offers.by_country("US").by_id(PREMIUM).get(),
        lambda client: client.offers.by_country("US").by_id(PREMIUM).add_ons.list(size=1),
        lambda client: client.customers.by_id(below).offers.list(size=2),
        lambda client: client.customers.by_id(below).offers.list(category_id="Trial"),
        lambda client: client.customers.by_id(below).offers.list_add_ons(PREMIUM),
    )
    assert isinstance(one, Offer)
    assert 5 == len(every)
    assert one == every[0]
    assert every[1:] == from_second
    assert ["Office 365 Business Premium Trial"] == [offer.name for offer in trials]
    assert [CONFERENCING] == [offer.id for offer in add_ons]
    assert [offer.id for offer in every] == [offer.id for offer in mine]
    assert [offer.id for offer in trials] == [offer.id for offer in my_trials]
    assert [CONFERENCING] == [offer.id for offer in my_add_ons]


def test_categories_are_read_by_country_and_by_customer(sandbox: Sandbox, door: Door) -> None:
    """The categories of offers are the same for a country and for a customer of it."""
    below = sandbox.create_customer()["id"]
    by_country, by_customer = ask(
        sandbox,
        door,
        lambda client: client.offer_categories.by_country("US").list(),
        lambda client: client.customers.by_id(below).offer_categories.list(),
    )
    assert by_country == by_customer
    assert isinstance(by_country[0], OfferCategory)
    assert ["Small business", "Enterprise", "Trial", "Azure"] == [category.name for category in by_country]


def test_the_inventory_is_a_list_of_items(sandbox: Sandbox, door: Door) -> None:
    """An inventory check gives a plain list: an item for each SKU, with the reasons where it is restricted."""
    request = InventoryCheckRequest(
        target_items=[
            InventoryItem(product_id="DZH318Z0BQ3W", sku_id="007J"),
            InventoryItem(product_id="DZH318Z0BQ3W", sku_id="00HX"),
            InventoryItem(product_id="unknown"),
        ],
        inventory_context={"armRegionName": "eastus"},
    )
    (found,) = ask(
        sandbox, door, lambda client: client.extensions.product.by_country("US").check_inventory(request)
    )
    assert [("007J", False, None), ("00HX", True, "NotAvailableInSandbox")] == [
        (item.sku_id, item.is_restricted, item.restrictions and item.restrictions[0].reason_code)
        for item in found
    ]
    assert all(isinstance(item, InventoryItem) for item in found)


@pytest.mark.parametrize(
    ("expected", "body"),
    [
        ("no body", b""),
        ("not JSON", b"<html>login</html>"),
        ("not a list", b"{}"),
        ("not a list", b'{"items": []}'),
        ("not a list", b"null"),
    ],
)
def test_an_answer_that_is_no_list_is_an_error(
    server: ScriptedServer, door: Door, expected: str, body: bytes
) -> None:
    """Where a bare list is expected, everything else raises UnexpectedAnswerError."""
    server.answers(Answer(200, body=body))
    with pytest.raises(UnexpectedAnswerError, match=expected):
        door.call(
            server.url,
            lambda client: client.extensions.product.by_country("US").check_inventory(
                InventoryCheckRequest()
            ),
        )


def test_items_that_are_no_objects_are_left_out(server: ScriptedServer, door: Door) -> None:
    """A bare list with a byte order mark is read, and what is no object in it is left out."""
    server.answers(Answer(200, body=b'\xef\xbb\xbf[{"skuId": "1"}, null, 7]'))
    found = door.call(
        server.url,
        lambda client: client.extensions.product.by_country("US").check_inventory(InventoryCheckRequest()),
    )
    assert ["1"] == [item.sku_id for item in found]
    assert "/v1/extensions/product/checkInventory?country=US" == server.requests[0].target


@pytest.mark.parametrize(
    ("expected", "act"),
    [
        (
            "/v1/products?country=US&targetView=Azure",
            lambda c: c.products.by_country("US").by_target_view("Azure"),
        ),
        (
            "/v1/products?country=US&targetView=AzureReservationsVM",
            lambda c: c.products.by_country("US").by_target_view(TargetView.AZURE_RESERVATIONS_VM),
        ),
        (
            f"/v1/customers/{CUSTOMER}/products?targetView=Azure",
            lambda c: c.customers.by_id(CUSTOMER).products.by_target_view("Azure"),
        ),
        ("/v1/products/P/skus?country=US", lambda c: c.products.by_country("US").by_id("P").skus),
        ("/v1/offers?country=US", lambda c: c.offers.by_country("US")),
        (
            "/v1/offers?country=US&offer_category_id=x%26y",
            lambda c: c.offers.by_country("US").by_category("x&y"),
        ),
        (f"/v1/customers/{CUSTOMER}/offers", lambda c: c.customers.by_id(CUSTOMER).offers),
    ],
)
def test_only_what_is_given_is_asked(server: ScriptedServer, door: Door, expected: str, act: Act) -> None:
    """The query holds the country where there is one, and of the rest what the caller gave."""
    server.answers(Answer(200, json={"items": []}))
    assert [] == door.call(server.url, lambda client: act(client).list())
    assert expected == server.requests[0].target


@pytest.mark.parametrize(
    ("error", "expected", "act"),
    [
        (ValueError, "country must not be empty", lambda c: c.products.by_country("")),
        (ValueError, "country must", lambda c: c.offers.by_country("U S")),
        (ValueError, "country must", lambda c: c.offer_categories.by_country("US/x")),
        (ValueError, "country must", lambda c: c.extensions.product.by_country("..")),
        (ValueError, "product_id must", lambda c: of_country(c).by_id("")),
        (ValueError, "sku_id must", lambda c: of_country(c).by_id("x").skus.by_id("a/b")),
        (
            ValueError,
            "availability_id must",
            lambda c: of_country(c).by_id("x").skus.by_id("y").availabilities.by_id("?"),
        ),
        (ValueError, "offer_id must", lambda c: c.offers.by_country("US").by_id(" ")),
        (ValueError, "category_id must", lambda c: c.offers.by_country("US").by_category("")),
        (ValueError, "category_id must", lambda c: c.customers.by_id(CUSTOMER).offers.list(category_id="")),
        (ValueError, "offer_id must", lambda c: c.customers.by_id(CUSTOMER).offers.list_add_ons("")),
        (TypeError, "target_view must be a str", lambda c: of_country(c).by_target_view(None)),
        (TypeError, "segment must be a str", lambda c: of_country(c).by_target_view("x").list(segment=1)),
        (
            TypeError,
            "request must be an InventoryCheckRequest",
            lambda c: c.extensions.product.by_country("US").check_inventory({}),
        ),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_sent(
    server: ScriptedServer, door: Door, error: type[Exception], expected: str, act: Act
) -> None:
    """An id or country that cannot be one, and a value of another type, raises a sentence that names it."""
    with pytest.raises(error, match=expected):
        door.call(server.url, act)
    assert [] == server.requests


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_the_python_of_the_docs_runs(
    sandbox: Sandbox, snippet: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What docs/catalogue.md shows runs against a sandbox, and shows ids of the table below it."""
    door = Door("sync")
    with door.client(sandbox.url, credential=door.make_credential(sandbox.token)) as client:
        exec(snippet, {"client": client})  # noqa: S102 - our own docs
    *listed, found = capsys.readouterr().out.splitlines()
    assert any("Windows Server" in line for line in listed)
    assert found.split()[0] in DOCS
