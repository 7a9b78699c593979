"""`partnercenter sandbox backup`."""

from __future__ import annotations

from pathlib import Path

import click

from partnercenter.cli.backup_files import backup_row, database_option, named_database
from partnercenter.cli.output import message, output_option, record


@click.command(name="backup")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@database_option
@click.option("--force", is_flag=True, help="In place of a file that is there already.")
@output_option
def command(file: Path, database: str | None, force: bool, form: str) -> None:
    """Copy everything that a sandbox on this machine keeps into FILE, also while it runs.

    FILE is a secret: the keys that sign tokens are in it, and who is signed in. A snapshot has neither.
    """
    served = named_database(database)
    from partnercenter.sandbox.store.backup import back_up

    record(form, backup_row(file, back_up(served, file, replaces=force)))
    message(f"{file} is a backup of {served}. Keep it secret: whoever reads it can sign in to the sandbox.")
