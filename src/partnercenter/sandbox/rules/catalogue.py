"""What can be bought: products, their SKUs and availabilities, and the offers of before, as data.

`catalogue.json` holds them, realistic for each kind of product; `find_item` and the others look into it. What the
routes answer is made in `catalogue_documents`. resources.md, "Products, SKUs, availabilities"; behaviour.md 8.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
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
    are the catalogue items that a trial can become, `includes` the `product:sku` that come with software, as
    entitlements inside its own. `needs_purchase_order` are the two that wait for one (behaviour.md 4.2).
    Plans of RHEL and SUSE are not `taken_back_in_production` (4.3).
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
    taken_back_in_production: bool = True
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
class CatalogueSku:
    """One form of a product, which is sold as one availability: `item`.

    `attestation_type` is what a customer attests, `reservation` what is reserved: type, size, region and duration.
    """

    id: str
    description: str
    item: CatalogueItem
    is_default: bool
    attestation_type: str | None
    reservation: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CatalogueProduct:
    """A product with its SKUs; `views` are the target views that show it."""

    id: str
    title: str
    description: str
    kind: Product
    product_type: Mapping[str, Any]
    views: frozenset[str]
    publisher_name: str
    is_microsoft_product: bool
    skus: tuple[CatalogueSku, ...]


@dataclass(frozen=True, slots=True)
class OfferCategory:
    """A group of legacy offers."""

    id: str
    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class CatalogueOffer:
    """A legacy offer: its item, and what only the list of offers shows of it."""

    item: CatalogueItem
    description: str
    category: OfferCategory
    product_id: str
    rank: int
    is_default: bool


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency, as availabilities and orders write it."""

    code: str
    symbol: str


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """Everything that is in the data. Items are found by their ids in upper case, currencies by country."""

    products: tuple[CatalogueProduct, ...]
    offers: tuple[CatalogueOffer, ...]
    categories: tuple[OfferCategory, ...]
    currencies: Mapping[str, Currency]
    items: Mapping[str, CatalogueItem] = field(init=False)
    defaults: Mapping[Product, CatalogueItem] = field(init=False)

    def __post_init__(self) -> None:
        sold = [(sku.item, sku.is_default) for product in self.products for sku in product.skus]
        sold += [(offer.item, offer.is_default) for offer in self.offers]
        object.__setattr__(self, "items", {item.catalog_item_id.upper(): item for item, _ in sold})
        object.__setattr__(self, "defaults", {item.kind: item for item, is_default in sold if is_default})


_DOLLAR: Final = Currency("USD", "$")
_MICROSOFT: Final = "Microsoft Corporation"


def items() -> tuple[CatalogueItem, ...]:
    """Everything that is sold, in the order of the data: products, then offers."""
    return tuple(_load().items.values())


def find_item(catalog_item_id: str) -> CatalogueItem | None:
    """What a line of a cart or an order names, written in whichever case."""
    return _load().items.get(catalog_item_id.upper())


def following_terms(item: CatalogueItem) -> tuple[Term, ...]:
    """The terms that can follow one of this item: its own, or those of what a trial becomes."""
    followers = [follower for follower in map(find_item, item.converts_to) if follower is not None]
    return tuple(term for follower in followers or [item] for term in follower.terms)


def default_item(kind: Product) -> CatalogueItem:
    """The item of this kind that a seeded purchase is of."""
    return _load().defaults[kind]


def products() -> tuple[CatalogueProduct, ...]:
    """Everything that is sold as a product."""
    return _load().products


def offers() -> tuple[CatalogueOffer, ...]:
    """Everything that is sold as a legacy offer."""
    return _load().offers


def offer_categories() -> tuple[OfferCategory, ...]:
    """The groups of legacy offers."""
    return _load().categories


def currencies() -> Mapping[str, Currency]:
    """The currency of each country that has one of its own in Partner Center."""
    return _load().currencies


def currency_of(country: str) -> Currency:
    """The currency that the service bills a customer of this country in: dollars where it has no other."""
    return currencies().get(country.upper(), _DOLLAR)


@cache
def _load() -> _Catalogue:
    text = files("partnercenter.sandbox.rules").joinpath("catalogue.json").read_text(encoding="utf-8")
    data = json.loads(text)
    entries = [sku for product in data["products"] for sku in product["skus"]] + data["offers"]
    with_add_ons = frozenset(base for entry in entries for base in entry.get("bases", ()))
    categories = tuple(OfferCategory(**entry) for entry in data["offerCategories"])
    return _Catalogue(
        products=tuple(_product(entry, with_add_ons) for entry in data["products"]),
        offers=tuple(
            _offer(rank, entry, with_add_ons, categories) for rank, entry in enumerate(data["offers"])
        ),
        categories=categories,
        currencies={
            country: Currency(entry["code"], entry["symbol"])
            for entry in data["currencies"]
            for country in entry["countries"]
        },
    )


def _product(entry: Mapping[str, Any], with_add_ons: frozenset[str]) -> CatalogueProduct:
    return CatalogueProduct(
        id=entry["id"],
        title=entry["title"],
        description=entry["description"],
        kind=Product(entry["kind"]),
        product_type=entry["productType"],
        views=frozenset(entry["targetViews"]),
        publisher_name=entry.get("publisherName", _MICROSOFT),
        is_microsoft_product=entry.get("isMicrosoftProduct", True),
        skus=tuple(_sku(entry, sku, with_add_ons) for sku in entry["skus"]),
    )


def _sku(product: Mapping[str, Any], entry: Mapping[str, Any], with_add_ons: frozenset[str]) -> CatalogueSku:
    item = _item(f"{product['id']}:{entry['id']}:{entry['availability']}", {**product, **entry})
    item = replace(
        item,
        product_type=product["productType"]["id"],
        has_add_ons=f"{product['id']}:{entry['id']}" in with_add_ons,
    )
    return CatalogueSku(
        id=entry["id"],
        description=entry["description"],
        item=item,
        is_default=entry.get("default", False),
        attestation_type=entry.get("attestationType"),
        reservation=entry.get("reservation", {}),
    )


def _offer(
    rank: int, entry: Mapping[str, Any], with_add_ons: frozenset[str], categories: Iterable[OfferCategory]
) -> CatalogueOffer:
    item = _item(entry["id"], {**entry, "title": entry["name"]})
    return CatalogueOffer(
        item=replace(item, has_add_ons=entry["id"] in with_add_ons),
        description=entry["description"],
        category=next(category for category in categories if category.id == entry["category"]),
        product_id=entry["productId"],
        rank=rank,
        is_default=entry.get("default", False),
    )


def _item(item_id: str, entry: Mapping[str, Any]) -> CatalogueItem:
    return CatalogueItem(
        catalog_item_id=item_id,
        kind=Product(entry["kind"]),
        title=entry["title"],
        publisher_name=entry.get("publisherName", _MICROSOFT),
        is_microsoft_product=entry.get("isMicrosoftProduct", True),
        product_type=None,
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
        taken_back_in_production=entry.get("takenBackInProduction", True),
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
