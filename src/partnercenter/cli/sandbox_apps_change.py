"""`partnercenter sandbox apps change`."""

from __future__ import annotations

import click

from partnercenter.cli.account_options import application_options
from partnercenter.cli.account_rows import APPLICATIONS, account_record, given, one_of
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.output import output_option


@click.command(name="change")
@click.argument("client_id", metavar="CLIENT")
@application_options
@click.option("--no-redirect-uris", is_flag=True, help="Take all redirect URIs away.")
@output_option
@control_option
def command(
    client_id: str,
    name: str | None,
    registered: bool | None,
    public: bool | None,
    redirect_uris: tuple[str, ...],
    no_redirect_uris: bool,
    form: str,
    control: Control,
) -> None:
    """Change the application with the client id CLIENT; what is not given stays as it is.

    The redirect URIs that are given are all that it has afterwards.
    """
    if redirect_uris and no_redirect_uris:
        raise click.UsageError("Give either --redirect-uri or --no-redirect-uris.")
    changes = given(
        name=name,
        registered=registered,
        public=public,
        redirectUris=redirect_uris if redirect_uris or no_redirect_uris else None,
    )
    account_record(form, control.call("PATCH", one_of(APPLICATIONS, client_id), changes))
