"""The report of a run (S24) for a command: rows on stdout, and a file as text, JSON or Markdown."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from partnercenter.cli.errors import UserError
from partnercenter.cli.output import print_table

if TYPE_CHECKING:
    from partnercenter.cleanup.events import Event
    from partnercenter.cleanup.report import Report, ReportedCustomer
    from partnercenter.cleanup.sweep_plan import Plan

COLUMNS: Final = ("customerId", "displayName", "outcome", "code", "description", "correlationId", "advice")
ENDINGS: Final = (".json", ".md", ".txt")


@dataclass(slots=True)
class Outcome:
    """A plan and what has happened of it so far, in earlier runs and in this one."""

    plan: Plan
    events: list[Event] = field(default_factory=list)

    @property
    def report(self) -> Report:
        """What it came to."""
        from partnercenter.cleanup.report import report_of

        return report_of(self.plan, self.events)


def in_words(report: Report) -> str:
    """Such as "3 deleted, 1 stuck."."""
    said = ", ".join(f"{count} {fate}" for fate, count in report.counts.items())
    return f"{said}." if said else "There was nothing to do."


def rows_of(report: Report) -> list[dict[str, object]]:
    """A row for each customer, those that are left last."""
    return [_row(one) for one in sorted(report.customers, key=lambda one: not one.fate.is_done)]


def _row(customer: ReportedCustomer) -> dict[str, object]:
    return {
        "customerId": customer.customer_id,
        "displayName": customer.display_name,
        "outcome": customer.fate.value,
        "code": "" if customer.code is None else str(customer.code),
        "description": customer.reason,
        "correlationId": customer.correlation_id,
        "advice": customer.next_step,
    }


def require_known_ending(file: str) -> None:
    """Raise `UserError` for a report whose form its name does not tell, before anything is called (S10)."""
    if PurePath(file).suffix.lower() not in ENDINGS:
        raise UserError(
            f"--report must end in {', '.join(ENDINGS)}, and {file} does not. Nothing was called."
        )


def written(file: str, outcome: Outcome) -> str:
    """The report in the form that the file's name asks for."""
    ending = PurePath(file).suffix.lower()
    if ending == ".json":
        return json.dumps(outcome.report.to_json(), indent=2, ensure_ascii=False) + "\n"
    return outcome.report.to_markdown() if ending == ".md" else _text(outcome)


def _text(outcome: Outcome) -> str:
    plan, report = outcome.plan, outcome.report
    stream = io.StringIO()
    stream.write(f"Clean-up of {plan.alias} ({plan.tenant_id}) at {plan.endpoint}\n")
    stream.write(f"Run {report.run_id} of the plan {plan.digest}\n")
    stream.write(f"{len(plan.customers)} customers, of which {len(plan.to_delete)} were to be deleted\n")
    stream.write(f"{in_words(report)} {report.calls} calls in {report.seconds:.1f} s\n")
    if report.stopped is not None:
        stream.write(f"Stopped before its time: {report.stopped.reason}\n")
    stream.write("\n")
    print_table(stream, COLUMNS, rows_of(report))
    return stream.getvalue()
