"""`partnercenter sandbox apps remove`."""

from __future__ import annotations

import click

from partnercenter.cli.account_rows import APPLICATIONS, one_of
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import message


@click.command(name="remove")
@click.argument("client_id", metavar="CLIENT")
@control_option
def command(client_id: str, control: Control) -> None:
    """Remove the application with the client id CLIENT; what users signed in to with it ends."""
    gone = control.call("DELETE", one_of(APPLICATIONS, client_id))
    message(f"The application {gone['name']} is removed.")
