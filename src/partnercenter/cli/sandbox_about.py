"""`partnercenter sandbox about`."""

from __future__ import annotations

import click

from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import output_option, record


@click.command(name="about")
@output_option
@control_option
def command(form: str, control: Control) -> None:
    """Show address and credentials of a running sandbox. The credentials are public: they open sandboxes only."""
    record(form, control.call("GET", "/_sandbox/about"))
