"""How fast a run calls: all workers pause together, a throttled call is never lost, and nothing is hammered."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnercenter.cleanup.governor import Governor, HaltedError
from partnercenter.cleanup.rates import Budget, Pace, Rates, after_success, after_throttle, first_pace
from partnercenter.client.errors import ThrottledError
from partnercenter.contract.service_error import ServiceError

RATES = Rates(start=4, most=32)


def throttled(retry_after: float | None) -> ThrottledError:
    """A 429 as the client raises it."""
    response = SimpleNamespace(
        request=SimpleNamespace(headers={}), headers={}, status_code=429, reason="", content_type=None
    )
    response.text = str
    return ThrottledError(response, ServiceError(429, None, "slow", retry_after=retry_after), "GET", "/v1/x")


@dataclass
class Time:
    """A clock that jumps to the next moment at which somebody wakes."""

    now: float = 1000.0
    _asleep: list[tuple[float, int, asyncio.Future[None]]] = field(default_factory=list)
    _order: Any = field(default_factory=itertools.count)

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock shows so much more."""
        waking = asyncio.get_running_loop().create_future()
        heapq.heappush(self._asleep, (self.now + seconds, next(self._order), waking))
        await waking

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something to its end."""

        async def go() -> Any:
            task = asyncio.ensure_future(work)
            while not task.done():
                for _ in range(20):
                    await asyncio.sleep(0)
                if not task.done() and self._asleep:
                    at, _, waking = heapq.heappop(self._asleep)
                    if not waking.done():
                        self.now = max(self.now, at)
                        waking.set_result(None)
            return task.result()

        return asyncio.run(go())


@dataclass
class Service:
    """A service that answers after some seconds and throttles in fixed windows, as behaviour.md 12 has it."""

    time: Time
    limit: int
    window: float = 60.0
    takes: float = 0.1
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    refused: dict[int, int] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def send(self, resource: str, name: str) -> Callable[[], Awaitable[str]]:
        """A call."""

        async def go() -> str:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            try:
                window = int(self.time.now // self.window)
                used = self.counts[resource, window] = self.counts.get((resource, window), 0) + 1
                left = (window + 1) * self.window - self.time.now
                await self.time.sleep(self.takes)
            finally:
                self.at_once -= 1
            if resource and used > self.limit:
                self.refused[window] = self.refused.get(window, 0) + 1
                raise throttled(float(int(left) + 1))
            self.answered.append(name)
            return name

        return go


def run_all(service: Service, rates: Rates, calls: dict[str, int]) -> Governor:
    """Send so many calls to each resource, all at once."""
    time = service.time
    governor = Governor(rates, clock=lambda: time.now, sleep=time.sleep)

    async def go() -> None:
        sends = [
            governor.call(resource, service.send(resource, f"{resource}-{number}"))
            for resource, count in calls.items()
            for number in range(count)
        ]
        await asyncio.gather(*sends)
        await governor.close()

    time.run(go())
    return governor


def test_calls_at_once_double_up_to_the_most() -> None:
    """Without throttling a run is soon as fast as it may be, and never faster."""
    service = Service(Time(), limit=10_000)
    run_all(service, RATES, {"customers": 400})
    assert RATES.most == service.most_at_once
    assert service.time.now - 1000.0 < 0.1 * (400 / 32 + 5)


def test_s17_a_throttled_call_goes_back_and_is_never_lost() -> None:
    """Whatever was held back is asked again after the pause, and every call is answered once."""
    service = Service(Time(), limit=50)
    governor = run_all(service, Rates(calls_per_window=50), {"customers": 130})
    assert sorted(f"customers-{n}" for n in range(130)) == sorted(service.answered)
    assert governor.throttled >= 2


def test_s17_all_workers_pause_together() -> None:
    """While the service asks to wait, nothing is sent to any resource."""
    time = Time()
    sent: list[float] = []
    governor = Governor(Rates(start=2, most=2), clock=lambda: time.now, sleep=time.sleep)

    def call(first: bool) -> Callable[[], Awaitable[None]]:
        state = {"first": first}

        async def go() -> None:
            sent.append(time.now)
            await time.sleep(0.1)
            if state.pop("first", False):
                raise throttled(57.0)

        return go

    async def work() -> None:
        resources = ["customers", "orders", "subscriptions", ""] * 3
        await asyncio.gather(*(governor.call(name, call(n == 0)) for n, name in enumerate(resources)))

    time.run(work())
    paused = [moment for moment in sent if 1000.15 < moment < 1057.1]
    assert [] == paused
    assert 13 == len(sent)


@pytest.mark.parametrize("calls", [501, 900, 1400])
def test_s17_the_documented_limit_costs_one_refusal_a_window(calls: int) -> None:
    """One single call finds out whether the limit holds, and the windows are used up."""
    service = Service(Time(now=1020.0), limit=500)
    run_all(service, Rates(), {"subscriptions": calls})
    assert {1} == set(service.refused.values())
    windows = (calls - 1) // 500
    ideal = windows * 60.0
    assert service.time.now - 1020.0 <= 1.1 * ideal + 5.0


def test_a_limit_that_does_not_hold_is_passed() -> None:
    """Where nothing throttles, the documented number of calls slows a run down by moments."""
    service = Service(Time(), limit=1_000_000)
    governor = run_all(service, Rates(), {"subscriptions": 3000})
    assert 0 == governor.throttled
    assert service.time.now - 1000.0 < 15.0


def test_one_resource_at_its_limit_does_not_hold_up_the_others() -> None:
    """Calls without a limit go on while one is felt for."""
    service = Service(Time(), limit=1_000_000, takes=5.0)
    run_all(service, Rates(calls_per_window=1), {"orders": 4, "": 40})
    first_others = [place for place, name in enumerate(service.answered) if name.startswith("-")]
    assert max(first_others) < len(service.answered) - 1


@settings(max_examples=40)
@given(
    limit=st.integers(min_value=3, max_value=80),
    calls=st.integers(min_value=1, max_value=200),
    start=st.floats(min_value=0, max_value=60),
    rates=st.builds(
        Rates,
        start=st.integers(min_value=1, max_value=40),
        most=st.just(40),
        calls_per_window=st.integers(min_value=1, max_value=300),
    ),
)
def test_every_call_is_answered_whatever_the_limit(
    limit: int, calls: int, start: float, rates: Rates
) -> None:
    """However wrong what is known of the limit is, every call is answered exactly once."""
    service = Service(Time(now=1000.0 + start), limit=limit)
    run_all(service, rates, {"customers": calls, "orders": calls // 2})
    assert calls + calls // 2 == len(set(service.answered)) == len(service.answered)


def test_a_run_that_is_halted_sends_nothing_more() -> None:
    """Who waits is told, and so is who comes later; what is in flight is answered."""
    time = Time()
    governor = Governor(Rates(start=1, most=1), clock=lambda: time.now, sleep=time.sleep)
    service = Service(time, limit=100)

    async def work() -> list[Any]:
        first = asyncio.ensure_future(governor.call("", service.send("", "in flight")))
        second = asyncio.ensure_future(governor.call("", service.send("", "waiting")))
        for _ in range(5):
            await asyncio.sleep(0)
        governor.halt()
        late = governor.call("", service.send("", "late"))
        return await asyncio.gather(first, second, late, return_exceptions=True)

    results = time.run(work())
    assert "in flight" == results[0]
    assert [HaltedError, HaltedError] == [type(result) for result in results[1:]]
    assert ["in flight"] == service.answered


PACES = st.builds(
    Pace,
    size=st.floats(min_value=1, max_value=32),
    ceiling=st.floats(min_value=1, max_value=32),
    paused_until=st.floats(min_value=0, max_value=2000),
    epoch=st.integers(min_value=0, max_value=5),
    unnamed=st.integers(min_value=0, max_value=10),
)


@given(
    PACES, st.integers(min_value=0, max_value=5), st.one_of(st.none(), st.floats(min_value=0, max_value=900))
)
def test_a_pace_stays_within_its_bounds(pace: Pace, epoch: int, retry_after: float | None) -> None:
    """At least one call at once, at most the most; a pause never becomes shorter."""
    slower = after_throttle(pace, RATES, epoch, 1000.0, retry_after)
    faster = after_success(pace, RATES, epoch)
    assert 1 <= slower.size <= max(pace.size, 1)
    assert pace.size <= faster.size <= RATES.most
    assert slower.paused_until >= max(
        pace.paused_until, 1000.0 + (retry_after or 0) if epoch == pace.epoch else 0
    )


def test_without_retry_after_the_pauses_double() -> None:
    """A 429 that names no time is waited for longer each time (behaviour.md 12)."""
    pace, waits = first_pace(RATES), []
    for _ in range(8):
        pace = after_throttle(pace, RATES, pace.epoch, 0.0, None)
        waits.append(pace.paused_until)
    assert [1, 2, 4, 8, 16, 32, 60, 60] == waits


def test_calls_of_before_the_pause_do_not_slow_down_twice() -> None:
    """Many that were in flight when the first was refused tell nothing new."""
    once = after_throttle(first_pace(RATES), RATES, 0, 0.0, 10.0)
    assert once == after_throttle(once, RATES, 0, 0.0, 10.0)


def test_a_budget_is_counted_anew_in_each_window() -> None:
    """Once it is known where the windows begin."""
    budget = Budget(Rates(calls_per_window=10))
    for _ in range(11):
        budget.send(5.0)
    budget.throttled(5.0, 20.0, 1)
    assert (10, 0) == (budget.limit, budget.used(20.0))
    budget.send(79.0)
    assert (1, 0) == (budget.used(79.5), budget.used(80.0))
