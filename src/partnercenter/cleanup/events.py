"""What happens in a sweep, as data: the terminal's view, JSON lines, the journal and the report all read these.

The runner yields them in order. Nothing in them is secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import Enum
from typing import Any

from partnercenter.contract.timestamps import format_timestamp, parse_timestamp

Json = dict[str, Any]


class Fate(Enum):
    """What became of a customer; every customer of a plan has exactly one in the end."""

    DELETED = "deleted"
    ALREADY_GONE = "already gone"
    KEPT = "kept"
    STUCK = "stuck"
    STALE = "stale"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    NOT_ATTEMPTED = "not attempted"

    @property
    def is_done(self) -> bool:
        """Whether what the plan wanted is so."""
        return self in {Fate.DELETED, Fate.ALREADY_GONE, Fate.KEPT}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a time."""

    at: datetime

    def to_json(self) -> Json:
        """The event as one JSON object, with its kind."""
        found: Json = {"event": _KINDS[type(self)]}
        for name, value in asdict(self).items():
            shown = format_timestamp(value) if isinstance(value, datetime) else value
            shown = shown.value if isinstance(shown, Enum) else shown
            if shown not in ("", None):
                found[_shown_name(name)] = shown
        return found


def event_from_json(json: Mapping[str, Any]) -> Event:
    """The event of a journal or of a JSON line; raises `KeyError`, `TypeError` or `ValueError` for what is none."""
    kind = _BY_NAME[json["event"]]
    values = {one.name: json[shown] for one in fields(kind) if (shown := _shown_name(one.name)) in json}
    values["at"] = parse_timestamp(str(values["at"]))
    if kind is CustomerFinished:
        values["fate"] = Fate(values["fate"])
    if kind is StillListed:
        values["customer_ids"] = tuple(values["customer_ids"])
    for one in fields(kind):
        # What is empty is not written.
        if one.name not in values and one.type == "str":
            values[one.name] = ""
    return kind(**values)


def _shown_name(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    """A run of a plan begins, or goes on after a crash or an interruption."""

    run_id: str
    plan_id: str
    plan_digest: str
    tenant_id: str
    alias: str
    customers: int
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class CustomerStarted(Event):
    """A customer is looked at."""

    customer_id: str
    display_name: str
    steps: int


@dataclass(frozen=True, slots=True)
class StepIntended(Event):
    """A call is about to leave under this request id; written to disk before it does."""

    customer_id: str
    round: int
    step: int
    action: str
    target: str
    request_id: str
    correlation_id: str
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class StepSettled(Event):
    """What became of a step: `done`, `already done`, `refused`, or `lost` when nobody knows yet."""

    customer_id: str
    round: int
    step: int
    outcome: str
    request_id: str = ""
    status: int | None = None
    code: int | None = None
    description: str = ""
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class CustomerWaits(Event):
    """Something of a customer takes time, such as a cancellation that is on its way."""

    customer_id: str
    waits_for: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CustomerFinished(Event):
    """What became of a customer, and where it is still there, why and what to do next."""

    customer_id: str
    display_name: str
    fate: Fate
    reason: str = ""
    code: int | None = None
    correlation_id: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class RunPaused(Event):
    """The service asked to wait: all workers pause together."""

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class StillListed(Event):
    """Customers that cannot be read any more, but still show in the list, which lags (behaviour.md 1.6)."""

    customer_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunStopped(Event):
    """The run ends before its time: interrupted, or an interlock said so."""

    reason: str
    interlock: str = ""


@dataclass(frozen=True, slots=True)
class RunFinished(Event):
    """The run is over; `counts` are customers by fate, `calls` how many requests were sent."""

    run_id: str
    counts: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    seconds: float = 0.0


_KINDS: dict[type[Event], str] = {
    RunStarted: "run started",
    CustomerStarted: "customer started",
    StepIntended: "step intended",
    StepSettled: "step settled",
    CustomerWaits: "customer waits",
    CustomerFinished: "customer finished",
    RunPaused: "run paused",
    StillListed: "still listed",
    RunStopped: "run stopped",
    RunFinished: "run finished",
}
_BY_NAME = {name: kind for kind, name in _KINDS.items()}
