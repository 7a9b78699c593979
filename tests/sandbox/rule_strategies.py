"""Strategies for the pure rules: moments, what is sold, and subscriptions in any state of their life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from partnercenter.contract.enums import SubscriptionStatus
from partnercenter.sandbox.nature import Identifiers
from partnercenter.sandbox.rules import subscription_life as life
from partnercenter.sandbox.rules.catalogue import CatalogueItem, Term, find_item, following_terms, items
from partnercenter.sandbox.rules.purchase_documents import (
    Purchase,
    PurchaseLine,
    new_order_ids,
    new_subscription_id,
    subscription_document,
)
from partnercenter.sandbox.rules.subscription_changes import with_status
from partnercenter.sandbox.rules.subscription_life import StoredSubscription, Windows

Json = dict[str, Any]

WINDOWS = Windows(7, 7)
EARLIEST, LATEST = datetime(2019, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)
MOMENTS = st.datetimes(EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None), timezones=st.just(UTC))
# Now and then exactly on what a day is counted from.
SPANS = st.timedeltas(timedelta(), timedelta(days=4000)) | st.integers(0, 4000).map(
    lambda n: timedelta(days=n)
)
SOLD = [(item, term) for item in items() for term in item.terms]
SUBSCRIBED = [(item, term) for item, term in SOLD if item.kind.has_subscription]
CHANGES = ("none", "suspended", "deleted", "no renewal", "more", "scheduled", "on its way")


@st.composite
def bought(
    draw: st.DrawFn,
    sold: Sequence[tuple[CatalogueItem, Term]] = SUBSCRIBED,
    statuses: Sequence[str] = ("active", "active", "pending"),
) -> tuple[StoredSubscription, datetime]:
    """A subscription right after it was bought, and when that was."""
    item, term = draw(st.sampled_from(sold))
    created = draw(MOMENTS)
    ids = Identifiers()
    order_id, alternate_id = new_order_ids(item.kind, ids)
    quantity = draw(
        st.integers(item.minimum_quantity, min(item.maximum_quantity, item.minimum_quantity + 25))
    )
    line = PurchaseLine(item, term, quantity, new_subscription_id(item.kind, ids), renews=draw(st.booleans()))
    purchase = Purchase(
        "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11", "US", order_id, alternate_id, (line,), created
    )
    status = draw(st.sampled_from(statuses))
    document = subscription_document(purchase, line, status, WINDOWS)
    return StoredSubscription(item.kind, document, created), created


@st.composite
def stored(draw: st.DrawFn) -> tuple[StoredSubscription, datetime]:
    """A subscription some time later, changed once or twice, and when it was changed last."""
    subscription, moment = draw(bought())
    for _ in range(draw(st.integers(0, 2))):
        moment += draw(SPANS)
        subscription = life.at(subscription, moment, WINDOWS)
        if subscription.next_document is None:
            subscription = _changed(draw, subscription, moment)
    return subscription, moment


def _changed(draw: st.DrawFn, subscription: StoredSubscription, now: datetime) -> StoredSubscription:
    document = subscription.document
    change = draw(st.sampled_from(CHANGES))
    if change in {"suspended", "deleted"}:
        document = with_status(subscription.product, document, SubscriptionStatus(change))
    elif change == "no renewal":
        document = {**document, "autoRenewEnabled": False}
    elif change == "more":
        document = {**document, "quantity": document["quantity"] + 1}
    elif change == "scheduled":
        term = draw(st.sampled_from(following_terms(item_of(subscription))))
        product = {"termDuration": term.duration, "billingCycle": term.billing_cycle}
        quantity = draw(st.integers(1, 25))
        document = {**document, "scheduledNextTermInstructions": {"product": product, "quantity": quantity}}
    later = draw(SPANS) if change == "on its way" else timedelta()
    return subscription.becoming(document, now, now + later)


def item_of(subscription: StoredSubscription) -> CatalogueItem:
    """What a subscription is of."""
    item = find_item(subscription.document["offerId"])
    assert item is not None
    return item
