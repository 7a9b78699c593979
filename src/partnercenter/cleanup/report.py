"""What a run came to: every customer exactly once, with the reason and the next thing to do, and the counts. Pure.

A report is made of a plan and of events, as they were yielded or as a journal has them. It can be written as JSON, as
Markdown for the summary of a CI job, and as rows for a table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from partnercenter.cleanup.events import (
    CustomerFinished,
    Event,
    Fate,
    RunFinished,
    RunStarted,
    RunStopped,
    StepIntended,
    StepSettled,
    StillListed,
)
from partnercenter.cleanup.past import Past
from partnercenter.cleanup.sweep_plan import Plan
from partnercenter.contract.timestamps import format_timestamp

Json = dict[str, Any]

ALL_DONE: Final = 0
NOT_ALL_DONE: Final = 1
INTERRUPTED: Final = 130
COLUMNS: Final = ("customer", "domain", "fate", "reason", "next")
_RESUME: Final = "Resume the run."
_ADVICE: Final = {
    Fate.STALE: "Make a new plan.",
    Fate.INTERRUPTED: _RESUME,
    Fate.NOT_ATTEMPTED: _RESUME,
    Fate.FAILED: "Read the reason, then resume the run.",
    Fate.STUCK: "Ask Microsoft's support, or wait until the term of what is left has ended.",
}


@dataclass(frozen=True, slots=True)
class ReportedCustomer:
    """What became of one customer. `calls` are those that were to change something, `next_step` is what to do now."""

    customer_id: str
    display_name: str
    domain: str
    fate: Fate
    reason: str = ""
    code: int | None = None
    correlation_id: str = ""
    next_step: str = ""
    calls: int = 0
    is_still_listed: bool = False

    def to_json(self) -> Json:
        """The customer as JSON; what is empty is left out."""
        found = {
            "customerId": self.customer_id,
            "displayName": self.display_name,
            "domain": self.domain,
            "fate": self.fate.value,
            "reason": self.reason,
            "code": self.code,
            "correlationId": self.correlation_id,
            "nextStep": self.next_step,
            "calls": self.calls or None,
            "isStillListed": self.is_still_listed or None,
        }
        return {name: value for name, value in found.items() if value not in ("", None)}


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to. `stopped` says why it ended before its time, and is None where it did not."""

    run_id: str
    plan_id: str
    tenant_id: str
    alias: str
    customers: tuple[ReportedCustomer, ...]
    started: datetime | None = None
    finished: datetime | None = None
    calls: int = 0
    seconds: float = 0.0
    stopped: RunStopped | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many customers met each fate, in the order of the fates; those that nobody met are left out."""
        counted = Counter(customer.fate for customer in self.customers)
        return {fate.value: counted[fate] for fate in Fate if counted[fate]}

    @property
    def left(self) -> tuple[ReportedCustomer, ...]:
        """The customers for which the plan was not carried out."""
        return tuple(customer for customer in self.customers if not customer.fate.is_done)

    @property
    def exit_status(self) -> int:
        """0 when everything is as the plan wanted it, 130 after an interruption, else 1."""
        if self.stopped is not None and self.stopped.interlock == "S20":
            return INTERRUPTED
        return NOT_ALL_DONE if self.left or self.stopped is not None else ALL_DONE

    def to_json(self) -> Json:
        """The report as JSON."""
        return {
            "runId": self.run_id,
            "planId": self.plan_id,
            "tenantId": self.tenant_id,
            "alias": self.alias,
            "started": None if self.started is None else format_timestamp(self.started),
            "finished": None if self.finished is None else format_timestamp(self.finished),
            "counts": self.counts,
            "calls": self.calls,
            "seconds": round(self.seconds, 3),
            "stopped": None
            if self.stopped is None
            else {"reason": self.stopped.reason, "interlock": self.stopped.interlock},
            "exitStatus": self.exit_status,
            "customers": [customer.to_json() for customer in self.customers],
        }

    def rows(self) -> list[tuple[str, ...]]:
        """The customers as rows under `COLUMNS`, those that are left first."""
        ordered = sorted(self.customers, key=lambda customer: customer.fate.is_done)
        return [
            (
                customer.display_name or customer.customer_id,
                customer.domain,
                customer.fate.value,
                customer.reason if customer.code is None else f"{customer.reason} (code {customer.code})",
                customer.next_step,
            )
            for customer in ordered
        ]

    def to_markdown(self) -> str:
        """The report as Markdown, for the summary of a CI job."""
        counted = ", ".join(f"{count} {fate}" for fate, count in self.counts.items()) or "no customers"
        lines = [
            f"## Clean-up of {_cell(self.alias)}: {counted}",
            "",
            f"Run `{self.run_id}`, {self.calls} calls in {self.seconds:.1f} seconds.",
        ]
        if self.stopped is not None:
            lines += ["", f"**Stopped before its time:** {_cell(self.stopped.reason)}"]
        if self.left:
            lines += [
                "",
                "| Customer | Fate | Reason | Correlation id | What to do |",
                "| --- | --- | --- | --- | --- |",
            ]
            lines += [_markdown_row(customer) for customer in self.left]
        return "\n".join(lines) + "\n"


def _markdown_row(customer: ReportedCustomer) -> str:
    reason = customer.reason if customer.code is None else f"{customer.reason} (code {customer.code})"
    cells = (
        customer.display_name or customer.customer_id,
        customer.fate.value,
        reason,
        customer.correlation_id,
        customer.next_step,
    )
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    """A text that cannot break out of its cell, nor be taken for markup."""
    flat = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "\\|`*_<>[]#&" else sign for sign in flat)


def report_of(plan: Plan, events: Iterable[Event]) -> Report:
    """The report of a run, or of what has happened of it so far; of two ends of a customer, the later one counts."""
    told = _Told()
    for event in events:
        told.hear(event)
    run = told.started
    return Report(
        run_id="" if run is None else run.run_id,
        plan_id=plan.plan_id,
        tenant_id=plan.tenant_id,
        alias=plan.alias,
        customers=tuple(told.of(one.customer_id, one.display_name, one.domain) for one in plan.customers),
        started=told.began,
        finished=None if told.finished is None else told.finished.at,
        calls=told.calls,
        seconds=told.seconds,
        stopped=told.stopped,
    )


def report_of_past(past: Past) -> Report:
    """The report of a journal."""
    return report_of(past.plan, past.events)


class _Told:
    """What events have told so far."""

    def __init__(self) -> None:
        self.began: datetime | None = None
        self.started: RunStarted | None = None
        self.finished: RunFinished | None = None
        self.stopped: RunStopped | None = None
        self.calls = 0
        self.seconds = 0.0
        self._ends: dict[str, CustomerFinished] = {}
        self._intents: dict[str, set[str]] = {}
        self._listed: set[str] = set()

    def hear(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case RunStarted():
                self.began = self.began or event.at
                # A run that goes on is judged by how it ends then.
                self.started, self.finished, self.stopped = event, None, None
            case StepIntended() | StepSettled():
                if event.request_id:
                    self._intents.setdefault(event.customer_id, set()).add(event.request_id)
            case CustomerFinished():
                self._ends[event.customer_id] = event
            case StillListed():
                self._listed = set(event.customer_ids)
            case RunStopped():
                self.stopped = event
            case RunFinished():
                self.finished = event
                self.calls += event.calls
                self.seconds += event.seconds

    def of(self, customer_id: str, name: str, domain: str) -> ReportedCustomer:
        """What became of a customer of the plan."""
        calls = len(self._intents.get(customer_id, ()))
        end = self._ends.get(customer_id)
        if end is None:
            fate = Fate.INTERRUPTED if calls else Fate.NOT_ATTEMPTED
            return ReportedCustomer(
                customer_id, name, domain, fate, "The run ended before it.", next_step=_RESUME, calls=calls
            )
        return ReportedCustomer(
            customer_id,
            end.display_name or name,
            domain,
            end.fate,
            end.reason,
            end.code,
            end.correlation_id,
            "" if end.fate.is_done else end.advice or _ADVICE.get(end.fate, ""),
            calls,
            customer_id in self._listed,
        )
