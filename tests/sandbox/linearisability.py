"""Whether what many saw at once can have happened one after the other.

A history is linearisable when its operations can be put into an order that explains every answer, and in which
nothing comes before what had ended before it began. The search is Wing and Gong's, with Lowe's memory of the tried.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")
Step = Callable[[S], S | None]


@dataclass(frozen=True)
class Operation(Generic[S]):
    """From `began` to `ended`; `step` is the state that follows one, or None when the answer cannot come in it.

    `changes` is false for what leaves every state as it is.
    """

    began: float
    ended: float
    step: Step[S]
    changes: bool = True


def is_linearisable(operations: Sequence[Operation[S]], first: S) -> bool:
    """Whether some order explains the operations on one object that begins in the state `first`.

    The states must be hashable.
    """
    everything = (1 << len(operations)) - 1
    tried: set[tuple[int, S]] = set()
    waiting: list[tuple[int, S]] = [(0, first)]
    while waiting:
        done, state = waiting.pop()
        if done == everything:
            return True
        if (done, state) in tried:
            continue
        tried.add((done, state))
        left = [n for n in range(len(operations)) if not done >> n & 1]
        # Whatever has ended must come before what began after that.
        earliest_end = min(operations[n].ended for n in left)
        following = [(n, operations[n].step(state)) for n in left if operations[n].began <= earliest_end]
        possible = [(n, after) for n, after in following if after is not None]
        # What never changes anything can as well come at once: whatever comes instead of it can come after it.
        at_once = [(n, after) for n, after in possible if not operations[n].changes][:1]
        waiting += [(done | 1 << n, after) for n, after in at_once or possible]
    return False
