"""`partnercenter customers show`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from partnercenter.cli.attachment_rows import COLUMNS, row_of, sentence
from partnercenter.cli.connection import partner_options, partner_settings, reading
from partnercenter.cli.errors import UserError
from partnercenter.cli.output import message, output_option, print_table, record, rows
from partnercenter.contract.identifiers import require_guid

if TYPE_CHECKING:
    from partnercenter.cleanup.blockers import Attachment


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
    """Show the customer with this ID, its tenant id, and what is attached to it.

    For each thing: whether it blocks a deletion, which call clears it, and until when. In json the customer's own
    document has one more member, attached; csv and jsonl have one row for each thing.
    """
    from partnercenter.cleanup.attachments import read_attachments, read_customer

    known = _customer_id(wanted)
    with reading(partner_settings(flags)) as client:
        customer, now = read_customer(client, known)
        attached = read_attachments(client, known, now)
    for what in attached.unread:
        message(f"This token may not read {what}; what else can be read had to do.")
    _show(form, customer.to_json(), attached.attachments)


def _show(form: str, customer: Mapping[str, Any], attached: Sequence[Attachment]) -> None:
    taken = [row_of(attachment) for attachment in attached]
    if form == "json":
        record(form, {**customer, "attached": taken})
    elif form == "table":
        record(form, customer)
        click.echo()
        if taken:
            print_table(sys.stdout, COLUMNS, taken)
            click.echo()
        click.echo(sentence(attached))
    else:
        with rows(form, COLUMNS) as write:
            for row in taken:
                write(row)
