"""What a customer has bought, as the purchases of a sandbox's world, so that a rehearsal can build the like of it.

Pure. The names are those of the world's document (docs/worlds.md); what the sandbox's catalogue does not have is left
to it to choose. `addOns` and `azureSubscriptions` stand below the purchase that they hang on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from partnercenter.cleanup.blockers import Belongings
from partnercenter.cleanup.purchase_kinds import (
    Kind,
    each,
    kind_of_order,
    kind_of_subscription,
    moment,
    text,
    word,
)
from partnercenter.contract.entitlements import Entitlement, ReferenceOrder
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.orders import Order, OrderLineItem
from partnercenter.contract.subscriptions import Subscription

_PRODUCTS: Final[Mapping[Kind, str]] = {
    Kind.AZURE_RESERVATION: "azure_reservation",
    Kind.PERPETUAL_SOFTWARE: "perpetual_software",
    Kind.SOFTWARE_SUBSCRIPTION: "software_subscription",
    Kind.NEW_COMMERCE: "new_commerce",
    Kind.MARKETPLACE: "marketplace",
    Kind.AZURE_PLAN: "azure_plan",
    Kind.AZURE_SAVINGS_PLAN: "azure_savings_plan",
    Kind.LEGACY: "legacy",
}
_TOLERANCE: Final = timedelta(minutes=1)
_LAST: Final = ("azure_reservation", "azure_savings_plan")


def holdings(belongings: Belongings, now: datetime) -> tuple[Mapping[str, Any], ...]:
    """The purchases; those of an unknown kind are left out, Azure plans come before their reservations."""
    orders = {_same(order.id): order for order in belongings.orders}
    found = [_of_subscription(one, belongings, orders, now) for one in _bases(belongings)]
    begun = {_same(one.order_id) for one in belongings.subscriptions}
    types = _types(belongings.entitlements or ())
    for name, order in orders.items():
        if name not in begun and _same(order.alternate_id) not in begun:
            found.append(_of_order(order, types.get(name, ""), now))
    known = [one for one in found if one.get("product")]
    return tuple(sorted(known, key=lambda one: (one["product"] in _LAST, str(sorted(one.items(), key=str)))))


def _same(name: Any) -> str:
    return parse_guid(text(name)) or text(name)


def _bases(belongings: Belongings) -> list[Subscription]:
    """The subscriptions that stand on no other one that shows."""
    shown = {_same(one.id) for one in belongings.subscriptions}
    return [one for one in belongings.subscriptions if _same(one.parent_subscription_id) not in shown]


def _of_subscription(
    one: Subscription, belongings: Belongings, orders: Mapping[str, Order], now: datetime
) -> dict[str, Any]:
    order = orders.get(_same(one.order_id))
    azure = belongings.azure_entitlements.get(text(one.id)) or ()
    add_ons = sum(
        _same(other.parent_subscription_id) == _same(one.id) and word(other.status) != "deleted"
        for other in belongings.subscriptions
    )
    kind = kind_of_subscription(one)
    return _without_empty(
        {
            "product": _PRODUCTS.get(kind, ""),
            "item": text(one.offer_id),
            "term": text(one.term_duration),
            "quantity": one.quantity if isinstance(one.quantity, int) and one.quantity > 0 else 1,
            "orderStatus": _order_status("" if order is None else word(order.status)),
            "subscriptionStatus": word(one.status),
            "ageDays": _age(moment(one.creation_date), now),
            "addOns": add_ons,
            "azureSubscriptions": [
                {"name": text(below.friendly_name) or "Azure subscription", "status": word(below.status)}
                for below in azure
            ],
        }
    )


def _of_order(order: Order, entitlement_type: str, now: datetime) -> dict[str, Any]:
    lines = each(OrderLineItem, order.line_items)
    quantity = next(
        (line.quantity for line in lines if isinstance(line.quantity, int) and line.quantity > 0), 1
    )
    cancelled = bool(lines) and all(line.quantity == 0 for line in lines)
    return _without_empty(
        {
            "product": _PRODUCTS.get(kind_of_order(order, entitlement_type), ""),
            "item": next((text(line.offer_id) for line in lines), ""),
            "quantity": quantity,
            "orderStatus": "cancelled" if cancelled else _order_status(word(order.status)),
            "ageDays": _age(moment(order.creation_date), now),
        }
    )


def _order_status(status: str) -> str:
    """One of the three that a world knows."""
    if status in {"", "completed", "partial_success", "cancelled"}:
        return {"": "completed", "partial_success": "completed"}.get(status, status)
    return "pending"


def _age(created: datetime | None, now: datetime) -> int:
    """Whole days; the time of an answer is up to a second early, and must not make a day less of it."""
    return 0 if created is None else max(0, (now - created + _TOLERANCE).days)


def _types(entitlements: Sequence[Entitlement]) -> dict[str, str]:
    """The kind of entitlement by the id of its order."""
    found: dict[str, str] = {}
    for one in entitlements:
        for order in each(ReferenceOrder, [one.reference_order]):
            found.setdefault(_same(order.id) or _same(order.alternate_id), word(one.entitlement_type))
    return found


def _without_empty(holding: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in holding.items() if value not in ("", 0, [], None)}
