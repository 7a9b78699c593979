"""The pure rules of changing a subscription; behaviour.md 5.2 and 5.3."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.sandbox.near_valid import JSON, near_valid
from tests.sandbox.rule_strategies import SPANS, SUBSCRIBED, WINDOWS, bought, item_of, stored

from partnercenter.contract.subscriptions import Subscription
from partnercenter.sandbox.rules import subscription_life as life
from partnercenter.sandbox.rules.body_shape import canonical, find_problems
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.refusal import Refused, RefusedBySetting
from partnercenter.sandbox.rules.subscription_changes import (
    SubscriptionChange,
    Surroundings,
    asked_change,
    changed_document,
)
from partnercenter.sandbox.rules.subscription_life import StoredSubscription
from partnercenter.sandbox.rules.terms import refundable_details
from partnercenter.sandbox.settings import SETTINGS, Settings

Json = dict[str, Any]
Written = tuple[StoredSubscription, datetime]

DEFAULTS = Settings.of({})
WORDS = st.sampled_from(["active", "Suspended", "deleted", "expired", "none", "no status"])
# What never changes, whoever asks.
FIXED = (
    "id",
    "offerId",
    "orderId",
    "creationDate",
    "billingCycle",
    "termDuration",
    "commitmentEndDate",
    "isTrial",
)


@st.composite
def bodies(draw: st.DrawFn, document: Json) -> Json:
    """The whole resource with something changed, in the contract's spelling, as far as the contract allows it."""
    changes = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "status": WORDS,
                "quantity": st.integers(-1, 30) | st.integers(),
                "friendlyName": st.text(max_size=5),
                "autoRenewEnabled": st.booleans(),
                "partnerId": st.text(max_size=5),
                "scheduledNextTermInstructions": near_valid(
                    {
                        "quantity": 3,
                        "product": {
                            "productId": document["offerId"].split(":")[0],
                            "termDuration": "P1Y",
                            "billingCycle": "annual",
                        },
                    }
                )
                | JSON,
            },
        )
    )
    meant = {**document, **changes}
    tried = (canonical(Subscription, body) for body in (draw(near_valid(meant)), meant, document))
    return next(body for body in tried if not list(find_problems(Subscription, body)))


def surroundings(
    draw: Callable[..., Any], subscription: StoredSubscription, created: datetime
) -> Surroundings:
    """What is around a subscription, by chance."""
    return Surroundings(
        is_sandbox=draw(st.booleans()),
        created=created,
        item=draw(st.sampled_from([item_of(subscription), item_of(subscription), None])),
        has_active_below=draw(st.booleans()),
        has_active_add_ons=draw(st.booleans()),
        parent_is_active=draw(st.booleans()),
    )


def changed(
    subscription: StoredSubscription, body: Json, around: Surroundings, now: datetime
) -> Json | Refused | RefusedBySetting:
    """What a PATCH makes of a subscription, or why it does not."""
    try:
        change = asked_change(subscription.document, body, DEFAULTS)
        return changed_document(
            subscription.product, subscription.document, change, around, now=now, settings=DEFAULTS
        )
    except (Refused, RefusedBySetting) as refusal:
        return refusal


@given(written=stored(), data=st.data())
def test_any_body_changes_a_subscription_or_is_refused(written: Written, data: st.DataObject) -> None:
    """Whatever body has the right form, there is a subscription afterwards that time can go on with, or a refusal."""
    subscription, now = written
    before = copy.deepcopy(subscription.document)
    around = surroundings(data.draw, subscription, now - timedelta(days=data.draw(st.integers(0, 90))))
    after = changed(subscription, data.draw(bodies(subscription.document)), around, now)
    assert before == subscription.document
    if isinstance(after, RefusedBySetting):
        assert after.name in SETTINGS
    elif isinstance(after, Refused):
        assert 400 <= after.status < 500
    else:
        assert [before[name] for name in FIXED] == [after[name] for name in FIXED]
        assert after["status"] in {"active", "suspended", "deleted"}
        later = subscription.becoming(after, now, now)
        end = life.at(later, now + data.draw(SPANS), WINDOWS)
        assert end.document["quantity"] >= 1
        if around.is_sandbox and after["quantity"] != before["quantity"]:
            assert after["quantity"] <= 25


@given(written=stored())
def test_sending_a_subscription_back_changes_nothing(written: Written) -> None:
    """Read and sent back as it is, there is nothing to do (5.3)."""
    subscription, _ = written
    body = canonical(Subscription, subscription.document)
    assert asked_change(subscription.document, body, DEFAULTS).is_empty


@given(written=stored(), data=st.data())
def test_a_change_that_was_made_is_not_asked_for_again(written: Written, data: st.DataObject) -> None:
    """The same body sent to the changed subscription asks for no other status, seats, name, or next term."""
    subscription, now = written
    body = data.draw(bodies(subscription.document))
    around = Surroundings(is_sandbox=True, created=now, item=item_of(subscription))
    after = changed(subscription, body, around, now)
    if not isinstance(after, dict):
        return
    again = asked_change(after, body, DEFAULTS)
    if after["status"] == "active":
        assert (None, None, None, None) == (
            again.status,
            again.quantity,
            again.friendly_name,
            again.partner_id,
        )
        assert again.auto_renew is None
    else:
        assert again.status is None


@given(
    written=bought(
        [(item, term) for item, term in SUBSCRIBED if item.kind is Product.NEW_COMMERCE], ["active"]
    ),
    steps=st.lists(st.tuples(st.timedeltas(timedelta(), timedelta(days=5)), st.integers(1, 26)), max_size=8),
)
def test_seats_are_given_back_as_far_as_they_were_taken(
    written: Written, steps: list[tuple[timedelta, int]]
) -> None:
    """Fewer seats only within the days after they were taken; the parts that can go back add up (5.3)."""
    subscription, now = written
    around = Surroundings(is_sandbox=True, created=now, item=item_of(subscription))
    for span, wanted in steps:
        now += span
        subscription = life.at(subscription, now, WINDOWS)
        if subscription.status != "active":
            return
        there, details = subscription.document["quantity"], refundable_details(subscription.document)
        returnable = sum(quantity for quantity, _ in details)
        after = changed(subscription, {**subscription.document, "quantity": wanted}, around, now)
        item = item_of(subscription)
        possible = item.minimum_quantity <= wanted <= min(25, item.maximum_quantity)
        possible = possible and there - wanted <= returnable
        assert (possible or wanted == there) == isinstance(after, dict)
        if isinstance(after, dict) and wanted != there:
            left = refundable_details(after)
            assert all(quantity > 0 and until > now for quantity, until in left)
            assert returnable + (wanted - there) == sum(quantity for quantity, _ in left) <= wanted
            assert wanted == after["quantity"]
            subscription = subscription.becoming(after, now, now)


@given(written=stored(), word=st.sampled_from(["suspended", "deleted"]))
def test_what_is_suspended_or_cancelled_has_no_next_term(written: Written, word: str) -> None:
    """Of new commerce automatic renewal and what was scheduled are gone (5.2)."""
    subscription, now = written
    around = Surroundings(is_sandbox=True, created=now, item=item_of(subscription))
    after = changed(subscription, {**subscription.document, "status": word}, around, now)
    if isinstance(after, dict) and subscription.status != word:
        assert word == after["status"]
        if subscription.product is Product.NEW_COMMERCE:
            assert not after["autoRenewEnabled"]
            assert "scheduledNextTermInstructions" not in after


def test_no_change_is_empty() -> None:
    """A change that names nothing is none."""
    assert SubscriptionChange().is_empty
    assert not SubscriptionChange(quantity=1).is_empty
