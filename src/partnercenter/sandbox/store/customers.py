"""Customers and the domain names they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, update

from partnercenter.sandbox.store.hot import HotStatement
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


_EVERYBODY: Final = CustomerFilter()
_BY_ID = HotStatement(select(customers).where(customers.c.id == bindparam("id")))
_COUNT = HotStatement(
    select(func.count().label("number"))
    .select_from(customers)
    .where(customers.c.partner_id == bindparam("partner"))
)
_NEWEST = HotStatement(select(func.max(customers.c.key).label("key")))
_DELETE = HotStatement(delete(customers).where(customers.c.key == bindparam("customer")))
_INSERT = HotStatement(insert(customers))
_INSERT_DOMAIN = HotStatement(insert(domain_names))
_DOMAIN = HotStatement(select(domain_names.c.name).where(domain_names.c.name == bindparam("domain")))
_DELETE_DOMAIN = HotStatement(delete(domain_names).where(domain_names.c.name == bindparam("domain")))


def find_customer(connection: Connection, customer_id: str) -> Any | None:
    """The row of the customer of an id in lower case, whoever's it is."""
    return _BY_ID.first(connection, {"id": customer_id})


def count_customers(connection: Connection, partner_id: str) -> int:
    """How many customers a partner has."""
    return int(_COUNT.first(connection, {"partner": partner_id}).number)


def add_customer(connection: Connection, new: NewCustomer) -> int:
    """Put in a customer, with its domain; returns its key."""
    values = {name: getattr(new, name) for name in NewCustomer.__slots__}
    values["domain_folded"] = new.domain.casefold()
    values["company_name_folded"] = new.company_name.casefold()
    key = _INSERT.insert(connection, values)
    _INSERT_DOMAIN.run(connection, {"name": new.domain.lower(), "customer_key": key})
    return key


def has_customers(connection: Connection, partner_id: str, number: int) -> bool:
    """Whether a partner has that many customers, or more."""
    newest = _NEWEST.first(connection, {}).key or 0
    # There are never more customers than the greatest key says: keys begin at 1. To count thousands takes long.
    return newest >= number and count_customers(connection, partner_id) >= number


def delete_customer(connection: Connection, key: int, domain: str, *, keep_domain: bool) -> None:
    """Take a customer out; the schema purges everything that belongs to it."""
    if not keep_domain:
        _DELETE_DOMAIN.run(connection, {"domain": domain.lower()})
    _DELETE.run(connection, {"customer": key})


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
    return _DOMAIN.first(connection, {"domain": domain.lower()}) is not None


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
    bounds = {name: key for name, key in (("after", after), ("before", before)) if key is not None}
    values = {"partner": partner_id, "count": count, **bounds}
    if chosen == _EVERYBODY:
        return _page(*bounds, descending=descending).all(connection, values)
    query = chosen.applied_to(_page_query(*bounds, descending=descending))
    return connection.execute(query, values).all()


@cache
def _page(*bounds: str, descending: bool) -> HotStatement:
    return HotStatement(_page_query(*bounds, descending=descending))


def _page_query(*bounds: str, descending: bool) -> Select[Any]:
    """The query of a page; `bounds` are those of `after` and `before` that it has."""
    key = customers.c.key
    query = select(
        key, customers.c.id, customers.c.domain, customers.c.company_name, customers.c.relationship
    )
    query = query.where(customers.c.partner_id == bindparam("partner"), customers.c.relationship != "none")
    if "after" in bounds:
        query = query.where(key > bindparam("after"))
    if "before" in bounds:
        query = query.where(key < bindparam("before"))
    return query.order_by(key.desc() if descending else key.asc()).limit(bindparam("count"))
