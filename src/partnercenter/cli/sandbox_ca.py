"""`partnercenter sandbox ca`."""

from __future__ import annotations

import click

from partnercenter.cli.sandbox_package import needs_sandbox


@click.command(name="ca")
@click.option("--print", "printed", is_flag=True, help="Print its certificate in PEM form.")
@click.option("--install-hint", "hint", is_flag=True, help="Print how to make programs trust it.")
@click.option("--path", "path", is_flag=True, help="Print where its certificate stands.")
def command(printed: bool, hint: bool, path: bool) -> None:
    """Show the certificate authority that 'sandbox serve --tls' uses on this machine.

    It is made when there is none yet, and stays the same from then on. No sandbox needs to run.
    """
    if [printed, hint, path].count(True) != 1:
        raise click.UsageError("Give one of --print, --install-hint and --path.")
    with needs_sandbox():
        from partnercenter.sandbox.identity.certificates import trust_instructions
        from partnercenter.sandbox.server import authority_certificate

        certificate = authority_certificate()
    if printed:
        click.echo(certificate.read_text(encoding="ascii"), nl=False)
    else:
        click.echo(trust_instructions(certificate) if hint else str(certificate))
