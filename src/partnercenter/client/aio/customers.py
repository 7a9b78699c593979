"""`client.customers`: customers, and the way to everything that one of them has."""

from __future__ import annotations

from azure.core.async_paging import AsyncItemPaged

from partnercenter.client.aio.agreements import CustomerAgreements
from partnercenter.client.aio.carts import Carts
from partnercenter.client.aio.catalogue import ProductsOfMarket
from partnercenter.client.aio.entitlements import Artifacts, Entitlements
from partnercenter.client.aio.offers import CustomerOffers, OfferCategoriesOfMarket
from partnercenter.client.aio.orders import Orders
from partnercenter.client.aio.profiles import CustomerProfiles
from partnercenter.client.aio.sender import AsyncSender
from partnercenter.client.aio.subscriptions import Subscriptions
from partnercenter.client.aio.users import CustomerUsers, SubscribedSkus
from partnercenter.client.arguments import filter_query, require_type
from partnercenter.client.catalogue_scope import CatalogueScope
from partnercenter.contract.customers import Customer
from partnercenter.contract.filters import SimpleFieldFilter
from partnercenter.contract.identifiers import require_guid


class Customers:
    """The partner's customers."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        size: int | None = None,
        filter: SimpleFieldFilter | None = None,  # noqa: A002 - the service's name
    ) -> AsyncItemPaged[Customer]:
        """All customers, page by page as they are iterated; `size` is that of a page, 500 at most (behaviour.md 3.2).

        Items carry `id`, `company_profile` and `relationship_to_partner` only.
        """
        query = {"size": size, "filter": filter_query(filter)}
        return self._sender.pages("customers.list", Customer, {}, query)

    async def create(self, customer: Customer) -> Customer:
        """Create a customer with a tenant of its own (behaviour.md 3.1).

        The answer holds the first administrator's password in `user_credentials`; it cannot be read again. Raises
        `ConflictError` when the domain is taken, `QuotaExceededError` when a sandbox is full, and
        `PartnerCenterError` for an address that does not fit its country, `TypeError` for what is no `Customer`.
        """
        require_type(customer, Customer, "customer")
        return await self._sender.resource("customers.create", Customer, {}, body=customer)

    def by_id(self, customer_id: str) -> CustomerOperations:
        """What can be done with one customer; raises `ValueError` for an id that is not a GUID."""
        return CustomerOperations(self._sender, require_guid(customer_id, "customer_id"))


class CustomerOperations:
    """One customer."""

    def __init__(self, sender: AsyncSender, customer_id: str) -> None:
        self._sender = sender
        self._ids = {"customer_id": customer_id}
        self.profiles = CustomerProfiles(sender, customer_id)
        self.agreements = CustomerAgreements(sender, customer_id)
        self.users = CustomerUsers(sender, customer_id)
        self.subscribed_skus = SubscribedSkus(sender, customer_id)
        self.orders = Orders(sender, customer_id)
        self.carts = Carts(sender, customer_id)
        self.subscriptions = Subscriptions(sender, customer_id)
        self.entitlements = Entitlements(sender, customer_id)
        self.artifacts = Artifacts(sender, customer_id)
        scope = CatalogueScope.of_customer(customer_id)
        self.products = ProductsOfMarket(sender, scope)
        self.offers = CustomerOffers(sender, scope)
        self.offer_categories = OfferCategoriesOfMarket(sender, scope)

    async def get(self) -> Customer:
        """Read the customer (behaviour.md 3.3).

        Raises `NotFoundError` when there is none of this id, `PermissionDeniedError` when it is not the partner's.
        """
        return await self._sender.resource("customers.get", Customer, self._ids)

    async def delete(self) -> None:
        """Delete the customer of an integration sandbox, with everything it has; it cannot be brought back.

        Raises `CustomerHasActiveOrdersError` while something blocks it, `NotFoundError` when it is gone already,
        `PartnerCenterError` with code 900127 in a production account (behaviour.md 1.5).
        """
        await self._sender.call("customers.delete", self._ids)

    async def patch(self, change: Customer) -> Customer:
        """End the relationship: `patch(Customer(relationship_to_partner="none"))`.

        In a sandbox this deletes the customer (behaviour.md 3.5). Raises `TypeError` for what is no `Customer`.
        """
        require_type(change, Customer, "change")
        name = "customers.remove_reseller_relationship"
        return await self._sender.resource(name, Customer, self._ids, body=change)
