"""`partnercenter sandbox snapshot list`."""

from __future__ import annotations

import click

from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import output_option, rows
from partnercenter.cli.snapshot_rows import COLUMNS, snapshot_row


@click.command(name="list")
@output_option
@control_option
def command(form: str, control: Control) -> None:
    """List the snapshots of a running sandbox."""
    with rows(form, COLUMNS) as write:
        for snapshot in control.call("GET", "/_sandbox/snapshots")["snapshots"]:
            write(snapshot_row(snapshot))
