"""`partnercenter sandbox apps list`."""

from __future__ import annotations

import click

from partnercenter.cli.account_options import tenant_option
from partnercenter.cli.account_rows import APPLICATION_COLUMNS, APPLICATIONS, account_row, of_partner
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import output_option, rows


@click.command(name="list")
@tenant_option("Those of this partner only.")
@output_option
@control_option
def command(tenant_id: str | None, form: str, control: Control) -> None:
    """List the applications of a running sandbox's partners."""
    with rows(form, APPLICATION_COLUMNS) as write:
        for found in control.call("GET", of_partner(APPLICATIONS, tenant_id))["applications"]:
            write(account_row(form, found))
