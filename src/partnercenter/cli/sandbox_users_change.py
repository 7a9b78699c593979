"""`partnercenter sandbox users change`."""

from __future__ import annotations

import click

from partnercenter.cli.account_options import user_options
from partnercenter.cli.account_rows import USERS, given, one_of
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.new_password import account_with_password, new_password, password_options
from partnercenter.cli.output import output_option


@click.command(name="change")
@click.argument("user", metavar="USER")
@user_options
@click.option("--no-roles", is_flag=True, help="Take all roles away.")
@click.option("--password", "asked_for", is_flag=True, help="Ask for a new password.")
@password_options
@output_option
@control_option
def command(
    user: str,
    display_name: str | None,
    mfa: bool | None,
    enabled: bool | None,
    roles: tuple[str, ...],
    no_roles: bool,
    asked_for: bool,
    from_stdin: bool,
    made_up: bool,
    form: str,
    control: Control,
) -> None:
    """Change USER, a principal name or an object id; what is not given stays as it is.

    The roles that are given are all that the user has afterwards. A new password, and --disabled, end the user's
    refresh tokens.
    """
    if roles and no_roles:
        raise click.UsageError("Give either --role or --no-roles.")
    if asked_for and (from_stdin or made_up):
        raise click.UsageError("Give one of --password, --password-stdin and --generate-password.")
    password = None
    if asked_for or from_stdin or made_up:
        password = new_password(user, from_stdin=from_stdin, made_up=made_up)
    changes = given(
        password=password,
        displayName=display_name,
        mfa=mfa,
        enabled=enabled,
        roles=roles if roles or no_roles else None,
    )
    account_with_password(
        form, control.call("PATCH", one_of(USERS, user), changes), password if made_up else None
    )
