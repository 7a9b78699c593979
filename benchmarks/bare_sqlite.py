"""The rows that a call writes, by sqlite3 alone and as durable: the bound of whatever keeps them in SQLite.

One thread, no server, no rules: rows are deleted and put in, so many in one commit as there are connections, because
that many calls can wait together.
"""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from benchmarks.load import Load

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=FAST",
    "cache_size=-32000",
)
Row = dict[str, Any]


class BareTables:
    """A copy of a sandbox's database in which a customer was created and one deleted."""

    def __init__(self, source: sqlite3.Connection, copy: sqlite3.Connection) -> None:
        source.backup(copy)
        for pragma in _PRAGMAS:
            copy.execute(f"PRAGMA {pragma}")
        copy.row_factory = sqlite3.Row
        self._connection = copy
        self._customer = _without_key(self._one("SELECT * FROM customers LIMIT 1"))
        self._audited = {
            method: _without_key(self._one("SELECT * FROM audit_records WHERE operation_type = ?", operation))
            for method, operation in (("POST", "add_customer"), ("DELETE", "delete_customer"))
        }
        self._answers = {
            method: self._one("SELECT * FROM replays WHERE method = ?", method) for method in self._audited
        }
        self._there = iter(copy.execute("SELECT key, domain FROM customers").fetchall())
        self._numbers = itertools.count()

    def delete(self, count: int, at_once: int) -> Load:
        """Delete customers with their orders."""
        return self._timed(count, at_once, self._delete)

    def insert(self, count: int, at_once: int) -> Load:
        """Put in customers."""
        return self._timed(count, at_once, self._insert)

    def _delete(self) -> None:
        key, domain = next(self._there)
        self._connection.execute("DELETE FROM domain_names WHERE name = ?", (domain.lower(),))
        self._connection.execute("DELETE FROM customers WHERE key = ?", (key,))
        self._put_in("audit_records", self._audited["DELETE"])
        self._put_in("replays", {**self._answers["DELETE"], "request_id": str(uuid4())})

    def _insert(self) -> None:
        domain = f"alone{next(self._numbers)}.onmicrosoft.com"
        names = {"id": str(uuid4()), "domain": domain, "domain_folded": domain}
        key = self._put_in("customers", {**self._customer, **names})
        self._put_in("domain_names", {"name": domain, "customer_key": key})
        self._put_in("audit_records", self._audited["POST"])
        self._put_in("replays", {**self._answers["POST"], "request_id": str(uuid4()), "customer_key": key})

    def _put_in(self, table: str, row: Row) -> int:
        places = ", ".join("?" * len(row))
        statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"  # noqa: S608 - the schema's names
        return int(self._connection.execute(statement, [*row.values()]).lastrowid or 0)

    def _one(self, query: str, *values: str) -> Row:
        return dict(self._connection.execute(query, values).fetchone())

    def _timed(self, count: int, at_once: int, work: Callable[[], None]) -> Load:
        times = []
        began = time.perf_counter()
        for _ in range(0, count, at_once):
            start = time.perf_counter()
            self._connection.execute("BEGIN IMMEDIATE")
            for _ in range(at_once):
                work()
            self._connection.execute("COMMIT")
            times.append(time.perf_counter() - start)
        seconds = time.perf_counter() - began
        return Load(len(times) * at_once / seconds, sorted(times)[int(len(times) * 0.99)] * 1000, 0.0)


@contextmanager
def bare_tables(database: Path) -> Iterator[BareTables]:
    """A copy beside a database, on the same disk."""
    with (
        TemporaryDirectory(dir=database.parent) as folder,
        closing(sqlite3.connect(database)) as source,
        closing(sqlite3.connect(Path(folder) / "copy.db", isolation_level=None)) as copy,
    ):
        yield BareTables(source, copy)


def _without_key(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "key"}
