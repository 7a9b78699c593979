"""`partnercenter sandbox reset`."""

from __future__ import annotations

import click

from partnercenter.cli.asking import require_terminal, yes
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.errors import FAILED
from partnercenter.cli.output import message


@click.command(name="reset")
@click.option("--yes", "confirmed", is_flag=True, help="Do not ask; for scripts.")
@control_option
def command(confirmed: bool, control: Control) -> int:
    """Empty a running sandbox: every customer, order, subscription and audit record in it is removed."""
    if not confirmed:
        require_terminal("Emptying the sandbox")
        if not yes(f"Empty the sandbox at {control.endpoint}?"):
            message("Nothing was changed.")
            return FAILED
    control.call("POST", "/_sandbox/reset", {})
    message(f"The sandbox at {control.endpoint} is empty.")
    return 0
