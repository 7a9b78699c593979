"""`partnercenter sandbox restore`."""

from __future__ import annotations

from pathlib import Path

import click

from partnercenter.cli.backup_files import backup_row, database_option, named_database
from partnercenter.cli.output import message, output_option, record


@click.command(name="restore")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@database_option
@click.option("--force", is_flag=True, help="In place of the database that is there already.")
@output_option
def command(file: Path, database: str | None, force: bool, form: str) -> None:
    """Put a backup in the place of a sandbox's database, while no sandbox runs on it.

    FILE is looked through first. What it does not hold, such as snapshots, stays as it is.
    """
    served = named_database(database)
    from partnercenter.sandbox.store.backup import restore

    record(form, backup_row(file, restore(file, served, replaces=force)))
    message(f"{served} is as it was in the backup {file}.")
