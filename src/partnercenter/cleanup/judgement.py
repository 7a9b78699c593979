"""Whether one purchase blocks a customer's deletion, what clears it, and until when; behaviour.md 1.2, 4.3, 5, 7.

Pure: facts to a judgement. Windows are read from what the service shows; the 60 days for orders of reservations and
software are the one limit that it does not show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from partnercenter.cleanup.clearing import Action, Step
from partnercenter.cleanup.purchase_kinds import Kind

ORDER_CANCEL_DAYS: Final = 60
PENDING: Final = frozenset({"pending", "pending_po_upload", "po_upload_complete", "pending_review"})
_BOUGHT: Final = frozenset({"completed", "partial_success"})
SETTLED: Final = frozenset({"suspended", "deleted", "expired", "disabled"})
_LIVE: Final = frozenset({"active", "pending"})


class Blocks(Enum):
    """Whether something stands in the way. What is unknown keeps the customer."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one purchase; texts are empty and times None where nothing is.

    `kind` is that of the product. `window` is the last moment in which its subscription can be deleted, `has_ended`
    tells that its term is over.
    """

    kind: Kind
    order_id: str = ""
    order_status: str = ""
    subscription_id: str = ""
    subscription_status: str = ""
    created: datetime | None = None
    window: datetime | None = None
    has_ended: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer, with its reason.

    `until` is the last moment for the usual way of clearing, `closed` tells that it is past.
    """

    blocks: Blocks
    reason: str
    steps: tuple[Step, ...] = ()
    until: datetime | None = None
    closed: bool = False


def judge(facts: Facts, now: datetime) -> Judgement:
    """Whether a purchase blocks, and how it is cleared."""
    if facts.order_status == "cancelled":
        return _no("its order is cancelled")
    if facts.subscription_status == "deleted":
        return _no("deleted")
    judged = _RULES.get(facts.kind, _unknown_kind)(facts, now)
    if facts.order_status not in PENDING:
        return judged
    # Whatever it is, an order on its way blocks, and is cleared when it has arrived (behaviour.md 1.2).
    wait = Step(Action.WAIT_FOR_ORDER, facts.order_id)
    reason = f"its order is {facts.order_status}"
    if facts.order_status == "pending_po_upload":
        return replace(judged, blocks=Blocks.YES, reason=reason, steps=judged.steps or (_cancel(facts),))
    return replace(judged, blocks=Blocks.YES, reason=reason, steps=(wait, *judged.steps))


def judge_azure_subscription(azure_id: str, status: str, plan: Judgement) -> Judgement:
    """Whether an Azure subscription keeps its plan from being suspended (behaviour.md 7)."""
    if status == "inactive":
        return _no("inactive")
    if plan.blocks is Blocks.NO:
        return _no("its plan blocks no more")
    if status == "active":
        step = Step(Action.CANCEL_AZURE_SUBSCRIPTION, azure_id)
        return Judgement(plan.blocks, "its plan can only be suspended without it", (step,))
    return _unknown_status(status)


def _no(reason: str) -> Judgement:
    return Judgement(Blocks.NO, reason)


def _unknown_status(status: str) -> Judgement:
    shown = f"its status is {status}" if status else "it shows no status"
    return Judgement(Blocks.UNKNOWN, f"{shown}, which nothing is known of")


def _unknown_kind(facts: Facts, now: datetime) -> Judgement:
    del facts, now
    return Judgement(Blocks.UNKNOWN, "it is of no known kind")


def _cancel(facts: Facts) -> Step:
    if facts.order_id:
        return Step(Action.CANCEL_ORDER, facts.order_id)
    return Step(Action.DELETE_SUBSCRIPTION, facts.subscription_id)


def _order_in_time(facts: Facts, now: datetime) -> Judgement:
    """What is cancelled by its order, in the first 60 days (behaviour.md 4.3)."""
    if facts.has_ended:
        return _no("its term has ended")
    if facts.order_status not in _BOUGHT | PENDING:
        return _unknown_status(facts.order_status)
    return _within_60_days(facts, now)


def _within_60_days(facts: Facts, now: datetime) -> Judgement:
    until = None if facts.created is None else facts.created + timedelta(days=ORDER_CANCEL_DAYS)
    if until is None or now <= until:
        return Judgement(Blocks.YES, "active", (_cancel(facts),), until)
    support = Step(Action.ASK_SUPPORT, facts.order_id or facts.subscription_id)
    return Judgement(Blocks.YES, "active, and too old to be cancelled", (support,), until, closed=True)


def _live(facts: Facts) -> Judgement | None:
    """The judgement of a subscription that needs no rule of its kind; None for one that lives."""
    status = facts.subscription_status
    if status in SETTLED:
        return _no(status)
    if status in _LIVE:
        return None
    if not facts.subscription_id:
        return Judgement(Blocks.UNKNOWN, "its subscription does not show yet")
    return _unknown_status(status)


def _software_subscription(facts: Facts, now: datetime) -> Judgement:
    """Cancelled by its order too, so the order is enough to judge by (behaviour.md 1.2)."""
    if not facts.subscription_id:
        return _order_in_time(facts, now)
    return _live(facts) or _within_60_days(facts, now)


def _by_subscription(facts: Facts, now: datetime) -> Judgement:
    """New commerce and marketplace: deleted in a window, later only suspended (behaviour.md 5.3)."""
    settled = _live(facts)
    if settled is not None:
        return settled
    delete = Step(Action.DELETE_SUBSCRIPTION, facts.subscription_id)
    suspend = Step(Action.SUSPEND_SUBSCRIPTION, facts.subscription_id)
    status = facts.subscription_status
    if facts.window is None or now <= facts.window:
        return Judgement(Blocks.YES, status, (delete,), facts.window)
    activate = Step(Action.ACTIVATE_SUBSCRIPTION, facts.subscription_id)
    steps = (activate, suspend) if status == "pending" else (suspend,)
    return Judgement(Blocks.YES, f"{status}, and too late to be deleted", steps, facts.window, closed=True)


def _azure_plan(facts: Facts, now: datetime) -> Judgement:
    """Suspended after everything below it is gone (behaviour.md 7)."""
    del now
    suspend = Step(Action.SUSPEND_SUBSCRIPTION, facts.subscription_id)
    return _live(facts) or Judgement(Blocks.YES, facts.subscription_status, (suspend,))


def _savings_plan(facts: Facts, now: datetime) -> Judgement:
    """Nothing of the API clears it (behaviour.md 1.2)."""
    ordered = _order_in_time(facts, now)
    if ordered.blocks is not Blocks.YES:
        return ordered
    portal = Step(Action.USE_AZURE_PORTAL, f"the savings plan of order {facts.order_id}")
    return Judgement(Blocks.YES, "active", (portal,))


def _legacy(facts: Facts, now: datetime) -> Judgement:
    del facts, now
    return _no("it goes with the customer")


_RULES: Final[Mapping[Kind, Callable[[Facts, datetime], Judgement]]] = {
    Kind.AZURE_RESERVATION: _order_in_time,
    Kind.PERPETUAL_SOFTWARE: _order_in_time,
    Kind.SOFTWARE_SUBSCRIPTION: _software_subscription,
    Kind.NEW_COMMERCE: _by_subscription,
    Kind.MARKETPLACE: _by_subscription,
    Kind.AZURE_PLAN: _azure_plan,
    Kind.AZURE_SAVINGS_PLAN: _savings_plan,
    Kind.LEGACY: _legacy,
}
