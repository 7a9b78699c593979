"""What can be bought: products, their SKUs and availabilities, and the offers of before, as data.

`catalogue.json` holds them, realistic for each kind of product; `find_item` and the others look into it. What the
routes answer is made in `catalogue_documents`. resources.md, "Products, SKUs, availabilities"; behaviour.md 8.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    are the catalogue items that a trial can become. `includes` are the items that
    come with software, as entitlements inside its own. `needs_purchase_order` are the two that wait for one
    (behaviour.md 4.2). `license_sku` is the GUID under which its seats are assigned to users, empty where there
    are none.
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
