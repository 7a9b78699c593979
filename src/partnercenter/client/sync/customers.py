# Generated from src/partnercenter/client/aio/customers.py by tools/generate_sync.py; do not edit.
"""`client.customers`: customers, and the way to everything that one of them has."""

from __future__ import annotations

from azure.core.paging import ItemPaged

from partnercenter.client.arguments import filter_query, require_type
from partnercenter.client.catalogue_scope import CatalogueScope
from partnercenter.client.sync.agreements import CustomerAgreements
from partnercenter.client.sync.carts import Carts
from partnercenter.client.sync.catalogue import ProductsOfMarket
from partnercenter.client.sync.entitlements import Artifacts, Entitlements
from partnercenter.client.sync.offers import CustomerOffers, OfferCategoriesOfMarket
from partnercenter.client.sync.orders import Orders
from partnercenter.client.sync.profiles import CustomerProfiles
from partnercenter.client.sync.sender import Sender
from partnercenter.client.sync.subscriptions import Subscriptions
from partnercenter.client.sync.users import CustomerUsers, SubscribedSkus
from partnercenter.contract.customers import Customer
from partnercenter.contract.filters import SimpleFieldFilter
from partnercenter.contract.identifiers import require_guid


class Customers:
    """The partner's customers."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        size: int | None = None,
        filter: SimpleFieldFilter | None = None,  # noqa: A002 - the service's name
    ) -> ItemPaged[Customer]:
        """All customers, page by page as they are iterated; `size` is that of a page, 500 at most (behaviour.md 3.2).

        Items carry `id`, `company_profile` and `relationship_to_partner` only.
        """
        query = {"size": size, "filter": filter_query(filter)}
        return self._sender.pages("customers.list", Customer, {}, query)

    def create(self, customer: Customer) -> Customer:
        """Create a customer with a tenant of its own (behaviour.md 3.1).

        The answer holds the first administrator's password in `user_credentials`; it cannot be read again. Raises
        `ConflictError` when the domain is taken, `QuotaExceededError` when a sandbox is full, and
        `PartnerCenterError` for an address that does not fit its country, `TypeError` for what is no `Customer`.
        """
        require_type(customer, Customer, "customer")
        return self._sender.resource("customers.create", Customer, {}, body=customer)

    def by_id(self, customer_id: str) -> CustomerOperations:
        """What can be done with one customer; raises `ValueError` for an id that is not a GUID."""
        return CustomerOperations(self._sender, require_guid(customer_id, "customer_id"))


class CustomerOperations:
    """One customer."""

    def __init__(self, sender: Sender, customer_id: str) -> None:
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

    def get(self) -> Customer:
        """Read the customer (behaviour.md 3.3).

        Raises `NotFoundError` when there is none of this id, `PermissionDeniedError` when it is not the partner's.
        """
        return self._sender.resource("customers.get", Customer, self._ids)

    def delete(self) -> None:
        """Delete the customer of an integration sandbox, with everything it has; it cannot be brought back.

        Raises `CustomerHasActiveOrdersError` while something blocks it, `NotFoundError` when it is gone already,
        `PartnerCenterError` with code 900127 in a production account (behaviour.md 1.5).
        """
        self._sender.call("customers.delete", self._ids)

    def patch(self, change: Customer) -> Customer:
        """End the relationship: `patch(Customer(relationship_to_partner="none"))`.

        In a sandbox this deletes the customer (behaviour.md 3.5). Raises `TypeError` for what is no `Customer`.
        """
        require_type(change, Customer, "change")
        name = "customers.remove_reseller_relationship"
        return self._sender.resource(name, Customer, self._ids, body=change)
