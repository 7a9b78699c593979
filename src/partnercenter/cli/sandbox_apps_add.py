"""`partnercenter sandbox apps add`."""

from __future__ import annotations

import click

from partnercenter.cli.account_options import application_options, tenant_option
from partnercenter.cli.account_rows import APPLICATIONS, account_record, given
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import output_option


@click.command(name="add")
@tenant_option("The partner whose it is; the development partner unless given.")
@click.option("--client-id", metavar="ID", help="Its client id; made up unless given.")
@application_options
@output_option
@control_option
def command(
    tenant_id: str | None,
    client_id: str | None,
    name: str | None,
    registered: bool | None,
    public: bool | None,
    redirect_uris: tuple[str, ...],
    form: str,
    control: Control,
) -> None:
    """Register an application. A secret or a certificate comes afterwards, with add-secret or add-certificate."""
    order = given(
        tenantId=tenant_id,
        clientId=client_id,
        name=name,
        registered=registered,
        public=public,
        redirectUris=redirect_uris,
    )
    account_record(form, control.call("POST", APPLICATIONS, order))
