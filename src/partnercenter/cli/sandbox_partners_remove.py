"""`partnercenter sandbox partners remove`."""

from __future__ import annotations

import click

from partnercenter.cli.account_rows import PARTNERS, one_of
from partnercenter.cli.asking import require_terminal, yes
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.errors import FAILED
from partnercenter.cli.output import message


@click.command(name="remove")
@click.argument("tenant_id", metavar="TENANT")
@click.option("--yes", "confirmed", is_flag=True, help="Do not ask; for scripts.")
@control_option
def command(tenant_id: str, confirmed: bool, control: Control) -> int:
    """Remove the partner with the tenant id TENANT: its applications, users, customers and records go with it."""
    path = one_of(PARTNERS, tenant_id)
    if not confirmed:
        require_terminal("Removing a partner")
        found = control.call("GET", path)
        if not yes(f"Remove {found['companyName']} with its {found['customers']} customers?"):
            message("Nothing was changed.")
            return FAILED
    gone = control.call("DELETE", path)
    message(f"{gone['companyName']} is removed, with {gone['customers']} customers.")
    return 0
