"""The clean-up of one customer as a state machine: what was learned leads to what is done next. Pure.

It knows neither Partner Center's wire nor time nor files. `begin` and `learn` return the new state and one thing to
do; whoever does it comes back with what was learned. The order: read; act on the steps of a stage side by side; look
until they have taken effect; the next stage; delete; read that the customer is gone. Where something still stands in
the way, another round begins with fresh steps, at most `MOST_ROUNDS` in all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from partnercenter.cleanup.events import Fate
from partnercenter.cleanup.interlocks import sentence
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

MOST_ROUNDS: Final = 3
MOST_ASKS: Final = 5
MOST_CONFIRMATIONS: Final = 8
MOST_READS: Final = 36


class Progress(Enum):
    """How far a step is."""

    OPEN = "to be called"
    WAITING = "called, and waited for"
    BLOCKED = "to be called again, when something else is over"
    DONE = "in effect"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class StepState:
    """A step, how far it is, how often it was called, and what was said last."""

    step: PlannedStep
    progress: Progress = Progress.OPEN
    asked: int = 0
    problem: Problem | None = None

    @property
    def call(self) -> tuple[StepAction, str]:
        """What is done to what."""
        return self.step.action, self.step.target


@dataclass(frozen=True, slots=True)
class Sweep:
    """How far one customer is.

    `was_begun` tells that it differs from its plan because of what a run has done, `deletion_asked` that an answer
    which says "gone" is this run's work. `refused` are the calls that earlier rounds were refused.
    """

    plan: CustomerPlan
    round: int = 1
    steps: tuple[StepState, ...] = ()
    doing: Do | None = None
    was_begun: bool = False
    deletion_asked: bool = False
    pause: int = 0
    refused: frozenset[tuple[StepAction, str]] = frozenset()
    problem: Problem | None = None
    deletion_problem: Problem | None = None


def begin(plan: CustomerPlan, *, reached: int = 0, deletion_asked: bool = False) -> tuple[Sweep, Do]:
    """The first thing to do; `reached` is the round that an earlier run had come to, 0 when it had done nothing."""
    steps = tuple(StepState(step) for step in plan.steps if step.action is not StepAction.DELETE_CUSTOMER)
    sweep = Sweep(
        plan,
        round=max(1, min(reached, MOST_ROUNDS)),
        steps=steps if reached <= 1 else (),
        was_begun=reached > 0,
        deletion_asked=deletion_asked,
    )
    if plan.decision is Decision.KEEP:
        return _do(sweep, Finish(Fate.KEPT, plan.reason))
    if plan.decision is Decision.STUCK:
        return _do(sweep, Finish(Fate.STUCK, plan.reason))
    return _do(sweep, Read(sweep.round, tuple(state.step for state in sweep.steps)))


def learn(sweep: Sweep, news: News) -> tuple[Sweep, Do]:
    """What follows from what was learned. Raises `ValueError` for news that do not answer what was being done."""
    match sweep.doing, news:
        case Finish(), _:
            raise ValueError("The customer is finished.")
        case _, OutOfTime():
            waits = ", ".join(_in_words(state.step) for state in sweep.steps if _is_waiting(state))
            reason = f"It took too long; still waited for: {waits}." if waits else "It took too long."
            return _do(sweep, Finish(Fate.FAILED, reason, _last_problem(sweep)))
        case _, Interrupted():
            return _do(sweep, _interrupted(sweep))
        case (Read() | Confirm(), Gone()):
            return _do(sweep, Finish(Fate.DELETED if sweep.deletion_asked else Fate.ALREADY_GONE))
        case Read(), Unreadable(problem):
            return _do(sweep, Finish(Fate.FAILED, "It could not be read.", problem))
        case Read(), Found():
            return _after_reading(sweep, news)
        case Act(), Acted(answers):
            acted = (
                _answered(state, *answers[state.step.number]) if state.step.number in answers else state
                for state in sweep.steps
            )
            return _go_on(replace(sweep, steps=tuple(acted), was_begun=True, pause=0))
        case Look(), Looked(effects):
            looked = (
                _seen(state, effects[state.step.number]) if state.step.number in effects else state
                for state in sweep.steps
            )
            return _go_on(replace(sweep, steps=tuple(looked), pause=sweep.pause + 1))
        case Delete(), Accepted():
            return _do(replace(sweep, deletion_asked=True, was_begun=True, pause=0), Confirm(0))
        case Delete(), DeletionLost(problem):
            lost = replace(sweep, deletion_asked=True, was_begun=True, pause=0, deletion_problem=problem)
            return _do(lost, Confirm(0))
        case Delete(), StillBlocked(order_ids, problem):
            return _another_round(replace(sweep, was_begun=True, problem=problem), order_ids)
        case Delete(), Refused(problem, for_ever):
            fate = Fate.STUCK if for_ever else Fate.FAILED
            return _do(replace(sweep, was_begun=True), Finish(fate, problem.description, problem))
        case Confirm(), (Found() | Unreadable()):
            return _still_there(sweep, news)
    raise ValueError(f"{type(news).__name__} does not answer {type(sweep.doing).__name__}.")


def _do(sweep: Sweep, do: Do) -> tuple[Sweep, Do]:
    return replace(sweep, doing=do), do


def _after_reading(sweep: Sweep, found: Found) -> tuple[Sweep, Do]:
    """Interlock S03: what changed since the plan is left alone, unless this run itself changed it."""
    if not sweep.was_begun and found.is_stale:
        return _do(sweep, Finish(Fate.STALE, sentence("S03")))
    if sweep.round == 1:
        effects = dict(found.effects)
        steps = (_seen(state, effects.get(state.step.number, Effect.OPEN)) for state in sweep.steps)
        return _go_on(replace(sweep, steps=tuple(steps)))
    fresh = tuple(StepState(step) for step in found.fresh if step.action is not StepAction.DELETE_CUSTOMER)
    if not fresh and not found.shows_named and isinstance(sweep.doing, Read) and sweep.pause < MOST_READS:
        # The lists lag behind what the refusal names (behaviour.md 1.6).
        again = replace(sweep, pause=sweep.pause + 1)
        return _do(again, replace(sweep.doing, pause=again.pause))
    if found.stuck:
        return _do(sweep, Finish(Fate.STUCK, found.stuck, sweep.problem))
    calls = {state.call for state in fresh if state.step.action is not StepAction.WAIT_FOR_ORDER}
    if calls and calls <= sweep.refused:
        return _do(sweep, _failed(sweep, "The service refuses what would clear it."))
    return _go_on(replace(sweep, steps=fresh))


def _go_on(sweep: Sweep) -> tuple[Sweep, Do]:
    """Whatever comes next in the first stage that is not over."""
    left = [state for state in sweep.steps if state.progress is not Progress.DONE]
    if not left:
        return _do(sweep, Delete(sweep.round, _deletion(sweep)))
    stage = min(state.step.stage for state in left)
    here = [state for state in left if state.step.stage == stage]
    to_call = tuple(state.step for state in here if state.progress is Progress.OPEN and _is_call(state.step))
    if to_call:
        return _do(sweep, Act(sweep.round, to_call))
    waiting = tuple(state.step for state in here if _is_waiting(state))
    if waiting:
        looked = sweep.doing.steps[0].stage if isinstance(sweep.doing, Look) else None
        again = replace(sweep, pause=sweep.pause if looked == stage else 0)
        return _do(again, Look(again.round, waiting, again.pause))
    refused = [state for state in here if state.progress is Progress.REFUSED]
    return _another_round(replace(sweep, problem=refused[0].problem), ())


def _another_round(sweep: Sweep, named: Sequence[str]) -> tuple[Sweep, Do]:
    if sweep.round >= MOST_ROUNDS:
        return _do(sweep, _failed(sweep, "Something still stands in the way."))
    refused = {state.call for state in sweep.steps if state.progress is Progress.REFUSED}
    again = replace(
        sweep, round=sweep.round + 1, steps=(), pause=0, refused=sweep.refused | frozenset(refused)
    )
    return _do(again, Read(again.round, (), tuple(named)))


def _answered(state: StepState, answer: Answer, problem: Problem | None) -> StepState:
    asked = replace(state, asked=state.asked + 1, problem=problem or state.problem)
    match answer:
        case Answer.IN_EFFECT:
            return replace(asked, progress=Progress.DONE)
        case Answer.ACCEPTED:
            return replace(asked, progress=Progress.WAITING)
        case Answer.NOT_NOW if asked.asked < MOST_ASKS:
            return replace(asked, progress=Progress.BLOCKED)
        case Answer.CHANGED if asked.asked < MOST_ASKS:
            return replace(asked, progress=Progress.OPEN)
    return replace(asked, progress=Progress.REFUSED)


def _seen(state: StepState, effect: Effect) -> StepState:
    if effect is Effect.IN_EFFECT:
        return replace(state, progress=Progress.DONE)
    if state.progress is Progress.BLOCKED and effect is Effect.OPEN:
        return replace(state, progress=Progress.OPEN)
    if state.progress is Progress.OPEN and effect is Effect.UNDER_WAY and _is_call(state.step):
        # Somebody has asked for it before: waited for, and called if it turns out to be open after all.
        return replace(state, progress=Progress.BLOCKED)
    return state


def _is_call(step: PlannedStep) -> bool:
    return step.action is not StepAction.WAIT_FOR_ORDER


def _is_waiting(state: StepState) -> bool:
    waits_only = state.progress is Progress.OPEN and not _is_call(state.step)
    return waits_only or state.progress in {Progress.WAITING, Progress.BLOCKED}


def _still_there(sweep: Sweep, news: Found | Unreadable) -> tuple[Sweep, Do]:
    """Interlock S19: a deletion counts only when a read says that the customer is gone."""
    if sweep.pause + 1 < MOST_CONFIRMATIONS:
        again = replace(sweep, pause=sweep.pause + 1)
        return _do(again, Confirm(again.pause))
    if isinstance(news, Unreadable):
        return _do(sweep, Finish(Fate.FAILED, "Whether it is gone could not be confirmed.", news.problem))
    return _do(sweep, Finish(Fate.FAILED, sentence("S19"), sweep.deletion_problem))


def _deletion(sweep: Sweep) -> PlannedStep:
    planned = [step for step in sweep.plan.steps if step.action is StepAction.DELETE_CUSTOMER]
    if planned and sweep.round == 1:
        return planned[0]
    last = max((state.step.number for state in sweep.steps), default=0)
    stage = max((state.step.stage for state in sweep.steps), default=0)
    return PlannedStep(last + 1, stage + 1, StepAction.DELETE_CUSTOMER, sweep.plan.customer_id)


def _failed(sweep: Sweep, reason: str) -> Finish:
    problem = _last_problem(sweep)
    return Finish(Fate.FAILED, problem.description if problem else reason, problem)


def _last_problem(sweep: Sweep) -> Problem | None:
    said = [state.problem for state in sweep.steps if state.problem and state.progress is not Progress.DONE]
    return said[0] if said else sweep.problem or sweep.deletion_problem


def _interrupted(sweep: Sweep) -> Finish:
    if not sweep.was_begun:
        return Finish(Fate.NOT_ATTEMPTED, "Not attempted.")
    if sweep.deletion_asked:
        return Finish(Fate.INTERRUPTED, "Its deletion was asked for; whether it is gone was not read.")
    done = sum(state.progress is Progress.DONE for state in sweep.steps)
    return Finish(Fate.INTERRUPTED, f"{done} of its {len(sweep.steps)} steps are done.")


def _in_words(step: PlannedStep) -> str:
    return f"{step.action.value} {step.target}"
