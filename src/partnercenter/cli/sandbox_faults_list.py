"""`partnercenter sandbox faults list`."""

from __future__ import annotations

import click

from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import output_option, rows

_COLUMNS = (
    "id",
    "operation",
    "method",
    "customerId",
    "partnerId",
    "skip",
    "probability",
    "seed",
    "status",
    "code",
    "description",
    "retryAfter",
    "delaySeconds",
    "lost",
    "reset",
    "malformed",
    "matched",
    "hits",
    "left",
)


@click.command(name="list")
@output_option
@control_option
def command(form: str, control: Control) -> None:
    """List the faults that wait for their calls. `left` is empty for one that stays until it is removed."""
    with rows(form, _COLUMNS) as write:
        for fault in control.call("GET", "/_sandbox/faults")["faults"]:
            write(fault)
