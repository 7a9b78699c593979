"""What processes that serve one PostgreSQL database have in common: the count of changes, and what they count.

It costs no wait for the disk: what is counted here for a minute, or logged, may be lost when the server crashes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy import Connection, delete, insert, select

from partnercenter.sandbox.store.postgres_connections import Connections
from partnercenter.sandbox.store.postgres_tables import CHANGES, OF_PROCESSES, patched_settings, processes
from partnercenter.sandbox.store.store import Work

T = TypeVar("T")


class PostgresShared:
    """The common ground of one database."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def changes(self) -> int:
        """A number that grows with each write about everything, whichever process did it; as of now."""
        return self.run(self.changes_seen_by)

    def changes_seen_by(self, connection: Connection) -> int:
        """That number, as a transaction sees it."""
        row = CHANGES.first(connection, {})
        return row.number if row else 0

    def begin(self, connection: Connection) -> None:
        """Forget what earlier processes shared, if none is left; then this one is the first."""
        if processes(connection) <= 1:
            for table in OF_PROCESSES:
                connection.execute(delete(table))

    def patches(self, connection: Connection) -> Mapping[str, object]:
        """The settings that were changed since the first process began, or since everything was replaced."""
        return {row.name: json.loads(row.value) for row in connection.execute(select(patched_settings))}

    def note_patches(self, connection: Connection, changes: Mapping[str, object]) -> None:
        """Add to them; None is a setting that has its default again."""
        connection.execute(delete(patched_settings).where(patched_settings.c.name.in_(list(changes))))
        if changes:
            rows = [{"name": name, "value": json.dumps(value)} for name, value in changes.items()]
            connection.execute(insert(patched_settings), rows)

    def forget_patches(self, connection: Connection) -> None:
        """Take them all away."""
        connection.execute(delete(patched_settings))

    def run(self, work: Work[T]) -> T:
        """Carry out statements on this thread, each kept at once, though a server that crashes may lose it."""
        return self._connections.run(work)
