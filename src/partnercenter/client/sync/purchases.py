# Generated from src/partnercenter/client/aio/purchases.py by tools/generate_sync.py; do not edit.
"""`client.customers.by_id(id).orders` and `.subscriptions`: what a customer has bought."""

from __future__ import annotations

from azure.core.paging import ItemPaged

from partnercenter.client.sync.sender import Sender
from partnercenter.contract.enums import BillingCycleType
from partnercenter.contract.identifiers import require_segment
from partnercenter.contract.orders import Order
from partnercenter.contract.subscriptions import Subscription


class Orders:
    """The orders of one customer."""

    def __init__(self, sender: Sender, customer_id: str) -> None:
        self._sender = sender
        self._customer_id = customer_id

    def list(self, *, billing_cycle: BillingCycleType | str | None = None) -> ItemPaged[Order]:
        """All orders, or those of one billing cycle; a new one can take 15 minutes to appear (behaviour.md 1.6)."""
        query = {"billingType": None if billing_cycle is None else str(billing_cycle)}
        return self._sender.pages("orders.list", Order, {"customer_id": self._customer_id}, query)

    def by_id(self, order_id: str) -> OrderOperations:
        """What can be done with one order; raises `ValueError` for an id that cannot be one."""
        require_segment(order_id, "order_id")
        return OrderOperations(self._sender, self._customer_id, order_id)


class OrderOperations:
    """One order."""

    def __init__(self, sender: Sender, customer_id: str, order_id: str) -> None:
        self._sender = sender
        self._ids = {"customer_id": customer_id, "order_id": order_id}

    def get(self) -> Order:
        """Read the order; raises `NotFoundError` when the customer has none of this id (behaviour.md 4.1)."""
        return self._sender.resource("orders.get", Order, self._ids)


class Subscriptions:
    """The subscriptions of one customer."""

    def __init__(self, sender: Sender, customer_id: str) -> None:
        self._sender = sender
        self._ids = {"customer_id": customer_id}

    def list(self, *, order_id: str | None = None) -> ItemPaged[Subscription]:
        """All subscriptions, or those that one order began; raises `ValueError` for an empty order id."""
        if order_id is not None:
            require_segment(order_id, "order_id")
        return self._sender.pages("subscriptions.list", Subscription, self._ids, {"order_id": order_id})
