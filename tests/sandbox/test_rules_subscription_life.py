"""The pure rules of what time does to a subscription; behaviour.md 5.2."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from tests.sandbox.rule_strategies import SPANS, WINDOWS, bought, item_of, stored

from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.subscription_life import StoredSubscription, at, due
from partnercenter.sandbox.rules.terms import refundable_details, term_end

Written = tuple[StoredSubscription, datetime]
THE_END: Final = datetime(2200, 1, 1, tzinfo=UTC)
RANKS: Final = {"pending": 0, "active": 0, "suspended": 1, "expired": 1, "disabled": 2, "deleted": 3}


@given(written=stored(), first=SPANS, second=SPANS)
def test_it_does_not_matter_who_looks_in_between(
    written: Written, first: timedelta, second: timedelta
) -> None:
    """A subscription brought to one moment and then to a later one is what it is at the later one."""
    subscription, now = written
    between = at(subscription, now + first, WINDOWS)
    assert at(subscription, now + first + second, WINDOWS) == at(between, now + first + second, WINDOWS)


@given(written=stored(), span=SPANS)
def test_nothing_is_due_that_has_come(written: Written, span: timedelta) -> None:
    """What a subscription becomes next by itself lies ahead; until then it stays as it is."""
    subscription, now = written
    current = at(subscription, now + span, WINDOWS)
    moment = due(current)
    assert moment is None or moment > now + span
    untouched = now + span if moment is None else moment - timedelta(microseconds=1)
    assert current == at(current, untouched, WINDOWS)


@given(written=stored())
def test_every_life_comes_to_the_end_of_the_clock(written: Written) -> None:
    """Even one that renews each month until then is brought there."""
    subscription, _ = written
    moment = due(at(subscription, THE_END, WINDOWS))
    assert moment is None or moment > THE_END


@given(written=stored(), spans=st.lists(SPANS, max_size=6))
def test_no_life_goes_back(written: Written, spans: list[timedelta]) -> None:
    """By itself a status only goes on; once deleted, a subscription stays so."""
    subscription, now = written
    if subscription.next_document is not None:
        return
    ranks = []
    for span in spans:
        now += span
        subscription = at(subscription, now, WINDOWS)
        ranks.append(RANKS[subscription.status])
    assert sorted(ranks) == ranks


@given(written=bought(), span=SPANS)
def test_what_renews_stays_active(written: Written, span: timedelta) -> None:
    """An active subscription that renews is active for ever, in a term that has not ended, with its seats."""
    subscription, now = written
    later = at(subscription, now + span, WINDOWS)
    end = term_end(later.document)
    if subscription.status == "active" and subscription.document["autoRenewEnabled"]:
        assert "active" == later.status
        assert end is None or end > now + span
        assert subscription.document["quantity"] == later.document["quantity"]


@given(written=bought(), span=SPANS)
def test_a_trial_is_paid_for_after_its_term(written: Written, span: timedelta) -> None:
    """A trial that renews becomes what it converts to, and only then (5.4)."""
    subscription, now = written
    later = at(subscription, now + span, WINDOWS)
    end = term_end(subscription.document)
    is_over = end is not None and end <= now + span
    renews = subscription.status == "active" and subscription.document["autoRenewEnabled"]
    was_trial = bool(subscription.document["isTrial"])
    assert (was_trial and not (is_over and renews)) == later.document["isTrial"]
    becomes = item_of(subscription).converts_to if is_over and renews and was_trial else ()
    assert (becomes or (subscription.document["offerId"],))[0] == later.document["offerId"]


@given(written=bought(), span=SPANS)
def test_what_does_not_renew_ends_with_its_term(written: Written, span: timedelta) -> None:
    """Expired for 30 days, disabled for 90, then deleted; legacy is suspended for 90 days instead (5.2)."""
    subscription, now = written
    end = term_end(subscription.document)
    if subscription.status != "active" or subscription.document["autoRenewEnabled"] or end is None:
        return
    days = (now + span - end).total_seconds() / 86_400
    if subscription.product.is_legacy:
        expected = "active" if days < 0 else "suspended" if days < 90 else "deleted"
    else:
        steps = ((0, "active"), (30, "expired"), (120, "disabled"))
        expected = next((status for until, status in steps if days < until), "deleted")
    assert expected == at(subscription, now + span, WINDOWS).status


@given(written=stored(), span=SPANS)
def test_only_new_commerce_has_seats_to_give_back(written: Written, span: timedelta) -> None:
    """Refundable seats are there for as long as it says, never more than there are seats."""
    subscription, now = written
    later = at(subscription, now + span, WINDOWS)
    details = refundable_details(later.document)
    assert all(until > now + span for _, until in details)
    assert subscription.product is Product.NEW_COMMERCE or not details
    if "refundableQuantity" in later.document:
        assert (
            sum(quantity for quantity, _ in details) == later.document["refundableQuantity"]["totalQuantity"]
        )


@given(written=stored(), span=SPANS)
def test_a_subscription_always_has_a_term_that_is_sold(written: Written, span: timedelta) -> None:
    """Whatever renewed it, its term and billing cycle are those of its item."""
    subscription, now = written
    later = at(subscription, now + span, WINDOWS)
    sold = {(term.duration, term.billing_cycle) for term in item_of(later).terms}
    assert (later.document["termDuration"], later.document["billingCycle"]) in sold
