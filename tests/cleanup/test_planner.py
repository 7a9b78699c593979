"""From what a customer has to ordered steps, or to why it stays: a table, and what holds for anything it has."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.cleanup.blockers import Attachment
from partnercenter.cleanup.clearing import Action, Step
from partnercenter.cleanup.judgement import Blocks, Judgement
from partnercenter.cleanup.planner import Known, plan_customer, steps_left
from partnercenter.cleanup.purchase_kinds import Kind
from partnercenter.cleanup.sweep_plan import CustomerPlan, Decision, PlannedStep, StepAction

CUSTOMER = "11111111-0000-4000-8000-000000000001"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=3)


def guid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


PLAN, BASE, ADD_ON, AZURE = guid(1), guid(2), guid(3), guid(4)


def thing(
    kind: Kind,
    *steps: tuple[Action, str],
    id: str = "thing",  # noqa: A002 - the attachment calls it so
    blocks: Blocks = Blocks.YES,
    order: str = "",
    subscription: str = "",
    below: str = "",
    status: str = "active",
    until: datetime | None = None,
    closed: bool = False,
) -> Attachment:
    """Something that a customer has."""
    made = tuple(Step(action, target) for action, target in steps)
    judgement = Judgement(blocks, "because", made, until, closed)
    return Attachment(
        kind, kind, id, "Thing", status, judgement, order, f"short-{order}", subscription, below
    )


RESERVATION = thing(Kind.AZURE_RESERVATION, (Action.CANCEL_ORDER, "order-r"), id="order-r", order="order-r")
AZURE_PLAN = thing(
    Kind.AZURE_PLAN, (Action.SUSPEND_SUBSCRIPTION, PLAN), id=PLAN, order="order-p", subscription=PLAN
)
BELOW = thing(
    Kind.AZURE_SUBSCRIPTION,
    (Action.CANCEL_AZURE_SUBSCRIPTION, AZURE),
    id=AZURE,
    subscription=PLAN,
    below=PLAN,
)
SEATS = thing(
    Kind.NEW_COMMERCE, (Action.DELETE_SUBSCRIPTION, BASE), id=BASE, order="order-b", subscription=BASE
)
ON_TOP = replace(
    thing(Kind.ADD_ON, (Action.DELETE_SUBSCRIPTION, ADD_ON), id=ADD_ON, order="order-b", subscription=ADD_ON),
    product=Kind.NEW_COMMERCE,
    below=BASE,
)
SOFTWARE = thing(Kind.PERPETUAL_SOFTWARE, (Action.CANCEL_ORDER, "order-s"), id="order-s", order="order-s")
PENDING = thing(
    Kind.AZURE_RESERVATION,
    (Action.WAIT_FOR_ORDER, "order-w"),
    (Action.CANCEL_ORDER, "order-w"),
    id="order-w",
    order="order-w",
)
LEGACY = thing(Kind.LEGACY, blocks=Blocks.NO, id=guid(9), order="order-l", subscription=guid(9))
STUCK = thing(
    Kind.PERPETUAL_SOFTWARE, (Action.ASK_SUPPORT, "order-o"), order="order-o", until=SINCE, closed=True
)
PORTAL = thing(Kind.AZURE_SAVINGS_PLAN, (Action.USE_AZURE_PORTAL, "the plan"), order="order-v")
UNKNOWN = thing(Kind.UNKNOWN, blocks=Blocks.UNKNOWN, id=guid(8))


def plan(*attachments: Attachment, unread: Sequence[str] = (), keep: str = "") -> CustomerPlan:
    known = Known(CUSTOMER, "Northlake Test", "northlake.example", None, attachments, unread)
    return plan_customer(known, keep=keep)


def short(steps: Sequence[PlannedStep]) -> list[tuple[int, str, str]]:
    return [(step.stage, step.action.value, step.target) for step in steps]


DELETION = StepAction.DELETE_CUSTOMER.value
TABLE: list[tuple[str, list[Attachment], list[tuple[int, str, str]]]] = [
    ("nothing", [], [(1, DELETION, CUSTOMER)]),
    ("what goes with it", [LEGACY], [(1, DELETION, CUSTOMER)]),
    ("an order", [SOFTWARE], [(1, "cancel order", "order-s"), (2, DELETION, CUSTOMER)]),
    (
        "an order of two things, once",
        [SOFTWARE, replace(SOFTWARE, id="other")],
        [(1, "cancel order", "order-s"), (2, DELETION, CUSTOMER)],
    ),
    (
        "add-ons before their base",
        [SEATS, ON_TOP],
        [
            (1, "cancel subscription", ADD_ON),
            (2, "cancel subscription", BASE),
            (3, DELETION, CUSTOMER),
        ],
    ),
    (
        "Azure subscriptions and reservations before the plan, and side by side",
        [AZURE_PLAN, RESERVATION, BELOW],
        [
            (1, "cancel order", "order-r"),
            (1, "cancel Azure subscription", AZURE),
            (2, "suspend subscription", PLAN),
            (3, DELETION, CUSTOMER),
        ],
    ),
    (
        "an order on its way",
        [PENDING],
        [(1, "wait", "order-w"), (2, "cancel order", "order-w"), (3, DELETION, CUSTOMER)],
    ),
    (
        "what has nothing to do with each other goes side by side",
        [SEATS, SOFTWARE],
        [(1, "cancel order", "order-s"), (1, "cancel subscription", BASE), (2, DELETION, CUSTOMER)],
    ),
]


@pytest.mark.parametrize(("attachments", "steps"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_each_blocker_has_its_step_in_its_stage(
    attachments: list[Attachment], steps: list[tuple[int, str, str]]
) -> None:
    """What must go first stands in an earlier stage, each order once, the deletion last."""
    made = plan(*attachments)
    assert Decision.DELETE is made.decision
    assert steps == short(made.steps)
    assert [*range(1, len(steps) + 1)] == [step.number for step in made.steps]


def test_an_azure_subscription_is_cancelled_below_its_plan() -> None:
    """The step names the plan, which is a part of its address."""
    assert PLAN == next(s for s in plan(AZURE_PLAN, BELOW).steps if s.target == AZURE).plan_id


CIRCLE = [replace(SEATS, below=ADD_ON), ON_TOP]


@pytest.mark.parametrize(
    ("attachments", "unread", "keep", "decision", "reason", "since"),
    [
        ([STUCK, SEATS], (), "", Decision.STUCK, "ask Microsoft's support", SINCE),
        ([PORTAL], (), "", Decision.STUCK, "Azure portal", None),
        ([STUCK, UNKNOWN], (), "", Decision.STUCK, "ask Microsoft's support", SINCE),
        ([UNKNOWN, SEATS], (), "", Decision.KEEP, "unknown 'Thing'", None),
        (
            [replace(SEATS, judgement=Judgement(Blocks.YES, "active"))],
            (),
            "",
            Decision.KEEP,
            "nothing is known",
            None,
        ),
        (
            [thing(Kind.NEW_COMMERCE, (Action.CANCEL_ORDER, ""))],
            (),
            "",
            Decision.KEEP,
            "nothing is known",
            None,
        ),
        ([AZURE_PLAN], ("the Azure subscriptions of plan x",), "", Decision.KEEP, "may not read", None),
        ([SEATS], (), "S12: kept.", Decision.KEEP, "S12: kept.", None),
        ([STUCK], (), "S12: kept.", Decision.KEEP, "S12: kept.", None),
        (CIRCLE, (), "", Decision.KEEP, "in a circle", None),
    ],
)
def test_what_is_stuck_unknown_or_unreadable_stays_as_it_is(
    attachments: list[Attachment],
    unread: tuple[str, ...],
    keep: str,
    decision: Decision,
    reason: str,
    since: datetime | None,
) -> None:
    """The customer is not touched, not even what could be cleared, and the plan says why and since when."""
    made = plan(*attachments, unread=unread, keep=keep)
    assert decision is made.decision
    assert reason in made.reason
    assert since == made.stuck_since
    assert () == made.steps


def test_entitlements_that_cannot_be_read_keep_nobody() -> None:
    """They are refused to applications, and then orders and subscriptions have to do."""
    assert Decision.DELETE is plan(SEATS, unread=("entitlements",)).decision


@pytest.mark.parametrize("customer_id", ["", "..", "a/b", "11111111"])
def test_no_plan_deletes_what_is_no_customer(customer_id: str) -> None:
    """S14: an id that is no GUID is kept out of every step."""
    made = plan_customer(Known(customer_id, "", ""))
    assert Decision.KEEP is made.decision
    assert () == made.steps


@pytest.mark.parametrize(
    ("attachments", "named", "steps"),
    [
        ([SEATS, SOFTWARE], ["short-order-s"], {BASE, "order-s"}),
        ([LEGACY], ["order-l"], {guid(9)}),
        ([LEGACY], ["short-order-l"], {guid(9)}),
        ([LEGACY], ["order-x"], set()),
        ([LEGACY], [], {guid(9)}),
        ([LEGACY, SEATS], [], {BASE}),
        ([LEGACY, SEATS], ["order-l"], {BASE, guid(9)}),
        ([replace(LEGACY, status="suspended")], ["order-l"], set()),
        ([STUCK, UNKNOWN], ["order-o"], set()),
        ([], ["order-z"], set()),
    ],
)
def test_a_refusal_feeds_another_round(
    attachments: list[Attachment], named: list[str], steps: set[str]
) -> None:
    """What still blocks, and the legacy subscription that the service names, which should have gone by itself."""
    found = steps_left(attachments, named)
    assert steps == {step.target for step in found}
    assert StepAction.DELETE_CUSTOMER not in {step.action for step in found}


@st.composite
def belongings(draw: st.DrawFn) -> list[Attachment]:
    """Anything that a customer may have: every kind, every judgement, hanging on each other in any way."""
    found = []
    for number in range(draw(st.integers(0, 6))):
        action = draw(st.sampled_from(Action))
        target = guid(draw(st.integers(1, 4))) if "subscription" in action.value else f"order-{number % 3}"
        blocks = draw(st.sampled_from(Blocks))
        steps = [(action, target)] if blocks is Blocks.YES and draw(st.integers(0, 9)) else []
        found.append(
            thing(
                draw(st.sampled_from(Kind)),
                *steps,
                id=guid(100 + number),
                blocks=blocks,
                order=f"order-{number % 3}",
                subscription=guid(draw(st.integers(1, 4))),
                below=draw(st.sampled_from(["", guid(1), guid(2), guid(3)])),
            )
        )
    return found


@given(found=belongings(), seed=st.integers(0, 99))
def test_the_same_facts_make_the_same_plan(found: list[Attachment], seed: int) -> None:
    """In whatever order they are told, and told twice."""
    shuffled = found * 2
    random.Random(seed).shuffle(shuffled)
    straight, other = plan(*found), plan(*shuffled)
    assert straight.decision is other.decision
    assert short(straight.steps) == short(other.steps)


@given(found=belongings())
def test_every_blocker_has_a_step_or_keeps_the_customer(found: list[Attachment]) -> None:
    """And a step never names what does not block; each call stands in a plan once."""
    made = plan(*found)
    wanted = {(step.action.value, step.id) for one in found if one.blocks is Blocks.YES for step in one.steps}
    if made.decision is not Decision.DELETE:
        assert not made.steps
        assert made.reason
        return
    assert not any(one.is_stuck or one.blocks is Blocks.UNKNOWN for one in found)
    *steps, last = made.steps
    assert (StepAction.DELETE_CUSTOMER, CUSTOMER) == (last.action, last.target)
    assert len(wanted) == len({(step.action, step.target) for step in steps}) == len(steps)
    assert {target for _, target in wanted} == {step.target for step in steps}
    assert all(step.stage < last.stage for step in steps)


@given(found=belongings())
def test_a_plan_survives_its_json(found: list[Attachment]) -> None:
    """What is written is read back the same."""
    made = plan(*found)
    assert made == CustomerPlan.from_json(made.to_json())
