"""`partnercenter customers export`: a CSV file that `customers delete --file` reads.

The file appears whole or not at all, and an existing one is replaced only when asked for. A name that a
spreadsheet would take for a formula gets an apostrophe in front; only the ids matter when the file is read.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import click

from partnercenter.cli.connection import partner_options, partner_settings, reading
from partnercenter.cli.customer_rows import COLUMNS, list_rows
from partnercenter.cli.errors import UserError
from partnercenter.cli.output import csv_writer, message, rows


@click.command(name="export")
@click.argument("file", metavar="FILE.csv|-")
@click.option("--name", metavar="PREFIX", help="Only customers whose name begins so.")
@click.option("--domain", metavar="PREFIX", help="Only customers whose domain begins so.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@partner_options
def command(
    file: str, name: str | None, domain: str | None, force: bool, flags: Mapping[str, str | None]
) -> None:
    """Write the customers to FILE.csv, or to stdout for '-': displayName, defaultDomainName, customerId.

    Cells beginning with = + - or @ get an apostrophe in front, so that no spreadsheet runs a name as a
    formula.
    """
    path = None if file == "-" else _checked(Path(file), force)
    with reading(partner_settings(flags)) as client:
        found = list_rows(client, name=name, domain=domain)
        if path is None:
            with rows("csv", COLUMNS) as write:
                for row in found:
                    write(row)
            return
        count = _write(path, found)
    message(f"{count} customer{'' if count == 1 else 's'} written to {file}.")


def _checked(path: Path, force: bool) -> Path:
    """The file itself, where `path` is a link to it; there is none yet, or a regular one to be replaced."""
    real = Path(os.path.realpath(path))
    if path.is_dir():
        raise UserError(f"{path} is a folder; give a file.")
    if not real.parent.is_dir():
        raise UserError(f"The folder of {path} does not exist.")
    if os.path.lexists(real) and not real.is_file():
        raise UserError(f"{path} is not a regular file; use - for stdout.")
    if real.exists() and not force:
        raise UserError(f"{path} exists; use --force to replace it.")
    return real


def _write(path: Path, found: Iterable[Mapping[str, object]]) -> int:
    count = 0
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            write = csv_writer(stream)
            write(COLUMNS)
            for row in found:
                write([str(row[column]) for column in COLUMNS])
                count += 1
        Path(temporary).chmod(_mode(path))
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
    return count


def _mode(path: Path) -> int:
    """The mode of the file that is replaced, or that of any new file; a temporary one is its owner's alone."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
