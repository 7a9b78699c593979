"""`partnercenter sweep seal`: a plan that was edited gets the digest of what it says now (S02)."""

from __future__ import annotations

from dataclasses import replace

import click

from partnercenter.cli.output import message, output_option
from partnercenter.cli.plan_files import load_plan, save_plan
from partnercenter.cli.plan_view import show_plan


@click.command(name="seal")
@click.argument("file", metavar="PLAN.json")
@output_option
def command(file: str, form: str) -> None:
    """Agree to a plan that was edited: customers taken out of it, or set to keep.

    The plan is shown as it stands now. When it expires does not change, and everything that is checked before a
    plan is applied is checked all the same.
    """
    plan = load_plan(file)
    if plan.digest == plan.current_digest():
        message(f"{file} was not changed since it was sealed.")
    sealed = replace(plan).sealed()
    save_plan(file, sealed)
    show_plan(form, sealed)
    message(f"Sealed. Digest: {sealed.digest}")
