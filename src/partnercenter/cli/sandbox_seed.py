"""`partnercenter sandbox seed`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.json_file import read_json_object
from partnercenter.cli.output import message, output_option, record


@click.command(name="seed")
@click.argument("world", default="demo", metavar="[WORLD|FILE.json]")
@output_option
@control_option
def command(world: str, form: str, control: Control) -> None:
    """Fill a running sandbox with the world of a name (demo when none is given), or of your own file.

    Everything that is in the sandbox is replaced.
    """
    body = read_json_object(world, "one world: a JSON object") if _is_file(world) else {"world": world}
    answer = control.call("POST", "/_sandbox/seed", body)
    if isinstance(answer, dict) and answer:
        record(form, answer)
    message(f"The sandbox at {control.endpoint} now holds {world}.")


def _is_file(world: str) -> bool:
    return world.lower().endswith(".json") or os.sep in world or Path(world).is_file()
