"""Customers and the domain names they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, update

from partnercenter.sandbox.store.schema import customers, domain_names


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer to put in; `document` is the JSON text that a GET answers."""

    partner_id: str
    id: str
    domain: str
    company_name: str
    relationship: str
    associated_partner_id: str | None
    etag: int
    undeletable_reason: str | None
    delegated_access: bool
    created_at: int
    document: str


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers a list shows; prefixes are compared without case."""

    company_name: str = ""
    domain: str = ""
    associated_partner_id: str = ""

    def applied_to(self, query: Select[Any]) -> Select[Any]:
        """The query with the conditions of this filter."""
        if self.company_name:
            folded = self.company_name.casefold()
            query = query.where(customers.c.company_name_folded.startswith(folded, autoescape=True))
        if self.domain:
            folded = self.domain.casefold()
            query = query.where(customers.c.domain_folded.startswith(folded, autoescape=True))
        if self.associated_partner_id:
            wanted = self.associated_partner_id.lower()
            query = query.where(customers.c.associated_partner_id.startswith(wanted, autoescape=True))
        return query

    def takes(self, company_name: str, domain: str) -> bool:
        """Whether a customer of no known reseller is one of those."""
        return (
            company_name.casefold().startswith(self.company_name.casefold())
            and domain.casefold().startswith(self.domain.casefold())
            and not self.associated_partner_id
        )


_BY_ID = select(customers).where(customers.c.id == bindparam("id"))
_COUNT = select(func.count()).select_from(customers).where(customers.c.partner_id == bindparam("partner"))
_DELETE = delete(customers).where(customers.c.key == bindparam("customer"))
_INSERT = insert(customers)
_INSERT_DOMAIN = insert(domain_names)
_DOMAIN = select(domain_names.c.name).where(domain_names.c.name == bindparam("domain"))


def find_customer(connection: Connection, customer_id: str) -> Row[Any] | None:
    """The customer of an id in lower case, whoever's it is."""
    return connection.execute(_BY_ID, {"id": customer_id}).first()


def count_customers(connection: Connection, partner_id: str) -> int:
    """How many customers a partner has."""
    return int(connection.execute(_COUNT, {"partner": partner_id}).scalar_one())


def add_customer(connection: Connection, new: NewCustomer) -> int:
    """Put in a customer, with its domain; returns its key."""
    values = {name: getattr(new, name) for name in NewCustomer.__slots__}
    values["domain_folded"] = new.domain.casefold()
    values["company_name_folded"] = new.company_name.casefold()
    key = connection.execute(_INSERT, values).inserted_primary_key
    assert key is not None  # noqa: S101 - SQLAlchemy types it as optional for statements with many rows
    connection.execute(_INSERT_DOMAIN, {"name": new.domain.lower(), "customer_key": key[0]})
    return int(key[0])


def delete_customer(connection: Connection, key: int, domain: str, *, keep_domain: bool) -> None:
    """Take a customer out; the schema purges everything that belongs to it."""
    if not keep_domain:
        connection.execute(delete(domain_names).where(domain_names.c.name == domain.lower()))
    connection.execute(_DELETE, {"customer": key})


def update_document(connection: Connection, key: int, document: str, etag: int, company_name: str) -> None:
    """Replace what a GET answers."""
    values = {
        "document": document,
        "etag": etag,
        "company_name": company_name,
        "company_name_folded": company_name.casefold(),
    }
    connection.execute(update(customers).where(customers.c.key == key).values(**values))


def end_relationship(connection: Connection, key: int, document: str) -> None:
    """Mark the customer as somebody else's business; its tenant lives on."""
    values = {"relationship": "none", "document": document}
    connection.execute(update(customers).where(customers.c.key == key).values(**values))


def domain_is_taken(connection: Connection, domain: str) -> bool:
    """Whether a domain name is in use or reserved."""
    return connection.execute(_DOMAIN, {"domain": domain.lower()}).first() is not None


def list_customers(
    connection: Connection,
    partner_id: str,
    chosen: CustomerFilter,
    *,
    count: int,
    after: int | None = None,
    before: int | None = None,
    descending: bool = False,
) -> Sequence[Row[Any]]:
    """Up to `count` customers with a key greater than `after` or less than `before`, in order of keys."""
    columns = (
        customers.c.key,
        customers.c.id,
        customers.c.domain,
        customers.c.company_name,
        customers.c.relationship,
    )
    query = select(*columns).where(customers.c.partner_id == partner_id, customers.c.relationship != "none")
    if after is not None:
        query = query.where(customers.c.key > after)
    if before is not None:
        query = query.where(customers.c.key < before)
    order = customers.c.key.desc() if descending else customers.c.key.asc()
    return connection.execute(chosen.applied_to(query).order_by(order).limit(count)).all()
