"""What kind of purchase an order or a subscription is, as far as the service shows it; behaviour.md 4.2, 5.1 and 6.

Pure, and made for data of any shape: what cannot be told is `unknown`, never a guess that would let a customer go.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final, TypeVar

from partnercenter.contract.enums import BillingCycleType
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.orders import Order, OrderLineItem
from partnercenter.contract.resource import Resource, member_of
from partnercenter.contract.subscriptions import Subscription

R = TypeVar("R", bound=Resource)


class Kind(Enum):
    """What is attached to a customer. Add-ons and trials are told apart, because a person wants to know."""

    AZURE_RESERVATION = "azure reservation"
    PERPETUAL_SOFTWARE = "perpetual software"
    SOFTWARE_SUBSCRIPTION = "software subscription"
    ADD_ON = "add-on"
    TRIAL = "trial"
    NEW_COMMERCE = "new commerce"
    MARKETPLACE = "marketplace"
    AZURE_SUBSCRIPTION = "azure subscription"
    AZURE_PLAN = "azure plan"
    AZURE_SAVINGS_PLAN = "azure savings plan"
    LEGACY = "legacy"
    UNKNOWN = "unknown"


AZURE_PLAN_PRODUCT: Final = "DZH318Z0BPS6"
_NEW_COMMERCE_PRODUCTS: Final = "CFQ7TT"
_PRODUCT_TYPES: Final = {
    "onlineservicesnce": Kind.NEW_COMMERCE,
    "software": Kind.SOFTWARE_SUBSCRIPTION,
    "azure": Kind.AZURE_PLAN,
    "saas": Kind.MARKETPLACE,
}
_TERM: Final = re.compile(r"P(\d{1,3})([MY])", re.ASCII)
_DAYS: Final = {"M": 30, "Y": 365}


def text(value: Any) -> str:
    """A text that was received; empty for anything else."""
    return value.strip() if isinstance(value, str) else ""


def word(value: Any) -> str:
    """A word of the service in lower case; empty for anything else."""
    return text(value).lower()


def moment(value: Any) -> datetime | None:
    """A time that was received, in UTC; None for anything else, and for the ends of the calendar."""
    if not isinstance(value, datetime):
        return None
    try:
        moved = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        return moved if 1900 < moved.year < 9000 else None
    except OverflowError:
        return None


def each(kind: type[R], values: Any) -> list[R]:
    """The resources of a list that was received; what is none is left out."""
    return [item for item in values if isinstance(item, kind)] if isinstance(values, Sequence) else []


def kind_of_subscription(subscription: Subscription) -> Kind:
    """Whose rule of behaviour.md 1.2 holds for a subscription; add-ons and trials have that of their product."""
    by_type = _PRODUCT_TYPES.get(text(member_of(_json(subscription.product_type), "id")).lower())
    if by_type is not None:
        return by_type
    by_offer = kind_of_offer(subscription.offer_id)
    if by_offer is not Kind.UNKNOWN:
        return by_offer
    # The example of a marketplace subscription has no product type (behaviour.md 5.1).
    return Kind.MARKETPLACE if subscription.is_microsoft_product is False else Kind.UNKNOWN


def kind_of_offer(offer_id: Any) -> Kind:
    """What an offer's id tells: legacy offers are GUIDs or `MS-AZR-…`, others are known by their product."""
    offer = text(offer_id).upper()
    product = offer.partition(":")[0]
    if parse_guid(offer) is not None or offer.startswith("MS-AZR-"):
        return Kind.LEGACY
    if product == AZURE_PLAN_PRODUCT:
        return Kind.AZURE_PLAN
    return Kind.NEW_COMMERCE if product.startswith(_NEW_COMMERCE_PRODUCTS) else Kind.UNKNOWN


def kind_of_order(order: Order, entitlement_type: str) -> Kind:
    """What an order without a subscription is.

    `entitlement_type` is that of its entitlement, empty when it has none or when they cannot be read: then its lines
    decide.
    """
    lines = each(OrderLineItem, order.line_items)
    if entitlement_type == "software":
        has_term = any(text(line.term_duration) for line in lines)
        return Kind.SOFTWARE_SUBSCRIPTION if has_term else Kind.PERPETUAL_SOFTWARE
    if entitlement_type.endswith("reservedinstance"):
        return Kind.AZURE_RESERVATION
    kinds = {_kind_of_line(order, line) for line in lines}
    return kinds.pop() if len(kinds) == 1 else Kind.UNKNOWN


def _kind_of_line(order: Order, line: OrderLineItem) -> Kind:
    by_offer = kind_of_offer(line.offer_id)
    if by_offer is not Kind.UNKNOWN:
        return by_offer
    name = text(line.friendly_name).lower()
    if "savings plan" in name:
        return Kind.AZURE_SAVINGS_PLAN
    reserved = reserved_for(line) or "reserved" in name or "reservation" in name
    if reserved:
        return Kind.AZURE_RESERVATION
    once = order.billing_cycle == BillingCycleType.ONE_TIME
    for_ever = line.term_duration is None or line.term_duration == ""
    return Kind.PERPETUAL_SOFTWARE if once and for_ever else Kind.UNKNOWN


def reserved_for(line: OrderLineItem) -> str:
    """The subscription that the line of a reservation was bought for; empty for a line of anything else."""
    context = line.provisioning_context
    return text(member_of(context, "subscriptionId")) if member_of(context, "scope") is not None else ""


def _json(value: Any) -> Any:
    return value.to_json() if isinstance(value, Resource) else value


def term_end(created: datetime | None, duration: Any) -> datetime | None:
    """About when a term has ended, a little late rather than early; None for what has no term."""
    found = _TERM.fullmatch(text(duration))
    if created is None or found is None:
        return None
    return created + timedelta(days=int(found[1]) * _DAYS[found[2]] + int(found[1]))
