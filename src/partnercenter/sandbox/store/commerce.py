"""Orders and subscriptions of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from partnercenter.sandbox.store.schema import orders, subscriptions


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to put in; `product` is a word of `rules.blockers.Product`."""

    customer_key: int
    id: str
    alternate_id: str
    product: str
    status: str
    billing_cycle: str
    created_at: int
    document: str


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A subscription to put in."""

    customer_key: int
    id: str
    order_id: str
    product: str
    status: str
    created_at: int
    document: str


def add_order(connection: Connection, order: NewOrder) -> None:
    """Put in an order."""
    connection.execute(insert(orders), asdict(order))


def add_subscription(connection: Connection, subscription: NewSubscription) -> None:
    """Put in a subscription."""
    connection.execute(insert(subscriptions), asdict(subscription))


def list_orders(connection: Connection, customer_key: int) -> Sequence[Row[Any]]:
    """A customer's orders, oldest first."""
    query = select(orders).where(orders.c.customer_key == customer_key)
    return connection.execute(query.order_by(orders.c.created_at, orders.c.id)).all()


def find_order(connection: Connection, customer_key: int, order_id: str) -> Row[Any] | None:
    """One order of a customer, by its exact id."""
    query = select(orders).where(orders.c.customer_key == customer_key, orders.c.id == order_id)
    return connection.execute(query).first()


def list_subscriptions(connection: Connection, customer_key: int) -> Sequence[Row[Any]]:
    """A customer's subscriptions, oldest first."""
    query = select(subscriptions).where(subscriptions.c.customer_key == customer_key)
    return connection.execute(query.order_by(subscriptions.c.created_at, subscriptions.c.id)).all()
