"""`partnercenter sandbox snapshot delete`."""

from __future__ import annotations

import click

from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import message
from partnercenter.cli.snapshot_rows import snapshot_path


@click.command(name="delete")
@click.argument("name", metavar="NAME")
@control_option
def command(name: str, control: Control) -> None:
    """Take away what was kept under a name; what is in the sandbox stays as it is."""
    control.call("DELETE", snapshot_path(name))
    message(f"The snapshot {name} is deleted.")
