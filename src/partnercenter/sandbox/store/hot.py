"""The statements of every call, on the driver's own path.

SQLAlchemy writes each of them once, for SQLite or for PostgreSQL. To have it run one costs several times what the
database needs for the row (docs/performance.md), so the few that are run for every call go past it.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Boolean, CompoundSelect, Connection, Delete, Insert, Select, Update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, Any]
Statement = Select[Any] | CompoundSelect[Any] | Insert | Update | Delete

_SQLITE: Final = sqlite.dialect()
# What libpq calls a session that is in no transaction.
_NONE: Final = 0


class HotStatement:
    """A statement with named parameters of plain values: texts, numbers, truth values, bytes.

    Rows have their columns as attributes, whichever way they came.
    """

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._sqlite: dict[tuple[str, ...], tuple[str, Sequence[str], Values]] = {}
        self._postgres: dict[tuple[str, ...], tuple[str, Values]] = {}
        returns_rows = isinstance(statement, Select) or bool(getattr(statement, "_returning", ()))
        self._row = _row_maker(statement) if returns_rows else tuple

    def first(self, connection: Connection, values: Values) -> Any:
        """The first row, or None."""
        row = self._executed(connection, values).fetchone()
        return None if row is None else self._row(row)

    def all(self, connection: Connection, values: Values) -> Sequence[Any]:
        """Every row."""
        return [self._row(row) for row in self._executed(connection, values).fetchall()]

    def run(self, connection: Connection, values: Values) -> None:
        """Carry it out."""
        self._executed(connection, values)

    def insert(self, connection: Connection, values: Values) -> int:
        """Put in a row of a table that numbers its rows; returns the number."""
        cursor = self._executed(connection, values)
        return int(cursor.lastrowid or 0) if isinstance(cursor, sqlite3.Cursor) else int(cursor.fetchone()[0])

    def _executed(self, connection: Connection, values: Values) -> Any:
        driver = sqlite_driver(connection)
        names = tuple(values)
        if driver is None:
            return self._executed_by_postgres(connection, names, values)
        if names not in self._sqlite:
            self._sqlite[names] = self._sqlite_text(names)
        text, places, constants = self._sqlite[names]
        given = {**constants, **values} if constants else values
        try:
            return driver.execute(text, [given[name] for name in places])
        except sqlite3.Error as error:
            raise _wrapped(error, text, sqlite3.Error, connection) from error

    def _executed_by_postgres(self, connection: Connection, names: tuple[str, ...], values: Values) -> Any:
        driver: Any = connection.connection.driver_connection
        if names not in self._postgres:
            self._postgres[names] = self._postgres_text(connection, names)
        text, constants = self._postgres[names]
        try:
            return driver.execute(text, {**constants, **values}, prepare=True)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(error, text, connection.dialect.loaded_dbapi.Error, connection) from error

    def _sqlite_text(self, names: tuple[str, ...]) -> tuple[str, Sequence[str], Values]:
        """The statement in SQL, which value stands in which place, and the values that are always the same."""
        compiled = self._statement.compile(dialect=_SQLITE, column_keys=list(names))
        places = compiled.positiontup or []
        constants = {name: compiled.params[name] for name in places if name not in names}
        _check_values(compiled, names, set(places))
        return compiled.string, places, constants

    def _postgres_text(self, connection: Connection, names: tuple[str, ...]) -> tuple[str, Values]:
        """The statement in SQL, and the values that are always the same; what numbers its rows tells the number."""
        statement = self._statement
        if isinstance(statement, Insert) and not statement._returning:
            numbered = [column for column in statement.table.primary_key if column.name not in names]
            statement = statement.returning(*numbered) if numbered else statement
        compiled = statement.compile(dialect=connection.dialect, column_keys=list(names))
        _check_values(compiled, names, set(compiled.binds))
        return compiled.string, {name: value for name, value in compiled.params.items() if name not in names}


def _check_values(compiled: Any, names: tuple[str, ...], places: set[str]) -> None:
    required = {name for name, bind in compiled.binds.items() if bind.required}
    if not set(names) <= places or not required & places <= set(names):
        raise ValueError(f"The values {', '.join(names)} are not those of the statement: {compiled}")


def _wrapped(error: Exception, text: str, base: type[Exception], connection: Connection) -> Exception:
    """What SQLAlchemy would raise, without the values: they may be nobody's business."""
    return DBAPIError.instance(text, None, error, base, hide_parameters=True, dialect=connection.dialect)


def _row_maker(statement: Any) -> Callable[[Iterable[Any]], Any]:
    columns = statement.exported_columns
    row_type: Any = namedtuple("Row", list(columns.keys()), rename=True)  # type: ignore[misc]
    made: Callable[[Iterable[Any]], Any] = row_type._make
    truths = [place for place, column in enumerate(columns) if isinstance(column.type, Boolean)]
    if not truths:
        return made

    def with_truths(row: Iterable[Any]) -> Any:
        values = list(row)
        for place in truths:
            values[place] = None if values[place] is None else bool(values[place])
        return made(values)

    return with_truths


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """Undo what the block did when it raises, and nothing else; the transaction around it goes on."""
    execute, is_open = _statements_of(connection)
    execute("SAVEPOINT piece")
    try:
        yield
    except BaseException:
        if is_open():  # the whole transaction may be undone already, as by SQLite on a full disk
            execute("ROLLBACK TO piece")
            execute("RELEASE piece")
        raise
    execute("RELEASE piece")


def _statements_of(connection: Connection) -> tuple[Callable[[str], object], Callable[[], bool]]:
    """What carries out a statement, and what tells whether there is a transaction to go back in."""
    driver = sqlite_driver(connection)
    if driver is not None:
        return driver.execute, lambda: driver.in_transaction
    postgres: Any = connection.connection.driver_connection
    return postgres.execute, lambda: not postgres.closed and postgres.info.transaction_status != _NONE


def sqlite_driver(connection: Connection) -> sqlite3.Connection | None:
    """The driver's connection, where that is sqlite3's."""
    driver = connection.connection.driver_connection
    return driver if isinstance(driver, sqlite3.Connection) else None
