"""`partnercenter sandbox faults clear`."""

from __future__ import annotations

from urllib.parse import quote

import click

from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.errors import UserError
from partnercenter.cli.output import message


@click.command(name="clear")
@click.argument("fault_id", required=False, metavar="[ID]")
@control_option
def command(fault_id: str | None, control: Control) -> None:
    """Take away the fault of an id, or all of them when none is given."""
    if fault_id is None:
        control.call("DELETE", "/_sandbox/faults")
        message(f"No fault waits in the sandbox at {control.endpoint} any more.")
        return
    if not fault_id.strip():
        raise UserError("The id of the fault is empty; leave it out to take away all of them.")
    control.call("DELETE", f"/_sandbox/faults/{quote(fault_id, safe='')}")
    message(f"The fault {fault_id} is removed.")
