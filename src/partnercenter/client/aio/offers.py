"""`client.offers`, `client.offer_categories`, and those of one customer: what was sold before new commerce."""

from __future__ import annotations

from azure.core.async_paging import AsyncItemPaged

from partnercenter.client.aio.sender import AsyncSender
from partnercenter.client.catalogue_scope import CatalogueScope
from partnercenter.contract.identifiers import require_segment
from partnercenter.contract.offers import Offer, OfferCategory


class Offers:
    """The offers, country by country."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    def by_country(self, country: str) -> OffersOfCountry:
        """The offers of a country, named by its ISO 3166 code; raises `ValueError` for a text that cannot be one."""
        return OffersOfCountry(self._sender, CatalogueScope.of_country(country))


class OffersOfCountry:
    """The offers of one country."""

    def __init__(self, sender: AsyncSender, scope: CatalogueScope) -> None:
        self._sender = sender
        self._scope = scope

    def list(self, *, size: int | None = None, offset: int | None = None) -> AsyncItemPaged[Offer]:
        """All offers from an offset on, page by page as they are iterated; `size` is that of a page."""
        query = self._scope.query(size=size, offset=offset)
        return self._sender.pages("offers.list", Offer, {}, query)

    def by_category(self, category_id: str) -> OffersOfCategory:
        """The offers of a category; raises `ValueError` for an id that cannot be one."""
        require_segment(category_id, "category_id")
        return OffersOfCategory(self._sender, self._scope, category_id)

    def by_id(self, offer_id: str) -> OfferOperations:
        """One offer; raises `ValueError` for an id that cannot be one."""
        return OfferOperations(self._sender, self._scope.below("offer_id", offer_id))


class OffersOfCategory:
    """The offers of one category of one country."""

    def __init__(self, sender: AsyncSender, scope: CatalogueScope, category_id: str) -> None:
        self._sender = sender
        self._scope = scope
        self._category_id = category_id

    def list(self, *, size: int | None = None, offset: int | None = None) -> AsyncItemPaged[Offer]:
        """The offers from an offset on, page by page as they are iterated; `size` is that of a page."""
        query = self._scope.query(offer_category_id=self._category_id, size=size, offset=offset)
        return self._sender.pages("offers.list", Offer, {}, query)


class OfferOperations:
    """One offer."""

    def __init__(self, sender: AsyncSender, scope: CatalogueScope) -> None:
        self._sender = sender
        self._scope = scope
        self.add_ons = AddOns(sender, scope)

    async def get(self) -> Offer:
        """Read the offer; raises `NotFoundError` when there is none of this id."""
        return await self._sender.resource("offers.get", Offer, self._scope.ids, query=self._scope.query())


class AddOns:
    """What can be bought on top of one offer."""

    def __init__(self, sender: AsyncSender, scope: CatalogueScope) -> None:
        self._sender = sender
        self._scope = scope

    def list(self, *, size: int | None = None, offset: int | None = None) -> AsyncItemPaged[Offer]:
        """The add-ons from an offset on, page by page as they are iterated; `size` is that of a page."""
        query = self._scope.query(size=size, offset=offset)
        return self._sender.pages("offers.list_add_ons", Offer, self._scope.ids, query)


class CustomerOffers:
    """The offers for one customer."""

    def __init__(self, sender: AsyncSender, scope: CatalogueScope) -> None:
        self._sender = sender
        self._scope = scope

    def list(
        self, *, category_id: str | None = None, size: int | None = None, offset: int | None = None
    ) -> AsyncItemPaged[Offer]:
        """All offers, or those of a category, from an offset on; `size` is that of a page.

        Raises `ValueError` for an id that cannot be one.
        """
        if category_id is not None:
            require_segment(category_id, "category_id")
        query = self._scope.query(offer_category_id=category_id, size=size, offset=offset)
        return self._sender.pages("customer_offers.list", Offer, self._scope.ids, query)

    def list_add_ons(self, offer_id: str) -> AsyncItemPaged[Offer]:
        """What the customer can have on top of an offer; raises `ValueError` for an id that cannot be one."""
        ids = self._scope.below("offer_id", offer_id).ids
        return self._sender.pages("customer_offers.list_add_ons", Offer, ids)


class OfferCategories:
    """The categories of offers, country by country."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    def by_country(self, country: str) -> OfferCategoriesOfMarket:
        """The categories of a country's offers; raises `ValueError` for a text that cannot be a country."""
        return OfferCategoriesOfMarket(self._sender, CatalogueScope.of_country(country))


class OfferCategoriesOfMarket:
    """The categories of the offers of a country, or for a customer."""

    def __init__(self, sender: AsyncSender, scope: CatalogueScope) -> None:
        self._sender = sender
        self._scope = scope

    def list(self) -> AsyncItemPaged[OfferCategory]:
        """All categories."""
        name = self._scope.operation("offer_categories.list")
        return self._sender.pages(name, OfferCategory, self._scope.ids, self._scope.query())
