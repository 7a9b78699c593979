"""`partnercenter customers show`."""

from __future__ import annotations

from collections.abc import Mapping

import click

from partnercenter.cli.connection import partner_options, partner_settings, reading
from partnercenter.cli.errors import UserError
from partnercenter.cli.output import output_option, record
from partnercenter.contract.identifiers import require_guid


def _customer_id(text: str) -> str:
    """The id in its usual form; raises `UserError` when it is not a GUID."""
    try:
        return require_guid(text, "The customer id")
    except ValueError as error:
        raise UserError(str(error)) from None


@click.command(name="show")
@click.argument("wanted", metavar="ID")
@output_option
@partner_options
def command(wanted: str, form: str, flags: Mapping[str, str | None]) -> None:
    """Show the customer with this ID, its tenant id."""
    known = _customer_id(wanted)
    with reading(partner_settings(flags)) as client:
        record(form, client.customers.by_id(known).get().to_json())
