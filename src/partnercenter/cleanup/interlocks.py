"""The interlocks: what keeps a clean-up from doing harm, each with an id and a sentence.

Data only. The check stands where the harm would be done and names its interlock by id; `docs/safety.md` lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Interlock:
    """One of them: its id, and what it says when it holds something back."""

    id: str
    sentence: str


_ALL: Final = (
    Interlock("S03", "It changed since the plan was made, so it was left alone: make a new plan."),
    Interlock("S15", "The journal could not be written, so no further call was made."),
    Interlock(
        "S16", "A call whose answer was lost is settled by reading, or asked again under its request id."
    ),
    Interlock("S17", "The service asked to wait: all workers pause, and what was held back is asked again."),
    Interlock("S18", "Too many unexpected answers in a row: the run was stopped."),
    Interlock("S19", "The service accepted the deletion, but the customer can still be read."),
    Interlock("S20", "Interrupted: what was in flight was finished, and the journal tells how far it came."),
    Interlock("S21", "Another clean-up of this tenant is at work."),
    Interlock(
        "S22", "No customer goes beside another until the first one was deleted and verified to be gone."
    ),
)

INTERLOCKS: Final[Mapping[str, Interlock]] = {interlock.id: interlock for interlock in _ALL}


def sentence(interlock_id: str) -> str:
    """What an interlock says."""
    return INTERLOCKS[interlock_id].sentence
