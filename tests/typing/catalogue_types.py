"""What a type checker must see of the catalogue, offers and inventory. Checked by mypy, never run."""

from __future__ import annotations

from typing import Any, assert_type

from azure.core.async_paging import AsyncItemPaged
from azure.core.paging import ItemPaged

from partnercenter import (
    Availability,
    AvailabilityTerm,
    CurrencyInfo,
    InventoryCheckRequest,
    InventoryItem,
    InventoryRestriction,
    Offer,
    OfferCategory,
    PartnerCenterClient,
    Product,
    Sku,
    TargetView,
)
from partnercenter.aio import PartnerCenterClient as AsyncPartnerCenterClient


def synchronous(client: PartnerCenterClient) -> None:
    """Every call of the synchronous client."""
    for market in (client.products.by_country("US"), client.customers.by_id("id").products):
        assert_type(market.by_target_view(TargetView.AZURE).list(segment="education"), ItemPaged[Product])
        product = market.by_id("id")
        assert_type(product.get(reservation_scope="AzurePlan"), Product)
        assert_type(product.skus.list(), ItemPaged[Sku])
        sku = product.skus.by_id("id")
        assert_type(sku.get(), Sku)
        assert_type(sku.availabilities.list(), ItemPaged[Availability])
        assert_type(sku.availabilities.by_id("id").get(), Availability)
    inventory = client.extensions.product.by_country("US")
    assert_type(inventory.check_inventory(InventoryCheckRequest()), list[InventoryItem])

    offers = client.offers.by_country("US")
    assert_type(offers.list(size=1, offset=1), ItemPaged[Offer])
    assert_type(offers.by_category("id").list(), ItemPaged[Offer])
    assert_type(offers.by_id("id").get(), Offer)
    assert_type(offers.by_id("id").add_ons.list(), ItemPaged[Offer])
    assert_type(client.offer_categories.by_country("US").list(), ItemPaged[OfferCategory])
    one = client.customers.by_id("id")
    assert_type(one.offers.list(category_id="id"), ItemPaged[Offer])
    assert_type(one.offers.list_add_ons("id"), ItemPaged[Offer])
    assert_type(one.offer_categories.list(), ItemPaged[OfferCategory])


async def asynchronous(client: AsyncPartnerCenterClient) -> None:
    """The asynchronous client, where it waits."""
    market = client.products.by_country("US")
    assert_type(market.by_target_view("Azure").list(), AsyncItemPaged[Product])
    assert_type(await market.by_id("id").get(), Product)
    assert_type(await market.by_id("id").skus.by_id("id").get(), Sku)
    inventory = client.extensions.product.by_country("US")
    assert_type(await inventory.check_inventory(InventoryCheckRequest()), list[InventoryItem])
    assert_type(await client.offers.by_country("US").by_id("id").get(), Offer)
    assert_type(client.offer_categories.by_country("US").list(), AsyncItemPaged[OfferCategory])


def resources(availability: Availability, sku: Sku, offer: Offer, item: InventoryItem) -> None:
    """Members of the resources."""
    assert_type(availability.terms, list[AvailabilityTerm] | None)
    assert_type(availability.default_currency, CurrencyInfo | None)
    assert_type(sku.supported_billing_cycles, list[str] | None)
    assert_type(sku.dynamic_attributes, dict[str, Any] | None)
    assert_type(offer.category, OfferCategory | None)
    assert_type(item.restrictions, list[InventoryRestriction] | None)
    _ = sku.colour  # type: ignore[attr-defined]
