"""`partnercenter sandbox partners add`."""

from __future__ import annotations

import click

from partnercenter.cli.account_options import partner_options, tenant_option
from partnercenter.cli.account_rows import PARTNERS, given
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import output_option, record


@click.command(name="add")
@click.argument("domain", metavar="DOMAIN")
@click.option("--company-name", metavar="NAME", required=True, help="The name of its company.")
@tenant_option("Its tenant id; made up unless given.")
@click.option("--country", metavar="CODE", help="Two letters; US unless given.")
@partner_options
@output_option
@control_option
def command(
    domain: str,
    company_name: str,
    tenant_id: str | None,
    country: str | None,
    environment: str | None,
    kind: str | None,
    csp: bool | None,
    form: str,
    control: Control,
) -> None:
    """Add a partner with the domain DOMAIN, such as contoso.onmicrosoft.com.

    It is a direct-bill partner's integration sandbox unless options say otherwise.
    """
    order = given(
        domain=domain,
        companyName=company_name,
        tenantId=tenant_id,
        country=country,
        environment=environment,
        kind=kind,
        isCspPartner=csp,
    )
    record(form, control.call("POST", PARTNERS, order))
