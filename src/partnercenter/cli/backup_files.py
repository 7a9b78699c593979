"""What `sandbox backup` and `sandbox restore` have in common: which database, and what a backup holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from partnercenter.cli.errors import UserError
from partnercenter.cli.sandbox_package import needs_sandbox

if TYPE_CHECKING:
    from partnercenter.sandbox.store.backup import Backup


def database_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--database`."""
    return click.option(
        "--database", metavar="FILE", help="An SQLite file; by default the one in your data folder."
    )(command)


def named_database(name: str | None) -> Path:
    """The file of a database; raises `UserError` for one that is none."""
    with needs_sandbox():
        from partnercenter.sandbox.server import default_database
        from partnercenter.sandbox.store.database import file_of
        from partnercenter.sandbox.store.opening import is_postgres
    if name is not None and not name.strip():
        raise UserError("--database is empty; give a file.")
    if name == "memory":
        raise UserError(
            "A database in memory has no backup; keep a snapshot with 'partnercenter sandbox snapshot'."
        )
    if name is not None and is_postgres(name):
        raise UserError("A PostgreSQL database is backed up with pg_dump, and restored with pg_restore.")
    return file_of(name or default_database())


def backup_row(file: Path, backup: Backup) -> dict[str, object]:
    """A backup as it is printed."""
    return {"file": str(file), "schema": backup.schema, **backup.rows, "size": backup.size}
