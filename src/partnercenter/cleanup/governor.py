"""One governor for all workers of a run: it lets calls through, and holds them back; interlock S17.

A call that is throttled goes back to the head of the queue under whatever request id it has, and all workers wait as
long as the service asks. What to decide is in `rates`; here is the waiting. Time and sleep are passed in.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from partnercenter.cleanup.interlocks import sentence
from partnercenter.cleanup.rates import Budget, Rates, after_success, after_throttle, first_pace
from partnercenter.client.errors import PartnerCenterError, ThrottledError

T = TypeVar("T")

Sleep = Callable[[float], Awaitable[None]]


class HaltedError(Exception):
    """The run ends before its time; the call was not sent."""


@dataclass(frozen=True, slots=True)
class _Ticket:
    """A call that was let through."""

    resource: str
    epoch: int
    beyond: bool


class Governor:
    """Lets the calls of a run through.

    `on_pause` is told how long all workers pause, and why. `calls` counts the requests that were sent, `throttled`
    those that were refused with 429.
    """

    def __init__(
        self,
        rates: Rates,
        *,
        clock: Callable[[], float],
        sleep: Sleep,
        on_pause: Callable[[float, str], None] | None = None,
    ) -> None:
        self._rates = rates
        self._clock = clock
        self._sleep = sleep
        self._on_pause = on_pause
        self._pace = first_pace(rates)
        self._budgets: dict[str, Budget] = {}
        self._in_flight: Counter[str] = Counter()
        self._queue: deque[tuple[str, asyncio.Future[_Ticket]]] = deque()
        self._pausing: asyncio.Task[None] | None = None
        self._halted = False
        self.calls = 0
        self.throttled = 0

    async def call(self, resource: str, send: Callable[[], Awaitable[T]]) -> T:
        """Send when it may be sent, again and again while it is throttled.

        `resource` is whose limit counts, empty for a call without one. Raises `HaltedError` when the run ends before
        the call was sent, and what `send` raises.
        """
        is_back = False
        while True:
            ticket = await self._admitted(resource, is_back=is_back)
            answered = False
            try:
                result = await send()
                answered = True
            except ThrottledError as error:
                self._throttle(ticket, error.retry_after)
                is_back = True
                continue
            except PartnerCenterError as error:
                answered = error.status_code != 503
                if not answered and error.service_error.retry_after:
                    self._pause(ticket, error.service_error.retry_after)
                raise
            finally:
                self._leave(ticket, answered=answered)
            return result

    def halt(self) -> None:
        """Let nothing through any more."""
        self._halted = True
        while self._queue:
            _, waiting = self._queue.popleft()
            if not waiting.done():
                waiting.set_exception(HaltedError())

    async def close(self) -> None:
        """End the pause, if there is one."""
        self.halt()
        if self._pausing is not None:
            self._pausing.cancel()
            await asyncio.gather(self._pausing, return_exceptions=True)

    async def _admitted(self, resource: str, *, is_back: bool) -> _Ticket:
        if self._halted:
            raise HaltedError
        waiting: asyncio.Future[_Ticket] = asyncio.get_running_loop().create_future()
        (self._queue.appendleft if is_back else self._queue.append)((resource, waiting))
        self._let_through()
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled() and waiting.exception() is None:
                self._leave(waiting.result(), answered=False)
            raise

    def _let_through(self) -> None:
        """Let everything through that may go now, in order; a resource that must wait holds up no other."""
        now = self._clock()
        if now < self._pace.paused_until:
            self._wait_for_pause()
            return
        held: set[str] = set()
        kept: deque[tuple[str, asyncio.Future[_Ticket]]] = deque()
        while self._queue and self._in_flight.total() < int(self._pace.size):
            resource, waiting = self._queue.popleft()
            if waiting.done():
                continue
            budget = self._budget(resource)
            if resource in held or not budget.may_send(now, self._in_flight[resource]):
                held.add(resource)
                kept.append((resource, waiting))
                continue
            beyond = budget.send(now)
            self._in_flight[resource] += 1
            self.calls += 1
            waiting.set_result(_Ticket(resource, self._pace.epoch, beyond))
        self._queue.extendleft(reversed(kept))

    def _budget(self, resource: str) -> Budget:
        found = self._budgets.get(resource)
        if found is None:
            limit = 0 if resource else 1_000_000_000
            found = self._budgets[resource] = Budget(self._rates, limit)
        return found

    def _leave(self, ticket: _Ticket, *, answered: bool) -> None:
        self._in_flight[ticket.resource] -= 1
        if answered:
            self._pace = after_success(self._pace, self._rates, ticket.epoch)
            self._budget(ticket.resource).answered(self._clock(), beyond=ticket.beyond)
        self._let_through()

    def _throttle(self, ticket: _Ticket, retry_after: float | None) -> None:
        self.throttled += 1
        is_first = ticket.epoch == self._pace.epoch
        self._pause(ticket, retry_after)
        if is_first:
            budget = self._budget(ticket.resource)
            budget.throttled(self._clock(), self._pace.paused_until, self._in_flight[ticket.resource])

    def _pause(self, ticket: _Ticket, retry_after: float | None) -> None:
        now, before = self._clock(), self._pace
        self._pace = after_throttle(before, self._rates, ticket.epoch, now, retry_after)
        if self._pace.epoch != before.epoch and self._on_pause is not None:
            self._on_pause(self._pace.paused_until - now, sentence("S17"))

    def _wait_for_pause(self) -> None:
        if self._pausing is None and not self._halted:
            self._pausing = asyncio.ensure_future(self._until_it_is_over())

    async def _until_it_is_over(self) -> None:
        while (left := self._pace.paused_until - self._clock()) > 0:
            await self._sleep(left)
        self._pausing = None
        self._let_through()
