"""`partnercenter sandbox users add`."""

from __future__ import annotations

import click

from partnercenter.cli.account_options import tenant_option, user_options
from partnercenter.cli.account_rows import USERS, given
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.new_password import account_with_password, new_password, password_options
from partnercenter.cli.output import output_option


@click.command(name="add")
@click.argument("user", metavar="NAME@DOMAIN")
@tenant_option("The partner whose user it is; the development partner unless given.")
@click.option("--object-id", metavar="ID", help="The object id; made up unless given.")
@user_options
@password_options
@output_option
@control_option
def command(
    user: str,
    tenant_id: str | None,
    object_id: str | None,
    display_name: str | None,
    mfa: bool | None,
    enabled: bool | None,
    roles: tuple[str, ...],
    from_stdin: bool,
    made_up: bool,
    form: str,
    control: Control,
) -> None:
    """Make a user, an admin agent unless --role says otherwise; the password is asked for, or see the options."""
    password = new_password(user, from_stdin=from_stdin, made_up=made_up)
    order = given(
        userPrincipalName=user,
        password=password,
        tenantId=tenant_id,
        objectId=object_id,
        displayName=display_name,
        mfa=mfa,
        enabled=enabled,
        roles=roles or None,
    )
    account_with_password(form, control.call("POST", USERS, order), password if made_up else None)
