"""Carries out a plan: many customers at once, every step in the journal, and an event for whatever happens.

    async for event in run(plan, client, folder=state_folder(os.environ)):
        ...

The client must not retry by itself (`retry_total=0`): all waiting is the governor's. The caller has checked the
credential and asked the user. One customer's failure never stops the others.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from azure.core.exceptions import AzureError

from partnercenter.cleanup.calls import Calls, same
from partnercenter.cleanup.customer_run import CustomerRun, Surroundings
from partnercenter.cleanup.effects import is_unexpected
from partnercenter.cleanup.events import (
    CustomerFinished,
    CustomerStarted,
    Event,
    Fate,
    RunFinished,
    RunPaused,
    RunStarted,
    RunStopped,
    StillListed,
)
from partnercenter.cleanup.governor import Governor, HaltedError, Sleep
from partnercenter.cleanup.interlocks import sentence
from partnercenter.cleanup.journal import Journal, JournalError, create_journal, reopen_journal
from partnercenter.cleanup.past import Past
from partnercenter.cleanup.rates import Rates
from partnercenter.cleanup.stop import Stop
from partnercenter.cleanup.sweep_plan import CustomerPlan, Decision, Plan
from partnercenter.cleanup.trusted_sandboxes import Refused, SafetyRuleError
from partnercenter.client.aio import PartnerCenterClient


@dataclass(frozen=True, slots=True)
class RunRules:
    """The bounds of a run, in seconds. After `most_unexpected` unexpected answers in a row it stops."""

    rates: Rates = field(default_factory=Rates)
    customer_deadline: float = 3600.0
    list_deadline: float = 60.0
    most_unexpected: int = 5


@dataclass(frozen=True, slots=True)
class RunNature:
    """What a run takes from its surroundings, so that tests can have their own."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock: Callable[[], float] = time.monotonic
    sleep: Sleep = asyncio.sleep
    new_id: Callable[[], str] = lambda: str(uuid4())


async def run(
    plan: Plan,
    client: PartnerCenterClient,
    *,
    folder: Path,
    stop: Stop | None = None,
    rules: RunRules | None = None,
    nature: RunNature | None = None,
) -> AsyncGenerator[Event, None]:
    """Carry out a sealed plan, and yield what happens; its journal is kept in `folder`.

    `stop` ends the run early.
    Raises before anything is called: `SafetyRuleError` while another run of the tenant is at work and for a client of
    another endpoint, `ConfigurationError` for a folder that is not the user's alone, `JournalError` for a plan that
    was changed and when nothing can be written.
    """
    nature = nature or RunNature()
    _check_endpoint(plan, client)
    run_id = f"{nature.now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    journal = create_journal(folder, plan, run_id)
    going = _Run(journal, None, client, stop or Stop(), rules or RunRules(), nature)
    async with aclosing(going.events()) as events:
        async for event in events:
            yield event


async def resume(
    run_id: str,
    client: PartnerCenterClient,
    *,
    folder: Path,
    stop: Stop | None = None,
    rules: RunRules | None = None,
    nature: RunNature | None = None,
) -> AsyncGenerator[Event, None]:
    """Go on with a run that was interrupted or stopped, from its journal alone; the arguments are those of `run`.

    Who is finished for good is left alone; whoever failed, was interrupted or not attempted is looked at again. No
    step is done twice (interlock S16). Raises as `run` does, and `JournalError` for a journal that cannot be
    believed.
    """
    journal, past = reopen_journal(folder, run_id)
    try:
        _check_endpoint(journal.plan, client)
    except SafetyRuleError:
        journal.close()
        raise
    going = _Run(journal, past, client, stop or Stop(), rules or RunRules(), nature or RunNature())
    async with aclosing(going.events()) as events:
        async for event in events:
            yield event


def _check_endpoint(plan: Plan, client: PartnerCenterClient) -> None:
    if plan.endpoint.rstrip("/") != client.endpoint.rstrip("/"):
        raise SafetyRuleError(
            Refused("S02", f"The plan is for {plan.endpoint}, and the client would call {client.endpoint}.")
        )


class _Run:
    """One run while it is at work."""

    def __init__(
        self,
        journal: Journal,
        past: Past | None,
        client: PartnerCenterClient,
        stop: Stop,
        rules: RunRules,
        nature: RunNature,
    ) -> None:
        self._journal = journal
        self._plan = journal.plan
        self._is_resumed = past is not None
        self._past = past or Past(journal.run_id, journal.plan)
        self._stop = stop
        self._rules = rules
        self._nature = nature
        self._finished = dict(self._past.finished)
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._halt_event = asyncio.Event()
        self._halted: RunStopped | None = None
        self._work: asyncio.Task[None] | None = None
        self._at_work: dict[str, CustomerRun] = {}
        self._unexpected = 0
        self._governor = Governor(rules.rates, clock=nature.clock, sleep=nature.sleep, on_pause=self._paused)
        self._calls = Calls(client, self._governor, self._rest, self._ended)
        self._around = Surroundings(
            calls=self._calls,
            keep=self._keep,
            note=self._note,
            rest=self._rest,
            is_halted=lambda: self._halted is not None,
            alarm=self._halt,
            now=nature.now,
            clock=nature.clock,
            new_id=nature.new_id,
            deadline=rules.customer_deadline,
        )

    async def events(self) -> AsyncGenerator[Event, None]:
        """The events, as they happen. Whoever stops listening stops the run at once; the journal holds."""
        driving = asyncio.create_task(self._drive())
        driving.add_done_callback(lambda _: self._queue.put_nowait(None))
        loop = asyncio.get_running_loop()
        self._stop.tell(lambda times: _tell(loop, self._asked_to_stop, times))
        try:
            while (event := await self._queue.get()) is not None:
                yield event
            await driving
        finally:
            self._stop.tell(None)
            driving.cancel()
            await asyncio.gather(driving, return_exceptions=True)
            await self._governor.close()
            await self._journal.finish()

    async def _drive(self) -> None:
        began = self._nature.clock()
        await self._record(self._started())
        self._work = asyncio.create_task(self._sweep_all())
        try:
            await asyncio.wait({self._work})
        finally:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        if not self._work.cancelled():
            self._work.result()
        for customer in self._plan.customers:
            if customer.customer_id not in self._finished:
                await self._finish(self._cut_short(customer))
        if self._halted is not None:
            await self._record(self._halted)
        counts = Counter(finished.fate.value for finished in self._finished.values())
        seconds = self._nature.clock() - began
        await self._record(
            RunFinished(self._nature.now(), self._journal.run_id, dict(counts), self._governor.calls, seconds)
        )

    def _started(self) -> RunStarted:
        plan = self._plan
        return RunStarted(
            self._nature.now(),
            self._journal.run_id,
            plan.plan_id,
            plan.digest,
            plan.tenant_id,
            plan.alias,
            len(plan.customers),
            self._is_resumed,
        )

    async def _sweep_all(self) -> None:
        left = [one for one in self._plan.customers if one.customer_id not in self._finished]
        for customer in left:
            if customer.decision is not Decision.DELETE:
                await self._one(customer)
        to_delete = [one for one in left if one.decision is Decision.DELETE]
        together = await self._first_alone(to_delete)
        async with asyncio.TaskGroup() as group:
            for customer in together:
                group.create_task(self._one(customer))
        if self._halted is None:
            await self._confirm_by_list()

    async def _first_alone(self, customers: Sequence[CustomerPlan]) -> list[CustomerPlan]:
        """Interlock S22: until one was deleted and verified, they go one by one, those of fewest stages first."""
        left = sorted(customers, key=_length)
        is_verified = self._past.has_verified
        while left and not is_verified and self._halted is None:
            first = left.pop(0)
            await self._one(first)
            finished = self._finished.get(first.customer_id)
            is_verified = finished is not None and finished.fate is Fate.DELETED
        # The longest ones first: they decide when the run is over.
        return left[::-1]

    async def _one(self, customer: CustomerPlan) -> None:
        """Clean up one customer. Whatever goes wrong with it stays with it."""
        if self._halted is not None:
            return
        going = CustomerRun(customer, self._past.of(customer.customer_id), self._around)
        self._at_work[customer.customer_id] = going
        if customer.decision is Decision.DELETE:
            steps = len(customer.steps)
            self._note(
                CustomerStarted(self._nature.now(), customer.customer_id, customer.display_name, steps)
            )
        try:
            finished = await going.go()
        except SafetyRuleError as error:
            self._halt(error.refusal.sentence, error.refusal.id)
            return
        except HaltedError:
            return
        except Exception as error:
            finished = _broken(customer, self._nature.now(), error)
        await self._finish(finished)

    def _cut_short(self, customer: CustomerPlan) -> CustomerFinished:
        going = self._at_work.get(customer.customer_id)
        if going is None:
            going = CustomerRun(customer, self._past.of(customer.customer_id), self._around)
        return going.cut_short()

    async def _finish(self, finished: CustomerFinished) -> None:
        self._finished[finished.customer_id] = finished
        await self._record(finished)

    async def _confirm_by_list(self) -> None:
        """Read the list until it shows no deleted customer any more; it lags (behaviour.md 1.6)."""
        wanted = {same(name) for name, one in self._finished.items() if one.fate is Fate.DELETED}
        ends, pause = self._nature.clock() + self._rules.list_deadline, 1.0
        left = wanted
        with suppress(HaltedError):
            while left:
                try:
                    left = wanted & await self._calls.listed()
                except (AzureError, SafetyRuleError):
                    break
                if not left or self._nature.clock() + pause > ends:
                    break
                await self._rest(pause)
                pause = min(pause * 2, 15.0)
        if left:
            self._note(StillListed(self._nature.now(), tuple(sorted(left))))

    # What the customers report to.

    async def _record(self, event: Event) -> None:
        """Yield an event that tells of an end, and write it, if it can be written."""
        # In this order: whoever is stopped while it is written has told it, and tells it once.
        self._queue.put_nowait(event)
        try:
            await self._journal.keep(event)
        except JournalError as error:
            self._halt(str(error), "S15")

    async def _keep(self, event: Event) -> None:
        """Interlock S15: on disk before anything goes on. Raises `HaltedError` when it cannot be."""
        try:
            await self._journal.keep(event)
        except JournalError as error:
            self._halt(str(error), "S15")
            raise HaltedError from error
        self._queue.put_nowait(event)

    def _note(self, event: Event) -> None:
        self._journal.note(event)
        self._queue.put_nowait(event)

    def _paused(self, seconds: float, reason: str) -> None:
        self._note(RunPaused(self._nature.now(), seconds, reason))

    def _ended(self, error: AzureError | None) -> None:
        """Interlock S18: count the unexpected answers in a row."""
        if error is None or not is_unexpected(error):
            self._unexpected = 0
            return
        self._unexpected += 1
        if self._unexpected >= self._rules.most_unexpected:
            first_line = str(error.message or error).strip().splitlines()[0]
            self._halt(f"{sentence('S18')} The last one: {first_line}", "S18")

    async def _rest(self, seconds: float) -> None:
        """Wait; raises `HaltedError` when the run ends meanwhile."""
        if self._halted is not None:
            raise HaltedError
        sleeping = asyncio.ensure_future(self._nature.sleep(seconds))
        halting = asyncio.create_task(self._halt_event.wait())
        try:
            await asyncio.wait({sleeping, halting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            halting.cancel()
            await asyncio.gather(sleeping, halting, return_exceptions=True)
        if self._halted is not None:
            raise HaltedError

    # Ends before their time.

    def _halt(self, reason: str, interlock: str) -> None:
        """Let nothing new begin; what is in flight is answered. The first reason counts."""
        if self._halted is None:
            self._halted = RunStopped(self._nature.now(), reason, interlock)
            self._halt_event.set()
            self._governor.halt()

    def _asked_to_stop(self, times: int) -> None:
        """Interlock S20: the first time gently, the second at once."""
        self._halt(sentence("S20"), "S20")
        if times > 1 and self._work is not None:
            self._work.cancel()


def _length(customer: CustomerPlan) -> tuple[int, int]:
    """How long a customer will take: its stages, then its steps."""
    return len({step.stage for step in customer.steps}), len(customer.steps)


def _tell(loop: asyncio.AbstractEventLoop, what: Callable[[int], None], times: int) -> None:
    with suppress(RuntimeError):  # the loop has ended meanwhile, and with it the run
        loop.call_soon_threadsafe(what, times)


_UNFORESEEN: Final = "Something unforeseen: "


def _broken(customer: CustomerPlan, now: datetime, error: Exception) -> CustomerFinished:
    return CustomerFinished(
        now,
        customer.customer_id,
        customer.display_name,
        Fate.FAILED,
        reason=f"{_UNFORESEEN}{type(error).__name__}: {error}",
        advice="Resume the run, and report this if it happens again.",
    )
