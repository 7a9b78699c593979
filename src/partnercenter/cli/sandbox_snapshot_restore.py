"""`partnercenter sandbox snapshot restore`."""

from __future__ import annotations

import click

from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import message, output_option, record
from partnercenter.cli.snapshot_rows import snapshot_path, snapshot_row


@click.command(name="restore")
@click.argument("name", metavar="NAME")
@output_option
@control_option
def command(name: str, form: str, control: Control) -> None:
    """Replace everything in a running sandbox by what was kept under a name."""
    record(form, snapshot_row(control.call("POST", f"{snapshot_path(name)}/restore", {})))
    message(f"The sandbox at {control.endpoint} is as it was in the snapshot {name}.")
