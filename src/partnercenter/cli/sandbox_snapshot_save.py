"""`partnercenter sandbox snapshot save`."""

from __future__ import annotations

import click

from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import output_option, record
from partnercenter.cli.snapshot_rows import snapshot_row


@click.command(name="save")
@click.argument("name", metavar="NAME")
@click.option("--replace", is_flag=True, help="In place of a snapshot that has the name already.")
@output_option
@control_option
def command(name: str, replace: bool, form: str, control: Control) -> None:
    """Keep the state of a running sandbox, its settings and its clock, under a name."""
    order = {"name": name, "replace": replace}
    record(form, snapshot_row(control.call("POST", "/_sandbox/snapshots", order)))
