"""What time does to a subscription: changes that were on their way, renewal, expiry, the end; behaviour.md 5.2.

Pure. A stored subscription is brought to a moment by `at`; `due` tells until when it stays as it is. Nothing happens
by a timer: whoever reads a subscription asks what has become of it.

    active ── term ends ──► a new term, or expired ── 30 days ──► disabled ── 90 days ──► deleted
    suspended ── term ends ──────────────────────────────────► disabled ── 120 days ──► deleted
    legacy, suspended ── 90 days ──► deleted
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from partnercenter.contract.timestamps import format_timestamp
from partnercenter.sandbox.rules.etags import with_next_etag
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.terms import (
    midnight,
    refund_options,
    refundable,
    refundable_details,
    term_end,
    term_members,
    window_members,
)
from partnercenter.sandbox.rules.trials import as_paid, paid_items

Json = dict[str, Any]

_EXPIRED_FOR: Final = timedelta(days=30)
_ENDS_AFTER: Final = timedelta(days=120)
_LEGACY_SUSPENDED_FOR: Final = timedelta(days=90)
_MOST_STEPS: Final = 5000


@dataclass(frozen=True, slots=True)
class StoredSubscription:
    """A subscription as it was when somebody last wrote it; `next_document` is what it becomes at `next_at`."""

    product: Product
    document: Json
    status_since: datetime
    next_document: Json | None = None
    next_at: datetime | None = None

    @property
    def status(self) -> str:
        """Its status then."""
        return str(self.document["status"])

    def becoming(self, document: Json, now: datetime, moment: datetime) -> StoredSubscription:
        """The subscription that becomes another document at a moment; at once if that has come."""
        if moment > now:
            return replace(self, next_document=document, next_at=moment)
        since = now if document["status"] != self.status else self.status_since
        return StoredSubscription(self.product, document, since)


@dataclass(frozen=True, slots=True)
class Windows:
    """How many days after purchase or renewal a subscription can be taken back."""

    new_commerce: int
    marketplace: int


def at(stored: StoredSubscription, now: datetime, windows: Windows) -> StoredSubscription:
    """The subscription as it is at a moment."""
    for _ in range(_MOST_STEPS):
        moment = due(stored)
        if moment is None or moment > now:
            break
        stored = _step(stored, moment, windows)
    return stored


def due(stored: StoredSubscription) -> datetime | None:
    """When the subscription changes by itself next; None for never."""
    moments = [stored.next_at, _own_change(stored), _refund_ends(stored)]
    return min((moment for moment in moments if moment is not None), default=None)


def _own_change(stored: StoredSubscription) -> datetime | None:
    end = term_end(stored.document)
    if stored.product.is_legacy and stored.status == "suspended":
        return stored.status_since + _LEGACY_SUSPENDED_FOR
    if end is None:
        return None
    return {
        "active": end,
        "suspended": end,
        "expired": end + _EXPIRED_FOR,
        "disabled": end + _ENDS_AFTER,
    }.get(stored.status)


def _refund_ends(stored: StoredSubscription) -> datetime | None:
    return min((until for _, until in refundable_details(stored.document)), default=None)


def _step(stored: StoredSubscription, moment: datetime, windows: Windows) -> StoredSubscription:
    if stored.next_document is not None and stored.next_at == moment:
        since = moment if stored.next_document["status"] != stored.status else stored.status_since
        return StoredSubscription(stored.product, stored.next_document, since)
    if _refund_ends(stored) == moment:
        left = [part for part in refundable_details(stored.document) if part[1] > moment]
        return replace(stored, document={**stored.document, "refundableQuantity": refundable(left)})
    if stored.status == "active" and stored.document.get("autoRenewEnabled"):
        return replace(stored, document=_renewed(stored, moment, windows))
    status = _NEXT_STATUS[stored.status]
    if stored.product.is_legacy:
        status = "deleted" if stored.status == "suspended" else "suspended"
    reasons = {"suspensionReasons": ["Expiration"]} if stored.status == "active" else {}
    changed = {**stored.document, **reasons, "status": status, "autoRenewEnabled": False}
    return replace(stored, document=with_next_etag(changed), status_since=moment)


_NEXT_STATUS: Final = {
    "active": "expired",
    "expired": "disabled",
    "suspended": "disabled",
    "disabled": "deleted",
}


def _renewed(stored: StoredSubscription, start: datetime, windows: Windows) -> Json:
    """The next term, with what was ordered for it; a trial is paid for from then on."""
    document = dict(stored.document)
    scheduled = document.pop("scheduledNextTermInstructions", None) or {}
    document["quantity"] = scheduled.get("quantity") or document["quantity"]
    document |= _next_term(document, scheduled.get("product") or {})
    for paid in paid_items(document)[:1]:
        document = as_paid(document, paid)
    document["effectiveStartDate"] = format_timestamp(start)
    with_time = "commitmentEndDateTime" in document
    document |= term_members(start, document["termDuration"], with_time=with_time)
    document |= first_window(stored.product, start, document["quantity"], windows)
    return with_next_etag(document)


def _next_term(document: Json, wanted: Json) -> Json:
    """Duration and cycle of the next term; what a trial becomes is not always sold for the trial's own."""
    cycle = wanted.get("billingCycle") or document["billingCycle"]
    duration = wanted.get("termDuration") or document["renewalTermDuration"] or document["termDuration"]
    for paid in paid_items(document)[:1]:
        terms = [term for term in paid.terms if term.billing_cycle == cycle] or list(paid.terms)
        term = next((term for term in terms if term.duration == duration), terms[0])
        duration, cycle = term.duration, term.billing_cycle
    return {"termDuration": duration, "billingCycle": cycle}


def first_window(product: Product, start: datetime, quantity: int, windows: Windows) -> Json:
    """The members that tell until when a purchase, or a renewal, can be taken back (behaviour.md 5.3)."""
    if product is Product.NEW_COMMERCE:
        return window_members(start, quantity, windows.new_commerce)
    if product is Product.MARKETPLACE:
        return {"refundOptions": refund_options(midnight(start), windows.marketplace)}
    return {}
