"""Carries out the clean-up of one customer: does what `sweep` says, and tells it what came of it.

A step is in the journal with its request id before its call leaves (interlock S15). A call of an earlier run whose
outcome nobody knows is settled by what the customer shows, or asked again under the same request id (S16).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from azure.core.exceptions import AzureError

from partnercenter.cleanup.blockers import Attachment, Belongings, attachments
from partnercenter.cleanup.calls import Calls, Holding, same
from partnercenter.cleanup.customer_facts import means_gone, means_no_relationship
from partnercenter.cleanup.effects import (
    answer_of_refusal,
    answer_of_success,
    effect_of,
    is_for_ever,
    problem_of,
    says_no_sandbox,
)
from partnercenter.cleanup.events import (
    CustomerFinished,
    CustomerWaits,
    Event,
    Fate,
    StepIntended,
    StepSettled,
)
from partnercenter.cleanup.fingerprint import awaited_orders, fingerprint
from partnercenter.cleanup.governor import HaltedError
from partnercenter.cleanup.past import LOST, REFUSED, PastCustomer
from partnercenter.cleanup.planner import steps_left
from partnercenter.cleanup.step_requests import StepRequest, step_request
from partnercenter.cleanup.sweep import begin, learn
from partnercenter.cleanup.sweep_plan import CustomerPlan, PlannedStep, StepAction
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
from partnercenter.client.correlation import correlation
from partnercenter.client.errors import CustomerHasActiveOrdersError, NotFoundError, PartnerCenterError
from partnercenter.contract.identifiers import parse_guid

DONE: Final = "done"
ALREADY_DONE: Final = "already done"
_CHANGES_WHAT_WAS_READ: Final = {StepAction.CANCEL_SUBSCRIPTION, StepAction.SUSPEND_SUBSCRIPTION}
_LONGEST_PAUSE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all customers of a run share.

    `keep` writes an event to disk before it returns, `note` some time. `rest` waits some seconds, and raises
    `HaltedError` when the run ends meanwhile; `deadline` are the seconds that one customer may take.
    """

    calls: Calls
    keep: Callable[[Event], Awaitable[None]]
    note: Callable[[Event], None]
    rest: Callable[[float], Awaitable[None]]
    is_halted: Callable[[], bool]
    alarm: Callable[[str, str], None]
    now: Callable[[], datetime]
    clock: Callable[[], float]
    new_id: Callable[[], str]
    deadline: float


class CustomerRun:
    """The clean-up of one customer."""

    def __init__(self, plan: CustomerPlan, past: PastCustomer, around: Surroundings) -> None:
        self._plan = plan
        self._past = past
        self._around = around
        self._id = plan.customer_id
        self._holding = Holding(Belongings())
        self._outdated: set[str] = set()
        self._correlation_id = ""
        self._sweep, self._do = begin(plan, reached=past.rounds, deletion_asked=past.has_asked_deletion)
        self._ends = 0.0

    async def go(self) -> CustomerFinished:
        """Do what is to be done, to the end; returns what is to be told of it."""
        with correlation() as self._correlation_id:
            self._ends = self._around.clock() + self._around.deadline
            while not isinstance(self._do, Finish):
                news = await self._carried_out(self._do)
                self._sweep, self._do = learn(self._sweep, news)
                if not isinstance(self._do, Finish):
                    self._end_early()
            return self.finished(self._do)

    def finished(self, finish: Finish) -> CustomerFinished:
        """The event that tells of the end."""
        problem = finish.problem or Problem("")
        if finish.fate is Fate.NOT_ATTEMPTED and self._past.was_begun:
            finish = Finish(Fate.INTERRUPTED, "A call was on its way; what became of it was not heard.")
        return CustomerFinished(
            self._around.now(),
            self._id,
            self._plan.display_name,
            finish.fate,
            reason=finish.reason or problem.description,
            code=problem.code,
            correlation_id=problem.correlation_id or self._correlation_id,
            advice=problem.advice,
        )

    def cut_short(self) -> CustomerFinished:
        """The event that tells that it was left where it is."""
        if not isinstance(self._do, Finish):
            _, self._do = learn(self._sweep, Interrupted())
        assert isinstance(self._do, Finish)  # noqa: S101 - an interruption ends it
        return self.finished(self._do)

    def _end_early(self) -> None:
        """Interlock S20: what was in flight has been answered; nothing new begins."""
        if self._around.is_halted():
            self._sweep, self._do = learn(self._sweep, Interrupted())
        elif self._around.clock() >= self._ends:
            self._sweep, self._do = learn(self._sweep, OutOfTime())

    async def _carried_out(self, do: Do) -> News:
        try:
            match do:
                case Read() if parse_guid(self._id) is None:
                    # Interlock S14: what is no id forms no path.
                    return Unreadable(Problem(f"{self._id[:60]!r} is not the id of a customer."))
                case Read():
                    return await self._read(do)
                case Act():
                    return await self._act(do)
                case Look():
                    return await self._look(do)
                case Delete():
                    return await self._delete(do)
                case Confirm():
                    return await self._confirm(do)
        except HaltedError:
            return Interrupted()
        raise AssertionError(f"There is nothing to do for {do}.")

    async def _pause(self, step: int, waits_for: str) -> None:
        if step == 0:
            return
        left = max(0.0, self._ends - self._around.clock())
        seconds = min(2.0 ** (step - 1), _LONGEST_PAUSE, left)
        self._around.note(CustomerWaits(self._around.now(), self._id, waits_for, seconds))
        await self._around.rest(seconds)

    async def _read(self, do: Read) -> News:
        await self._pause(do.pause, "the orders that the refusal names to show in the lists")
        plans = [step.plan_id for step in self._plan.steps if step.plan_id]
        try:
            self._holding = await self._around.calls.read(self._id, plans, do.named)
        except AzureError as error:
            if not self._means_gone(error):
                return Unreadable(problem_of(error))
            await self._settle_open(None)
            return Gone()
        self._outdated.clear()
        await self._settle_open(self._holding)
        belongings = self._holding.belongings
        awaited = awaited_orders(self._plan.steps)
        found = Found(
            is_stale=self._plan.fingerprint != fingerprint(belongings, awaited),
            effects={step.number: self._effect(step) for step in do.steps},
        )
        if do.round == 1:
            return found
        left = attachments(belongings, self._around.now())
        stuck = [attachment for attachment in left if attachment.is_stuck]
        shown = {same(str(name)) for order in belongings.orders for name in (order.id, order.alternate_id)}
        return Found(
            fresh=steps_left(left, do.named),
            stuck=_in_words(stuck),
            shows_named={same(name) for name in do.named} <= shown,
        )

    def _effect(self, step: PlannedStep) -> Effect:
        target = self._holding.targets.get(same(step.target))
        return Effect.OPEN if target is None else effect_of(step, target)

    def _means_gone(self, error: AzureError) -> bool:
        """Whether a refusal says that this customer is not there, and not something that it has."""
        if not isinstance(error, PartnerCenterError):
            return False
        about_it = error.path.partition("?")[0].rstrip("/").lower().endswith(f"/customers/{self._id.lower()}")
        after_deletion = self._sweep.deletion_asked and means_no_relationship(error)
        return about_it and (means_gone(error) or after_deletion)

    async def _settle_open(self, holding: Holding | None) -> None:
        """Settle, by what was read, the calls of an earlier run whose outcome nobody knew; interlock S16."""
        for call, intent in list(self._past.open.items()):
            action, target = call
            if holding is not None:
                seen = holding.targets.get(same(target))
                step = PlannedStep(intent.step, 0, action, target)
                if seen is None or effect_of(step, seen) is Effect.OPEN:
                    continue
            del self._past.open[call]
            await self._settle(intent.round, intent.step, DONE, intent.request_id, "Read after it was lost.")

    async def _act(self, do: Act) -> News:
        answers = await asyncio.gather(*(self._call(do.round, step) for step in do.steps))
        given = {
            step.number: answer for step, answer in zip(do.steps, answers, strict=True) if answer is not None
        }
        return Acted(given) if given else Interrupted()

    async def _call(self, round_: int, step: PlannedStep) -> tuple[Answer, Problem | None] | None:
        """Call one step; None when the run ended before it was sent."""
        try:
            request = await self._request(step)
        except HaltedError:
            return None
        except AzureError as error:
            return (Answer.LOST, problem_of(error))
        except ValueError as error:
            # Interlock S14 is the contract's: what is no id forms no path.
            return (Answer.REFUSED, Problem(str(error)))
        if request is None:
            await self._settle(round_, step.number, ALREADY_DONE)
            return (Answer.IN_EFFECT, None)
        intent = await self._intend(round_, step)
        try:
            seen = await self._around.calls.perform(request, intent.request_id)
        except HaltedError:
            return None
        except AzureError as error:
            answer = answer_of_refusal(error)
            if answer is Answer.CHANGED:
                self._outdated.add(same(step.target))
            await self._refused(intent, answer, error)
            return (answer, problem_of(error))
        self._past.open.pop((step.action, step.target), None)
        await self._settle(round_, step.number, DONE, intent.request_id)
        return (answer_of_success(step, seen), None)

    async def _request(self, step: PlannedStep) -> StepRequest | None:
        """The request of a step; None when its target shows that it is in effect."""
        key = same(step.target)
        seen = self._holding.targets.get(key)
        is_needed = step.action in _CHANGES_WHAT_WAS_READ
        if key in self._outdated or (seen is None and is_needed):
            seen = await self._around.calls.target(self._id, step)
            self._holding.targets[key] = seen
            self._outdated.discard(key)
            if effect_of(step, seen) is Effect.IN_EFFECT:
                return None
        return step_request(self._id, step, seen)

    async def _intend(self, round_: int, step: PlannedStep) -> StepIntended:
        """Write down that a call is about to leave, under the request id of one that was lost, or a new one."""
        call = (step.action, step.target)
        lost = self._past.open.get(call)
        intent = StepIntended(
            self._around.now(),
            self._id,
            round_,
            step.number,
            step.action.value,
            step.target,
            request_id=lost.request_id if lost is not None else self._around.new_id(),
            correlation_id=self._correlation_id,
            attempt=lost.attempt + 1 if lost is not None else 1,
        )
        await self._around.keep(intent)
        self._past.open[call] = intent
        self._past.rounds = max(self._past.rounds, round_)
        return intent

    async def _refused(self, intent: StepIntended, answer: Answer, error: AzureError) -> None:
        """Write down how a call ended that was not answered with a plain yes."""
        outcome = {Answer.LOST: LOST, Answer.ACCEPTED: DONE}.get(answer, REFUSED)
        if outcome != LOST:
            self._past.open.pop((StepAction(intent.action), intent.target), None)
        problem = problem_of(error)
        await self._settle(
            intent.round, intent.step, outcome, intent.request_id, problem.description, problem
        )

    async def _settle(
        self,
        round_: int,
        step: int,
        outcome: str,
        request_id: str = "",
        description: str = "",
        problem: Problem | None = None,
    ) -> None:
        said = problem or Problem(description)
        event = StepSettled(
            self._around.now(),
            self._id,
            round_,
            step,
            outcome,
            request_id,
            said.status,
            said.code,
            said.description,
            said.correlation_id or self._correlation_id,
        )
        if request_id:
            await self._around.keep(event)
        else:
            self._around.note(event)

    async def _look(self, do: Look) -> News:
        waits = ", ".join(f"{step.action.value} {step.target}" for step in do.steps)
        await self._pause(do.pause, waits)
        looks = await asyncio.gather(*(self._seen(step) for step in do.steps))
        effects = {
            step.number: effect for step, effect in zip(do.steps, looks, strict=True) if effect is not None
        }
        for step in do.steps:
            is_over = effects.get(step.number) is Effect.IN_EFFECT
            if is_over and step.action is StepAction.WAIT_FOR_ORDER:
                await self._settle(do.round, step.number, DONE)
        return Looked(effects)

    async def _seen(self, step: PlannedStep) -> Effect | None:
        """What the target shows; None when it could not be read."""
        try:
            seen = await self._around.calls.target(self._id, step)
        except NotFoundError as error:
            return Effect.IN_EFFECT if error.code is not None else None
        except AzureError:
            return None
        self._holding.targets[same(step.target)] = seen
        self._outdated.discard(same(step.target))
        return effect_of(step, seen)

    async def _delete(self, do: Delete) -> News:
        request = step_request(self._id, do.step, None)
        intent = await self._intend(do.round, do.step)
        try:
            await self._around.calls.perform(request, intent.request_id)
        except AzureError as error:
            return await self._not_deleted(intent, error)
        self._past.open.pop((do.step.action, do.step.target), None)
        await self._settle(do.round, do.step.number, DONE, intent.request_id)
        return Accepted()

    async def _not_deleted(self, intent: StepIntended, error: AzureError) -> News:
        """What it means that a deletion was not answered with a plain yes."""
        problem = problem_of(error)
        if means_gone(error) or means_no_relationship(error):
            self._past.open.pop((StepAction.DELETE_CUSTOMER, intent.target), None)
            await self._settle(
                intent.round, intent.step, ALREADY_DONE, intent.request_id, problem.description, problem
            )
            return Accepted()
        answer = answer_of_refusal(error)
        await self._refused(intent, answer, error)
        if answer is Answer.ACCEPTED:
            return Accepted()
        if answer is Answer.LOST:
            return DeletionLost(problem)
        if says_no_sandbox(error):
            self._around.alarm("The service says that this account is no sandbox.", "S22")
        if isinstance(error, CustomerHasActiveOrdersError):
            return StillBlocked(error.order_ids, problem)
        return Refused(problem, for_ever=isinstance(error, PartnerCenterError) and is_for_ever(error))

    async def _confirm(self, do: Confirm) -> News:
        """Interlock S19: only a read that says gone makes it so."""
        await self._pause(do.pause, "the customer to be gone")
        try:
            await self._around.calls.customer(self._id)
        except AzureError as error:
            return Gone() if self._means_gone(error) else Unreadable(problem_of(error))
        return Found()


def _in_words(stuck: Sequence[Attachment]) -> str:
    """Why nothing can clear what is left."""
    return "; ".join(
        f"{attachment.kind.value} {attachment.name or attachment.id}: {attachment.judgement.reason}"
        for attachment in stuck
    )
