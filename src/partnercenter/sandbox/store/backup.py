"""Backups: everything that a database holds, in a file of its own.

A backup is a SQLite database as well. Signing keys and sign-ins are in it: whoever reads it can sign tokens, so it
is its owner's alone. It holds the state of one commit, also while a server writes. A backup, and a database that is
restored, is there whole or not at all: it is made under another name, checked, brought to the disk, and renamed.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Final

from sqlalchemy import URL, NullPool, create_engine, func, select

from partnercenter.private_files import sync_folder
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.store.database import claim, explained, refuse_unsafe
from partnercenter.sandbox.store.dump import COUNTED
from partnercenter.sandbox.store.faults import reason_of
from partnercenter.sandbox.store.migrate import version_of
from partnercenter.sandbox.store.schema import metadata

_UNFINISHED: Final = ".unfinished"
_BESIDE: Final = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: the version of its schema, how many rows of what, and its bytes."""

    schema: str
    rows: dict[str, int]
    size: int


def back_up(database: Path, target: Path, *, replaces: bool) -> Backup:
    """Copy a database, whether a server is at work on it or not; `replaces` lets a file at `target` give way.

    Raises `SandboxError`; what was at `target` is as it was then.
    """
    if not database.is_file():
        raise SandboxError(f"There is no database {database}; name the one to back up with --database.")
    if target.name in _names_of(database) and target.parent.resolve() == database.parent:
        raise SandboxError(f"{target} belongs to the database itself; give another file.")
    if target.is_dir() or (target.exists() and not replaces):
        raise SandboxError(f"{target} is there already; give another file, or replace it with --force.")
    _check_log_at_rest(database)
    what = f"The backup {target} cannot be made"
    with _written_whole(target, what) as copy:
        _copy(database, "rw", copy, what)
        return _checked(copy, f"{what}: the database is damaged")


def restore(source: Path, database: Path, *, replaces: bool) -> Backup:
    """Put a backup in the place of a database that no server is at work on.

    Raises `SandboxError`; the database is as it was then, and is not there when it was not.
    """
    if not source.is_file():
        raise SandboxError(f"There is no backup {source}.")
    with closing(claim(database)):
        if database.exists() and source.samefile(database):
            raise SandboxError(f"{source} is the database itself; give a backup of it.")
        if database.exists() and database.stat().st_size and not replaces:
            raise SandboxError(f"The database {database} is there already; replace it with --force.")
        for half in database.parent.glob(f"{escape(database.name)}.????????{_UNFINISHED}*"):
            half.unlink(missing_ok=True)  # of a restore that was killed
        what = f"{source} cannot be restored"
        with _written_whole(database, what) as copy:
            _copy(source, "ro", copy, what)
            held = _checked(copy, what)
            _end_log(database, what)
        return held


def _names_of(database: Path) -> set[str]:
    return {database.name, *(f"{database.name}{suffix}" for suffix in (*_BESIDE, ".lock"))}


def _check_log_at_rest(database: Path) -> None:
    """Refuse what would not be served: damage in the log of a database that nobody serves."""
    try:
        claimed = claim(database)
    except SandboxError:
        return  # a server is at work on it, and has looked itself
    with closing(claimed):
        refuse_unsafe(database)


@contextmanager
def _written_whole(target: Path, what: str) -> Iterator[Path]:
    """A file to write, which becomes `target` at the end of the block, and is gone when the block raises."""
    try:
        # What mkstemp makes is for its owner alone.
        descriptor, name = tempfile.mkstemp(_UNFINISHED, prefix=f"{target.name}.", dir=target.parent)
        os.close(descriptor)
        copy = Path(name)
        try:
            yield copy
            with copy.open("rb+") as file:
                os.fsync(file.fileno())
            copy.replace(target)
            sync_folder(target.parent)
        finally:
            for suffix in ("", *_BESIDE):
                Path(f"{copy}{suffix}").unlink(missing_ok=True)
    except OSError as error:
        raise SandboxError(f"{what}: {error.strerror or error}.") from error


def _copy(source: Path, mode: str, target: Path, what: str) -> None:
    """Copy all pages as they are after one commit, and what stands in a log with them."""
    with (
        explained(what),
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode={mode}", uri=True)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        writing.execute("PRAGMA synchronous=OFF")  # brought to the disk once, at the end
        reading.backup(writing)
    with explained(what), closing(sqlite3.connect(target)) as alone:
        alone.execute("PRAGMA synchronous=OFF")
        alone.execute(
            "PRAGMA journal_mode=DELETE"
        )  # one file, which can be read where nothing may be written


def _checked(path: Path, what: str) -> Backup:
    """What a copy holds; raises `SandboxError` when it is damaged, is not the sandbox's, or of a later version."""
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    with explained(what), engine.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        if found != "ok" or connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise SandboxError(f"{what}: it is damaged.")
        try:
            version = version_of(connection)
        except SandboxError as error:
            raise SandboxError(f"{what}. {error}") from error
        if version is None:
            raise SandboxError(f"{what}: it is empty.")
        there = {row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master")}
        rows = {
            name: connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()
            for name in COUNTED
            if name in there
        }
    return Backup(version, rows, path.stat().st_size)


def _end_log(database: Path, what: str) -> None:
    """Move the log of a database into it, so that the one which comes in its place is not read together with it."""
    if database.exists():
        try:
            with closing(sqlite3.connect(database, timeout=5)) as connection:
                connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.Error as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise SandboxError(
                    f"{what}: {reason_of(error)}; another program holds {database}."
                ) from error
    # Left when the database is too damaged to be opened, or was taken away without them.
    for suffix in _BESIDE:
        Path(f"{database}{suffix}").unlink(missing_ok=True)
