"""Which tables have rows, asked in one question: hardly one has, when a sandbox is reset before each test."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Table, text


class FilledTables:
    """Tells which of some tables have rows; the question is worded once."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._tables = tuple(tables)
        # As text, whose reading is remembered by what it says: an expression is walked through at each use.
        columns = (f"EXISTS (SELECT 1 FROM {table.name}) AS {table.name}" for table in self._tables)  # noqa: S608 - our names
        self._question = text(f"SELECT {', '.join(columns)}")

    def of(self, connection: Connection) -> list[Table]:
        """Those that have rows, in the order in which they were given."""
        answer = connection.execute(self._question).one()
        return [table for table, has_rows in zip(self._tables, answer, strict=True) if has_rows]
