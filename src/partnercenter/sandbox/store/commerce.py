"""Orders and subscriptions of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from partnercenter.sandbox.store.schema import orders, subscriptions


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
