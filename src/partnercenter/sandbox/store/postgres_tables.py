"""What only a PostgreSQL database has beside the schema: signatures of commits, and snapshots.

With SQLite a process knows what became of its commit, and snapshots are files.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, MetaData, String, Table, select
from sqlalchemy.dialects.postgresql import insert

from partnercenter.sandbox.store.schema import metadata as schema

metadata: Final = MetaData(naming_convention=schema.naming_convention)

last_commit: Final = Table(
    "last_commit",
    metadata,
    Column("writer", Integer, primary_key=True, autoincrement=False),
    Column("signature", String(32), nullable=False),
)

snapshot_parts: Final = Table(
    "snapshot_parts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("part", BigInteger, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

_ONLY_WRITER: Final = 1
_INSERT = insert(last_commit)
_SIGN = _INSERT.on_conflict_do_update(
    index_elements=[last_commit.c.writer], set_={"signature": _INSERT.excluded.signature}
)
_SIGNATURE = select(last_commit.c.signature).where(last_commit.c.writer == _ONLY_WRITER)


def sign(connection: Connection, signature: str) -> None:
    """Let this transaction be known by a signature once it is committed, until the next one is."""
    connection.execute(_SIGN, {"writer": _ONLY_WRITER, "signature": signature})


def is_signed(connection: Connection, signature: str) -> bool:
    """Whether the last transaction that was committed has this signature."""
    return connection.execute(_SIGNATURE).scalar() == signature
