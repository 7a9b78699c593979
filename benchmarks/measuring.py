"""Rounds in which the sides of a comparison take turns, and rows of a table."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

ROUNDS = 5
T = TypeVar("T")


class Row(NamedTuple):
    """A row of docs/performance.md."""

    what: str
    here: str
    beside: str
    ratio: str

    def __str__(self) -> str:
        return f"| {' | '.join(self)} |"


def in_turns(sides: Mapping[str, Callable[[], T]], rounds: int = ROUNDS) -> dict[str, list[T]]:
    """What each side gave in each round: whatever else the machine does meets all of them."""
    given: dict[str, list[T]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            given[name].append(side())
    return given


def time_row(what: str, mine: float, beside: str, theirs: float) -> Row:
    """A row of two times in seconds."""
    return Row(what, _shown(mine), f"{beside}: {_shown(theirs)}", f"{mine / theirs:.2f} × its time")


def median(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)


def _shown(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1e6:.0f} µs"
