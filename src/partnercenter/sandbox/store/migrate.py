"""Bring a database to the schema of this version.

A new database is made straight from `schema`; an older one runs the migrations; a newer one is refused,
because this version cannot know what it holds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.store.schema import metadata

HEAD: Final = "0001"
_VERSION_TABLE: Final = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"


def migrate(engine: Engine) -> None:
    """Make or upgrade the tables; raises `SandboxError` for a database of a later version."""
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        tables = inspect(connection).get_table_names()
        if not tables:
            _create(connection)
        elif "alembic_version" not in tables:
            raise SandboxError("The database holds tables that are not the sandbox's; give another file.")
        else:
            _upgrade(connection)


def _create(connection: Connection) -> None:
    metadata.create_all(connection)
    connection.exec_driver_sql(_VERSION_TABLE)
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def _upgrade(connection: Connection) -> None:
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if version == HEAD:
        return
    if version is None or str(version) > HEAD:
        raise SandboxError(
            f"The database was made by a later version of partnercenter (schema {version}, this one knows {HEAD}); "
            "upgrade partnercenter, or give another file."
        )
    run_migrations(connection)


def run_migrations(connection: Connection) -> None:
    """Apply every migration that the database does not have yet."""
    # Imported here: alembic costs half a second, and a database of today's version never needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
