"""What can be bought: products, their SKUs and availabilities, and the offers of before, as data.

`catalogue.json` holds them, realistic for each kind of product; `find_item` and the others look into it. What the
routes answer is made in `catalogue_documents`. resources.md, "Products, SKUs, availabilities"; behaviour.md 8.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

from partnercenter.sandbox.rules.product import Product


@dataclass(frozen=True, slots=True)
class Term:
    """How long and how often: `duration` is ISO 8601, empty without an end; `price` is US dollars for one."""

    id: str
    duration: str
    billing_cycle: str
    description: str
    price: float


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One availability of one SKU: what a cart's line and an order's line name. Of a legacy offer, the offer.

    `product_type` is what a subscription shows as `productType.id`, None where the service leaves it out. `bases` are
    the `product:sku` (or offer ids) that an add-on can be bought for. `most_per_customer` is the limit of assets of
    its SKU. A reservation that is not `sold_in_sandbox` cannot be bought there (behaviour.md 8). `converts_to`
    are the catalogue items that a trial can become. `includes` are the items that come with software, as
    entitlements inside its own. `needs_purchase_order` are the two that wait for one (behaviour.md 4.2).
    `license_sku` is the GUID under which its seats are assigned to users, empty where there are none.
    """

    catalog_item_id: str
    kind: Product
    title: str
    publisher_name: str
    is_microsoft_product: bool
    product_type: str | None
    unit_type: str
    billing_type: str
    segment: str
    minimum_quantity: int
    maximum_quantity: int
    terms: tuple[Term, ...]
    is_trial: bool = False
    bases: tuple[str, ...] = ()
    converts_to: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    most_per_customer: int | None = None
    sold_in_sandbox: bool = True
    needs_attestation: bool = False
    needs_purchase_order: bool = False
    has_add_ons: bool = False
    license_sku: str = ""

    @property
    def is_add_on(self) -> bool:
        """Whether it can only be bought on top of something else."""
        return bool(self.bases)

    @property
    def parts(self) -> tuple[str, ...]:
        """Product, SKU and availability; the offer id alone for a legacy offer."""
        return tuple(self.catalog_item_id.split(":"))


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency, as availabilities and orders write it."""

    code: str
    symbol: str


_DOLLAR: Final = Currency("USD", "$")
_MICROSOFT: Final = "Microsoft Corporation"


def items() -> tuple[CatalogueItem, ...]:
    """Everything that is sold, as the data order it: products, then offers."""
    return tuple(_items().values())


def find_item(catalog_item_id: str) -> CatalogueItem | None:
    """What a line of a cart or an order names, written in whichever case."""
    return _items().get(catalog_item_id.upper())


def default_item(kind: Product) -> CatalogueItem:
    """The item of this kind that a seeded purchase is of."""
    return _default_items()[kind]


def currency_of(country: str) -> Currency:
    """The currency that the service bills a customer of this country in: dollars where it has no other."""
    return _currencies().get(country.upper(), _DOLLAR)


@cache
def catalogue() -> Mapping[str, Any]:
    """The data as they are: `products`, `offerCategories`, `offers`, `currencies`."""
    text = files("partnercenter.sandbox.rules").joinpath("catalogue.json").read_text(encoding="utf-8")
    data: Mapping[str, Any] = json.loads(text)
    return data


@cache
def _items() -> Mapping[str, CatalogueItem]:
    found = [item for item, _ in _sold()]
    bases = {base.upper() for item in found for base in item.bases}
    return {
        item.catalog_item_id.upper(): replace(item, has_add_ons=":".join(item.parts[:2]).upper() in bases)
        for item in found
    }


@cache
def _default_items() -> Mapping[Product, CatalogueItem]:
    chosen = (item.catalog_item_id for item, entry in _sold() if entry.get("default", False))
    return {item.kind: item for item in map(find_item, chosen) if item is not None}


@cache
def _currencies() -> Mapping[str, Currency]:
    return {
        country: Currency(entry["code"], entry["symbol"])
        for entry in catalogue()["currencies"]
        for country in entry["countries"]
    }


def _sold() -> Iterator[tuple[CatalogueItem, Mapping[str, Any]]]:
    """Every item with the entry of the data that it comes from."""
    for product in catalogue()["products"]:
        for sku in product["skus"]:
            item_id = f"{product['id']}:{sku['id']}:{sku['availability']}"
            yield _item(item_id, sku["title"], product["productType"]["id"], {**product, **sku}), sku
    for offer in catalogue()["offers"]:
        yield _item(offer["id"], offer["name"], None, offer), offer


def _item(item_id: str, title: str, product_type: str | None, entry: Mapping[str, Any]) -> CatalogueItem:
    return CatalogueItem(
        catalog_item_id=item_id,
        kind=Product(entry["kind"]),
        title=title,
        publisher_name=entry.get("publisherName", _MICROSOFT),
        is_microsoft_product=entry.get("isMicrosoftProduct", True),
        product_type=product_type,
        unit_type=entry.get("unitType", "Licenses"),
        billing_type=entry.get("billingType", "license"),
        segment=entry.get("segment", "commercial"),
        minimum_quantity=entry["quantity"][0],
        maximum_quantity=entry["quantity"][1],
        terms=tuple(_term(term) for term in entry["terms"]),
        is_trial=entry.get("isTrial", False),
        bases=tuple(entry.get("bases", ())),
        converts_to=tuple(entry.get("convertsTo", ())),
        includes=tuple(entry.get("includes", ())),
        most_per_customer=entry.get("mostPerCustomer"),
        sold_in_sandbox=entry.get("soldInSandbox", True),
        needs_attestation="attestationType" in entry,
        needs_purchase_order=entry.get("needsPurchaseOrder", False),
        license_sku=entry.get("licenseSku", ""),
    )


def _term(entry: Mapping[str, Any]) -> Term:
    return Term(
        id=entry["id"],
        duration=entry["duration"],
        billing_cycle=entry["billingCycle"],
        description=entry["description"],
        price=entry["price"],
    )
