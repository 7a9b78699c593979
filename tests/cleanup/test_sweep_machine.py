"""The clean-up of one customer as a state machine: what holds for whatever the service says, and in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnercenter.cleanup.events import Fate
from partnercenter.cleanup.sweep import MOST_READS, MOST_ROUNDS, Progress, Sweep, begin, learn
from partnercenter.cleanup.sweep_plan import CustomerPlan, Decision, PlannedStep, StepAction
from partnercenter.cleanup.sweep_terms import (
    Accepted,
    Act,
    Acted,
    Answer,
    Confirm,
    Delete,
    DeletionLost,
    Do,
    Effect,
    Finish,
    Found,
    Gone,
    Interrupted,
    Look,
    Looked,
    News,
    OutOfTime,
    Problem,
    Read,
    Refused,
    StillBlocked,
    Unreadable,
)

ID = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
NO = Problem("No.", 800061, 400, "c")
BLOCKED = StillBlocked(("o1",), Problem("Blocked.", 3000, 400))


def step(
    number: int, stage: int, action: StepAction = StepAction.CANCEL_ORDER, target: str = ""
) -> PlannedStep:
    """A step."""
    return PlannedStep(number, stage, action, target or f"target{number}")


DELETION = step(9, 9, StepAction.DELETE_CUSTOMER, ID)
ONE, TWO, THREE = step(1, 1), step(2, 1), step(3, 2, StepAction.SUSPEND_SUBSCRIPTION)
WAIT = step(4, 0, StepAction.WAIT_FOR_ORDER, "target1")


def plan(*steps: PlannedStep, decision: Decision = Decision.DELETE) -> CustomerPlan:
    """A plan of one customer."""
    return CustomerPlan(
        ID, "Northlake", "n.example", decision, "selected", fingerprint="f", steps=(*steps, DELETION)
    )


def told(*news: News, steps: tuple[PlannedStep, ...] = (ONE, TWO, THREE), **begun: Any) -> tuple[Sweep, Do]:
    """Where it is after these news."""
    sweep, do = begin(plan(*steps), **begun)
    for one in news:
        sweep, do = learn(sweep, one)
    return sweep, do


def acted(*numbers: int, answer: Answer = Answer.IN_EFFECT, problem: Problem | None = None) -> Acted:
    """The same answer to these steps."""
    return Acted(dict.fromkeys(numbers, (answer, problem)))


def test_a_customer_goes_stage_by_stage() -> None:
    """Read; the steps of a stage side by side; the next stage; delete; read that it is gone."""
    sweep, do = begin(plan(ONE, TWO, THREE))
    seen = [do]
    for news in (Found(), acted(1, 2), acted(3), Accepted(), Gone()):
        sweep, do = learn(sweep, news)
        seen.append(do)
    wanted = [
        Read(1, (ONE, TWO, THREE)),
        Act(1, (ONE, TWO)),
        Act(1, (THREE,)),
        Delete(1, DELETION),
        Confirm(0),
        Finish(Fate.DELETED),
    ]
    assert wanted == seen


# News after which the customer is finished, with its fate.
ENDS: list[tuple[tuple[News, ...], Fate]] = [
    ((Gone(),), Fate.ALREADY_GONE),
    ((Found(is_stale=True),), Fate.STALE),
    ((Unreadable(NO),), Fate.FAILED),
    ((Found(), acted(1, 2), acted(3), Refused(NO)), Fate.FAILED),
    ((Found(), acted(1, 2), acted(3), Refused(NO, for_ever=True)), Fate.STUCK),
    ((Found(), acted(1, 2), acted(3), DeletionLost(NO), Gone()), Fate.DELETED),
    ((Found(), acted(1, 2), acted(3), Accepted(), *[Found()] * 8), Fate.FAILED),
    ((Found(), acted(1, 2), acted(3), Accepted(), *[Unreadable(NO)] * 8), Fate.FAILED),
    ((Found(), acted(1, 2), acted(3), BLOCKED, Gone()), Fate.ALREADY_GONE),
    ((Found(), acted(1, 2), acted(3), BLOCKED, Found(stuck="too old")), Fate.STUCK),
    ((Found(), acted(1, 2), acted(3), BLOCKED, Found(), BLOCKED, Found(), BLOCKED), Fate.FAILED),
    ((Found(), OutOfTime()), Fate.FAILED),
    ((Interrupted(),), Fate.NOT_ATTEMPTED),
    ((Found(), acted(1), Interrupted()), Fate.INTERRUPTED),
    ((Found(), acted(1, 2), acted(3), Accepted(), Interrupted()), Fate.INTERRUPTED),
]


@pytest.mark.parametrize(("news", "fate"), ENDS, ids=range(len(ENDS)))
def test_what_becomes_of_a_customer(news: tuple[News, ...], fate: Fate) -> None:
    """Each way that it can end has its fate, and a refusal its code."""
    _, do = told(*news)
    assert isinstance(do, Finish)
    assert fate == do.fate


@pytest.mark.parametrize(("decision", "fate"), [(Decision.KEEP, Fate.KEPT), (Decision.STUCK, Fate.STUCK)])
def test_what_is_not_to_be_deleted_is_not_even_read(decision: Decision, fate: Fate) -> None:
    """Nothing is called for a customer that the plan keeps, or knows to be stuck."""
    assert Finish(fate, "selected") == begin(plan(ONE, decision=decision))[1]


def test_s03_a_stale_customer_is_left_alone() -> None:
    """What changed since the plan is not touched; the sentence says what to do."""
    _, do = told(Found(is_stale=True))
    assert (
        Finish(Fate.STALE, "It changed since the plan was made, so it was left alone: make a new plan.") == do
    )


def test_a_customer_that_this_run_has_changed_is_not_stale() -> None:
    """After a crash it differs from its plan because of the run itself."""
    assert isinstance(told(Found(is_stale=True), reached=1)[1], Act)


def test_what_is_in_effect_already_is_not_called() -> None:
    """A step is read before it is acted upon."""
    _, do = told(Found(effects={1: Effect.IN_EFFECT, 2: Effect.OPEN, 3: Effect.OPEN}))
    assert Act(1, (TWO,)) == do


def test_a_stage_is_over_when_it_has_taken_effect() -> None:
    """An accepted step is looked at, again and again, and nothing of the next stage begins before."""
    sweep, do = told(Found(), Acted({1: (Answer.ACCEPTED, None), 2: (Answer.IN_EFFECT, None)}))
    assert Look(1, (ONE,), 0) == do
    sweep, do = learn(sweep, Looked({1: Effect.UNDER_WAY}))
    assert Look(1, (ONE,), 1) == do
    sweep, do = learn(sweep, Looked({}))
    assert Look(1, (ONE,), 2) == do
    assert Act(1, (THREE,)) == learn(sweep, Looked({1: Effect.IN_EFFECT}))[1]


def test_each_stage_is_looked_at_at_once() -> None:
    """The pause of one stage says nothing about the next."""
    news = (
        acted(1, 2, answer=Answer.ACCEPTED),
        Looked({}),
        Looked({1: Effect.IN_EFFECT, 2: Effect.IN_EFFECT}),
    )
    assert Look(1, (THREE,), 0) == told(Found(), *news, acted(3, answer=Answer.ACCEPTED))[1]


def test_a_pending_order_is_waited_for_without_a_call() -> None:
    """Waiting is a step that calls nothing; what follows is called when it is over."""
    sweep, do = told(Found(effects={1: Effect.UNDER_WAY, 4: Effect.UNDER_WAY}), steps=(WAIT, ONE))
    assert Look(1, (WAIT,), 0) == do
    sweep, do = learn(sweep, Looked({4: Effect.IN_EFFECT}))
    assert Look(1, (ONE,), 0) == do
    assert Act(1, (ONE,)) == learn(sweep, Looked({1: Effect.OPEN}))[1]


@pytest.mark.parametrize(
    ("answer", "between"),
    [(Answer.NOT_NOW, [Looked({1: Effect.OPEN, 2: Effect.OPEN})]), (Answer.CHANGED, [])],
)
def test_what_cannot_be_done_now_is_called_again_a_few_times(answer: Answer, between: list[News]) -> None:
    """While something else is under way, or after somebody changed it; a fifth time it counts as refused."""
    sweep, do = told(Found())
    for _ in range(4):
        assert Act(1, (ONE, TWO)) == do
        for news in (acted(1, 2, answer=answer, problem=NO), *between):
            sweep, do = learn(sweep, news)
    sweep, do = learn(sweep, acted(1, 2, answer=answer, problem=NO))
    assert isinstance(do, Read)
    assert 2 == do.round


def test_an_order_that_the_refusal_names_begins_another_round() -> None:
    """It is read anew, with the named orders, and the fresh steps are carried out (behaviour.md 1.3)."""
    fresh = step(1, 1, target="found later")
    sweep, do = told(Found(), acted(1, 2), acted(3), BLOCKED)
    assert Read(2, (), ("o1",)) == do
    sweep, do = learn(sweep, Found(fresh=(fresh,)))
    assert Act(2, (fresh,)) == do
    _, do = learn(sweep, acted(1))
    assert Delete(2, PlannedStep(2, 2, StepAction.DELETE_CUSTOMER, ID)) == do


def test_a_named_order_that_does_not_show_is_waited_for() -> None:
    """Lists lag by up to 15 minutes (behaviour.md 1.6); reading again is no round, and it has an end."""
    sweep, do = told(Found(), acted(1, 2), acted(3), BLOCKED)
    for pause in range(MOST_READS):
        assert Read(2, (), ("o1",), pause) == do
        sweep, do = learn(sweep, Found(shows_named=False))
    assert isinstance(learn(sweep, Found(shows_named=False))[1], Delete)


def test_what_was_refused_is_not_asked_for_in_circles() -> None:
    """When the fresh steps are those that were refused, the customer fails with that refusal."""
    _, do = told(Found(), acted(1, 2, answer=Answer.REFUSED, problem=NO), Found(fresh=(ONE, TWO)))
    assert Finish(Fate.FAILED, "No.", NO) == do


def test_after_a_refusal_another_way_is_tried() -> None:
    """A window that closed meanwhile: what cannot be deleted can be suspended."""
    other = step(1, 1, StepAction.SUSPEND_SUBSCRIPTION, "target1")
    _, do = told(Found(), acted(1, 2, answer=Answer.REFUSED, problem=NO), Found(fresh=(other,)))
    assert Act(2, (other,)) == do


def test_s19_only_a_read_makes_it_gone() -> None:
    """An accepted deletion is confirmed with growing pauses; one that still shows is a failure that says so."""
    sweep, do = told(Found(), acted(1, 2), acted(3), Accepted())
    pauses = []
    while isinstance(do, Confirm):
        pauses.append(do.pause)
        sweep, do = learn(sweep, Found())
    assert list(range(8)) == pauses
    assert isinstance(do, Finish)
    assert (Fate.FAILED, True) == (do.fate, "can still be read" in do.reason)


def test_a_deletion_of_an_earlier_run_is_this_plan_s_work() -> None:
    """Gone at the first look after a crash is deleted, not already gone, when the deletion was asked for."""
    assert Finish(Fate.DELETED) == told(Gone(), reached=1, deletion_asked=True)[1]


# Whatever the service says.

ANSWERS = st.tuples(st.sampled_from(Answer), st.one_of(st.none(), st.just(NO)))
ACTIONS = [action for action in StepAction if action is not StepAction.DELETE_CUSTOMER]
STEPS = st.lists(
    st.builds(
        PlannedStep,
        number=st.just(0),
        stage=st.integers(min_value=0, max_value=4),
        action=st.sampled_from(ACTIONS),
        target=st.sampled_from("abcdef"),
    ),
    max_size=6,
).map(lambda steps: tuple(replace(step, number=number) for number, step in enumerate(steps, start=1)))


def any_news(data: st.DataObject, do: Do) -> News:
    """Something that may be learned from doing it."""
    rare = data.draw(st.integers(min_value=0, max_value=30))
    if rare == 0:
        return data.draw(st.sampled_from([OutOfTime(), Interrupted()]))
    match do:
        case Read(steps=steps):
            effects = data.draw(st.fixed_dictionaries({s.number: st.sampled_from(Effect) for s in steps}))
            fresh, stale = data.draw(STEPS), data.draw(st.integers(0, 9)) == 0
            stuck = data.draw(st.sampled_from(["", "", "", "too old"]))
            found = Found(stale, effects, fresh, stuck, data.draw(st.booleans()))
            return data.draw(st.sampled_from([found, found, found, found, Gone(), Unreadable(NO)]))
        case Act(steps=steps):
            answers = {s.number: data.draw(ANSWERS) for s in steps}
            some = data.draw(st.sets(st.sampled_from(sorted(answers)), min_size=1))
            return Acted({number: answers[number] for number in some})
        case Look(steps=steps):
            return Looked(
                {s.number: data.draw(st.sampled_from(Effect)) for s in steps if data.draw(st.booleans())}
            )
        case Delete():
            return data.draw(st.sampled_from([Accepted(), BLOCKED, BLOCKED, Refused(NO), DeletionLost(NO)]))
        case Confirm():
            return data.draw(st.sampled_from([Gone(), Found(), Unreadable(NO)]))
    raise AssertionError(do)


@settings(max_examples=300)
@given(st.data(), STEPS, st.integers(min_value=0, max_value=4), st.booleans())
def test_whatever_the_service_says(
    data: st.DataObject, steps: tuple[PlannedStep, ...], reached: int, asked: bool
) -> None:
    """It ends, keeps the order of stages, never deletes over an open step, and says deleted only after a read."""
    sweep, do = begin(plan(*steps), reached=reached, deletion_asked=asked)
    last: News | None = None
    for _ in range(2000):
        if isinstance(do, Finish):
            break
        if isinstance(do, Act):
            unfinished = [s.step.stage for s in sweep.steps if s.progress is not Progress.DONE]
            assert {min(unfinished)} == {step.stage for step in do.steps}
            assert all(step.action in ACTIONS for step in do.steps)
            assert StepAction.WAIT_FOR_ORDER not in {step.action for step in do.steps}
        if isinstance(do, Delete):
            assert all(s.progress is Progress.DONE for s in sweep.steps)
            assert ID == do.step.target
        assert sweep.round <= MOST_ROUNDS
        last = any_news(data, do)
        sweep, do = learn(sweep, last)
    assert isinstance(do, Finish)
    if do.fate in {Fate.DELETED, Fate.ALREADY_GONE}:
        assert isinstance(last, Gone)
    if do.fate is Fate.STALE:
        assert reached == 0
    if do.fate is Fate.NOT_ATTEMPTED:
        assert not sweep.was_begun
    with pytest.raises(ValueError, match="finished"):
        learn(sweep, Gone())


def test_news_that_answer_nothing_are_refused() -> None:
    """A mistake of the driver is one, and not taken for something else."""
    sweep, _ = begin(plan(ONE))
    with pytest.raises(ValueError, match="Accepted does not answer Read"):
        learn(sweep, Accepted())
