"""Carries out a plan for a command: events to the view, the outcome to stdout and the report, then the exit status.

The commands that delete by the engine have this in common; what they do before, and whom they ask, is theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from partnercenter.cli.connection import sweeping
from partnercenter.cli.errors import DONE, FAILED, INTERRUPTED, REFUSED
from partnercenter.cli.interruption import SweepInterruption
from partnercenter.cli.output import json_line, message, rows
from partnercenter.cli.plan_files import save_text
from partnercenter.cli.sweep_report import COLUMNS, Outcome, in_words, rows_of, written
from partnercenter.cli.sweep_view import view_of

if TYPE_CHECKING:
    from partnercenter.cleanup.events import Event
    from partnercenter.cleanup.report import Report
    from partnercenter.cleanup.safety_settings import SafetySettings
    from partnercenter.cleanup.session import Session
    from partnercenter.cleanup.stop import Stop
    from partnercenter.cleanup.sweep_plan import Plan
    from partnercenter.cli.settings import PartnerSettings

Start = Callable[["Session", "Stop"], AsyncIterator["Event"]]
_INTERRUPTION: Final = "S20"
# A journal that cannot be written, and a service that answers nothing usable, are no refusals.
_FAILURES: Final = frozenset({"S15", "S18"})


def carry_out(
    settings: PartnerSettings,
    safety: SafetySettings | None,
    outcome: Outcome,
    start: Start,
    *,
    form: str,
    file: str | None = None,
    rows_only: bool = False,
) -> int:
    """Run what `start` gives, show it, write the report to `file`, and return the exit status.

    With jsonl the events go to stdout as they happen, unless `rows_only`.
    """
    from partnercenter.cleanup.stop import Stop

    stop = Stop()
    as_events = form == "jsonl" and not rows_only
    with SweepInterruption(stop.ask), view_of(len(outcome.plan.customers), silent=as_events) as view:

        async def listen() -> None:
            async with sweeping(settings, safety) as session:
                async for event in start(session, stop):
                    outcome.events.append(event)
                    view.show(event)
                    if as_events:
                        json_line(event.to_json())

        try:
            asyncio.run(listen())
        finally:
            # Whatever ended the run, what is known of it is told.
            if file is not None and outcome.events:
                save_text(file, written(file, outcome))
    report = outcome.report
    if not as_events:
        with rows(form, COLUMNS) as write:
            for row in rows_of(report):
                write(row)
    message(in_words(report))
    return _status(report)


def _status(report: Report) -> int:
    """The exit status, after saying how to go on where that is possible."""
    stopped = report.stopped
    if stopped is None:
        return FAILED if report.left else DONE
    again = f"go on with 'partnercenter sweep resume {report.run_id}'"
    if stopped.interlock == _INTERRUPTION:
        left = len(report.left)
        message(f"Interrupted: {left} customer{'' if left == 1 else 's'} left; {again}.")
        return INTERRUPTED
    message(f"Stopped: {stopped.reason} When that is over, {again}.")
    return FAILED if stopped.interlock in _FAILURES else REFUSED


def run_of(plan: Plan, folder: Path | None = None) -> Start:
    """What begins a run of a plan, with its journal in `folder` or in the user's state folder."""
    from partnercenter import cleanup

    return lambda session, stop: cleanup.run(plan, session, folder=folder, stop=stop)


def run_again(run_id: str) -> Start:
    """What goes on with a run."""
    from partnercenter import cleanup

    return lambda session, stop: cleanup.resume(run_id, session, stop=stop)
