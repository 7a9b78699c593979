"""`partnercenter sweep apply`: does exactly what a plan says, after somebody agreed to it (S07, S08)."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from partnercenter.cli.asking import ask
from partnercenter.cli.connection import partner_options, partner_settings, safety_of, sweeping
from partnercenter.cli.errors import DONE, FAILED
from partnercenter.cli.output import message, output_option
from partnercenter.cli.plan_files import load_plan
from partnercenter.cli.plan_view import counts, plan_lines
from partnercenter.cli.sweep_options import is_anything_chosen, selection_of, selection_options
from partnercenter.cli.sweep_report import Outcome, require_known_ending
from partnercenter.cli.sweep_run import carry_out, run_of

if TYPE_CHECKING:
    from partnercenter.cleanup.safety_settings import SafetySettings
    from partnercenter.cleanup.selection import Selection
    from partnercenter.cleanup.sweep_plan import Plan
    from partnercenter.cli.settings import PartnerSettings


@click.command(name="apply")
@click.argument("plan_file", metavar="[PLAN.json]", required=False)
@click.option(
    "--digest",
    metavar="sha256:…",
    help="Do not ask: this is the plan that was agreed to. The profile must have unattended = true.",
)
@click.option("--report", "report_file", metavar="FILE", help="Write a report: .json, .md or .txt.")
@selection_options
@output_option
@partner_options
def command(
    plan_file: str | None,
    digest: str | None,
    report_file: str | None,
    chosen: Mapping[str, Any],
    form: str,
    flags: Mapping[str, str | None],
) -> int:
    """Do what a plan says; without a file, plan first, show it, and ask.

    It cannot be undone. Only in a partner tenant that you have named as a sandbox ('partnercenter trust'), or on a
    sandbox on this machine. You are asked to type the sandbox's name and the number of customers. A customer that
    changed since the plan was made is left alone.
    """
    _check_usage(plan_file, digest, chosen)
    if report_file is not None:
        require_known_ending(report_file)
    if digest is None:
        require_somebody_to_ask()
    safety = safety_of(flags)
    plan = None if plan_file is None else load_plan(plan_file)
    selection = None if plan is not None else selection_of(chosen, safety)
    settings = partner_settings(flags)
    plan = asyncio.run(checked_plan(settings, safety, plan, selection))
    _show(plan)
    if not plan.to_delete:
        message("There is nothing to delete.")
        return DONE if not _stuck(plan) else FAILED
    if digest is None:
        agree(plan)
    else:
        go_unattended(plan, digest, safety)
    return carry_out(settings, safety, Outcome(plan), run_of(plan), form=form, file=report_file)


def _check_usage(plan_file: str | None, digest: str | None, chosen: Mapping[str, Any]) -> None:
    if plan_file is not None and is_anything_chosen(chosen):
        raise click.UsageError("The plan's file says which customers; give no other choice beside it.")
    if plan_file is None and not is_anything_chosen(chosen):
        raise click.UsageError("Give a plan's file, or choose customers, such as with --all.")
    if plan_file is None and digest is not None:
        raise click.UsageError("--digest is of a plan's file: make one with 'partnercenter sweep plan -o'.")


def require_somebody_to_ask() -> None:
    """S08: refuse when nobody can be asked and no digest was given."""
    from partnercenter.cleanup.refusals import refuse, stop_if

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        stop_if(refuse("S08", "There is no terminal to ask on: give the plan's --digest."))


async def checked_plan(
    settings: PartnerSettings, safety: SafetySettings, plan: Plan | None, selection: Selection | None
) -> Plan:
    """The plan, made now or from a file, once everything that can refuse it was asked. Nothing but GET is sent."""
    from partnercenter import cleanup
    from partnercenter.cleanup.plan_file import why_not
    from partnercenter.cleanup.probe import probe
    from partnercenter.cleanup.refusals import kept_by_now, stop_if

    async with sweeping(settings, safety) as session:
        partner = session.partner
        now = datetime.now(UTC)
        if plan is not None:
            stop_if(why_not(plan, partner.tenant_id, partner.endpoint, now))
            stop_if(kept_by_now(plan, safety, now.date()))
        await probe(session.reading, safety)
        if plan is None:
            assert selection is not None  # noqa: S101 - one of the two is given
            return await cleanup.plan(session, selection)
        if plan.identity != partner.identity:
            message("The plan was made by another application or user than the one that applies it.")
        return plan


def _show(plan: Plan) -> None:
    for line in plan_lines(plan):
        message(line)
    message(counts(plan))


def _stuck(plan: Plan) -> int:
    return sum(customer.decision.value == "stuck" for customer in plan.customers)


def agree(plan: Plan) -> None:
    """S07: ask for the sandbox's name and the number of customers; raises `SafetyRuleError` for anything else."""
    from partnercenter.cleanup.refusals import confirmation, refuse, stop_if

    expected = confirmation(plan)
    count = len(plan.to_delete)
    noun = "this customer" if count == 1 else f"these {count} customers"
    answer = ask(
        f"Delete {noun} and everything they have? Type the sandbox's name, {plan.alias}, and the number to go on:"
    )
    if answer.split() != expected.split():
        stop_if(refuse("S07", f"That is not {expected!r}."))


def go_unattended(plan: Plan, digest: str, safety: SafetySettings) -> None:
    """S08: raise `SafetyRuleError` unless digest and profile agree, and then wait some seconds, which Ctrl-C ends."""
    from partnercenter.cleanup.refusals import SECONDS_BEFORE_UNATTENDED, may_go_unattended, stop_if

    stop_if(may_go_unattended(plan, digest, safety))
    for left in range(SECONDS_BEFORE_UNATTENDED, 0, -1):
        message(
            f"{len(plan.to_delete)} customers of {plan.alias} are deleted in {left} s; Ctrl-C stops that."
        )
        time.sleep(1)
