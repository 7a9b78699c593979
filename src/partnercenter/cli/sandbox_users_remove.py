"""`partnercenter sandbox users remove`."""

from __future__ import annotations

import click

from partnercenter.cli.account_rows import USERS, one_of
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import message


@click.command(name="remove")
@click.argument("user", metavar="USER")
@control_option
def command(user: str, control: Control) -> None:
    """Remove USER, a principal name or an object id; every sign-in ends."""
    gone = control.call("DELETE", one_of(USERS, user))
    message(f"The user {gone['userPrincipalName']} is removed.")
