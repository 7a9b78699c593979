"""`partnercenter sweep resume`: goes on with a run from its journal alone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from partnercenter.cli.connection import partner_options, partner_settings, safety_of, sweeping
from partnercenter.cli.errors import UserError
from partnercenter.cli.output import message, output_option
from partnercenter.cli.sweep_report import Outcome, require_known_ending
from partnercenter.cli.sweep_run import carry_out, run_again

if TYPE_CHECKING:
    from partnercenter.cleanup.past import Past
    from partnercenter.cleanup.safety_settings import SafetySettings
    from partnercenter.cli.settings import PartnerSettings


@click.command(name="resume")
@click.argument("run_id", metavar="[RUN]", required=False)
@click.option("--report", "report_file", metavar="FILE", help="Write a report: .json, .md or .txt.")
@output_option
@partner_options
def command(run_id: str | None, report_file: str | None, form: str, flags: Mapping[str, str | None]) -> int:
    """Go on with a run that was interrupted, stopped or killed; without RUN, with the newest one that is not over.

    What was agreed to is not asked again. No step is done twice: what was in flight is settled by reading, or asked
    again under the same request id.
    """
    if report_file is not None:
        require_known_ending(report_file)
    past = _past(run_id)
    safety = safety_of(flags)
    settings = partner_settings(flags)
    asyncio.run(_probe(settings, safety, past))
    outcome = Outcome(past.plan, list(past.events))
    return carry_out(settings, safety, outcome, run_again(past.run_id), form=form, file=report_file)


def _past(run_id: str | None) -> Past:
    from partnercenter.cleanup.journal import read_journal
    from partnercenter.cleanup.state_folder import journal_path
    from partnercenter.cli.sweep_runs import kept_runs
    from partnercenter.user_folders import state_folder

    if run_id is not None:
        try:
            return read_journal(journal_path(state_folder(os.environ), run_id))
        except ValueError as error:
            raise UserError(str(error)) from None
    open_runs = [past for past in kept_runs() if len(past.finished) < len(past.plan.customers)]
    if not open_runs:
        raise UserError("Every run is over; 'partnercenter sweep runs' lists them.")
    message(f"Going on with run {open_runs[0].run_id}.")
    return open_runs[0]


async def _probe(settings: PartnerSettings, safety: SafetySettings, past: Past) -> None:
    """What can refuse the rest of a run: rights and names, and who was put on the keep list meanwhile."""
    from partnercenter.cleanup.probe import probe
    from partnercenter.cleanup.refusals import kept_by_now, stop_if

    left = tuple(one for one in past.plan.customers if one.customer_id not in past.finished)
    stop_if(kept_by_now(replace(past.plan, customers=left), safety, datetime.now(UTC).date()))
    async with sweeping(settings, safety) as session:
        await probe(session.reading, safety)
