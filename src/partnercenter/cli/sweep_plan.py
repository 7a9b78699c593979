"""`partnercenter sweep plan`: reads, decides, prints; nothing but GET is sent (S01)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from partnercenter.cli.connection import partner_options, partner_settings, safety_of, sweeping
from partnercenter.cli.output import message, output_option
from partnercenter.cli.plan_files import save_plan
from partnercenter.cli.plan_view import show_plan
from partnercenter.cli.sweep_options import selection_of, selection_options

if TYPE_CHECKING:
    from partnercenter.cleanup.safety_settings import SafetySettings
    from partnercenter.cleanup.selection import Selection
    from partnercenter.cleanup.sweep_plan import Plan
    from partnercenter.cli.settings import PartnerSettings


@click.command(name="plan")
@click.argument("ids", nargs=-1)
@selection_options
@click.option("-o", "--out", metavar="PLAN.json", help="Write the plan to a file, for 'sweep apply'.")
@output_option
@partner_options
def command(
    ids: tuple[str, ...],
    chosen: Mapping[str, Any],
    out: str | None,
    form: str,
    flags: Mapping[str, str | None],
) -> None:
    """Show what would be done to which customers, in order, and which are stuck or kept and why.

    Choose by IDS, --file, --all, or by filters, which all have to hold. Nothing is changed.
    """
    safety = safety_of(flags)
    selection = selection_of(chosen, safety, ids)
    plan = asyncio.run(make_plan(partner_settings(flags), safety, selection))
    if out is not None:
        save_plan(out, plan)
    show_plan(form, plan)
    message(f"Nothing was changed. Digest: {plan.digest}")


async def make_plan(settings: PartnerSettings, safety: SafetySettings, selection: Selection) -> Plan:
    """Sign in and plan."""
    from partnercenter import cleanup

    async with sweeping(settings, safety) as session:
        return await cleanup.plan(session, selection)
