"""The form of a world, read out of JSON with one clear sentence for whatever is wrong in it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from partnercenter.contract.customers import Address
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.resource import shapes_of
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.rules.country_rules import find_country_rules
from partnercenter.sandbox.rules.partner_roles import ADMIN_AGENT
from partnercenter.sandbox.rules.product import Product

_MOST_CUSTOMERS = 1_000_000
_DAYS = 36_500
_SECONDS = 10_000_000
_LONGEST = 500
_DOMAIN = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+"
)


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
    purchases: tuple[WorldPurchase, ...] = ()


@dataclass(frozen=True, slots=True)
class WorldApplication:
    """An app registration; a public one has no secret and no certificates. `certificates` are PEM texts."""

    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    name: str = "Application"
    registered: bool = True
    secret_expired: bool = False
    public: bool = False
    redirect_uris: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorldUser:
    """Somebody who signs in for a partner; with `mfa` a second factor is asked for."""

    user_principal_name: str
    password: str = field(repr=False)
    display_name: str | None = None
    object_id: str | None = None
    mfa: bool = True
    enabled: bool = True
    roles: tuple[str, ...] = (ADMIN_AGENT,)


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
    members = _Members(json, "the world")
    partners = tuple(_partner(item, f"partners[{i}]") for i, item in enumerate(members.take_list("partners")))
    settings = members.take_object("settings")
    members.end()
    if sum(len(partner.customers) for partner in partners) > _MOST_CUSTOMERS:
        raise SandboxError(f"The world has more than {_MOST_CUSTOMERS} customers; seed it in parts.")
    return World(partners, settings)


def _partner(json: object, place: str) -> WorldPartner:
    members = _Members(json, place)
    applications = enumerate(members.take_list("applications"))
    customers = enumerate(members.take_list("customers"))
    result = WorldPartner(
        tenant_id=members.take_guid("tenantId"),
        company_name=members.take_text("companyName"),
        domain=members.take_domain("domain"),
        country=members.take_country("country", "US"),
        environment=members.take_word("environment", ("sandbox", "production")),
        kind=members.take_word("kind", ("direct_bill", "indirect_provider", "indirect_reseller")),
        is_csp=members.take_flag("isCspPartner", True),
        applications=tuple(_application(item, f"{place}.applications[{i}]") for i, item in applications),
        customers=tuple(_customer(item, f"{place}.customers[{i}]") for i, item in customers),
    )
    members.end()
    return result


def _application(json: object, place: str) -> WorldApplication:
    members = _Members(json, place)
    result = WorldApplication(
        client_id=members.take_guid("clientId"),
        client_secret=members.take_text("clientSecret"),
        name=members.take_text("name", "Application"),
        registered=members.take_flag("registered", True),
        secret_expired=members.take_flag("secretExpired", False),
    )
    members.end()
    return result


def _customer(json: object, place: str) -> WorldCustomer:
    members = _Members(json, place)
    purchases = enumerate(members.take_list("purchases"))
    result = WorldCustomer(
        company_name=members.take_text("companyName"),
        customer_id=members.take_guid("id") if members.has("id") else None,
        domain=members.take_text("domain") if members.has("domain") else None,
        address=_address(members.take_object("address"), f"{place}.address"),
        age=timedelta(days=members.take_number("ageDays", 0, _DAYS)),
        undeletable_reason=members.take_text("undeletable") if members.has("undeletable") else None,
        has_agreement=members.take_flag("agreement", True),
        purchases=tuple(_purchase(item, f"{place}.purchases[{i}]") for i, item in purchases),
    )
    members.end()
    return result


def _purchase(json: object, place: str) -> WorldPurchase:
    members = _Members(json, place)
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


def _seconds(members: _Members, name: str) -> timedelta | None:
    return timedelta(seconds=members.take_number(name, 0, _SECONDS)) if members.has(name) else None


def _azure_subscription(json: object, place: str) -> WorldAzureSubscription:
    members = _Members(json, place)
    result = WorldAzureSubscription(
        name=members.take_text("name", "Azure subscription"),
        status=members.take_word("status", ("active", "inactive")),
    )
    members.end()
    return result


def _text(json: object, place: str) -> str:
    if not isinstance(json, str) or not json.strip() or len(json) > _LONGEST:
        raise SandboxError(f"In the world, {place} must be a text.")
    return json.strip()


def _address(json: dict[str, Any], place: str) -> dict[str, Any]:
    """The members of an address by their wire names; null takes away what would be there without it."""
    members = _Members(json, place)
    result: dict[str, Any] = {}
    for shape in shapes_of(Address).values():
        if shape.wire in json:
            result[shape.wire] = members.take_text(shape.wire) if members.has(shape.wire) else None
        else:
            members.has(shape.wire)
    members.end()
    return result


class _Members:
    """The members of a JSON object, taken one by one; those left at the end are mistakes."""

    def __init__(self, json: object, place: str) -> None:
        if not isinstance(json, dict):
            raise SandboxError(f"In the world, {place} must be an object in braces.")
        self._json: dict[str, Any] = dict(json)
        self._place = place
        self._known: list[str] = []

    def has(self, name: str) -> bool:
        self._known.append(name)
        return self._json.get(name) is not None

    def take_text(self, name: str, default: str | None = None) -> str:
        value = self._take(name, default)
        if (
            not isinstance(value, str)
            or not value.strip()
            or len(value) > _LONGEST
            or not value.isprintable()
        ):
            raise self._wrong(name, f"a text of one line, of at most {_LONGEST} characters")
        return value.strip()

    def take_domain(self, name: str) -> str:
        value = self.take_text(name).lower()
        if not _DOMAIN.fullmatch(value):
            raise self._wrong(name, "the name of a domain, such as contoso.onmicrosoft.com")
        return value

    def take_country(self, name: str, default: str) -> str:
        value = self.take_text(name, default).upper()
        if find_country_rules(value) is None:
            raise self._wrong(name, "the ISO 3166 code of a country")
        return value

    def take_guid(self, name: str) -> str:
        value = self._take(name, None)
        guid = parse_guid(value) if isinstance(value, str) else None
        if guid is None:
            raise self._wrong(name, "a GUID")
        return guid

    def take_word(self, name: str, choices: tuple[str, ...], *, required: bool = False) -> str:
        value = self._take(name, None if required else choices[0])
        if value not in choices:
            raise self._wrong(name, "one of " + ", ".join(choices))
        return str(value)

    def take_flag(self, name: str, default: bool) -> bool:
        value = self._take(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def take_number(self, name: str, default: int, most: int) -> int:
        value = self._take(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise self._wrong(name, f"a whole number from 0 to {most}")
        return value

    def take_list(self, name: str) -> list[Any]:
        value = self._take(name, [])
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        return value

    def take_object(self, name: str) -> dict[str, Any]:
        value = self._take(name, {})
        if not isinstance(value, dict):
            raise self._wrong(name, "an object in braces")
        return value

    def end(self) -> None:
        for name in self._unknown():
            near = difflib.get_close_matches(name, self._known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(sorted(set(self._known)))}."
            raise SandboxError(f"In the world, {self._place} has no member {name[:60]!r}; {hint}")

    def _unknown(self) -> Iterator[str]:
        return (name for name in self._json if name not in self._known)

    def _take(self, name: str, default: object) -> Any:
        self._known.append(name)
        value = self._json.get(name)
        return default if value is None else value

    def _wrong(self, name: str, expected: str) -> SandboxError:
        return SandboxError(f"In the world, {self._place}.{name} must be {expected}.")
