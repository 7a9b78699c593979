"""The root of the command, and the one place where exceptions become sentences and exit statuses."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import click

from partnercenter._version import __version__
from partnercenter.cli.errors import FAILED, USAGE, UserError, explain
from partnercenter.cli.lazy import LazyGroup
from partnercenter.cli.output import message, prepare_streams
from partnercenter.cli.streams import outlive_readers

PROGRAM: Final = "partnercenter"
COMPLETION_VARIABLE: Final = "_PARTNERCENTER_COMPLETE"


def _show_version(context: click.Context) -> None:
    click.echo(f"{PROGRAM} {__version__}")
    context.exit()


_EPILOG = """\
Settings come from flags, then from PARTNERCENTER_ENDPOINT, _AUTHORITY, _CLOUD, _TENANT_ID, _CLIENT_ID,
_CLIENT_SECRET, _CLIENT_CERTIFICATE, _REFRESH_TOKEN and _PROFILE, then from a profile in config.toml of the
configuration folder, which 'partnercenter login' writes. There is no flag for a secret: flags stay in the
shell's history.

Exit status: 0 all done, 1 something could not be done, 2 bad usage, 3 refused by a safety rule,
130 interrupted.
"""

root = LazyGroup(
    name=PROGRAM,
    help="Delete test customers from the Partner Center integration sandbox, or from one of your own.",
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
    params=[
        click.Option(
            ["-V", "--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=lambda context, _, given: _show_version(context) if given else None,
            help="Show the version and exit.",
        )
    ],
    commands_at={
        "customers": ("partnercenter.cli.customers", "List, show, create, export and delete customers."),
        "sweep": ("partnercenter.cli.sweep", "Clean up a sandbox: plan, apply, resume, rehearse."),
        "login": ("partnercenter.cli.login", "Sign in once, for all other commands."),
        "logout": ("partnercenter.cli.logout", "Remove what login has kept."),
        "whoami": ("partnercenter.cli.whoami", "Show who is signed in, to what, and how far it is trusted."),
        "profiles": ("partnercenter.cli.profiles", "List, choose and remove profiles."),
        "status": ("partnercenter.cli.status", "Show the quota used, and what becomes stuck."),
        "trust": ("partnercenter.cli.trust", "Name the partner tenants that are sandboxes."),
        "sandbox": ("partnercenter.cli.sandbox", "Run and control a sandbox on this machine."),
        "demo": ("partnercenter.cli.demo", "Start a sandbox, delete customers from it, show everything."),
        "completion": ("partnercenter.cli.completion", "Print the completion script of a shell."),
    },
)


def run(arguments: Sequence[str]) -> int:
    """Run the command and return its exit status."""
    outlive_readers()
    prepare_streams()
    try:
        status = _dispatch(list(arguments))
        sys.stdout.flush()
        return status
    except BaseException as error:
        return _end(error)


def _dispatch(arguments: list[str]) -> int:
    instruction = os.environ.get(COMPLETION_VARIABLE)
    if instruction:
        from click.shell_completion import shell_complete

        return shell_complete(root, {}, PROGRAM, COMPLETION_VARIABLE, instruction)
    try:
        with root.make_context(PROGRAM, arguments) as context:
            result = root.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return result if isinstance(result, int) else 0


def _end(error: BaseException) -> int:
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else FAILED
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return USAGE
    if isinstance(error, click.UsageError):
        where = error.ctx.command_path if error.ctx else PROGRAM
        _say(f"{error.format_message().strip()} See '{where} --help'.")
        return USAGE
    if isinstance(error, click.ClickException):
        error = UserError(error.format_message())
    explained = explain(error)
    if explained is None:
        name = type(error).__name__
        _say(f"This is a defect of {PROGRAM}: {name}. Please report it; PARTNERCENTER_DEBUG=1 shows where.")
        if os.environ.get("PARTNERCENTER_DEBUG"):
            raise error
        return FAILED
    _say(explained[0])
    return explained[1]


def _say(sentence: str) -> None:
    with suppress(OSError):
        message(f"{PROGRAM}: " + " ".join(sentence.split()))
