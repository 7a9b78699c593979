"""`partnercenter sandbox settings`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option, name_value_pairs
from partnercenter.cli.output import output_option, rows


@click.command(name="settings")
@click.option(
    "--set",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change a setting, with null back to its default; may be repeated.",
)
@output_option
@control_option
def command(pairs: tuple[str, ...], form: str, control: Control) -> None:
    """Show how a running sandbox behaves where nobody knows the real service, or change it.

    Either all the changes are made, or none.
    """
    changes = {name: None if value == "null" else value for name, value in name_value_pairs(pairs).items()}
    if changes:
        control.call("PATCH", "/_sandbox/settings", changes)
    with rows(form, ("name", "value")) as write:
        for name, value in _values(control.call("GET", "/_sandbox/settings")):
            if not changes or name in changes:
                write({"name": name, "value": value})


def _values(answer: Any) -> Iterator[tuple[str, object]]:
    """Names and values out of the answer, each of which may be described at length."""
    for name, value in answer.items():
        yield name, value.get("value") if isinstance(value, dict) else value
