"""Options of the commands that manage partners, applications and users of a sandbox."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import click

from partnercenter.sandbox.rules.partner_roles import ROLES

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]


def tenant_option(text: str) -> Decorator:
    """Add `--tenant-id`."""
    return click.option("--tenant-id", metavar="TENANT", help=text)


def partner_options(command: Command) -> Command:
    """Add what a partner can be changed in, but its name."""
    return _with_options(
        command,
        click.option("--environment", metavar="WORD", help="sandbox or production."),
        click.option("--kind", metavar="KIND", help="direct_bill, indirect_provider or indirect_reseller."),
        click.option("--csp/--no-csp", default=None, help="Whether it is in the CSP programme."),
    )


def application_options(command: Command) -> Command:
    """Add what an application can be changed in."""
    return _with_options(
        command,
        click.option("--name", metavar="NAME", help="What people see."),
        click.option(
            "--registered/--unregistered",
            default=None,
            help="Whether Partner Center knows it; without, it gets tokens but no answers.",
        ),
        click.option(
            "--public/--confidential",
            default=None,
            help="A public one has no secret and signs in with a user only.",
        ),
        click.option(
            "--redirect-uri",
            "redirect_uris",
            multiple=True,
            metavar="URI",
            help="Where answers of a sign-in may go; may be repeated.",
        ),
    )


def user_options(command: Command) -> Command:
    """Add what a user can be changed in, but the password."""
    return _with_options(
        command,
        click.option("--display-name", metavar="NAME", help="What people see."),
        click.option("--mfa/--no-mfa", default=None, help="Whether a second factor is asked for at sign-in."),
        click.option("--enabled/--disabled", default=None, help="Whether the user may sign in."),
        click.option(
            "--role",
            "roles",
            multiple=True,
            type=click.Choice(ROLES),
            help="A role; may be repeated. The API answers AdminAgents only.",
        ),
    )


def _with_options(command: Command, *options: Decorator) -> Command:
    """The command with options, which its help shows in this order."""
    return reduce(lambda made, option: option(made), reversed(options), command)
