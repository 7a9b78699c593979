"""Carries out a plan for a command: events to the view, the outcome to stdout and the report, then the exit status.

The commands that delete by the engine have this in common; what they do before, and whom they ask, is theirs.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
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
    from partnercenter.cleanup.plan import Plan
    from partnercenter.cleanup.report import Report
    from partnercenter.cleanup.safety_settings import SafetySettings
    from partnercenter.cleanup.stop import Stop
    from partnercenter.cleanup.token_claims import SignedIn
    from partnercenter.cli.settings import PartnerSettings
    from partnercenter.client.aio import PartnerCenterClient

Start = Callable[["PartnerCenterClient", "SignedIn", "Stop"], AsyncIterator["Event"]]
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
            async with sweeping(settings, safety, retry_total=0) as (client, partner):
                async for event in start(client, partner, stop):
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


def run_of(plan: Plan) -> Start:
    """What begins a run of a plan, with its journal in the user's state folder."""

    def start(client: PartnerCenterClient, partner: SignedIn, stop: Stop) -> AsyncIterator[Event]:
        from datetime import UTC, datetime

        from partnercenter.cleanup.plan_file import why_not
        from partnercenter.cleanup.planner import steps_left
        from partnercenter.cleanup.refusals import stop_if
        from partnercenter.cleanup.runner import run
        from partnercenter.cleanup.state_folder import state_folder

        stop_if(why_not(plan, partner.tenant_id, partner.endpoint, datetime.now(UTC)))
        return run(plan, client, folder=state_folder(os.environ), replan=steps_left, stop=stop)

    return start


def run_again(run_id: str, plan: Plan) -> Start:
    """What goes on with a run."""

    def start(client: PartnerCenterClient, partner: SignedIn, stop: Stop) -> AsyncIterator[Event]:
        from partnercenter.cleanup.planner import steps_left
        from partnercenter.cleanup.refusals import refuse, stop_if
        from partnercenter.cleanup.runner import resume
        from partnercenter.cleanup.state_folder import state_folder

        if plan.tenant_id != partner.tenant_id:
            detail = f"The run is of tenant {plan.tenant_id}, and the token belongs to {partner.tenant_id}."
            stop_if(refuse("S02", detail))
        return resume(run_id, client, folder=state_folder(os.environ), replan=steps_left, stop=stop)

    return start
