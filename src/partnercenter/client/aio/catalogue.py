"""`client.products`, `….customers.by_id(id).products`, `client.extensions`: what can be bought; lifecycle.md 7.

By country and by customer are one and the same from `ProductsOfMarket` on.
"""

from __future__ import annotations

from azure.core.async_paging import AsyncItemPaged

from partnercenter.client.aio.sender import AsyncSender
from partnercenter.client.arguments import require_type, word_query
from partnercenter.client.catalogue_scope import CatalogueScope
from partnercenter.contract.enums import TargetView
from partnercenter.contract.products import (
    Availability,
    InventoryCheckRequest,
    InventoryItem,
    Product,
    Sku,
)


class Products:
    """The catalogue, country by country."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    def by_country(self, country: str) -> ProductsOfMarket:
        """What is sold in a country, named by its ISO 3166 code.

        Raises `ValueError` for a text that cannot be one.
        """
        return ProductsOfMarket(self._sender, CatalogueScope.of_country(country))


class ProductsOfMarket:
    """What is sold in a country, or to a customer."""

    def __init__(self, sender: AsyncSender, scope: CatalogueScope) -> None:
        self._sender = sender
        self._scope = scope

    def by_target_view(self, target_view: TargetView | str) -> ProductsOfView:
        """The products of one view, such as `TargetView.SOFTWARE`; raises `TypeError` for what is no word."""
        return ProductsOfView(self._sender, self._scope, str(require_type(target_view, str, "target_view")))

    def by_id(self, product_id: str) -> ProductOperations:
        """One product; raises `ValueError` for an id that cannot be one."""
        return ProductOperations(self._sender, self._scope.below("product_id", product_id))


class ProductsOfView:
    """The products of one view."""

    def __init__(self, sender: AsyncSender, scope: CatalogueScope, target_view: str) -> None:
        self._sender = sender
        self._scope = scope
        self._target_view = target_view

    def list(
        self, *, segment: str | None = None, reservation_scope: str | None = None
    ) -> AsyncItemPaged[Product]:
        """The products, or those of a segment such as `education` only.

        With the reservation scope `AzurePlan` reservations are those for an Azure plan. Raises `PartnerCenterError`
        for a view or segment that is not allowed.
        """
        query = self._scope.query(
            targetView=self._target_view,
            targetSegment=word_query(segment, "segment"),
            reservationScope=word_query(reservation_scope, "reservation_scope"),
        )
        return self._sender.pages(self._scope.operation("products.list"), Product, self._scope.ids, query)


class ProductOperations:
    """One product."""

    def __init__(self, sender: AsyncSender, scope: CatalogueScope) -> None:
        self._sender = sender
        self._scope = scope
        self.skus = Skus(sender, scope)

    async def get(self, *, reservation_scope: str | None = None) -> Product:
        """Read the product; raises `NotFoundError` when there is none of this id."""
        query = self._scope.query(reservationScope=word_query(reservation_scope, "reservation_scope"))
        name = self._scope.operation("products.get")
        return await self._sender.resource(name, Product, self._scope.ids, query=query)


class Skus:
    """The forms in which a product is sold."""

    def __init__(self, sender: AsyncSender, scope: CatalogueScope) -> None:
        self._sender = sender
        self._scope = scope

    def list(
        self, *, segment: str | None = None, reservation_scope: str | None = None
    ) -> AsyncItemPaged[Sku]:
        """The SKUs of the product, or those of a segment only; iterating raises `NotFoundError` without a product."""
        query = self._scope.query(
            targetSegment=word_query(segment, "segment"),
            reservationScope=word_query(reservation_scope, "reservation_scope"),
        )
        return self._sender.pages(self._scope.operation("skus.list"), Sku, self._scope.ids, query)

    def by_id(self, sku_id: str) -> SkuOperations:
        """One SKU; raises `ValueError` for an id that cannot be one."""
        return SkuOperations(self._sender, self._scope.below("sku_id", sku_id))


class SkuOperations:
    """One SKU."""

    def __init__(self, sender: AsyncSender, scope: CatalogueScope) -> None:
        self._sender = sender
        self._scope = scope
        self.availabilities = Availabilities(sender, scope)

    async def get(self, *, reservation_scope: str | None = None) -> Sku:
        """Read the SKU; raises `NotFoundError` when the product has none of this id."""
        query = self._scope.query(reservationScope=word_query(reservation_scope, "reservation_scope"))
        name = self._scope.operation("skus.get")
        return await self._sender.resource(name, Sku, self._scope.ids, query=query)


class Availabilities:
    """What can be bought of a SKU."""

    def __init__(self, sender: AsyncSender, scope: CatalogueScope) -> None:
        self._sender = sender
        self._scope = scope

    def list(
        self, *, segment: str | None = None, reservation_scope: str | None = None
    ) -> AsyncItemPaged[Availability]:
        """The availabilities of the SKU, or those of a segment only.

        Their `catalog_item_id` goes into a cart or an order; it changes, so take it right before the purchase.
        """
        query = self._scope.query(
            targetSegment=word_query(segment, "segment"),
            reservationScope=word_query(reservation_scope, "reservation_scope"),
        )
        name = self._scope.operation("availabilities.list")
        return self._sender.pages(name, Availability, self._scope.ids, query)

    def by_id(self, availability_id: str) -> AvailabilityOperations:
        """One availability; raises `ValueError` for an id that cannot be one."""
        return AvailabilityOperations(self._sender, self._scope.below("availability_id", availability_id))


class AvailabilityOperations:
    """One availability."""

    def __init__(self, sender: AsyncSender, scope: CatalogueScope) -> None:
        self._sender = sender
        self._scope = scope

    async def get(self) -> Availability:
        """Read the availability; raises `NotFoundError` when it is gone, which can happen within minutes."""
        name = self._scope.operation("availabilities.get")
        return await self._sender.resource(name, Availability, self._scope.ids, query=self._scope.query())


class Extensions:
    """What Partner Center can do beside its resources."""

    def __init__(self, sender: AsyncSender) -> None:
        self.product = ProductExtensions(sender)


class ProductExtensions:
    """The inventory of products, country by country."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    def by_country(self, country: str) -> ProductExtensionsOfCountry:
        """The inventory of a country, named by its ISO 3166 code.

        Raises `ValueError` for a text that cannot be one.
        """
        return ProductExtensionsOfCountry(self._sender, CatalogueScope.of_country(country))


class ProductExtensionsOfCountry:
    """The inventory of a country."""

    def __init__(self, sender: AsyncSender, scope: CatalogueScope) -> None:
        self._sender = sender
        self._scope = scope

    async def check_inventory(self, request: InventoryCheckRequest) -> list[InventoryItem]:
        """Which of some products or SKUs can be had: an item for each SKU, those that do not exist are left out.

        Raises `TypeError` for what is no `InventoryCheckRequest`.
        """
        require_type(request, InventoryCheckRequest, "request")
        query = self._scope.query()
        return await self._sender.resources(
            "products.check_inventory", InventoryItem, self._scope.ids, query=query, body=request
        )
