"""What only a PostgreSQL database has beside the schema: what its processes tell each other, and snapshots.

With SQLite a process is alone with its file, it knows what became of its commit, and snapshots are files.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Double,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert

from partnercenter.sandbox.store.hot import HotStatement
from partnercenter.sandbox.store.schema import metadata as schema

metadata: Final = MetaData(naming_convention=schema.naming_convention)

commit_signatures: Final = Table(
    "commit_signatures",
    metadata,
    Column("writer", Integer, primary_key=True, autoincrement=False),
    Column("signature", String(32), nullable=False),
    Column("signed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

changes: Final = Table(
    "changes",
    metadata,
    Column("everything", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
)

patched_settings: Final = Table(
    "patched_settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

# What a crash of the server may take away, for the sake of speed.
_UNLOGGED: Final = ["UNLOGGED"]

counted_calls: Final = Table(
    "counted_calls",
    metadata,
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("family", String(32), primary_key=True),
    Column("partner_id", String(36), primary_key=True),
    Column("customer_id", String(36), primary_key=True),
    Column("calls", BigInteger, nullable=False),
    prefixes=_UNLOGGED,
)

wrong_guesses: Final = Table(
    "wrong_guesses",
    metadata,
    Column("key", BigInteger, Identity(), primary_key=True),
    Column("what", Text, nullable=False, index=True),
    Column("guessed_at", Double, nullable=False),
    prefixes=_UNLOGGED,
)

logged_requests: Final = Table(
    "logged_requests",
    metadata,
    Column("key", BigInteger, Identity(), primary_key=True),
    Column("entry", Text, nullable=False),
    prefixes=_UNLOGGED,
)

injected_faults: Final = Table(
    "injected_faults",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("fault_order", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("times", BigInteger),
    Column("matched", BigInteger, nullable=False, server_default="0"),
    Column("hits", BigInteger, nullable=False, server_default="0"),
)

# What a single process would have in its memory, and what ends with the last of several.
OF_PROCESSES: Final = (patched_settings, counted_calls, wrong_guesses, logged_requests, injected_faults)

snapshot_parts: Final = Table(
    "snapshot_parts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("part", BigInteger, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

CLAIM: Final = text("SELECT pg_try_advisory_lock(hashtext('partnercenter ' || current_schema()), :number)")
# Those whose session holds such a lock; PostgreSQL shows it in two halves, as unsigned numbers.
_CLAIMS: Final = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted "
    "AND classid = CAST(hashtext('partnercenter ' || current_schema()) AS oid) "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
CHANGES: Final = HotStatement(select(changes.c.number).where(changes.c.everything == bindparam("all", 1)))
_COUNT_CHANGE: Final = text(
    "INSERT INTO changes VALUES (1, 1) ON CONFLICT (everything) DO UPDATE SET number = changes.number + 1"
)
_INSERT = insert(commit_signatures)
_SIGN = HotStatement(
    _INSERT.on_conflict_do_update(
        index_elements=[commit_signatures.c.writer],
        set_={"signature": _INSERT.excluded.signature, "signed_at": func.now()},
    )
)
_SIGNATURE = select(commit_signatures.c.signature).where(commit_signatures.c.writer == bindparam("writer"))
_FORGET = text("DELETE FROM commit_signatures WHERE signed_at < now() - interval '1 day'")


def sign(connection: Connection, writer: int, signature: str) -> None:
    """Let this transaction be known by a signature once it is committed, until the next one of its writer is."""
    _SIGN.run(connection, {"writer": writer, "signature": signature})


def is_signed(connection: Connection, writer: int, signature: str) -> bool:
    """Whether the last transaction of a writer that was committed has this signature."""
    return connection.execute(_SIGNATURE, {"writer": writer}).scalar() == signature


def forget_old_signatures(connection: Connection) -> None:
    """Forget what writers signed that ended long ago: a signature is asked for within seconds."""
    connection.execute(_FORGET)


def count_change(connection: Connection) -> None:
    """Let every process know, once this is committed, that anything may be different."""
    connection.execute(_COUNT_CHANGE)


def processes(connection: Connection) -> int:
    """How many processes serve this database."""
    return int(connection.execute(_CLAIMS).scalar() or 0)
