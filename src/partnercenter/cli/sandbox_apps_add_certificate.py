"""`partnercenter sandbox apps add-certificate`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from partnercenter.cli.account_rows import APPLICATIONS, account_record, one_of
from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.errors import UserError
from partnercenter.cli.output import output_option


@click.command(name="add-certificate")
@click.argument("client_id", metavar="CLIENT")
@click.argument("file", metavar="FILE.pem")
@output_option
@control_option
def command(client_id: str, file: str, form: str, control: Control) -> None:
    """Let the application with the client id CLIENT sign with the key of a certificate in PEM form (- for stdin)."""
    path = one_of(APPLICATIONS, client_id, "certificates")
    account_record(form, control.call("POST", path, {"pem": _certificate(file)}))


def _certificate(file: str) -> str:
    """The text of the file; a private key in it is not sent anywhere."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="ascii")
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UserError(f"{file} is not a certificate in PEM form.") from None
    if "PRIVATE KEY" in text:
        raise UserError(f"{file} holds a private key; give a file with the certificate alone.")
    return text
