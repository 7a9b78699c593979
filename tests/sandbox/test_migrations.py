"""Databases of earlier versions: every row is there after the upgrade, and the sandbox serves it."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, NullPool, create_engine

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store import migrate as migration
from partnercenter.sandbox.store.backup import back_up, restore
from partnercenter.sandbox.store.database import Database

pytestmark = pytest.mark.sqlite

ROWS = 3
# What a row of an earlier version has become, when it is not there under its own name.
MOVED = {("applications", "secret_hash"), ("applications", "secret_expires_at")}


def make_version(file: Path, version: str) -> None:
    """A database as the sandbox of that version has left it, with some rows in each table."""
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        fill(connection)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


def fill(connection: Connection) -> None:
    """Rows in every table; each refers to a row of those that its table refers to."""
    numbers = itertools.count(1)
    there = MetaData()
    there.reflect(connection)
    made: dict[str, list[dict[str, Any]]] = {}
    for table in there.sorted_tables:
        if table.name in {"alembic_version", "settings"}:
            continue
        made[table.name] = []
        for number in range(ROWS):
            row: dict[str, Any] = {}
            for column in table.columns:
                parents = [key.column for key in column.foreign_keys]
                if parents:
                    row[column.name] = made[parents[0].table.name][number][parents[0].name]
                elif column.type.python_type is str:
                    row[column.name] = f"{column.name}-{next(numbers)}"[
                        : getattr(column.type, "length", None)
                    ]
                elif column.type.python_type is bytes:
                    row[column.name] = b"\x00\xff"
                else:
                    row[column.name] = next(numbers) if column.type.python_type is int else bool(number % 2)
            connection.execute(table.insert(), row)
            made[table.name].append(row)


def rows(file: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, with the names of its columns."""
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]  # noqa: S608 - our own names
            for name in names
            if name != "alembic_version" and not name.startswith("sqlite_")
        }


def kept(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> None:
    """Every value of every row of before is there."""
    for name, old in before.items():
        columns = [column for column in (old[0] if old else {}) if (name, column) not in MOVED]
        expected = sorted(repr([row[column] for column in columns]) for row in old)
        assert expected == sorted(repr([row[column] for column in columns]) for row in after[name]), name
    secrets = {row["hashed"] for row in after["application_secrets"]}
    assert {row["secret_hash"] for row in before["applications"] if "secret_hash" in row} <= secrets
    since = {row["id"]: (row["status_since"], row["due_at"]) for row in after["subscriptions"]}
    for row in before["subscriptions"]:  # looked at anew, from what is known of them
        assert "status_since" in row or (row["created_at"], 0) == since[row["id"]]


@pytest.mark.parametrize("version", migration.VERSIONS)
def test_every_row_of_an_earlier_version_is_kept(tmp_path: Path, version: str) -> None:
    """Each table, each column; the references hold, and what was upgraded is opened again as it is."""
    file = tmp_path / "sandbox.db"
    make_version(file, version)
    before = rows(file)
    assert all(len(before[name]) == ROWS for name in ("partners", "applications", "customers", "orders"))
    State(Database(str(file)), Nature()).close()
    after = rows(file)
    kept(before, after)
    with closing(sqlite3.connect(file)) as connection:
        assert [] == connection.execute("PRAGMA foreign_key_check").fetchall()
    State(Database(str(file)), Nature()).close()
    assert after == rows(file)


def test_a_backup_of_an_earlier_version_is_upgraded_when_it_is_served(tmp_path: Path) -> None:
    """It is restored as it is; a later version is refused before anything is replaced."""
    old, backup, file = tmp_path / "old.db", tmp_path / "old.backup", tmp_path / "sandbox.db"
    make_version(old, "0001")
    before = rows(old)
    assert ("0001", ROWS) == ((held := back_up(old, backup, replaces=False)).schema, held.rows["customers"])
    restore(backup, file, replaces=False)
    State(Database(str(file)), Nature()).close()
    kept(before, rows(file))


@pytest.mark.parametrize("version", migration.VERSIONS[:-1])
def test_an_upgrade_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is kept, and the next one succeeds."""
    file = tmp_path / "sandbox.db"
    make_version(file, version)
    before = rows(file)

    def broken(_connection: Connection) -> None:
        raise SandboxError("The database could not be upgraded.")

    with monkeypatch.context() as patched:
        patched.setattr(migration, "_check_references", broken)
        database = Database(str(file))
        with pytest.raises(SandboxError, match="could not be upgraded"):
            State(database, Nature())
        database.close()
    assert before == rows(file)
    State(Database(str(file)), Nature()).close()
    kept(before, rows(file))


def test_a_table_that_is_made_anew_takes_no_rows_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As migrations change one (https://sqlite.org/lang_altertable.html): what refers to its rows is still there."""
    file = tmp_path / "sandbox.db"
    make_version(file, "0001")
    before, upgrade = rows(file), migration.run_migrations

    def make_customers_anew(connection: Connection) -> None:
        upgrade(connection)
        made = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'customers'"
        ).scalar_one()
        for statement in (
            made.replace("customers", "anew", 1),
            "INSERT INTO anew SELECT * FROM customers",
            "DROP TABLE customers",
            "ALTER TABLE anew RENAME TO customers",
        ):
            connection.exec_driver_sql(statement)

    monkeypatch.setattr(migration, "run_migrations", make_customers_anew)
    State(Database(str(file)), Nature()).close()
    kept(before, rows(file))


def test_rows_that_refer_to_none_are_not_upgraded(tmp_path: Path) -> None:
    """Nor are those that do."""
    file = tmp_path / "sandbox.db"
    make_version(file, "0001")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM customers")
    before = rows(file)
    database = Database(str(file))
    with pytest.raises(
        SandboxError, match="could not be upgraded and was left as it was: rows in it refer to none"
    ):
        State(database, Nature())
    database.close()
    assert before == rows(file)
