"""`partnercenter sandbox clock`."""

from __future__ import annotations

import click

from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import output_option, record


@click.command(name="clock")
@click.option(
    "--advance", metavar="DURATION", help="Go forward by an ISO 8601 duration, such as P7D, P1M or PT12H."
)
@click.option("--set", "time", metavar="TIME", help="Go forward to a time, such as 2026-12-24T00:00:00Z.")
@output_option
@control_option
def command(advance: str | None, time: str | None, form: str, control: Control) -> None:
    """Show what time it is in a running sandbox, or move it forward: windows close, terms end, lists catch up.

    It never goes back, except by a seed, a reset or a snapshot. Tokens live by the machine's time.
    """
    if advance is not None and time is not None:
        raise click.UsageError("Give either --advance or --set.")
    order = {"advance": advance} if advance is not None else {"set": time} if time is not None else None
    record(form, control.call("GET" if order is None else "PATCH", "/_sandbox/clock", order))
