"""`partnercenter sandbox partners list`."""

from __future__ import annotations

import click

from partnercenter.cli.account_rows import PARTNER_COLUMNS, PARTNERS
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import output_option, rows


@click.command(name="list")
@output_option
@control_option
def command(form: str, control: Control) -> None:
    """List the partners of a running sandbox, with how much each has."""
    with rows(form, PARTNER_COLUMNS) as write:
        for found in control.call("GET", PARTNERS)["partners"]:
            write(found)
