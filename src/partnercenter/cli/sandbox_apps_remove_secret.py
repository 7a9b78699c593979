"""`partnercenter sandbox apps remove-secret`."""

from __future__ import annotations

import click

from partnercenter.cli.account_rows import APPLICATIONS, account_record, one_of
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import output_option


@click.command(name="remove-secret")
@click.argument("client_id", metavar="CLIENT")
@click.argument("key_id", metavar="KEY")
@output_option
@control_option
def command(client_id: str, key_id: str, form: str, control: Control) -> None:
    """Take the secret with the key id KEY away from the application with the client id CLIENT."""
    path = one_of(APPLICATIONS, client_id, "secrets", key_id)
    account_record(form, control.call("DELETE", path))
