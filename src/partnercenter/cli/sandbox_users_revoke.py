"""`partnercenter sandbox users revoke`."""

from __future__ import annotations

import click

from partnercenter.cli.account_rows import USERS, one_of
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import message, output_option, record


@click.command(name="revoke")
@click.argument("user", metavar="USER")
@output_option
@control_option
def command(user: str, form: str, control: Control) -> None:
    """End all refresh tokens of USER, a principal name or an object id, and print how many ended."""
    record(form, control.call("POST", one_of(USERS, user, "revoke")))
    message("Access tokens stay good until they expire.")
