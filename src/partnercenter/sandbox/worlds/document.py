"""The form of a world, read out of JSON with one clear sentence for whatever is wrong in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final, cast, get_args

from partnercenter.contract.customers import Address
from partnercenter.contract.resource import shapes_of
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.store.partners import Environment, Partner, PartnerKind
from partnercenter.sandbox.worlds.accounts import (
    WorldApplication,
    WorldUser,
    read_application,
    read_user,
)
from partnercenter.sandbox.worlds.members import LONGEST, Members

ENVIRONMENTS: Final[tuple[str, ...]] = get_args(Environment)
KINDS: Final[tuple[str, ...]] = get_args(PartnerKind)
_MOST_CUSTOMERS = 1_000_000
_MOST_USERS = 1000
_DAYS = 36_500
_SECONDS = 10_000_000


@dataclass(frozen=True, slots=True)
class WorldAzureSubscription:
    """An Azure subscription below an Azure plan."""

    name: str
    status: str = "active"


@dataclass(frozen=True, slots=True)
class WorldPurchase:
    """An order, with the subscription that it began where its product has one.

    `item` is what was bought, the usual one of the product unless it is named; `add_ons` are the items bought on top
    of it in the same order. `registered` tells whether reservations can be bought for an Azure plan or subscription,
    `settles_in` when a pending order is completed; without it, never.
    """

    product: Product
    quantity: int = 1
    order_status: str = "completed"
    subscription_status: str = "active"
    age: timedelta = timedelta()
    item: str | None = None
    term: str | None = None
    billing_cycle: str | None = None
    auto_renew: bool | None = None
    add_ons: tuple[str, ...] = ()
    azure_subscriptions: tuple[WorldAzureSubscription, ...] = ()
    registered: bool = False
    settles_in: timedelta | None = None


@dataclass(frozen=True, slots=True)
class WorldCustomer:
    """A customer; `address` is laid over one that is valid. `has_agreement`: it may buy."""

    company_name: str
    customer_id: str | None = None
    domain: str | None = None
    address: Mapping[str, Any] = field(default_factory=dict)
    age: timedelta = timedelta()
    undeletable_reason: str | None = None
    has_agreement: bool = True
    associated_partner_id: str | None = None
    purchases: tuple[WorldPurchase, ...] = ()


@dataclass(frozen=True, slots=True)
class WorldPartner:
    """A tenant that can sign in."""

    tenant_id: str
    company_name: str
    domain: str
    country: str = "US"
    environment: str = "sandbox"
    kind: str = "direct_bill"
    is_csp: bool = True
    applications: tuple[WorldApplication, ...] = ()
    users: tuple[WorldUser, ...] = ()
    customers: tuple[WorldCustomer, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """Partners and settings."""

    partners: tuple[WorldPartner, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)


def read_world(json: object) -> World:
    """A world out of decoded JSON; raises `SandboxError` naming the place that is wrong."""
    members = Members(json, "the world")
    partners = tuple(_partner(item, f"partners[{i}]") for i, item in enumerate(members.take_list("partners")))
    settings = members.take_object("settings")
    members.end()
    if sum(len(partner.customers) for partner in partners) > _MOST_CUSTOMERS:
        raise SandboxError(f"The world has more than {_MOST_CUSTOMERS} customers; seed it in parts.")
    if sum(len(partner.users) for partner in partners) > _MOST_USERS:
        raise SandboxError(f"The world has more than {_MOST_USERS} users of partners.")
    return World(partners, settings)


def _partner(json: object, place: str) -> WorldPartner:
    members = Members(json, place)
    customers = enumerate(members.take_list("customers"))
    result = replace(
        read_partner(members),
        customers=tuple(_customer(item, f"{place}.customers[{i}]") for i, item in customers),
    )
    members.end()
    return result


def read_partner(members: Members) -> WorldPartner:
    """A partner without its customers, with its applications and users; raises `SandboxError`."""
    place, source = members.place, members.source
    applications = enumerate(members.take_list("applications"))
    users = enumerate(members.take_list("users"))
    partner = WorldPartner(
        tenant_id=members.take_guid("tenantId"),
        company_name=members.take_text("companyName"),
        domain=members.take_domain("domain"),
        country=members.take_country("country", "US"),
        environment=members.take_word("environment", ENVIRONMENTS),
        kind=members.take_word("kind", KINDS),
        is_csp=members.take_flag("isCspPartner", True),
    )
    return replace(
        partner,
        applications=tuple(
            read_application(Members(item, f"{place}.applications[{i}]", source)) for i, item in applications
        ),
        users=tuple(
            read_user(Members(item, f"{place}.users[{i}]", source), partner.domain) for i, item in users
        ),
    )


def kept_partner(partner: WorldPartner, now: int) -> Partner:
    """What the store keeps of a partner itself that is made `now`, in microseconds."""
    return Partner(
        tenant_id=partner.tenant_id,
        company_name=partner.company_name,
        domain=partner.domain,
        country=partner.country,
        environment=cast(Environment, partner.environment),
        kind=cast(PartnerKind, partner.kind),
        is_csp=partner.is_csp,
        created_at=now,
    )


def _customer(json: object, place: str) -> WorldCustomer:
    members = Members(json, place)
    purchases = enumerate(members.take_list("purchases"))
    result = WorldCustomer(
        company_name=members.take_text("companyName"),
        customer_id=members.take_guid("id") if members.has("id") else None,
        domain=members.take_text("domain") if members.has("domain") else None,
        address=_address(members.take_object("address"), f"{place}.address"),
        age=timedelta(days=members.take_number("ageDays", 0, _DAYS)),
        undeletable_reason=members.take_text("undeletable") if members.has("undeletable") else None,
        has_agreement=members.take_flag("agreement", True),
        associated_partner_id=members.take_guid("associatedPartnerId")
        if members.has("associatedPartnerId")
        else None,
        purchases=tuple(_purchase(item, f"{place}.purchases[{i}]") for i, item in purchases),
    )
    members.end()
    return result


def _purchase(json: object, place: str) -> WorldPurchase:
    members = Members(json, place)
    orders = ("completed", "pending", "cancelled")
    add_ons = enumerate(members.take_list("addOns"))
    below = enumerate(members.take_list("azureSubscriptions"))
    renews = members.take_flag("autoRenew", False) if members.has("autoRenew") else None
    subscriptions = ("active", "suspended", "deleted", "expired", "disabled", "pending")
    result = WorldPurchase(
        product=Product(members.take_word("product", tuple(p.value for p in Product), required=True)),
        quantity=members.take_number("quantity", 1, 1_000_000),
        order_status=members.take_word("orderStatus", orders),
        subscription_status=members.take_word("subscriptionStatus", subscriptions),
        age=timedelta(days=members.take_number("ageDays", 0, _DAYS)),
        item=members.take_text("item") if members.has("item") else None,
        term=members.take_text("term") if members.has("term") else None,
        billing_cycle=members.take_text("billingCycle") if members.has("billingCycle") else None,
        auto_renew=renews,
        add_ons=tuple(_text(item, f"{place}.addOns[{i}]") for i, item in add_ons),
        azure_subscriptions=tuple(
            _azure_subscription(item, f"{place}.azureSubscriptions[{i}]") for i, item in below
        ),
        registered=members.take_flag("registered", False),
        settles_in=_seconds(members, "settlesInSeconds"),
    )
    members.end()
    return result


def _seconds(members: Members, name: str) -> timedelta | None:
    return timedelta(seconds=members.take_number(name, 0, _SECONDS)) if members.has(name) else None


def _azure_subscription(json: object, place: str) -> WorldAzureSubscription:
    members = Members(json, place)
    result = WorldAzureSubscription(
        name=members.take_text("name", "Azure subscription"),
        status=members.take_word("status", ("active", "inactive")),
    )
    members.end()
    return result


def _text(json: object, place: str) -> str:
    if not isinstance(json, str) or not json.strip() or len(json) > LONGEST:
        raise SandboxError(f"In the world, {place} must be a text.")
    return json.strip()


def _address(json: dict[str, Any], place: str) -> dict[str, Any]:
    """The members of an address by their wire names; null takes away what would be there without it."""
    members = Members(json, place)
    result: dict[str, Any] = {}
    for shape in shapes_of(Address).values():
        if shape.wire in json:
            result[shape.wire] = members.take_text(shape.wire) if members.has(shape.wire) else None
        else:
            members.has(shape.wire)
    members.end()
    return result
