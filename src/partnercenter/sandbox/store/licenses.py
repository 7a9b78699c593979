"""Licences that a customer's users have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from partnercenter.sandbox.store.schema import user_licenses

_OF_USER = (
    select(user_licenses.c.sku_id, user_licenses.c.excluded_plans)
    .where(
        user_licenses.c.customer_key == bindparam("customer"), user_licenses.c.user_id == bindparam("user")
    )
    .order_by(user_licenses.c.sku_id)
)
_CONSUMED = (
    select(user_licenses.c.sku_id, func.count().label("consumed"))
    .where(user_licenses.c.customer_key == bindparam("customer"))
    .group_by(user_licenses.c.sku_id)
)
_INSERT = insert(user_licenses)


def list_licenses(connection: Connection, customer_key: int, user_id: str) -> Sequence[Any]:
    """SKU and excluded plans, a JSON text, of each licence that a user has."""
    return connection.execute(_OF_USER, {"customer": customer_key, "user": user_id}).all()


def count_licenses(connection: Connection, customer_key: int) -> Mapping[str, int]:
    """How many users have a licence, by SKU."""
    return {row.sku_id: row.consumed for row in connection.execute(_CONSUMED, {"customer": customer_key})}


def put_licenses(connection: Connection, customer_key: int, user_id: str, given: Mapping[str, str]) -> None:
    """Give a user licences: excluded plans, a JSON text, by SKU. One that it has already gets other plans."""
    take_licenses(connection, customer_key, user_id, given)
    rows = [
        {"customer_key": customer_key, "user_id": user_id, "sku_id": sku, "excluded_plans": plans}
        for sku, plans in given.items()
    ]
    if rows:
        connection.execute(_INSERT, rows)


def take_licenses(connection: Connection, customer_key: int, user_id: str, skus: Iterable[str]) -> None:
    """Take licences away from a user."""
    of_user = (user_licenses.c.customer_key == customer_key, user_licenses.c.user_id == user_id)
    connection.execute(delete(user_licenses).where(*of_user, user_licenses.c.sku_id.in_(list(skus))))


def take_all_licenses(connection: Connection, customer_key: int, user_id: str) -> None:
    """Take every licence away from a user."""
    of_user = (user_licenses.c.customer_key == customer_key, user_licenses.c.user_id == user_id)
    connection.execute(delete(user_licenses).where(*of_user))
