"""A customer's users. One that was deleted keeps its row while the customer is there, so no key is used twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from partnercenter.sandbox.store.schema import users


@dataclass(frozen=True, slots=True)
class User:
    """A user as it is stored; `document` is the JSON text that a GET answers, `key` its place among the others."""

    customer_key: int
    key: int
    id: str
    user_principal_name_folded: str
    state: str
    state_since: int
    created_at: int
    document: str


_OF_CUSTOMER = select(users).where(users.c.customer_key == bindparam("customer"))
_BY_ID = _OF_CUSTOMER.where(users.c.id == bindparam("user"))
_BY_KEY = _OF_CUSTOMER.where(users.c.key == bindparam("place"))
_BY_NAME = _OF_CUSTOMER.where(
    users.c.user_principal_name_folded == bindparam("name"), users.c.state == "active"
)
_LAST_KEY = select(func.max(users.c.key)).where(users.c.customer_key == bindparam("customer"))
_INSERT = insert(users)


def find_user(connection: Connection, customer_key: int, user_id: str) -> User | None:
    """The user of an id in lower case, deleted or not."""
    return _first(connection.execute(_BY_ID, {"customer": customer_key, "user": user_id}).first())


def find_user_at(connection: Connection, customer_key: int, key: int) -> User | None:
    """The user of a key, deleted or not."""
    return _first(connection.execute(_BY_KEY, {"customer": customer_key, "place": key}).first())


def find_user_named(connection: Connection, customer_key: int, name: str) -> User | None:
    """The active user of a principal name, compared without case."""
    values = {"customer": customer_key, "name": name.casefold()}
    return _first(connection.execute(_BY_NAME, values).first())


def last_key(connection: Connection, customer_key: int) -> int:
    """The greatest key that a user of the customer ever had; 0 without any."""
    return int(connection.execute(_LAST_KEY, {"customer": customer_key}).scalar_one() or 0)


def add_user(connection: Connection, new: User) -> None:
    """Put in a user."""
    connection.execute(_INSERT, asdict(new))


def replace_user(connection: Connection, user: User) -> None:
    """Replace what is stored of a user."""
    place = (users.c.customer_key == user.customer_key, users.c.key == user.key)
    connection.execute(update(users).where(*place).values(**asdict(user)))


def list_users(
    connection: Connection,
    customer_key: int,
    state: str,
    *,
    since: int | None = None,
    count: int,
    after: int | None = None,
    before: int | None = None,
    descending: bool = False,
) -> Sequence[User]:
    """Up to `count` users in a state that began after `since`, within exclusive bounds of keys, in order of keys."""
    query = select(users).where(users.c.customer_key == customer_key, users.c.state == state)
    if since is not None:
        query = query.where(users.c.state_since > since)
    if after is not None:
        query = query.where(users.c.key > after)
    if before is not None:
        query = query.where(users.c.key < before)
    order = users.c.key.desc() if descending else users.c.key.asc()
    return _all(connection, query.order_by(order).limit(count))


def list_everyone(connection: Connection, customer_key: int) -> Sequence[User]:
    """All users that the customer ever had, in order of keys."""
    return _all(connection, select(users).where(users.c.customer_key == customer_key).order_by(users.c.key))


def _all(connection: Connection, query: Select[Any]) -> Sequence[User]:
    return [User(**row._mapping) for row in connection.execute(query)]


def _first(row: Row[Any] | None) -> User | None:
    return None if row is None else User(**row._mapping)
