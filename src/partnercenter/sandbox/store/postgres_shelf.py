"""Snapshots in a PostgreSQL database, whose machine may be another one: in a table, in parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from partnercenter.sandbox.store.postgres_tables import snapshot_parts
from partnercenter.sandbox.store.store import Store

_PART_BYTES: Final = 1024 * 1024
_IN_MEMORY_BYTES: Final = 16 * 1024 * 1024
_PARTS = (
    select(snapshot_parts.c.content)
    .where(snapshot_parts.c.name == bindparam("name"))
    .order_by(snapshot_parts.c.part)
)
_SIZES = (
    select(snapshot_parts.c.name, func.sum(func.length(snapshot_parts.c.content)))
    .group_by(snapshot_parts.c.name)
    .order_by(snapshot_parts.c.name.collate("C"))
)
_REMOVE = delete(snapshot_parts).where(snapshot_parts.c.name == bindparam("which"))


class PostgresShelf:
    """Snapshots as rows; each is there whole or not at all."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, name: str, lines: Iterable[bytes]) -> None:
        """Keep a snapshot."""
        with _spool() as file:
            # All of it first: the lines come once, and whoever writes may have to begin anew.
            file.writelines(lines)
            self._store.write(lambda connection: _put(connection, name, file)).result()

    def open(self, name: str) -> IO[bytes] | None:
        """The lines of a snapshot."""
        file = _spool()
        try:
            self._store.read(lambda connection: _fetch(connection, name, file))
            if file.tell():
                file.seek(0)
                return file
        except BaseException:
            file.close()
            raise
        file.close()
        return None

    def sizes(self) -> dict[str, int]:
        """The names of all snapshots and their bytes."""
        rows = self._store.read(lambda connection: connection.execute(_SIZES).all())
        return {name: int(size) for name, size in rows}

    def remove(self, name: str) -> None:
        """Take a snapshot away."""
        self._store.write(lambda connection: _remove(connection, name)).result()


def _spool() -> IO[bytes]:
    return SpooledTemporaryFile(_IN_MEMORY_BYTES)


def _put(connection: Connection, name: str, file: IO[bytes]) -> None:
    _remove(connection, name)
    for number, content in enumerate(_parts(file)):
        connection.execute(insert(snapshot_parts), {"name": name, "part": number, "content": content})


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while content := file.read(_PART_BYTES):
        yield content


def _fetch(connection: Connection, name: str, file: IO[bytes]) -> None:
    file.seek(0)
    file.truncate()
    for content in connection.execute(_PARTS, {"name": name}).yield_per(1).scalars():
        file.write(content)


def _remove(connection: Connection, name: str) -> None:
    connection.execute(_REMOVE, {"which": name})
