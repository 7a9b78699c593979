"""Customers that are gone, for as long as lists still show them (behaviour.md 1.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, literal, select

from partnercenter.sandbox.store.customers import CustomerFilter
from partnercenter.sandbox.store.schema import departures


@dataclass(frozen=True, slots=True)
class Departure:
    """A customer that left at a time in microseconds; `key` is the one it had, so it keeps its place in lists."""

    partner_id: str
    key: int
    id: str
    domain: str
    company_name: str
    left_at: int


_INSERT = insert(departures)
_FORGET = delete(departures).where(departures.c.left_at <= bindparam("since"))
_SHOWN = (departures.c.key, departures.c.id, departures.c.domain, departures.c.company_name)


def add_departure(connection: Connection, departure: Departure, since: int) -> None:
    """Put in a customer that is gone, and forget those that left up to `since`."""
    connection.execute(_FORGET, {"since": since})
    connection.execute(_INSERT, asdict(departure))


def list_departures(
    connection: Connection,
    partner_id: str,
    chosen: CustomerFilter,
    *,
    since: int,
    count: int,
    after: int | None = None,
    before: int | None = None,
    descending: bool = False,
) -> Sequence[Row[Any]]:
    """Up to `count` customers that left after `since`, as `list_customers` has those that are there."""
    query = select(*_SHOWN, literal("reseller").label("relationship")).where(
        departures.c.partner_id == partner_id, departures.c.left_at > since
    )
    if after is not None:
        query = query.where(departures.c.key > after)
    if before is not None:
        query = query.where(departures.c.key < before)
    order = departures.c.key.desc() if descending else departures.c.key.asc()
    # Few have left lately, so they are compared here: the table has no folded names.
    rows = connection.execute(query.order_by(order))
    return list(islice((row for row in rows if chosen.takes(row.company_name, row.domain)), count))
