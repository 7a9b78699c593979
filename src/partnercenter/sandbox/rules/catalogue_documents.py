"""What the service shows of the catalogue: products, SKUs, availabilities and inventory.

lifecycle.md 7; resources.md, "Products, SKUs, availabilities". Links say the country that was asked for, or lead
through the customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from partnercenter.sandbox.rules.catalogue import (
    CatalogueItem,
    CatalogueProduct,
    CatalogueSku,
    Term,
    currency_of,
)
from partnercenter.sandbox.rules.customer_documents import link, self_links
from partnercenter.sandbox.rules.product import Product

Json = dict[str, Any]

_RENEWABLE: Final = {Product.NEW_COMMERCE, Product.MARKETPLACE}
_IN_WORDS: Final = {"P1M": "One month", "P1Y": "One year", "P3Y": "Three years"}
_AGREEMENT: Final = "MicrosoftCustomerAgreement"
_RESERVATION_PREREQUISITES: Final = ["InventoryCheck", "AzureSubscriptionRegistration", _AGREEMENT]
_INVENTORY_VARIABLES: Final = ["CustomerId", "AzureSubscriptionId", "ArmRegionName"]
_PROVISIONING_VARIABLES: Final = ["Scope", "SubscriptionId", "Duration"]


@dataclass(frozen=True, slots=True)
class Market:
    """For whom the catalogue is shown: a country, or the customer whose country it is."""

    country: str
    customer_id: str | None = None

    def uri(self, path: str) -> str:
        """The address of something in the catalogue, as links write it."""
        if self.customer_id is None:
            return f"{path}?country={self.country}"
        return f"/customers/{self.customer_id}{path}"


@dataclass(frozen=True, slots=True)
class RefundDays:
    """How many days after a purchase it is paid back whole, for the kinds that are (behaviour.md 5.3)."""

    new_commerce: int
    marketplace: int

    def of(self, kind: Product) -> int | None:
        """The days for a kind of product."""
        return {Product.NEW_COMMERCE: self.new_commerce, Product.MARKETPLACE: self.marketplace}.get(kind)


def product_document(product: CatalogueProduct, market: Market) -> Json:
    """A product."""
    path = f"/products/{product.id}"
    return {
        "id": product.id,
        "title": product.title,
        "description": product.description,
        "productType": dict(product.product_type),
        "isMicrosoftProduct": product.is_microsoft_product,
        "publisherName": product.publisher_name,
        "links": {"skus": link(market.uri(f"{path}/skus")), **self_links(market.uri(path))},
    }


def sku_document(product: CatalogueProduct, sku: CatalogueSku, market: Market) -> Json:
    """A SKU; a reservation names what its inventory check and its purchase need."""
    path = f"/products/{product.id}/skus/{sku.id}"
    item, is_reservation = sku.item, product.kind is Product.AZURE_RESERVATION
    document: Json = {
        "id": sku.id,
        "productId": product.id,
        "title": item.title,
        "description": sku.description,
        "minimumQuantity": item.minimum_quantity,
        "maximumQuantity": item.maximum_quantity,
        "isTrial": item.is_trial,
        "supportedBillingCycles": billing_cycles(item),
        "purchasePrerequisites": list(_RESERVATION_PREREQUISITES) if is_reservation else [_AGREEMENT],
        "inventoryVariables": list(_INVENTORY_VARIABLES) if is_reservation else [],
        "provisioningVariables": list(_PROVISIONING_VARIABLES) if is_reservation else [],
        "dynamicAttributes": {"isMicrosoftProduct": item.is_microsoft_product, **sku.reservation},
    }
    if sku.attestation_type is not None:
        document["attestationProperties"] = {
            "enforceAttestation": item.needs_attestation,
            "attestationType": sku.attestation_type,
        }
    document["links"] = {
        "availabilities": link(market.uri(f"{path}/availabilities")),
        **self_links(market.uri(path)),
    }
    return document


def availability_document(item: CatalogueItem, market: Market, refunds: RefundDays) -> Json:
    """An availability, with the terms that it is sold for."""
    product_id, sku_id, availability_id = item.parts
    currency = currency_of(market.country)
    renews_to = _renews_to(item)
    document: Json = {
        "id": availability_id,
        "productId": product_id,
        "skuId": sku_id,
        "catalogItemId": item.catalog_item_id,
        "defaultCurrency": {"code": currency.code, "symbol": currency.symbol},
        "segment": item.segment,
        "country": market.country,
        "isPurchasable": True,
        "isRenewable": bool(renews_to),
    }
    if renews_to:
        options = [{"renewToId": other, "isAutoRenewable": True} for other in renews_to]
        terms = [term.id for term in item.terms]
        document["renewalInstructions"] = [{"applicableTermIds": terms, "renewalOptions": options}]
    document["terms"] = [_term(item, term, refunds) for term in item.terms]
    path = f"/products/{product_id}/skus/{sku_id}/availabilities/{availability_id}"
    document["links"] = self_links(market.uri(path))
    return document


def _renews_to(item: CatalogueItem) -> list[str]:
    """The `product:sku` that a purchase renews to: itself, or for a trial what it becomes."""
    if item.kind not in _RENEWABLE:
        return []
    following = item.converts_to if item.is_trial else (item.catalog_item_id,)
    return [":".join(other.split(":")[:2]) for other in following]


def _term(item: CatalogueItem, term: Term, refunds: RefundDays) -> Json:
    document: Json = {
        "id": term.id,
        "duration": term.duration,
        "description": term.description,
        "billingCycle": term.billing_cycle,
    }
    if item.kind in _RENEWABLE and not item.is_trial:
        durations = dict.fromkeys(other.duration for other in item.terms)
        document["renewalOptions"] = [
            {"termDuration": duration, "description": _IN_WORDS[duration]} for duration in durations
        ]
    days = refunds.of(item.kind)
    if days is not None:
        option = {"sequenceId": 0, "type": "Full", "expiresAfter": f"P{days}D"}
        document["cancellationPolicies"] = [{"refundOptions": [option]}]
    return document


def billing_cycles(item: CatalogueItem) -> list[str]:
    """How often the item can be billed, each cycle once."""
    return list(dict.fromkeys(term.billing_cycle for term in item.terms))


def inventory_document(product: CatalogueProduct, sku: CatalogueSku, *, is_restricted: bool) -> Json:
    """What an inventory check says of a SKU."""
    document: Json = {"productId": product.id, "skuId": sku.id, "isRestricted": is_restricted}
    if is_restricted:
        text = f"{sku.item.title} is not available to purchase in the Sandbox environment."
        reason = {"reasonCode": "NotAvailableInSandbox", "description": text, "properties": {}}
        document["restrictions"] = [reason]
    return document
