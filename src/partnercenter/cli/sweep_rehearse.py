"""`partnercenter sweep rehearse`: the plan, applied to a sandbox process that is thrown away afterwards (S23)."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from partnercenter.cli.connection import sweeping
from partnercenter.cli.control import Control
from partnercenter.cli.errors import UserError
from partnercenter.cli.output import message, output_option
from partnercenter.cli.plan_files import load_plan
from partnercenter.cli.sandbox_process import sandbox_process
from partnercenter.cli.sweep_report import Outcome
from partnercenter.cli.sweep_run import carry_out, run_of

if TYPE_CHECKING:
    from partnercenter.cleanup.sweep_plan import Plan
    from partnercenter.cli.settings import PartnerSettings

_LAGS: Final = ("fast", "eventual", "real")


@click.command(name="rehearse")
@click.argument("plan_file", metavar="PLAN.json")
@click.option(
    "--lag",
    type=click.Choice(_LAGS),
    default="eventual",
    show_default=True,
    help="How long things take there; real takes as long as the service does.",
)
@output_option
def command(plan_file: str, lag: str, form: str) -> int:
    """Build the plan's customers in a throw-away sandbox on this machine, apply the plan there, show what happens.

    No partner is called. What each customer has is taken from the plan; ids of orders and subscriptions are new, so
    the steps are planned anew, and where they differ from those of the plan it is said.
    """
    plan = load_plan(plan_file)
    if not plan.customers:
        raise UserError(f"{plan_file} has no customers.")
    with sandbox_process() as address, tempfile.TemporaryDirectory(prefix="partnercenter-") as folder:
        control = Control(address)
        control.call("POST", "/_sandbox/seed", _world(plan))
        settings = _settings(address)
        rehearsed = asyncio.run(_planned(settings, plan))
        _tell_differences(plan, rehearsed)
        # Only now: with a lag the lists would not show yet what has just been built.
        control.call("PATCH", "/_sandbox/settings", {"profile": lag})
        outcome = Outcome(rehearsed)
        status = carry_out(settings, None, outcome, run_of(rehearsed, Path(folder)), form=form)
    report = outcome.report
    message(f"Rehearsed with {report.calls} calls in {report.seconds:.1f} s ({lag}).")
    return status


def _world(plan: Plan) -> Mapping[str, object]:
    from partnercenter.cleanup.rehearsal import world_of
    from partnercenter.sandbox.rules.catalogue import items
    from partnercenter.sandbox.rules.product import Product

    by_sku = {":".join(item.parts[:2]).lower(): item.catalog_item_id for item in items()}
    add_ons = {
        by_sku[base.lower()]: item.catalog_item_id
        for item in items()
        if item.kind is Product.NEW_COMMERCE
        for base in item.bases
        if base.lower() in by_sku
    }
    known = {item.catalog_item_id.upper(): item.kind.value for item in items() if not item.is_add_on}
    return world_of(plan, known, add_ons, datetime.now(UTC))


def _settings(address: str) -> PartnerSettings:
    from partnercenter.cli.settings import Setting, resolve

    return resolve({"endpoint": Setting(address, "rehearsal")}, sandbox_answers=lambda: True)


async def _planned(settings: PartnerSettings, plan: Plan) -> Plan:
    from partnercenter import cleanup
    from partnercenter.cleanup.selection import Selection

    selection = Selection(ids=tuple(customer.customer_id for customer in plan.customers))
    async with sweeping(settings, None) as session:
        made = await cleanup.plan(session, selection)
    return _with_what_is_kept(plan, made)


def _with_what_is_kept(plan: Plan, made: Plan) -> Plan:
    """The plan made there, in which whoever the user keeps is kept."""
    from partnercenter.cleanup.sweep_plan import Decision

    kept = {one.customer_id: one for one in plan.customers if one.decision is Decision.KEEP}
    customers = tuple(
        replace(kept[one.customer_id], fingerprint=one.fingerprint) if one.customer_id in kept else one
        for one in made.customers
    )
    return replace(made, customers=customers).sealed()


def _tell_differences(plan: Plan, rehearsed: Plan) -> None:
    from partnercenter.cleanup.rehearsal import differences

    for sentence in differences(plan, rehearsed):
        message(f"Differs: {sentence}")
