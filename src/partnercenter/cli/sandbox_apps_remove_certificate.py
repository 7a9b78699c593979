"""`partnercenter sandbox apps remove-certificate`."""

from __future__ import annotations

import click

from partnercenter.cli.account_rows import APPLICATIONS, account_record, one_of
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import output_option


@click.command(name="remove-certificate")
@click.argument("client_id", metavar="CLIENT")
@click.argument("thumbprint", metavar="THUMBPRINT")
@output_option
@control_option
def command(client_id: str, thumbprint: str, form: str, control: Control) -> None:
    """Take a certificate away from the application with the client id CLIENT.

    THUMBPRINT is its SHA-256 in hex.
    """
    path = one_of(APPLICATIONS, client_id, "certificates", thumbprint)
    account_record(form, control.call("DELETE", path))
