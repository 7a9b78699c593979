"""A group of commands whose modules are imported when they are used.

The table holds the one-line help as well, so `--help` imports none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

import click


class LazyGroup(click.Group):
    """`commands_at` maps a name to (module, one-line help); the module's `command` is the command."""

    def __init__(self, *args: Any, commands_at: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._commands_at = commands_at

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """The names, in the order of the table."""
        return list(self._commands_at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the signature is click's
        """Import the command."""
        if cmd_name not in self._commands_at:
            return None
        return cast(click.Command, import_module(self._commands_at[cmd_name][0]).command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant; a wrong word is answered with the nearest right one."""
        if args and not args[0].startswith("-") and args[0] not in self._commands_at:
            from difflib import get_close_matches  # only a slip pays for it

            near = get_close_matches(args[0], self._commands_at, n=1)
            hint = (
                f"did you mean {near[0]!r}?" if near else "there are: " + ", ".join(self._commands_at) + "."
            )
            ctx.fail(f"There is no command {args[0][:60]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the signature is click's
        """Write the commands out of the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._commands_at.items()])
