"""How fast a run may call: how many calls at once, and how many a minute; behaviour.md 12. Decisions, no waiting.

How many at once adapts as TCP does: it doubles until something is throttled, then halves and grows slowly. How many a
minute is documented for some resources; whether the limit holds is found out by one single call beyond it, because
calls that are made while throttled count too, and make it worse.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Final

_MOST_PROBES: Final = 16


@dataclass(frozen=True, slots=True)
class Rates:
    """The bounds. `start`, `after_pause` and `most` are calls at once, `window` and `longest_wait` are seconds."""

    start: int = 32
    after_pause: int = 4
    most: int = 96
    calls_per_window: int = 500
    window: float = 60.0
    longest_wait: float = 60.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How many calls at once, and since when not at all.

    `ceiling` is where doubling ends. `epoch` counts the pauses: calls of an earlier one tell nothing new.
    """

    size: float
    ceiling: float
    paused_until: float = 0.0
    epoch: int = 0
    unnamed: int = 0


def first_pace(rates: Rates) -> Pace:
    """The pace to begin with."""
    return Pace(float(rates.start), float(rates.most))


def after_success(pace: Pace, rates: Rates, epoch: int) -> Pace:
    """The pace after a call of `epoch` was answered."""
    if epoch != pace.epoch:
        return pace
    step = 1.0 if pace.size < pace.ceiling else 1.0 / pace.size
    return replace(pace, size=min(pace.size + step, float(rates.most)), unnamed=0)


def after_throttle(pace: Pace, rates: Rates, epoch: int, now: float, retry_after: float | None) -> Pace:
    """The pace after a call of `epoch` was throttled: nothing until the pause is over, then a few, then more."""
    if epoch != pace.epoch:
        # It was on its way when the pause began, and only makes it longer.
        return replace(pace, paused_until=max(pace.paused_until, now + (retry_after or 0.0)))
    half = max(1.0, pace.size / 2)
    doubled = min(2.0**pace.unnamed, rates.longest_wait)
    return Pace(
        size=min(float(rates.after_pause), half),
        ceiling=half,
        paused_until=max(pace.paused_until, now + (doubled if retry_after is None else retry_after)),
        epoch=pace.epoch + 1,
        unnamed=pace.unnamed + 1 if retry_after is None else 0,
    )


@dataclass(slots=True)
class Budget:
    """The calls to one resource in the window that is running.

    Where the windows of the service begin is known once it has throttled; until then the last `window` seconds count,
    which is never too few.
    """

    rates: Rates
    limit: int = 0
    probe: int = 1
    began: float | None = None
    times: deque[float] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.limit = self.limit or self.rates.calls_per_window

    def used(self, now: float) -> int:
        """How many calls were sent in the window."""
        start = now - self.rates.window
        if self.began is not None:
            while self.began + self.rates.window <= now:
                self.began += self.rates.window
            start = max(start, self.began)
        while self.times and self.times[0] < start:
            self.times.popleft()
        return len(self.times)

    def may_send(self, now: float, in_flight: int) -> bool:
        """Whether one more call may leave while others are on their way."""
        return self.used(now) < self.limit or in_flight < self.probe

    def send(self, now: float) -> bool:
        """Count a call; whether it is one beyond the limit."""
        beyond = self.used(now) >= self.limit
        self.times.append(now)
        return beyond

    def answered(self, now: float, *, beyond: bool) -> None:
        """Learn from an answer. Two windows touch any span of one, so twice the limit in it means there is none."""
        if beyond:
            is_unlimited = self.used(now) > 2 * self.limit
            self.probe = self.rates.most if is_unlimited else min(self.probe * 2, _MOST_PROBES)

    def throttled(self, now: float, resumes: float, refused: int) -> None:
        """Learn from the first of the calls that were throttled; `refused` are all that may be."""
        self.limit = max(1, min(self.limit, self.used(now) - refused))
        self.probe = 1
        self.began = resumes
        self.times.clear()
