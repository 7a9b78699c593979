"""What blocks a deletion, what clears it and until when: a table of kinds and states, and what holds for any data."""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from partnercenter.cleanup.blockers import Attachment, Belongings, attachments
from partnercenter.cleanup.judgement import Blocks
from partnercenter.cleanup.purchase_kinds import Kind
from partnercenter.contract.entitlements import Entitlement
from partnercenter.contract.orders import Order
from partnercenter.contract.resource import Resource, shapes_of
from partnercenter.contract.subscriptions import AzureEntitlement, Subscription
from partnercenter.contract.timestamps import format_timestamp

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
S = "9a1f2b34-5c6d-4e7f-8a90-b1c2d3e4f506"
BASE = "0b1f2b34-5c6d-4e7f-8a90-b1c2d3e4f507"
O = "Qm3xTz7RkP0aVb9sYd2LcW8eJh5uNf4g1"  # noqa: E741 - an order beside S, a subscription
AZURE = "0a6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
CANCEL = f"PATCH order {O} with status cancelled"
DELETE = f"PATCH subscription {S} with status deleted"
SUSPEND = f"PATCH subscription {S} with status suspended"
ACTIVATE = f"POST activate of subscription {S}"
WAIT = f"wait until order {O} is completed"
SUPPORT = f"ask Microsoft's support to cancel order {O}"
PORTAL = f"cancel the savings plan of order {O} in the Azure portal"
AZURE_CANCEL = f"POST cancel of Azure subscription {AZURE}"

Json = dict[str, Any]


def at(days: float) -> str:
    """So many days from now, as the service writes it."""
    return format_timestamp(NOW + days * DAY)


def order(status: Any = "completed", *, age: float = 2, line: Json | None = None, **members: Any) -> Order:
    """An order of one line."""
    lines = [{"lineItemNumber": 0, "quantity": 1, "friendlyName": "Thing", **(line or {})}]
    return Order.from_json(
        {"id": O, "alternateId": "8f3af3dea1ea", "status": status, "creationDate": at(-age)}
        | {"billingCycle": "one_time", "lineItems": lines, **members}
    )


def subscription(status: Any = "active", *, age: float = 2, **members: Any) -> Subscription:
    """A subscription that the order O began."""
    known = {"id": S, "orderId": O, "status": status, "creationDate": at(-age), "friendlyName": "Seats"}
    return Subscription.from_json({**known, **members})


def entitlement(kind: str, **members: Any) -> Entitlement:
    """An entitlement out of the order O."""
    reference = {"id": O, "lineItemId": "0", "alternateId": "8f3af3dea1ea"}
    return Entitlement.from_json(
        {"entitlementType": kind, "referenceOrder": reference, "quantity": 1, "productId": "P"} | members
    )


def kinds(word: str) -> Json:
    return {"productType": {"id": word, "displayName": word}}


NCE = kinds("OnlineServicesNCE")
SAAS = kinds("SaaS")
SOFTWARE = kinds("Software")
PLAN: Json = {**kinds("Azure"), "billingType": "usage", "offerId": "DZH318Z0BPS6:0001:DZH318Z0BML6"}
LEGACY = {"offerId": "031C9E47-4802-4248-838E-778FB1D2CC05"}
RESERVED = {"provisioningContext": {"subscriptionId": BASE, "scope": "shared", "duration": "1Year"}}
OPEN = {"cancellationAllowedUntilDate": at(5)}
CLOSED = {"cancellationAllowedUntilDate": at(-3)}

# kind shown, whether it blocks, steps, days until the window closes (negative: closed since), what the service shows
Row = tuple[Kind, str, list[str], float | None, Belongings]
TABLE: list[Row] = [
    # Reservations and perpetual software: by order, in 60 days (behaviour.md 1.2, 4.3).
    *[
        row
        for kind, word, line in (
            (Kind.AZURE_RESERVATION, "reservedinstance", {"termDuration": "P1Y"}),
            (Kind.AZURE_RESERVATION, "virtualmachinereservedinstance", {"termDuration": "P3Y"}),
            (Kind.PERPETUAL_SOFTWARE, "software", {"termDuration": ""}),
        )
        for row in (
            (kind, "yes", [CANCEL], 58, Belongings((), [order(line=line)], [entitlement(word)])),
            (
                kind,
                "yes",
                [CANCEL],
                58,
                Belongings((), [order("partial_success", line=line)], [entitlement(word)]),
            ),
            (kind, "yes", [SUPPORT], -1, Belongings((), [order(age=61, line=line)], [entitlement(word)])),
            (
                kind,
                "yes",
                [WAIT, CANCEL],
                60,
                Belongings((), [order("pending", age=0, line=line)], [entitlement(word)]),
            ),
            (
                kind,
                "yes",
                [WAIT, CANCEL],
                58,
                Belongings((), [order("PendingReview", line=line)], [entitlement(word)]),
            ),
            (
                kind,
                "yes",
                [CANCEL],
                58,
                Belongings((), [order("pending_po_upload", line=line)], [entitlement(word)]),
            ),
            (kind, "no", [], None, Belongings((), [order("cancelled", line=line)], [entitlement(word)])),
            (kind, "no", [], None, Belongings((), [order("Cancelled", line=line)], [entitlement(word)])),
            (
                kind,
                "no",
                [],
                None,
                Belongings((), [order(line={**line, "quantity": 0})], [entitlement(word)]),
            ),
            (kind, "unknown", [], None, Belongings((), [order("error", line=line)], [entitlement(word)])),
            (kind, "unknown", [], None, Belongings((), [order("melted", line=line)], [entitlement(word)])),
            (kind, "unknown", [], None, Belongings((), [order(None, line=line)], [entitlement(word)])),
            (
                kind,
                "yes",
                [CANCEL],
                None,
                Belongings((), [order(line=line, creationDate=None)], [entitlement(word)]),
            ),
        )
    ],
    (
        Kind.AZURE_RESERVATION,
        "no",
        [],
        None,
        Belongings((), [order(age=370, line={"termDuration": "P1Y"})], [entitlement("reservedinstance")]),
    ),
    (
        Kind.AZURE_RESERVATION,
        "no",
        [],
        None,
        Belongings((), [order(age=9)], [entitlement("reservedinstance", expiryDate=at(-1))]),
    ),
    # Entitlements that cannot be read, or have no order yet (behaviour.md 2 rows 10 and 12).
    (Kind.AZURE_RESERVATION, "yes", [CANCEL], 58, Belongings((), [order(line=RESERVED)])),
    (
        Kind.AZURE_RESERVATION,
        "yes",
        [CANCEL],
        58,
        Belongings(
            (), [order(line={"friendlyName": "Reserved VM Instance, Standard_B1s", "termDuration": "P1Y"})]
        ),
    ),
    (Kind.PERPETUAL_SOFTWARE, "yes", [CANCEL], 58, Belongings((), [order()])),
    (Kind.UNKNOWN, "unknown", [], None, Belongings((), [order(line={"termDuration": "P1Y"})])),
    (Kind.UNKNOWN, "unknown", [], None, Belongings((), [order(billingCycle="monthly")])),
    (Kind.UNKNOWN, "yes", [WAIT], None, Belongings((), [order("pending", line={"termDuration": "P1M"})])),
    (Kind.PERPETUAL_SOFTWARE, "yes", [CANCEL], None, Belongings((), (), [entitlement("Software")])),
    (Kind.PERPETUAL_SOFTWARE, "unknown", [], None, Belongings((), (), [entitlement("software", quantity=0)])),
    (Kind.UNKNOWN, "unknown", [], None, Belongings((), (), [entitlement("somethingnew")])),
    (
        Kind.AZURE_RESERVATION,
        "no",
        [],
        None,
        Belongings((), (), [entitlement("reservedinstance", expiryDate=at(-1))]),
    ),
    # Software subscriptions: by order or by subscription (behaviour.md 1.2).
    (
        Kind.SOFTWARE_SUBSCRIPTION,
        "yes",
        [CANCEL],
        58,
        Belongings(
            [subscription(**SOFTWARE)], [order(line={"subscriptionId": S})], [entitlement("software")]
        ),
    ),
    (Kind.SOFTWARE_SUBSCRIPTION, "yes", [SUPPORT], -1, Belongings([subscription(age=61, **SOFTWARE)])),
    (
        Kind.SOFTWARE_SUBSCRIPTION,
        "yes",
        [DELETE],
        58,
        Belongings([subscription(**SOFTWARE, orderId=None)]),
    ),
    (
        Kind.SOFTWARE_SUBSCRIPTION,
        "no",
        [],
        None,
        Belongings([subscription(**SOFTWARE)], [order("cancelled")]),
    ),
    (
        Kind.SOFTWARE_SUBSCRIPTION,
        "yes",
        [WAIT, CANCEL],
        58,
        Belongings((), [order("pending", line={"termDuration": "P1Y"})], [entitlement("software")]),
    ),
    # New commerce: deleted in the window that the service shows, later suspended (behaviour.md 5.3).
    (Kind.NEW_COMMERCE, "yes", [DELETE], 5, Belongings([subscription(**NCE, **OPEN)])),
    (Kind.NEW_COMMERCE, "yes", [SUSPEND], -3, Belongings([subscription(**NCE, **CLOSED)])),
    (Kind.NEW_COMMERCE, "yes", [DELETE], None, Belongings([subscription(age=400, **NCE)])),
    (
        Kind.NEW_COMMERCE,
        "yes",
        [DELETE],
        5,
        Belongings([subscription(offerId="CFQ7TTC0LH18:0001:CFQ7TTC0K971", **OPEN)]),
    ),
    (
        Kind.NEW_COMMERCE,
        "yes",
        [WAIT, DELETE],
        5,
        Belongings([subscription(**NCE, **OPEN)], [order("pending")]),
    ),
    (
        Kind.NEW_COMMERCE,
        "unknown",
        [],
        None,
        Belongings((), [order(line={"offerId": "CFQ7TTC0LH18:0001:CFQ7TTC0K971", "subscriptionId": S})]),
    ),
    (Kind.ADD_ON, "yes", [DELETE], 5, Belongings([subscription(**NCE, **OPEN, parentSubscriptionId=BASE)])),
    (Kind.TRIAL, "yes", [DELETE], 5, Belongings([subscription(**NCE, **OPEN, isTrial=True)])),
    (Kind.TRIAL, "no", [], None, Belongings([subscription(**LEGACY, isTrial=True)])),
    # Marketplace: the last refund option is the window (behaviour.md 5.1).
    (
        Kind.MARKETPLACE,
        "yes",
        [DELETE],
        4,
        Belongings(
            [subscription(**SAAS, refundOptions=[{"type": "Full", "expiresAt": at(d)} for d in (1, 4, 2)])]
        ),
    ),
    (
        Kind.MARKETPLACE,
        "yes",
        [DELETE],
        None,
        Belongings(
            [subscription(**SAAS, refundOptions=[{"type": "Full", "expiresAt": at(-1)}, {"type": "Partial"}])]
        ),
    ),
    (
        Kind.MARKETPLACE,
        "yes",
        [SUSPEND],
        -1,
        Belongings([subscription(**SAAS, refundOptions=[{"type": "Full", "expiresAt": at(-1)}])]),
    ),
    (
        Kind.MARKETPLACE,
        "yes",
        [ACTIVATE, SUSPEND],
        -1,
        Belongings([subscription("pending", **SAAS, refundOptions=[{"type": "Full", "expiresAt": at(-1)}])]),
    ),
    (
        Kind.MARKETPLACE,
        "yes",
        [DELETE],
        None,
        Belongings([subscription("pending", isMicrosoftProduct=False)]),
    ),
    # Azure plans and savings plans (behaviour.md 1.2, 7).
    (Kind.AZURE_PLAN, "yes", [SUSPEND], None, Belongings([subscription(**PLAN)])),
    (
        Kind.AZURE_PLAN,
        "yes",
        [SUSPEND],
        None,
        Belongings([subscription(offerId="DZH318Z0BPS6:0001:X")], azure_entitlements={S: None}),
    ),
    (
        Kind.AZURE_SAVINGS_PLAN,
        "yes",
        [PORTAL],
        None,
        Belongings((), [order(line={"friendlyName": "Compute Savings Plan", "termDuration": "P1Y"})], []),
    ),
    (
        Kind.AZURE_SAVINGS_PLAN,
        "no",
        [],
        None,
        Belongings((), [order(age=400, line={"friendlyName": "savings plan", "termDuration": "P1Y"})]),
    ),
    # Legacy goes with the customer, but not while its order is on its way.
    (Kind.LEGACY, "no", [], None, Belongings([subscription(**LEGACY)], [order(line=LEGACY)])),
    (Kind.LEGACY, "no", [], None, Belongings([subscription("odd", offerId="MS-AZR-0145P")])),
    (Kind.LEGACY, "yes", [WAIT], None, Belongings((), [order("pending", line=LEGACY)])),
    # Settled subscriptions of every kind do not block (behaviour.md 1.2); words nobody knows keep the customer.
    *[
        (kind, "no", [], None, Belongings([subscription(status, **members)]))
        for kind, members in (
            (Kind.SOFTWARE_SUBSCRIPTION, SOFTWARE),
            (Kind.NEW_COMMERCE, NCE),
            (Kind.MARKETPLACE, SAAS),
            (Kind.AZURE_PLAN, PLAN),
        )
        for status in ("suspended", "deleted", "expired", "disabled", "Suspended")
    ],
    *[
        (kind, "unknown", [], None, Belongings([subscription(status, **members)]))
        for kind, members in (
            (Kind.SOFTWARE_SUBSCRIPTION, SOFTWARE),
            (Kind.NEW_COMMERCE, NCE),
            (Kind.MARKETPLACE, SAAS),
            (Kind.AZURE_PLAN, PLAN),
        )
        for status in ("none", "melted", None, 5)
    ],
    (Kind.UNKNOWN, "unknown", [], None, Belongings([subscription(**kinds("Quantum"))])),
    (Kind.UNKNOWN, "unknown", [], None, Belongings([subscription("suspended", **kinds("Quantum"))])),
    (Kind.UNKNOWN, "no", [], None, Belongings([subscription("deleted", **kinds("Quantum"))])),
    (Kind.UNKNOWN, "no", [], None, Belongings((), [order("cancelled", billingCycle="monthly")])),
]


@pytest.mark.parametrize(("kind", "blocks", "steps", "days", "belongings"), TABLE)
def test_each_kind_in_each_state(
    kind: Kind, blocks: str, steps: list[str], days: float | None, belongings: Belongings
) -> None:
    """One thing of each kind in each state: whether it blocks, what clears it, and when its window closes."""
    (found,) = attachments(belongings, NOW)
    judgement = found.judgement
    assert (kind, blocks) == (found.kind, judgement.blocks.value)
    assert steps == [str(step) for step in judgement.steps]
    assert (None if days is None else NOW + days * DAY) == judgement.until
    assert (days is not None and days < 0) is judgement.closed
    assert found.is_stuck is (bool({SUPPORT, PORTAL} & set(steps)))
    assert judgement.reason


@pytest.mark.parametrize("seconds", [0, 1])
def test_windows_close_after_their_last_moment(seconds: int) -> None:
    """The last moment of a window still counts, the next second does not."""
    members = {**NCE, "cancellationAllowedUntilDate": format_timestamp(NOW)}
    (found,) = attachments(Belongings([subscription(**members)]), NOW + timedelta(seconds=seconds))
    assert bool(seconds) is found.judgement.closed


def names(found: Sequence[Attachment]) -> list[tuple[str, str]]:
    return [(attachment.kind.value, attachment.blocks.value) for attachment in found]


def azure(status: str, known: str = AZURE) -> AzureEntitlement:
    return AzureEntitlement.from_json({"id": known, "status": status, "friendlyName": "Web shop"})


def test_a_plan_goes_after_its_azure_subscriptions() -> None:
    """Each active Azure subscription blocks as its plan does and goes before it; an inactive one does not."""
    below = [azure("active"), azure("Inactive", "b"), azure("melting", "c")]
    found = attachments(Belongings([subscription(**PLAN)], (), [], {S: below}), NOW)
    assert [
        ("azure subscription", "yes"),
        ("azure subscription", "no"),
        ("azure subscription", "unknown"),
        ("azure plan", "yes"),
    ] == names(found)
    assert [AZURE_CANCEL] == [str(step) for step in found[0].steps]
    assert [S] * 3 == [attachment.below for attachment in found[:3]]


def test_nothing_below_a_suspended_plan_blocks() -> None:
    """Below a plan that does not block any more nothing does."""
    found = attachments(Belongings([subscription("suspended", **PLAN)], (), [], {S: [azure("active")]}), NOW)
    assert [("azure subscription", "no"), ("azure plan", "no")] == names(found)


def test_what_cannot_be_read_below_a_plan_is_told() -> None:
    """A plan whose Azure subscriptions cannot be read says so."""
    (found,) = attachments(Belongings([subscription(**PLAN)], azure_entitlements={S: None}), NOW)
    assert "active, and the Azure subscriptions below it cannot be read" == found.judgement.reason


@pytest.mark.parametrize(("age", "stuck"), [(2, False), (61, True)])
def test_a_plan_goes_after_the_reservations_bought_for_it(age: int, stuck: bool) -> None:
    """A reservation for a plan goes before it, and one that cannot go any more holds the plan, too."""
    line = {"provisioningContext": {"subscriptionId": S.upper(), "scope": "single"}, "termDuration": "P1Y"}
    belongings = Belongings(
        [subscription(**PLAN, orderId="another")],
        [order(age=age, line=line)],
        [entitlement("reservedinstance")],
    )
    reservation, plan = attachments(belongings, NOW)
    assert [Kind.AZURE_RESERVATION, Kind.AZURE_PLAN] == [reservation.kind, plan.kind]
    assert f"active, and order {O} goes first" == plan.judgement.reason
    assert (stuck, stuck) == (reservation.is_stuck, plan.is_stuck)
    assert SUSPEND == str(plan.steps[-1])


def test_an_order_of_several_entitlements_is_one_thing() -> None:
    """Line items and included entitlements of one order are cleared by one call (behaviour.md 2 row 3)."""
    included = entitlement("software").to_json()
    belongings = Belongings(
        (),
        [
            order(
                lineItems=[
                    {"lineItemNumber": n, "quantity": n, "friendlyName": f"CAL {n}"} for n in (0, 1, 2)
                ]
            )
        ],
        [entitlement("software", includedEntitlements=[included]), entitlement("software")],
    )
    (found,) = attachments(belongings, NOW)
    assert ([CANCEL], "CAL 0, CAL 1, CAL 2") == ([str(step) for step in found.steps], found.name)


def test_both_ids_of_an_order_mean_the_same() -> None:
    """An entitlement or a subscription that names the short id belongs to the order (behaviour.md 4.2)."""
    short = {"referenceOrder": {"id": "8f3af3dea1ea"}}
    assert [("azure reservation", "yes")] == names(
        attachments(Belongings((), [order()], [entitlement("reservedinstance", **short)]), NOW)
    )
    assert [("new commerce", "yes")] == names(
        attachments(Belongings([subscription(**NCE, orderId="8f3af3dea1ea")], [order()]), NOW)
    )


def test_a_subscription_and_its_order_are_one_thing() -> None:
    """A subscription whose order is known by a line alone, in another case, is one attachment with both ids."""
    belongings = Belongings(
        [subscription(**NCE, orderId=None)], [order(line={"subscriptionId": "{" + S.upper() + "}"})]
    )
    (found,) = attachments(belongings, NOW)
    assert (S, O, "8f3af3dea1ea") == (found.subscription_id, found.order_id, found.alternate_id)


@pytest.mark.parametrize(
    ("expected", "line", "status"),
    [
        ([("new commerce", "unknown"), ("marketplace", "no")], {}, "completed"),
        ([("marketplace", "no")], {"quantity": 0}, "completed"),
        ([("marketplace", "no"), ("legacy", "no")], LEGACY, "completed"),
        ([("new commerce", "yes"), ("marketplace", "yes")], {}, "pending"),
    ],
)
def test_a_line_whose_subscription_does_not_show_keeps_the_customer(
    expected: list[tuple[str, str]], line: Json, status: str
) -> None:
    """Of an order of two lines, the one whose subscription is not in the list is told, and not taken for settled."""
    hidden = {"subscriptionId": BASE, "offerId": "CFQ7TTC0LH18:0001:X", "quantity": 5, **line}
    lines = [{"lineItemNumber": 0, "quantity": 1, "subscriptionId": S}, {"lineItemNumber": 1, **hidden}]
    belongings = Belongings([subscription("suspended", **SAAS)], [order(status, lineItems=lines)])
    assert expected == names(attachments(belongings, NOW))


def test_things_are_listed_in_the_order_in_which_they_are_cleared() -> None:
    """Reservations and software, add-ons before their base, Azure subscriptions before their plan, the rest last."""
    belongings = Belongings(
        [
            subscription(**LEGACY, id="l", orderId="g"),
            subscription(**PLAN, id=S, orderId="p"),
            subscription(**NCE, id=BASE, orderId="n"),
            subscription(**NCE, id="a", orderId="n", parentSubscriptionId=BASE),
            subscription(**SAAS, id="m", orderId="x"),
            subscription(**SOFTWARE, id="s", orderId="y"),
        ],
        [order(line=RESERVED)],
        [],
        {S: [azure("active")]},
    )
    assert [
        "azure reservation",
        "software subscription",
        "add-on",
        "new commerce",
        "marketplace",
        "azure subscription",
        "azure plan",
        "legacy",
    ] == [kind for kind, _ in names(attachments(belongings, NOW))]


WORDS = st.sampled_from(
    "active pending cancelled deleted suspended completed software reservedinstance P1Y P3Y one_time Azure ?"
    " OnlineServicesNCE MS-AZR-0145P 9999-12-31T23:59:59Z 0001-01-01T00:00:00+14:00"
    f" {S} {O} {at(-100)} {at(3)}".split()
) | st.just("")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def odd(kind: type[Resource], depth: int = 2) -> st.SearchStrategy[Json]:
    """Objects of a kind whose members are of its shape, or of any other."""
    members = {}
    for shape in shapes_of(kind).values():
        inner = VALUES
        if depth and issubclass(shape.kind, Resource):
            one = odd(shape.kind, depth - 1)
            inner = VALUES | (st.lists(one, max_size=3) if shape.many else one)
        members[shape.wire] = inner
    return st.fixed_dictionaries({}, optional=members)


def lists_of(kind: type[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(odd(kind).map(kind.from_json), max_size=4)


ODD = st.builds(
    Belongings,
    lists_of(Subscription),
    lists_of(Order),
    st.none() | lists_of(Entitlement),
    st.dictionaries(WORDS, st.none() | lists_of(AzureEntitlement), max_size=2),
)


@given(belongings=ODD, shift=st.timedeltas(timedelta(-4000), timedelta(4000)))
def test_no_data_breaks_the_judgement(belongings: Belongings, shift: timedelta) -> None:
    """Whatever the service shows is judged without an error, twice the same, and nothing of it is changed."""
    before = copy.deepcopy(belongings)
    first = attachments(belongings, NOW + shift)
    assert first == attachments(before, NOW + shift)
    assert before == belongings
    for found in first:
        assert found.judgement.reason
        assert found.blocks is not Blocks.NO or not found.steps
        assert not found.is_stuck or found.blocks is Blocks.YES
        assert not found.judgement.closed or found.judgement.until is not None


SANE = st.lists(st.sampled_from([row[4] for row in TABLE]), max_size=4)


@given(parts=SANE, seed=st.integers(0, 99))
@example(parts=[TABLE[51][4], TABLE[51][4]], seed=1)  # two orders name one subscription that does not show
def test_the_order_of_the_lists_does_not_matter(parts: list[Belongings], seed: int) -> None:
    """The same things in another order, and things that are listed twice, are judged the same."""
    subscriptions = [
        Subscription.from_json({**s.to_json(), "id": f"s{n}", "orderId": f"o{n}"})
        for n, part in enumerate(parts)
        for s in part.subscriptions
    ]
    orders = [
        Order.from_json({**o.to_json(), "id": f"o{n}", "alternateId": f"x{n}"})
        for n, part in enumerate(parts)
        for o in part.orders
    ]
    straight = attachments(Belongings(subscriptions, orders, []), NOW)
    shuffle = random.Random(seed).shuffle
    more_subscriptions, more_orders = subscriptions * 2, orders * 2
    shuffle(more_subscriptions)
    shuffle(more_orders)
    assert straight == attachments(Belongings(more_subscriptions, more_orders, []), NOW)
