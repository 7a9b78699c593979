"""Bring a database to the schema of this version.

A new database is made straight from `schema`; an older one runs the migrations; a newer one is refused,
because this version cannot know what it holds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.store.database import explained
from partnercenter.sandbox.store.schema import metadata

VERSIONS: Final = ("0001", "0002", "0003")
HEAD: Final = VERSIONS[-1]
_OF_EVERY_VERSION: Final = {"alembic_version", "partners", "signing_keys"}
_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/schema', 0))"
_VERSION_TABLE: Final = """\
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)"""


def migrate(engine: Engine) -> None:
    """Make or upgrade the tables; raises `SandboxError` for a database that is not ours or of a later version."""
    with explained("The database cannot be used"), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _migrate_sqlite(connection)
        else:
            _migrate_postgres(connection)


def version_of(connection: Connection) -> str | None:
    """The version of a database's schema, None when there is none; raises `SandboxError` as `migrate` does."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    another = "give another file" if connection.dialect.name == "sqlite" else "give another database"
    if not tables >= _OF_EVERY_VERSION:
        raise SandboxError(f"The database holds tables that are not the sandbox's; {another}.")
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if version not in VERSIONS:
        raise SandboxError(
            f"The database was made by a later version of partnercenter (schema {version}, this one knows {HEAD}); "
            f"upgrade partnercenter, or {another}."
        )
    return str(version)


def _migrate_sqlite(connection: Connection) -> None:
    # While tables are made anew by a migration their rows must not cascade away; SQLite takes this
    # pragma only outside of a transaction, and every connection that serves sets it again.
    connection.connection.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            # SQLite begins a transaction on a file that may only be read, and refuses the first change.
            connection.exec_driver_sql("PRAGMA user_version=0")
            if _bring_up_to_date(connection):
                _check_references(connection)
    finally:
        connection.connection.execute("PRAGMA foreign_keys=ON")


def _migrate_postgres(connection: Connection) -> None:
    # Imported here: it brings all of PostgreSQL's dialect along, which a file does not need.
    from partnercenter.sandbox.store import postgres_tables

    with connection.begin():
        connection.exec_driver_sql(_ONE_AT_A_TIME)
        version = version_of(connection)
        if version not in (None, HEAD) and postgres_tables.processes(connection) > 1:
            raise SandboxError(
                "The database is served by sandboxes of an earlier version of partnercenter, and this one would "
                "upgrade it; end those first."
            )
        _bring_up_to_date(connection)
        postgres_tables.metadata.create_all(connection)
        postgres_tables.forget_old_signatures(connection)


def _bring_up_to_date(connection: Connection) -> bool:
    """Make the tables, or run the migrations; whether there were any to run."""
    version = version_of(connection)
    if version is None:
        _create(connection)
    elif version != HEAD:
        run_migrations(connection)
        return True
    return False


def _create(connection: Connection) -> None:
    metadata.create_all(connection)
    connection.exec_driver_sql(_VERSION_TABLE)
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def _check_references(connection: Connection) -> None:
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise SandboxError(
            "The database could not be upgraded and was left as it was: rows in it refer to none."
        )


def run_migrations(connection: Connection) -> None:
    """Apply every migration that the database does not have yet."""
    # Imported here: alembic costs half a second, and a database of today's version never needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
