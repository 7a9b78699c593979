"""Links from a purchase to what was bought; behaviour.md 4.2."""

from __future__ import annotations

from typing import Any

from partnercenter.sandbox.rules.catalogue import CatalogueItem
from partnercenter.sandbox.rules.customer_documents import link

Json = dict[str, Any]


def catalogue_links(item: CatalogueItem, country: str) -> Json:
    """The links to an item in the catalogue of a country: product, SKU and availability, or the offer."""
    if len(item.parts) == 1:
        return {"offer": link(f"/offers/{item.catalog_item_id}?country={country}")}
    product, sku, availability = item.parts
    return {
        "product": link(f"/products/{product}?country={country}"),
        "sku": link(f"/products/{product}/skus/{sku}?country={country}"),
        "availability": link(
            f"/products/{product}/skus/{sku}/availabilities/{availability}?country={country}"
        ),
    }
