"""`partnercenter completion`: the script that a shell evaluates to complete commands and flags."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from partnercenter.cli.errors import UserError


@click.command(name="completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a shell, such as: eval "$(partnercenter completion bash)"."""
    from partnercenter.cli.app import COMPLETION_VARIABLE, PROGRAM, root

    kind = get_completion_class(shell)
    if kind is None:
        raise UserError(f"There is no completion for {shell}.")
    click.echo(kind(root, {}, PROGRAM, COMPLETION_VARIABLE).source())
