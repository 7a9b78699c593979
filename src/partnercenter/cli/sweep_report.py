"""The report of a run (S24): what was, what was done, what is left and why; as text, JSON or Markdown."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from partnercenter.cli.errors import UserError
from partnercenter.cli.output import print_table

if TYPE_CHECKING:
    from partnercenter.cleanup.events import CustomerFinished, RunFinished, RunStopped
    from partnercenter.cleanup.plan import Plan

COLUMNS: Final = ("customerId", "displayName", "outcome", "code", "description", "correlationId", "advice")
ENDINGS: Final = (".json", ".md", ".txt")


@dataclass(slots=True)
class Outcome:
    """What became of a run so far: each customer once, by its id."""

    plan: Plan
    run_id: str = ""
    customers: dict[str, CustomerFinished] = field(default_factory=dict)
    stopped: RunStopped | None = None
    finished: RunFinished | None = None
    still_listed: tuple[str, ...] = ()

    @property
    def is_all_done(self) -> bool:
        """Whether all that the plan wanted is so."""
        return all(one.fate.is_done for one in self.customers.values()) and len(self.customers) == len(
            self.plan.customers
        )

    @property
    def left(self) -> int:
        """How many customers are not what the plan wanted them to be."""
        return len(self.plan.customers) - sum(one.fate.is_done for one in self.customers.values())

    def in_words(self) -> str:
        """Such as "3 deleted, 1 stuck.", empty when there were none."""
        counts = Counter(one.fate.value for one in self.customers.values())
        said = ", ".join(f"{count} {fate}" for fate, count in counts.items())
        return f"{said}." if said else "There was nothing to do."


def rows_of(outcome: Outcome) -> list[dict[str, object]]:
    """A row for each customer, those that are left last."""
    finished = sorted(outcome.customers.values(), key=lambda one: (not one.fate.is_done, one.fate.value))
    return [row_of(one) for one in finished]


def row_of(finished: CustomerFinished) -> dict[str, object]:
    """What became of one customer."""
    return {
        "customerId": finished.customer_id,
        "displayName": finished.display_name,
        "outcome": finished.fate.value,
        "code": "" if finished.code is None else str(finished.code),
        "description": finished.reason,
        "correlationId": finished.correlation_id,
        "advice": finished.advice,
    }


def require_known_ending(file: str) -> None:
    """Raise `UserError` for a report whose form its name does not tell, before anything is called (S10)."""
    if PurePath(file).suffix.lower() not in ENDINGS:
        raise UserError(
            f"--report must end in {', '.join(ENDINGS)}, and {file} does not. Nothing was called."
        )


def report(file: str, outcome: Outcome) -> str:
    """The report in the form that the file's name asks for."""
    ending = PurePath(file).suffix.lower()
    if ending == ".json":
        return json.dumps(_document(outcome), indent=2, ensure_ascii=False) + "\n"
    return _markdown(outcome) if ending == ".md" else _text(outcome)


def _head(outcome: Outcome) -> Iterable[tuple[str, str]]:
    plan, finished = outcome.plan, outcome.finished
    yield "run", outcome.run_id
    yield "sandbox", f"{plan.alias} ({plan.tenant_id}) at {plan.endpoint}"
    yield "plan", f"{plan.plan_id}, made {plan.made_at:%Y-%m-%d %H:%M} UTC, {plan.digest}"
    yield "was", f"{len(plan.customers)} customers, {len(plan.to_delete)} to delete"
    yield "done", outcome.in_words()
    if finished is not None:
        yield "calls", f"{finished.calls} in {finished.seconds:.1f} s"
    if outcome.stopped is not None:
        stopped = outcome.stopped
        yield "stopped", f"{stopped.interlock}: {stopped.reason}" if stopped.interlock else stopped.reason
    if outcome.still_listed:
        yield "still listed", f"{len(outcome.still_listed)} deleted customers, because the list lags"


def _document(outcome: Outcome) -> dict[str, Any]:
    plan, finished = outcome.plan, outcome.finished
    return {
        "run": outcome.run_id,
        "alias": plan.alias,
        "tenantId": plan.tenant_id,
        "endpoint": plan.endpoint,
        "planId": plan.plan_id,
        "digest": plan.digest,
        "counts": dict(Counter(one.fate.value for one in outcome.customers.values())),
        "calls": 0 if finished is None else finished.calls,
        "seconds": 0 if finished is None else finished.seconds,
        "stopped": None if outcome.stopped is None else outcome.stopped.to_json(),
        "stillListed": list(outcome.still_listed),
        "customers": rows_of(outcome),
    }


def _text(outcome: Outcome) -> str:
    stream = io.StringIO()
    for name, said in _head(outcome):
        stream.write(f"{name}: {said}\n")
    stream.write("\n")
    print_table(stream, COLUMNS, rows_of(outcome))
    return stream.getvalue()


def _markdown(outcome: Outcome) -> str:
    lines = [
        "# Clean-up of a sandbox",
        "",
        *(f"- **{name}**: {_escaped(said)}" for name, said in _head(outcome)),
    ]
    for title, taken in (("Left", _picked(outcome, done=False)), ("Done", _picked(outcome, done=True))):
        if taken:
            lines += ["", f"## {title}", "", *_table(taken)]
    return "\n".join(lines) + "\n"


def _picked(outcome: Outcome, *, done: bool) -> list[dict[str, object]]:
    return [row_of(one) for one in outcome.customers.values() if one.fate.is_done is done]


def _table(taken: Sequence[dict[str, object]]) -> Iterable[str]:
    shown = [column for column in COLUMNS if any(row[column] for row in taken)]
    yield f"| {' | '.join(shown)} |"
    yield f"| {' | '.join('---' for _ in shown)} |"
    for row in taken:
        yield f"| {' | '.join(_escaped(str(row[column])) for column in shown)} |"


def _escaped(text: str) -> str:
    """A text that stays one cell, and in which nothing is a link, an image or HTML."""
    safe = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    for mark in "\\`*_[]<>|!":
        safe = safe.replace(mark, f"\\{mark}")
    return safe
