"""A new password for a user of a sandbox: typed, read from stdin, or made up; never a flag, which shells remember."""

from __future__ import annotations

import getpass
import secrets
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

import click

from partnercenter.cli.account_rows import account_record
from partnercenter.cli.errors import UserError
from partnercenter.cli.output import message

_BYTES: Final = 18


def password_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--password-stdin` and `--generate-password`."""
    for option in (
        click.option("--generate-password", "made_up", is_flag=True, help="Make one up, and print it once."),
        click.option(
            "--password-stdin", "from_stdin", is_flag=True, help="Read it from stdin: its first line."
        ),
    ):
        command = option(command)
    return command


def new_password(user: str, *, from_stdin: bool, made_up: bool) -> str:
    """The password, asked for twice at the terminal unless an option says where it comes from."""
    if from_stdin and made_up:
        raise click.UsageError("Give either --password-stdin or --generate-password.")
    if made_up:
        return secrets.token_urlsafe(_BYTES)
    if from_stdin:
        return _first_line()
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UserError(
            "There is no terminal to ask for the password on; use --password-stdin or --generate-password."
        )
    password = getpass.getpass(f"Password of {user}: ", stream=sys.stderr)
    if getpass.getpass("Once more: ", stream=sys.stderr) != password:
        raise UserError("The two passwords differ; nothing was changed.")
    return password


def account_with_password(form: str, account: Mapping[str, Any], password: str | None) -> None:
    """Print a user, with the password if it was made up: it stands nowhere else."""
    if password is None:
        account_record(form, account)
        return
    account_record(form, {**account, "password": password})
    message("The password is not shown again.")


def _first_line() -> str:
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise UserError("Nothing came from stdin; the password is its first line.")
    return line
