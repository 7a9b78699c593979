"""From what somebody gives as `--database` to the store it names."""

from __future__ import annotations

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.store.store import Store

_POSTGRES = ("postgresql://", "postgres://")


def is_postgres(name: str) -> bool:
    """Whether it is the address of a PostgreSQL database; every other name is that of a file, or `memory`."""
    return name.startswith(_POSTGRES)


def open_store(name: str) -> Store:
    """Open `memory`, the path or `sqlite:///` URL of a file, or the PostgreSQL database of a `postgresql://` address.

    Raises `SandboxError` when it cannot be opened, or when another process serves the file.
    """
    if not is_postgres(name):
        return Database(name)
    try:
        # Imported here: its driver is an extra.
        from partnercenter.sandbox.store.postgres import PostgresDatabase
    except ImportError as error:
        raise SandboxError(
            "A PostgreSQL database needs psycopg; install it: pip install 'partnercenter[sandbox,postgres]'."
        ) from error
    return PostgresDatabase(name)
