"""What time does to a subscription does not depend on who looks at it, and when; behaviour.md 5.2."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from partnercenter.sandbox.nature import Identifiers
from partnercenter.sandbox.rules.catalogue import CatalogueItem, Term, items
from partnercenter.sandbox.rules.purchase_documents import (
    Purchase,
    PurchaseLine,
    new_subscription_id,
    subscription_document,
)
from partnercenter.sandbox.rules.subscription_life import StoredSubscription, Windows, at, due

WINDOWS = Windows(7, 7)
ORDER = ["active", "suspended", "expired", "disabled", "deleted"]
SOLD = [(item, term) for item in items() if item.kind.has_subscription for term in item.terms]
MOMENTS = st.timedeltas(timedelta(), timedelta(days=1500)).map(
    lambda later: datetime(2026, 1, 1, tzinfo=UTC) + later
)


def begun(
    item: CatalogueItem, term: Term, moment: datetime, *, renews: bool, status: str
) -> StoredSubscription:
    """A subscription as a purchase begins it."""
    line = PurchaseLine(item, term, 5, new_subscription_id(item.kind, Identifiers()), renews=renews)
    purchase = Purchase("customer", "US", "order", "0123456789ab", (line,), moment)
    return StoredSubscription(item.kind, subscription_document(purchase, line, status, WINDOWS), moment)


SUBSCRIPTIONS = st.builds(
    lambda sold, moment, renews, status: begun(*sold, moment, renews=renews, status=status),
    st.sampled_from(SOLD),
    MOMENTS,
    st.booleans(),
    st.sampled_from(["active", "suspended", "pending"]),
)
AHEAD = st.timedeltas(timedelta(), timedelta(days=365 * 12))


@given(SUBSCRIPTIONS, AHEAD, AHEAD)
def test_looking_in_between_changes_nothing(
    bought: StoredSubscription, first: timedelta, then: timedelta
) -> None:
    """What is brought to one moment and then to another is what is brought there at once."""
    soon = bought.status_since + first
    late = soon + then
    assert at(bought, late, WINDOWS) == at(at(bought, soon, WINDOWS), late, WINDOWS)


@given(SUBSCRIPTIONS, AHEAD)
def test_nothing_happens_before_it_is_due(bought: StoredSubscription, ahead: timedelta) -> None:
    """`due` is the first moment at which something else is shown."""
    now = bought.status_since + ahead
    current = at(bought, now, WINDOWS)
    moment = due(current)
    assert moment is None or moment > now
    if moment is not None:
        assert current == at(current, moment - timedelta(microseconds=1), WINDOWS)
        assert current != at(current, moment, WINDOWS)


@given(SUBSCRIPTIONS, AHEAD, AHEAD)
def test_the_way_leads_to_the_end_only(bought: StoredSubscription, first: timedelta, then: timedelta) -> None:
    """By itself a subscription never becomes active again, and what ended does not renew."""
    soon = bought.status_since + first
    before, after = (at(bought, moment, WINDOWS).document for moment in (soon, soon + then))
    if before["status"] == "pending":
        assert "pending" == after["status"]
        return
    assert ORDER.index(before["status"]) <= ORDER.index(after["status"])
    if after["status"] not in {"active", "suspended"}:
        assert not after["autoRenewEnabled"]
    assert 0 <= after.get("refundableQuantity", {}).get("totalQuantity", 0) <= after["quantity"]
