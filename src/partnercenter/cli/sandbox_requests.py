"""`partnercenter sandbox requests`."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import click

from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import message, output_option, rows

_COLUMNS: Final = (
    "time",
    "milliseconds",
    "method",
    "path",
    "operation",
    "status",
    "code",
    "requestId",
    "correlationId",
    "customerId",
    "partnerTenantId",
    "applicationId",
    "tokenKind",
    "faultId",
    "replayed",
)


@click.command(name="requests")
@click.option("--correlation-id", "correlationId", metavar="ID", help="Calls of this correlation id only.")
@click.option("--request-id", "requestId", metavar="ID", help="Calls of this request id only.")
@click.option("--customer-id", "customerId", metavar="ID", help="Calls about this customer only.")
@click.option("--method", metavar="METHOD", help="Calls of this HTTP method only.")
@click.option("--status", type=click.IntRange(100, 599), help="Calls that were answered so only.")
@click.option("--operation", metavar="NAME", help="Calls of this operation only, such as customers.delete.")
@click.option("--limit", type=click.IntRange(1, 10_000), help="The newest so many; 1000 unless given.")
@click.option("--clear", is_flag=True, help="Show nothing, but forget what was asked so far.")
@output_option
@control_option
def command(clear: bool, form: str, control: Control, **chosen: object) -> None:
    """Show what was asked of a running sandbox lately and how it ended, the newest last."""
    query = {name: value for name, value in chosen.items() if value is not None}
    if clear:
        if query:
            raise click.UsageError("--clear forgets everything; give it alone.")
        control.call("DELETE", "/_sandbox/requests")
        message(f"The sandbox at {control.endpoint} has forgotten what was asked.")
        return
    path = "/_sandbox/requests" + (f"?{urlencode(query)}" if query else "")
    with rows(form, _COLUMNS) as write:
        for entry in control.call("GET", path)["requests"]:
            write(entry)
