"""`partnercenter trust`: name the partner tenants whose customers may be deleted."""

from __future__ import annotations

import os
from typing import Any

import click

from partnercenter.cleanup.sandbox_registry import (
    change_registry,
    read_registry,
    registry_path,
    with_sandbox,
    without_sandbox,
)
from partnercenter.cleanup.trusted_sandboxes import TrustedSandbox
from partnercenter.cli.errors import UserError
from partnercenter.cli.output import message, output_option, rows


@click.command(name="trust")
@click.argument("tenant_id", required=False)
@click.option("--alias", help="Your own name for the sandbox; asked for when all its customers are deleted.")
@click.option("--list", "listed", is_flag=True, help="List the tenants that are trusted.")
@click.option("--remove", metavar="ALIAS", help="Trust this sandbox no longer.")
@output_option
def command(tenant_id: str | None, alias: str | None, listed: bool, remove: str | None, form: str) -> None:
    """Name TENANT_ID, a partner tenant, as an integration sandbox whose customers may be deleted.

    Production and sandbox tenants look alike to every tool, so nothing is deleted in a tenant that is not
    named here or in PARTNERCENTER_SANDBOX_TENANT_ID. The development partner of a sandbox on this machine is
    trusted already.
    """
    if sum((tenant_id is not None, listed, remove is not None)) != 1 or (
        alias is not None and tenant_id is None
    ):
        raise click.UsageError("Give a tenant id with --alias, or --list, or --remove ALIAS.")
    if listed:
        _list(form)
    elif remove is not None:
        _change(lambda registry: without_sandbox(registry, remove))
        message(f"{remove} is no longer trusted: nothing can be deleted in it.")
    else:
        _register(str(tenant_id), alias)


def _register(tenant_id: str, alias: str | None) -> None:
    if alias is None:
        raise click.UsageError("--alias is missing: give the sandbox a name of your own.")
    entry = TrustedSandbox(alias, tenant_id.strip().lower())
    _change(
        lambda known: tuple(known) if entry in known else with_sandbox(known, entry.tenant_id, entry.alias)
    )
    message(
        f"Tenant {tenant_id} is trusted as {alias}: its customers can be deleted now. Trust sandboxes only."
    )


def _change(change: Any) -> None:
    try:
        change_registry(os.environ, change)
    except ValueError as error:
        raise UserError(f"Nothing was changed: {error}.") from None


def _list(form: str) -> None:
    with rows(form, ("alias", "tenantId")) as write:
        for known in read_registry(os.environ):
            write({"alias": known.alias, "tenantId": known.tenant_id})
    message(f"(from {registry_path(os.environ)})")
