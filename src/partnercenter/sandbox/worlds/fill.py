"""Putting a world into the tables, in the transaction of whoever asks."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Connection, select

from partnercenter.contract import development_partner
from partnercenter.contract.enums import CustomerPartnerRelationship
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.identity.client_secrets import hash_secret
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.rules.audit_documents import AuditEvent, audit_document
from partnercenter.sandbox.rules.commerce_documents import (
    ARTICLES,
    Purchase,
    order_document,
    subscription_document,
)
from partnercenter.sandbox.rules.customer_creation import customer_problems
from partnercenter.sandbox.rules.customer_documents import CustomerIdentity, created_document, read_document
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.store import partners as partner_store
from partnercenter.sandbox.store.audit import NewAuditRecord, add_audit_record
from partnercenter.sandbox.store.commerce import NewOrder, NewSubscription, add_order, add_subscription
from partnercenter.sandbox.store.customers import (
    NewCustomer,
    add_customer,
    domain_is_taken,
    find_customer,
    reserve_domain,
)
from partnercenter.sandbox.store.partners import Application, Environment, Partner, PartnerKind
from partnercenter.sandbox.store.schema import partners
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.worlds.document import World, WorldCustomer, WorldPartner, WorldPurchase
from partnercenter.sandbox.worlds.named import DEVELOPMENT_PARTNER

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


def has_partners(connection: Connection) -> bool:
    """Whether there is anybody who could sign in."""
    return connection.execute(select(partners.c.tenant_id).limit(1)).first() is not None


def make_development_partner(connection: Connection, nature: Nature) -> None:
    """Put in the development partner, without customers."""
    _add_partner(connection, DEVELOPMENT_PARTNER, nature)


def fill(connection: Connection, world: World, nature: Nature) -> dict[str, int]:
    """Empty the tables and put in a world; returns what it holds. Raises `SandboxError` and changes nothing then."""
    settings = Settings.of(world.settings)
    partner_store.clear(connection)
    counts = {"partners": 0, "customers": 0, "orders": 0, "subscriptions": 0}
    for partner in _with_development_partner(world):
        counts["partners"] += 1
        _add_partner(connection, partner, nature)
        for customer in sorted(partner.customers, key=lambda made: -made.age):
            counts["customers"] += 1
            key, customer_id = _add_customer(connection, partner, customer, nature, settings)
            for purchase in customer.purchases:
                counts["orders"] += 1
                has_subscription = ARTICLES[purchase.product].has_subscription
                counts["subscriptions"] += has_subscription
                _add_purchase(connection, key, customer_id, purchase, nature)
    partner_store.replace_settings(connection, settings.changed)
    return counts


def _with_development_partner(world: World) -> tuple[WorldPartner, ...]:
    if any(partner.tenant_id == development_partner.TENANT_ID for partner in world.partners):
        return world.partners
    return (DEVELOPMENT_PARTNER, *world.partners)


def _add_partner(connection: Connection, partner: WorldPartner, nature: Nature) -> None:
    if partner_store.find_partner(connection, partner.tenant_id) is not None:
        raise SandboxError(f"The world names the tenant {partner.tenant_id} twice.")
    now = to_micros(nature.clock.now())
    row = Partner(
        tenant_id=partner.tenant_id,
        company_name=partner.company_name,
        domain=partner.domain,
        country=partner.country,
        environment=cast(Environment, partner.environment),
        kind=cast(PartnerKind, partner.kind),
        is_csp=partner.is_csp,
        created_at=now,
    )
    partner_store.add_partner(connection, row)
    reserve_domain(connection, partner.domain)
    for application in _applications(partner):
        if partner_store.find_application(connection, application.client_id) is not None:
            raise SandboxError(f"The world names the client {application.client_id} twice.")
        secret = Application(
            client_id=application.client_id,
            tenant_id=partner.tenant_id,
            object_id=nature.ids.guid(),
            name=application.name,
            secret_hash=hash_secret(application.client_secret),
            secret_expires_at=now - 1 if application.secret_expired else None,
            is_registered=application.registered,
        )
        partner_store.add_application(connection, secret)


def _applications(partner: WorldPartner) -> tuple[Any, ...]:
    if partner.tenant_id == development_partner.TENANT_ID and not partner.applications:
        return DEVELOPMENT_PARTNER.applications
    return partner.applications


def _add_customer(
    connection: Connection, partner: WorldPartner, customer: WorldCustomer, nature: Nature, settings: Settings
) -> tuple[int, str]:
    body = _body(customer)
    _check(connection, customer, body, settings)
    identity = CustomerIdentity(
        tenant_id=customer.customer_id or nature.ids.guid(),
        commerce_id=nature.ids.guid(),
        billing_profile_id=nature.ids.guid(),
        etag=nature.ids.etag(),
        password=nature.ids.password(),
    )
    if find_customer(connection, identity.tenant_id) is not None:
        raise SandboxError(f"The world names the customer {identity.tenant_id} twice.")
    created = created_document(body, identity)
    moment = nature.clock.now() - customer.age
    new = NewCustomer(
        partner_id=partner.tenant_id,
        id=identity.tenant_id,
        domain=created["companyProfile"]["domain"],
        company_name=customer.company_name,
        relationship=CustomerPartnerRelationship.RESELLER.value,
        associated_partner_id=None,
        etag=identity.etag,
        undeletable_reason=customer.undeletable_reason,
        delegated_access=settings.flag("delegated_access"),
        created_at=to_micros(moment),
        document=json.dumps(read_document(created), ensure_ascii=False, separators=(",", ":")),
    )
    _add_creation_record(connection, partner, new, moment)
    return add_customer(connection, new), identity.tenant_id


def _body(customer: WorldCustomer) -> dict[str, Any]:
    words = re.findall(r"[a-z0-9]+", customer.company_name.lower()) or ["customer"]
    label = "".join(words)[:40]
    domain = customer.domain or f"{label}{secrets.randbelow(9_000_000) + 1_000_000}.onmicrosoft.com"
    profile = {
        "email": f"billing@{label}.example",
        "culture": "en-US",
        "language": "en",
        "companyName": customer.company_name,
        "defaultAddress": {**_ADDRESS, **customer.address},
    }
    return {"companyProfile": {"domain": domain}, "billingProfile": profile}


def _check(connection: Connection, customer: WorldCustomer, body: dict[str, Any], settings: Settings) -> None:
    name = customer.company_name[:60]
    for problem in customer_problems(body, settings):
        if customer.undeletable_reason is None:
            raise SandboxError(f"In the world, the customer {name!r} is not valid: {problem.description}")
    if domain_is_taken(connection, body["companyProfile"]["domain"]):
        raise SandboxError(f"In the world, the domain of the customer {name!r} is taken twice.")


def _add_creation_record(
    connection: Connection, partner: WorldPartner, new: NewCustomer, moment: datetime
) -> None:
    client_id = next((a.client_id for a in _applications(partner)), partner.tenant_id)
    event = AuditEvent(
        partner_id=partner.tenant_id,
        customer_id=new.id,
        customer_name=new.company_name,
        resource_id=new.id,
        resource_type="customer",
        operation_type="add_customer",
        succeeded=True,
        moment=moment,
        correlation_id=new.id,
        application_id=client_id,
        user_principal_name=None,
        customized_data=(("PrimaryDomainName", new.domain), ("Relationship", "Reseller")),
    )
    record = NewAuditRecord(
        partner_id=partner.tenant_id,
        customer_id=new.id,
        customer_name_folded=new.company_name.casefold(),
        resource_type="customer",
        operation_type="add_customer",
        operated_at=to_micros(moment),
        document=json.dumps(audit_document(event), ensure_ascii=False, separators=(",", ":")),
    )
    add_audit_record(connection, record)


def _add_purchase(
    connection: Connection, key: int, customer_id: str, purchase: WorldPurchase, nature: Nature
) -> None:
    article = ARTICLES[purchase.product]
    alternate_id = secrets.token_hex(6)
    order_id = _order_id(purchase, alternate_id, nature)
    made = Purchase(
        customer_id=customer_id,
        order_id=order_id,
        alternate_id=alternate_id,
        subscription_id=nature.ids.guid(),
        product=purchase.product,
        quantity=purchase.quantity,
        order_status=purchase.order_status,
        subscription_status=purchase.subscription_status,
        created=nature.clock.now() - purchase.age,
    )
    order = NewOrder(
        customer_key=key,
        id=order_id,
        alternate_id=alternate_id,
        product=purchase.product.value,
        status=purchase.order_status,
        billing_cycle=article.billing_cycle,
        created_at=to_micros(made.created),
        document=json.dumps(order_document(made), ensure_ascii=False, separators=(",", ":")),
    )
    add_order(connection, order)
    if article.has_subscription:
        subscription = NewSubscription(
            customer_key=key,
            id=made.subscription_id,
            order_id=order_id,
            product=purchase.product.value,
            status=purchase.subscription_status,
            created_at=to_micros(made.created),
            document=json.dumps(subscription_document(made), ensure_ascii=False, separators=(",", ":")),
        )
        add_subscription(connection, subscription)


def _order_id(purchase: WorldPurchase, alternate_id: str, nature: Nature) -> str:
    """The three styles of order ids (behaviour.md 4.2)."""
    if ":" not in ARTICLES[purchase.product].offer_id:
        return nature.ids.guid().upper()
    article = ARTICLES[purchase.product]
    if not article.has_subscription or purchase.product.value in {"marketplace", "software_subscription"}:
        return secrets.token_urlsafe(24) + "1"
    return alternate_id
