"""`partnercenter customers list`."""

from __future__ import annotations

from collections.abc import Mapping

import click

from partnercenter.cli.connection import partner_options, partner_settings, reading
from partnercenter.cli.customer_rows import COLUMNS, list_rows
from partnercenter.cli.output import output_option, rows


@click.command(name="list")
@click.option("--name", metavar="PREFIX", help="Only customers whose name begins so.")
@click.option("--domain", metavar="PREFIX", help="Only customers whose domain begins so.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@output_option
@partner_options
def command(
    name: str | None, domain: str | None, limit: int | None, form: str, flags: Mapping[str, str | None]
) -> None:
    """List the partner's customers."""
    with reading(partner_settings(flags)) as client, rows(form, COLUMNS) as write:
        for row in list_rows(client, name=name, domain=domain, limit=limit):
            write(row)
