"""Carts of a customer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from partnercenter.sandbox.store.schema import carts


def find_cart(connection: Connection, customer_key: int, cart_id: str) -> Row[Any] | None:
    """A cart by its id in lower case, expired or not."""
    query = select(carts).where(carts.c.customer_key == customer_key, carts.c.id == cart_id)
    return connection.execute(query).first()


def add_cart(connection: Connection, customer_key: int, cart_id: str, document: str, expires_at: int) -> None:
    """Put in a cart; `expires_at` is in microseconds."""
    values = {
        "customer_key": customer_key,
        "id": cart_id,
        "document": document,
        "expires_at": expires_at,
        "checkout_result": None,
    }
    connection.execute(insert(carts), values)


def update_cart(
    connection: Connection, customer_key: int, cart_id: str, document: str, checkout_result: str | None = None
) -> None:
    """Replace what a GET answers, and what the checkout answered."""
    values = {"document": document, "checkout_result": checkout_result}
    query = update(carts).where(carts.c.customer_key == customer_key, carts.c.id == cart_id)
    connection.execute(query.values(**values))
