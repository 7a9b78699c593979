"""How to tell that what was begun is done: changes of subscriptions, Azure cancellations, registrations, checkouts.

Pure. Orders are cancelled in `order_cancellation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from partnercenter.client.waiting import Progress, Verdict
from partnercenter.contract.carts import CartCheckoutResult
from partnercenter.contract.enums import OrderStatus, SubscriptionStatus
from partnercenter.contract.orders import Order
from partnercenter.contract.resource import ResourceList, find_key, member_of
from partnercenter.contract.subscriptions import (
    AzureEntitlement,
    Subscription,
    SubscriptionRegistrationStatus,
)
from partnercenter.contract.timestamps import parse_timestamp

_CHANGEABLE: Final = (
    "quantity",
    "friendlyName",
    "autoRenewEnabled",
    "partnerId",
    "scheduledNextTermInstructions",
)
_WITHOUT_RETURN: Final = frozenset(
    {SubscriptionStatus.EXPIRED, SubscriptionStatus.DISABLED, SubscriptionStatus.DELETED}
)


def wanted_of(subscription: Subscription) -> dict[str, Any]:
    """The members of a change that the service can show afterwards (behaviour.md 5.3)."""
    sent = subscription.to_json()
    found = {name: sent[key] for name in ("status", *_CHANGEABLE) if (key := find_key(sent, name))}
    return {name: value for name, value in found.items() if value is not None}


def is_done(subscription: Subscription) -> Verdict:
    """What is answered with 200 has been done, whatever it shows (behaviour.md 5.3)."""
    return Verdict(Progress.DONE, str(subscription.status))


def judge_change(subscription: Subscription, wanted: Mapping[str, Any]) -> Verdict:
    """Whether a subscription shows a change.

    A new status says enough: suspending also ends renewal and drops what was scheduled, so the other members are
    compared only while the subscription stays active (behaviour.md 5.2).
    """
    status = subscription.status
    state = str(status) if isinstance(status, str) and status else "without a status"
    word = wanted.get("status")
    aim = SubscriptionStatus.from_word(word) or word if isinstance(word, str) else None
    if aim is not None and status != aim:
        return Verdict(Progress.FAILED if status in _WITHOUT_RETURN else Progress.PENDING, state)
    seen = subscription.to_json()
    differs = aim in {None, SubscriptionStatus.ACTIVE} and [
        name for name in _CHANGEABLE if name in wanted and not _shows(member_of(seen, name), wanted[name])
    ]
    if differs:
        return Verdict(Progress.PENDING, f"{state}, with another {differs[0]}")
    return Verdict(Progress.DONE, state)


def _shows(seen: Any, wanted: Any) -> bool:
    """Whether a value is the wanted one.

    An object may have more members, nothing stands for an empty text, and a time may be written otherwise.
    """
    if isinstance(wanted, Mapping):
        return isinstance(seen, dict) and all(
            value is None or _shows(member_of(seen, name), value) for name, value in wanted.items()
        )
    if seen == wanted or (wanted == "" and seen is None):
        return True
    return isinstance(seen, str) and isinstance(wanted, str) and _same_time(seen, wanted)


def _same_time(seen: str, wanted: str) -> bool:
    try:
        return parse_timestamp(seen) == parse_timestamp(wanted)
    except ValueError:
        return False


def judge_azure_cancellation(entitlement: AzureEntitlement) -> Verdict:
    """Whether an Azure subscription is inactive, which takes about ten minutes (behaviour.md 7)."""
    return _judge_word(entitlement.status, "inactive")


def judge_registration(registration: SubscriptionRegistrationStatus) -> Verdict:
    """Whether a subscription is registered (behaviour.md 4.4)."""
    return _judge_word(registration.status, "registered")


def _judge_word(word: Any, aim: str) -> Verdict:
    state = word if isinstance(word, str) and word else "without a status"
    return Verdict(Progress.DONE if state.strip().lower() == aim else Progress.PENDING, state)


def pending_orders(checkout: CartCheckoutResult) -> dict[int, str]:
    """Place and id of each order of a checkout that is still pending (behaviour.md 4.4)."""
    orders: Any = checkout.orders
    found = enumerate(orders) if isinstance(orders, ResourceList) else ()
    return {place: str(order.id) for place, order in found if _is_pending(order)}


def _is_pending(order: Any) -> bool:
    named = isinstance(order, Order) and isinstance(order.id, str) and bool(order.id.strip())
    return named and order.status == OrderStatus.PENDING


def judge_checkout(checkout: CartCheckoutResult) -> Verdict:
    """Whether every order of a checkout has left `pending`."""
    pending = pending_orders(checkout)
    if not pending:
        return Verdict(Progress.DONE, "completed")
    return Verdict(Progress.PENDING, f"pending in {len(pending)} of its orders")
