"""`partnercenter sandbox partners change`."""

from __future__ import annotations

import click

from partnercenter.cli.account_options import partner_options
from partnercenter.cli.account_rows import PARTNERS, given, one_of
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import output_option, record


@click.command(name="change")
@click.argument("tenant_id", metavar="TENANT")
@click.option("--company-name", metavar="NAME", help="The name of its company.")
@partner_options
@output_option
@control_option
def command(
    tenant_id: str,
    company_name: str | None,
    environment: str | None,
    kind: str | None,
    csp: bool | None,
    form: str,
    control: Control,
) -> None:
    """Change the partner with the tenant id TENANT; what is not given stays as it is."""
    changes = given(companyName=company_name, environment=environment, kind=kind, isCspPartner=csp)
    record(form, control.call("PATCH", one_of(PARTNERS, tenant_id), changes))
