"""The data of the catalogue are sound, and its functions find everything in them."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.contract.enums import BillingCycleType, BillingType, TargetView
from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.rules.catalogue import (
    CatalogueItem,
    CatalogueProduct,
    currencies,
    currency_of,
    default_item,
    find_item,
    items,
    offer_categories,
    offers,
    products,
)
from partnercenter.sandbox.rules.country_rules import find_country_rules
from partnercenter.sandbox.rules.product import Product

ITEMS = pytest.mark.parametrize("item", items(), ids=lambda item: item.catalog_item_id)
PRODUCTS = pytest.mark.parametrize("product", products(), ids=lambda product: product.id)
ALLOWED_RESERVATIONS = {"KoreaSouth", "eastus", "westus2", "northcentralus", "CanadaEast"}
SKUS = {":".join(item.parts[:2]) for item in items()}


@ITEMS
def test_ids_are_well_formed(item: CatalogueItem) -> None:
    """An item is product of 12, SKU of 4 and availability of 12 characters; a legacy offer a GUID in upper case."""
    if item.kind is Product.LEGACY:
        assert item.catalog_item_id == (parse_guid(item.catalog_item_id) or "").upper()
    elif item.kind is Product.LEGACY_AZURE:
        assert "MS-AZR-0145P" == item.catalog_item_id
    else:
        assert re.fullmatch(r"[A-Z0-9]{12}:[A-Z0-9]{4}:[A-Z0-9]{12}", item.catalog_item_id)


def test_ids_are_unique() -> None:
    """No product, availability, SKU of a product, term or category stands twice."""
    term_ids = [term.id for item in items() for term in item.terms]
    skus = [(product.id, sku.id) for product in products() for sku in product.skus]
    availabilities = [item.parts[2] for item in items() if len(item.parts) == 3]
    for found in (
        [item.catalog_item_id.lower() for item in items()],
        [product.id for product in products()],
        [category.id for category in offer_categories()],
        term_ids,
        skus,
        availabilities,
    ):
        assert [] == [known for known, times in Counter(found).items() if times > 1]


@ITEMS
def test_an_item_can_be_bought_somehow(item: CatalogueItem) -> None:
    """Each item has names, terms with known words, and quantities and prices that make sense."""
    assert item.title.strip()
    assert item.publisher_name.strip()
    assert item.is_microsoft_product is (item.publisher_name == "Microsoft Corporation")
    assert 1 <= item.minimum_quantity <= item.maximum_quantity
    assert item.segment in {"commercial", "education"}
    assert item.billing_type in {BillingType.LICENSE, BillingType.USAGE}
    assert item.terms
    assert len(item.terms) == len({(term.duration, term.billing_cycle) for term in item.terms})
    for term in item.terms:
        assert term.duration in {"", "P1M", "P1Y", "P3Y"}
        assert term.billing_cycle in set(BillingCycleType)
        assert term.description
        assert (0 == term.price) is (item.is_trial or item.billing_type == "usage")


@ITEMS
def test_what_an_item_names_exists(item: CatalogueItem) -> None:
    """Bases, what a trial becomes and what software includes are items of the same kind, and none is itself."""
    for base in item.bases:
        assert base in (SKUS if ":" in base else {known.catalog_item_id for known in items()})
    for other in item.converts_to:
        target = find_item(other)
        assert target is not None
        assert (item.kind, False) == (target.kind, target.is_trial)
    assert set(item.includes) <= SKUS
    assert ":".join(item.parts[:2]) not in {*item.bases, *item.converts_to, *item.includes}
    assert item.is_trial is bool(item.converts_to)
    assert item.is_add_on is bool(item.bases)
    assert not item.is_trial or item.most_per_customer == 1


def test_items_with_add_ons_say_so() -> None:
    """An item has add-ons when an add-on names its SKU or offer."""
    bases = {base for item in items() for base in item.bases}
    assert {":".join(item.parts[:2]) for item in items() if item.has_add_ons} == bases
    assert bases


@ITEMS
def test_seats_are_assigned_under_a_guid(item: CatalogueItem) -> None:
    """What has users has the GUID that its licences are assigned under, and nothing else has one."""
    with_users = item.kind in {Product.NEW_COMMERCE, Product.LEGACY}
    assert with_users is (parse_guid(item.license_sku) == item.license_sku)


@pytest.mark.parametrize("kind", Product)
def test_every_kind_has_a_default_item(kind: Product) -> None:
    """Seeded purchases of each kind are of an item that a sandbox sells to everybody."""
    item = default_item(kind)
    assert kind is item.kind
    assert (False, False, True, "commercial") == (
        item.is_trial,
        item.is_add_on,
        item.sold_in_sandbox,
        item.segment,
    )
    chosen = [sku for product in products() for sku in product.skus if sku.is_default]
    chosen_offers = [offer for offer in offers() if offer.is_default]
    assert len(Product) == len(chosen) + len(chosen_offers)


def test_a_sandbox_sells_five_reservations() -> None:
    """Standard_B1s for a year in five regions, and no other reservation (behaviour.md 8)."""
    sold = [sku for product in products() for sku in product.skus if sku.reservation]
    allowed = {
        (sku.reservation["skuType"], sku.reservation["duration"], sku.reservation["armRegionName"])
        for sku in sold
        if sku.item.sold_in_sandbox
    }
    assert {("Standard_B1s", "1Year", region) for region in ALLOWED_RESERVATIONS} == allowed
    assert any(not sku.item.sold_in_sandbox for sku in sold)
    for sku in sold:
        assert Product.AZURE_RESERVATION is sku.item.kind
        assert sku.reservation["skuType"] in sku.description
    assert {sku.item for sku in sold} == {i for i in items() if i.kind is Product.AZURE_RESERVATION}


@PRODUCTS
def test_a_product_is_shown_somewhere(product: CatalogueProduct) -> None:
    """Each product has SKUs of its own kind, and views that exist."""
    assert product.views
    assert product.views <= {view.value for view in TargetView}
    assert product.skus
    for sku in product.skus:
        assert (product.kind, product.product_type["id"]) == (sku.item.kind, sku.item.product_type)
        assert (product.publisher_name, product.is_microsoft_product) == (
            sku.item.publisher_name,
            sku.item.is_microsoft_product,
        )
        assert sku.item.needs_attestation is (sku.attestation_type is not None)


def test_the_catalogue_has_something_of_everything() -> None:
    """There is an item for each rule: too many seats, education, attestation, purchase order, add-on, trial, SaaS."""
    every = items()
    assert any(item.minimum_quantity > 25 for item in every)
    assert any(item.segment == "education" for item in every)
    assert any(item.needs_attestation for item in every)
    assert {"DG7GMGF0D7FV", "DG7GMGF0D7FT"} == {item.parts[0] for item in every if item.needs_purchase_order}
    for kind in (Product.NEW_COMMERCE, Product.LEGACY):
        assert any(item.is_add_on for item in every if item.kind is kind)
        assert any(item.is_trial for item in every if item.kind is kind)
    assert all(not item.is_microsoft_product for item in every if item.kind is Product.MARKETPLACE)
    assert any(item.includes for item in every if item.kind is Product.PERPETUAL_SOFTWARE)


@given(st.data())
def test_items_are_found_in_any_case(data: st.DataObject) -> None:
    """However an id is written, the item with its own spelling is found."""
    item = data.draw(st.sampled_from(items()))
    flips = data.draw(st.lists(st.booleans(), min_size=36, max_size=36))
    text = "".join(
        letter.swapcase() if flip else letter
        for letter, flip in zip(item.catalog_item_id, flips, strict=False)
    )
    assert item is find_item(text)


@given(st.text(max_size=40))
def test_no_other_text_is_an_item(text: str) -> None:
    """A text that is no id finds nothing."""
    assert (find_item(text) is None) is (text.upper() not in {item.catalog_item_id for item in items()})


@pytest.mark.parametrize(
    ("expected", "country"),
    [
        (("USD", "$"), "US"),
        (("EUR", "€"), "de"),
        (("GBP", "£"), "GB"),
        (("JPY", "¥"), "jp"),
        (("CHF", "CHF"), "CH"),
        (("INR", "₹"), "In"),
        (("USD", "$"), "MX"),
        (("USD", "$"), ""),
        (("USD", "$"), "nowhere"),
    ],
)
def test_a_country_has_a_currency(expected: tuple[str, str], country: str) -> None:
    """Partner Center bills in the currency of the country where it has one, in dollars elsewhere."""
    currency = currency_of(country)
    assert expected == (currency.code, currency.symbol)


def test_currencies_are_those_of_countries() -> None:
    """Each country of a currency exists, and codes are ISO 4217."""
    for country, currency in currencies().items():
        assert find_country_rules(country) is not None, country
        assert re.fullmatch("[A-Z]{3}", currency.code)
        assert currency.symbol
