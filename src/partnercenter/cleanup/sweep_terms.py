"""The words in which the state machine of one customer is spoken to: what was learned, what to do next. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from partnercenter.cleanup.events import Fate
from partnercenter.cleanup.sweep_plan import PlannedStep


class Effect(Enum):
    """What a look at the target of a step shows."""

    OPEN = "nothing of it yet"
    UNDER_WAY = "on its way"
    IN_EFFECT = "in effect"


class Answer(Enum):
    """How the service answered a step."""

    IN_EFFECT = "done, and in effect"
    ACCEPTED = "accepted, and not in effect yet"
    NOT_NOW = "not now, because something else is under way"
    CHANGED = "somebody changed it since it was read"
    REFUSED = "refused"
    LOST = "nobody knows"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something did not work, in the service's words where there are any."""

    description: str
    code: int | None = None
    status: int | None = None
    correlation_id: str = ""
    advice: str = ""


# What was learned.


@dataclass(frozen=True, slots=True)
class Found:
    """The customer is there. `effects` are by step number; `fresh` are the steps that are left, as planned anew.

    `stuck` says why nothing can clear what is left, and is empty otherwise; `shows_named` tells that the orders show
    which the refusal named.
    """

    is_stale: bool = False
    effects: Mapping[int, Effect] = field(default_factory=dict)
    fresh: tuple[PlannedStep, ...] = ()
    stuck: str = ""
    shows_named: bool = True


@dataclass(frozen=True, slots=True)
class Gone:
    """The customer is not there."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Nothing could be found out."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Acted:
    """The answers to steps, by number."""

    answers: Mapping[int, tuple[Answer, Problem | None]]


@dataclass(frozen=True, slots=True)
class Looked:
    """What the targets show, by number of their steps. A target that could not be read is left out."""

    effects: Mapping[int, Effect]


@dataclass(frozen=True, slots=True)
class Accepted:
    """The deletion was accepted."""


@dataclass(frozen=True, slots=True)
class StillBlocked:
    """The deletion was refused because of orders; these are the ids that were named."""

    order_ids: tuple[str, ...]
    problem: Problem


@dataclass(frozen=True, slots=True)
class Refused:
    """The deletion was refused for another reason; `for_ever` when it always will be."""

    problem: Problem
    for_ever: bool = False


@dataclass(frozen=True, slots=True)
class DeletionLost:
    """Nobody knows what became of the deletion."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class OutOfTime:
    """The customer's time is up."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The run ends before its time."""


News: TypeAlias = (
    Found
    | Gone
    | Unreadable
    | Acted
    | Looked
    | Accepted
    | StillBlocked
    | Refused
    | DeletionLost
    | OutOfTime
    | Interrupted
)


# What to do next.


@dataclass(frozen=True, slots=True)
class Read:
    """Read the customer with everything it has, after a pause that grows with `pause`; 0 is at once.

    `named` are order ids to be found too, `steps` those whose effects are wanted.
    """

    round: int
    steps: tuple[PlannedStep, ...] = ()
    named: tuple[str, ...] = ()
    pause: int = 0


@dataclass(frozen=True, slots=True)
class Act:
    """Call these steps, side by side."""

    round: int
    steps: tuple[PlannedStep, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Read the targets of these steps, side by side, after a pause that grows with `pause`; 0 is at once."""

    round: int
    steps: tuple[PlannedStep, ...]
    pause: int


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the customer."""

    round: int
    step: PlannedStep


@dataclass(frozen=True, slots=True)
class Confirm:
    """Read whether the customer is gone, after a pause that grows with `pause`."""

    pause: int


@dataclass(frozen=True, slots=True)
class Finish:
    """It is over."""

    fate: Fate
    reason: str = ""
    problem: Problem | None = None


Do: TypeAlias = Read | Act | Look | Delete | Confirm | Finish
