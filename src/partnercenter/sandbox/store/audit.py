"""Audit records. They refer to no customer by key, so that they outlive the customers they tell of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from partnercenter.sandbox.store.hot import HotStatement
from partnercenter.sandbox.store.schema import audit_records


@dataclass(frozen=True, slots=True)
class NewAuditRecord:
    """A record to put in; `document` is its JSON text."""

    partner_id: str
    customer_id: str
    customer_name_folded: str
    resource_type: str
    operation_type: str
    operated_at: int
    document: str


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which records a list shows; times are microseconds, `until` is exclusive."""

    since: int
    until: int
    company_name: str = ""
    customer_id: str = ""
    resource_type: str = ""


_INSERT = HotStatement(insert(audit_records))
_ANY = HotStatement(
    select(audit_records.c.key)
    .where(
        audit_records.c.partner_id == bindparam("partner"),
        audit_records.c.customer_id == bindparam("customer"),
    )
    .limit(1)
)


def add_audit_record(connection: Connection, record: NewAuditRecord) -> None:
    """Put in a record."""
    _INSERT.run(connection, {name: getattr(record, name) for name in NewAuditRecord.__slots__})


def list_audit_records(
    connection: Connection,
    partner_id: str,
    chosen: AuditFilter,
    *,
    count: int,
    after: int | None = None,
    before: int | None = None,
    descending: bool = False,
) -> Sequence[Any]:
    """Up to `count` records with a key greater than `after` or less than `before`, in order of keys."""
    table = audit_records
    query = select(table.c.key, table.c.document).where(
        table.c.partner_id == partner_id,
        table.c.operated_at >= chosen.since,
        table.c.operated_at < chosen.until,
    )
    if before is not None:
        query = query.where(table.c.key < before)
    if after is not None:
        query = query.where(table.c.key > after)
    if chosen.customer_id:
        query = query.where(table.c.customer_id == chosen.customer_id.lower())
    if chosen.resource_type:
        query = query.where(table.c.resource_type == chosen.resource_type)
    if chosen.company_name:
        folded = chosen.company_name.casefold()
        query = query.where(table.c.customer_name_folded.contains(folded, autoescape=True))
    order = table.c.key.desc() if descending else table.c.key.asc()
    return connection.execute(query.order_by(order).limit(count)).all()


def has_audit_records(connection: Connection, partner_id: str, customer_id: str) -> bool:
    """Whether a partner ever had to do with a customer."""
    return _ANY.first(connection, {"partner": partner_id, "customer": customer_id}) is not None


def delete_audit_records(connection: Connection, customer_id: str) -> None:
    """Take out the records about a customer."""
    connection.execute(delete(audit_records).where(audit_records.c.customer_id == customer_id))
