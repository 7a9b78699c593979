"""Orders and subscriptions of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, select

from partnercenter.sandbox.store.schema import orders, subscriptions

_ORDERS = (
    select(orders)
    .where(orders.c.customer_key == bindparam("customer"))
    .order_by(orders.c.created_at, orders.c.id)
)
_ORDER = select(orders).where(
    orders.c.customer_key == bindparam("customer"), orders.c.id == bindparam("order")
)
_SUBSCRIPTIONS = (
    select(subscriptions)
    .where(subscriptions.c.customer_key == bindparam("customer"))
    .order_by(subscriptions.c.created_at, subscriptions.c.id)
)
_OF_THE_ORDER = and_(
    subscriptions.c.customer_key == orders.c.customer_key, subscriptions.c.order_id == orders.c.id
)
_STATES = (
    select(
        orders.c.id,
        orders.c.alternate_id,
        orders.c.product,
        orders.c.status,
        subscriptions.c.status.label("subscription_status"),
    )
    .select_from(orders.outerjoin(subscriptions, _OF_THE_ORDER))
    .where(orders.c.customer_key == bindparam("customer"))
    .order_by(orders.c.created_at, orders.c.id)
)


def list_orders(connection: Connection, customer_key: int) -> Sequence[Row[Any]]:
    """A customer's orders, oldest first."""
    return connection.execute(_ORDERS, {"customer": customer_key}).all()


def find_order(connection: Connection, customer_key: int, order_id: str) -> Row[Any] | None:
    """One order of a customer, by its exact id."""
    return connection.execute(_ORDER, {"customer": customer_key, "order": order_id}).first()


def list_subscriptions(connection: Connection, customer_key: int) -> Sequence[Row[Any]]:
    """A customer's subscriptions, oldest first."""
    return connection.execute(_SUBSCRIPTIONS, {"customer": customer_key}).all()


def list_states(connection: Connection, customer_key: int) -> Sequence[Any]:
    """The state of each order beside that of each subscription it began, None where it began none; no documents."""
    return connection.execute(_STATES, {"customer": customer_key}).all()
