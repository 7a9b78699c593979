"""`partnercenter sandbox apps add-secret`."""

from __future__ import annotations

import click

from partnercenter.cli.account_rows import APPLICATIONS, given, one_of
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import message, output_option, record


@click.command(name="add-secret")
@click.argument("client_id", metavar="CLIENT")
@click.option(
    "--expires-in", type=int, metavar="SECONDS", help="When it ends, 0 or less: it has expired already."
)
@output_option
@control_option
def command(client_id: str, expires_in: int | None, form: str, control: Control) -> None:
    """Make a secret for the application with the client id CLIENT, and print it: it is shown this once only."""
    path = one_of(APPLICATIONS, client_id, "secrets")
    record(form, control.call("POST", path, given(expiresInSeconds=expires_in)))
    message("The secret is not shown again.")
