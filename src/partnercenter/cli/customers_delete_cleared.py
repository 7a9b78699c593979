"""`partnercenter customers delete ID --cancel-orders`: the clean-up's plan and run, for one customer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from partnercenter.cli.asking import yes
from partnercenter.cli.connection import partner_settings, safety_of
from partnercenter.cli.errors import DONE, FAILED
from partnercenter.cli.output import message
from partnercenter.cli.plan_view import plan_lines, show_plan
from partnercenter.cli.sweep_apply import checked_plan
from partnercenter.cli.sweep_report import Outcome
from partnercenter.cli.sweep_run import carry_out, run_of


def delete_cleared(
    customer_id: str, flags: Mapping[str, str | None], form: str, *, confirmed: bool, dry_run: bool
) -> int:
    """Plan, show, ask, clear what blocks, delete; returns the exit status."""
    from partnercenter.cleanup.selection import Selection

    safety = safety_of(flags)
    settings = partner_settings(flags)
    selection = Selection(ids=(customer_id,), keep=safety.keep)
    plan = asyncio.run(checked_plan(settings, safety, None, selection))
    if dry_run:
        show_plan(form, plan)
        message("Dry run: nothing was deleted.")
        return DONE
    for line in plan_lines(plan):
        message(line)
    if plan.to_delete and not confirmed and not yes("Do this, and delete the customer?"):
        message("Nothing was deleted.")
        return FAILED
    return carry_out(settings, safety, Outcome(plan), run_of(plan), form=form, rows_only=True)
