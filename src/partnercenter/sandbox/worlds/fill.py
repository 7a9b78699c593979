"""From a world to rows of the tables: `prepare` decides everything, `put_in` only stores.

A large world takes seconds to prepare. That is done before the database is touched, so that nobody who uses
it waits for it, and so that a mistake in a world is found before anything is changed.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, insert, select

from partnercenter.contract import development_partner
from partnercenter.contract.enums import CustomerPartnerRelationship
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.rules.audit_documents import AuditEvent, audit_document
from partnercenter.sandbox.rules.customer_creation import (
    customer_problems,
    is_address_problem,
    normalised_profile,
)
from partnercenter.sandbox.rules.customer_documents import CustomerIdentity, created_document, read_document
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.store import partners as partner_store
from partnercenter.sandbox.store import schema
from partnercenter.sandbox.store.applications import Application, add_applications
from partnercenter.sandbox.store.partner_users import partner_user_row
from partnercenter.sandbox.store.sign_ins import all_sign_ins, put_back_sign_ins
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.wire.message import json_text
from partnercenter.sandbox.worlds.accounts import (
    WorldApplication,
    WorldUser,
    kept_application,
    kept_user,
)
from partnercenter.sandbox.worlds.agreements import agreement_values
from partnercenter.sandbox.worlds.document import World, WorldCustomer, WorldPartner, kept_partner
from partnercenter.sandbox.worlds.named import DEVELOPMENT_PARTNER
from partnercenter.sandbox.worlds.purchases import Buying, purchase_rows

Row = dict[str, Any]

_ADDRESS: Final[Mapping[str, Any]] = {
    "country": "US",
    "city": "Bend",
    "state": "OR",
    "addressLine1": "410 Juniper Street",
    "postalCode": "97701",
    "firstName": "Ines",
    "lastName": "Varga",
    "phoneNumber": "5415550132",
}


@dataclass(frozen=True, slots=True)
class PreparedWorld:
    """The rows of a world. `domains`, and the rows of `below`, by table, name their customer by its id."""

    settings: Settings
    partners: list[Row] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    users: list[Row] = field(default_factory=list)
    customers: list[Row] = field(default_factory=list)
    domains: dict[str, str | None] = field(default_factory=dict)
    audit_records: list[Row] = field(default_factory=list)
    below: dict[str, list[Row]] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """How many there are of what."""
        return {
            "partners": len(self.partners),
            "customers": len(self.customers),
            "orders": len(self.below.get("orders", ())),
            "subscriptions": len(self.below.get("subscriptions", ())),
        }


def has_partners(connection: Connection) -> bool:
    """Whether there is anybody who could sign in."""
    return connection.execute(select(schema.partners.c.tenant_id).limit(1)).first() is not None


def prepare(world: World, nature: Nature) -> PreparedWorld:
    """The rows of a world; raises `SandboxError` naming what cannot be."""
    return _Preparation(Settings.of(world.settings), nature).prepared(world)


def put_in(connection: Connection, world: PreparedWorld) -> None:
    """Empty the tables and put in a world; sign-ins stay, where their application and their user do."""
    sign_ins = all_sign_ins(connection)
    partner_store.clear(connection)
    _insert(connection, schema.partners, world.partners)
    add_applications(connection, world.applications)
    _insert(connection, schema.partner_users, world.users)
    _insert(connection, schema.customers, world.customers)
    keys = _keys_of_customers(connection) if world.customers else {}
    domains = [
        {"name": name, "customer_key": None if customer_id is None else keys[customer_id]}
        for name, customer_id in world.domains.items()
    ]
    _insert(connection, schema.domain_names, domains)
    _insert(connection, schema.audit_records, world.audit_records)
    for name, rows in world.below.items():
        _insert(connection, schema.metadata.tables[name], list(_with_keys(rows, keys)))
    put_back_sign_ins(connection, sign_ins)
    if world.settings.changed:
        partner_store.replace_settings(connection, world.settings.changed)


def _keys_of_customers(connection: Connection) -> dict[str, int]:
    rows = connection.execute(select(schema.customers.c.id, schema.customers.c.key))
    return {row.id: row.key for row in rows}


def _insert(connection: Connection, table: Table, rows: list[Row]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _with_keys(rows: list[Row], keys: Mapping[str, int]) -> Iterator[Row]:
    for row in rows:
        known = dict(row)
        known["customer_key"] = keys[known.pop("customer_id")]
        yield known


class _Preparation:
    """One world on its way to rows."""

    def __init__(self, settings: Settings, nature: Nature) -> None:
        self._settings = settings
        self._nature = nature
        self._now = nature.clock.now()
        self._rows = PreparedWorld(settings)
        self._seen: set[tuple[str, str]] = set()

    def prepared(self, world: World) -> PreparedWorld:
        partners = world.partners
        if all(partner.tenant_id != development_partner.TENANT_ID for partner in partners):
            partners = (DEVELOPMENT_PARTNER, *partners)
        # The names that somebody chose first, so that no name that is made up takes one of them.
        for partner in partners:
            self._add_partner(partner)
            for customer in partner.customers:
                if customer.domain is not None:
                    self._take_domain(customer.domain)
        for partner in partners:
            for customer in sorted(partner.customers, key=lambda made: -made.age):
                self._add_customer(partner, customer)
        return self._rows

    def _once(self, kind: str, name: str) -> None:
        if (kind, name) in self._seen:
            raise SandboxError(f"The world names the {kind} {name[:100]} twice.")
        self._seen.add((kind, name))

    def _take_domain(self, domain: str) -> None:
        self._once("domain", domain.lower())
        self._rows.domains[domain.lower()] = None

    def _add_partner(self, partner: WorldPartner) -> None:
        self._once("tenant", partner.tenant_id)
        self._take_domain(partner.domain)
        now = to_micros(self._now)
        self._rows.partners.append(asdict(kept_partner(partner, now)))
        for application in _applications(partner):
            self._once("client", application.client_id)
            kept = kept_application(application, partner.tenant_id, self._nature.ids, now)
            self._rows.applications.append(kept)
        for user in _users(partner):
            self._once("user", user.user_principal_name.casefold())
            if user.object_id is not None:
                self._once("object id", user.object_id)
            kept_one = kept_user(user, partner.tenant_id, self._nature.ids, now)
            self._rows.users.append(partner_user_row(kept_one))

    def _add_customer(self, partner: WorldPartner, customer: WorldCustomer) -> None:
        ids = self._nature.ids
        identity = CustomerIdentity(
            tenant_id=customer.customer_id or ids.guid(),
            commerce_id=ids.guid(),
            billing_profile_id=ids.guid(),
            etag=ids.etag(),
            password=ids.password(),
        )
        self._once("customer", identity.tenant_id)
        body = self._body(customer)
        self._check(customer, body)
        created = created_document(
            {**body, "billingProfile": normalised_profile(body["billingProfile"])}, identity
        )
        domain, moment = created["companyProfile"]["domain"], self._now - customer.age
        self._rows.domains[domain.lower()] = identity.tenant_id
        row = {
            "partner_id": partner.tenant_id,
            "id": identity.tenant_id,
            "domain": domain,
            "company_name": customer.company_name,
            "domain_folded": domain.casefold(),
            "company_name_folded": customer.company_name.casefold(),
            "relationship": CustomerPartnerRelationship.RESELLER.value,
            "associated_partner_id": customer.associated_partner_id,
            "etag": identity.etag,
            "undeletable_reason": customer.undeletable_reason,
            "delegated_access": self._settings.flag("delegated_access"),
            "created_at": to_micros(moment),
            "document": json_text(read_document(created)),
        }
        self._rows.customers.append(row)
        self._rows.audit_records.append(_creation_record(partner, row, moment))
        country = str(created["billingProfile"]["defaultAddress"]["country"])
        buying = Buying(identity.tenant_id, customer.company_name, country, self._now, self._settings, ids)
        for table, values in purchase_rows(customer.purchases, buying):
            self._add_below(table, identity.tenant_id, values)
        if customer.has_agreement:
            self._add_below("agreements", identity.tenant_id, agreement_values(created, ids.guid(), moment))

    def _add_below(self, table: str, customer_id: str, values: Row) -> None:
        self._rows.below.setdefault(table, []).append({"customer_id": customer_id, **values})

    def _body(self, customer: WorldCustomer) -> dict[str, Any]:
        label = "".join(re.findall(r"[a-z0-9]+", customer.company_name.lower()))[:40] or "customer"
        address = {
            name: value for name, value in {**_ADDRESS, **customer.address}.items() if value is not None
        }
        profile = {
            "email": f"billing@{label}.example",
            "culture": "en-US",
            "language": "en",
            "companyName": customer.company_name,
            "defaultAddress": address,
        }
        domain = customer.domain or self._free_domain(label)
        body: dict[str, Any] = {"companyProfile": {"domain": domain}, "billingProfile": profile}
        if customer.associated_partner_id is not None:
            body["associatedPartnerId"] = customer.associated_partner_id
        return body

    def _free_domain(self, label: str) -> str:
        while True:
            domain = f"{label}{secrets.randbelow(9_000_000) + 1_000_000}.onmicrosoft.com"
            if domain not in self._rows.domains:
                return domain

    def _check(self, customer: WorldCustomer, body: dict[str, Any]) -> None:
        for problem in customer_problems(body, self._settings):
            if customer.undeletable_reason is None or not is_address_problem(problem):
                name = customer.company_name[:60]
                raise SandboxError(f"In the world, the customer {name!r} is not valid: {problem.description}")


def _applications(partner: WorldPartner) -> tuple[WorldApplication, ...]:
    if partner.tenant_id == development_partner.TENANT_ID and not partner.applications:
        return DEVELOPMENT_PARTNER.applications
    return partner.applications


def _users(partner: WorldPartner) -> tuple[WorldUser, ...]:
    if partner.tenant_id == development_partner.TENANT_ID and not partner.users:
        return DEVELOPMENT_PARTNER.users
    return partner.users


def _creation_record(partner: WorldPartner, customer: Row, moment: datetime) -> Row:
    client_id = next((application.client_id for application in _applications(partner)), partner.tenant_id)
    event = AuditEvent(
        partner_id=partner.tenant_id,
        customer_id=customer["id"],
        customer_name=customer["company_name"],
        resource_id=customer["id"],
        resource_type="customer",
        operation_type="add_customer",
        succeeded=True,
        moment=moment,
        correlation_id=customer["id"],
        application_id=client_id,
        user_principal_name=None,
        customized_data=(("PrimaryDomainName", customer["domain"]), ("Relationship", "Reseller")),
    )
    return {
        "partner_id": partner.tenant_id,
        "customer_id": customer["id"],
        "customer_name_folded": customer["company_name_folded"],
        "resource_type": "customer",
        "operation_type": "add_customer",
        "operated_at": to_micros(moment),
        "document": json_text(audit_document(event)),
    }
