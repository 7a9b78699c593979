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
    Interlock("S01", "Nothing is changed without a plan."),
    Interlock("S02", "This plan cannot be applied, and nothing was deleted."),
    Interlock("S03", "It changed since the plan was made, so it was left alone: make a new plan."),
    Interlock("S04", "This partner tenant is not registered as a sandbox."),
    Interlock("S05", "This partner tenant stands in the list of tenants that are never touched."),
    Interlock("S06", "This looks like a production account. Nothing was deleted."),
    Interlock(
        "S07", "The name of the sandbox and the number of customers were not typed. Nothing was deleted."
    ),
    Interlock("S08", "An unattended clean-up needs more consent than this. Nothing was deleted."),
    Interlock("S09", "These are more customers than may be deleted. Nothing was deleted."),
    Interlock("S10", "A selection, a setting or a file is wrong. Nothing was called."),
    Interlock("S11", "What is not known is kept."),
    Interlock("S12", "It is on the keep list."),
    Interlock("S13", "The sign-in is not fit for a clean-up. Nothing was deleted."),
    Interlock("S14", "An id is empty or malformed. Nothing was called."),
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
    Interlock("S23", "A rehearsal changes nothing but a throw-away sandbox on this machine."),
    Interlock("S24", "The report says what was, what was done, what is left and why."),
)

INTERLOCKS: Final[Mapping[str, Interlock]] = {interlock.id: interlock for interlock in _ALL}


def sentence(interlock_id: str) -> str:
    """What an interlock says."""
    return INTERLOCKS[interlock_id].sentence
