"""The statements of every call, on the driver's own path where the driver is sqlite3.

SQLAlchemy writes each of them once. To have it run one costs several times what SQLite needs for the row
(docs/performance.md), so the few that are run for every call go past it; with another driver they do not.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Boolean, CompoundSelect, Connection, Delete, Insert, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, Any]
Statement = Select[Any] | CompoundSelect[Any] | Insert | Delete

_DIALECT: Final = sqlite.dialect()


class HotStatement:
    """A statement with named parameters of plain values: texts, numbers, truth values, bytes.

    Rows have their columns as attributes, whichever way they came.
    """

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._texts: dict[tuple[str, ...], tuple[str, Sequence[str], Values]] = {}
        self._row = _row_maker(statement) if isinstance(statement, Select) else tuple

    def first(self, connection: Connection, values: Values) -> Any:
        """The first row, or None."""
        driver = sqlite_driver(connection)
        if driver is None:
            return connection.execute(self._statement, values).first()
        row = self._executed(driver, values).fetchone()
        return None if row is None else self._row(row)

    def all(self, connection: Connection, values: Values) -> Sequence[Any]:
        """Every row."""
        driver = sqlite_driver(connection)
        if driver is None:
            return connection.execute(self._statement, values).all()
        return [self._row(row) for row in self._executed(driver, values).fetchall()]

    def run(self, connection: Connection, values: Values) -> None:
        """Carry it out."""
        driver = sqlite_driver(connection)
        if driver is None:
            connection.execute(self._statement, values)
        else:
            self._executed(driver, values)

    def insert(self, connection: Connection, values: Values) -> int:
        """Put in a row of a table that numbers its rows; returns the number."""
        driver = sqlite_driver(connection)
        if driver is not None:
            return int(self._executed(driver, values).lastrowid or 0)
        key = connection.execute(self._statement, values).inserted_primary_key
        assert key is not None  # noqa: S101 - SQLAlchemy types it as optional for statements with many rows
        return int(key[0])

    def _executed(self, driver: sqlite3.Connection, values: Values) -> sqlite3.Cursor:
        names = tuple(values)
        if names not in self._texts:
            self._texts[names] = self._text(names)
        text, places, constants = self._texts[names]
        given = {**constants, **values} if constants else values
        try:
            return driver.execute(text, [given[name] for name in places])
        except sqlite3.Error as error:
            # What SQLAlchemy would raise, without the values: they may be nobody's business.
            raise DBAPIError.instance(
                text, None, error, sqlite3.Error, hide_parameters=True, dialect=_DIALECT
            ) from error

    def _text(self, names: tuple[str, ...]) -> tuple[str, Sequence[str], Values]:
        """The statement in SQL, which value stands in which place, and the values that are always the same."""
        compiled = self._statement.compile(dialect=_DIALECT, column_keys=list(names))
        places = compiled.positiontup or []
        constants = {name: compiled.params[name] for name in places if name not in names}
        if not set(names) <= set(places) or any(compiled.binds[name].required for name in constants):
            raise ValueError(f"The values {', '.join(names)} are not those of the statement: {compiled}")
        return compiled.string, places, constants


def _row_maker(statement: Select[Any]) -> Callable[[Iterable[Any]], Any]:
    columns = statement.selected_columns
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
    driver = sqlite_driver(connection)
    if driver is None:
        with connection.begin_nested():
            yield
        return
    driver.execute("SAVEPOINT piece")
    try:
        yield
    except BaseException:
        if driver.in_transaction:  # SQLite may have undone the whole transaction by itself, as on a full disk
            driver.execute("ROLLBACK TO piece")
            driver.execute("RELEASE piece")
        raise
    driver.execute("RELEASE piece")


def sqlite_driver(connection: Connection) -> sqlite3.Connection | None:
    """The driver's connection, where that is sqlite3's."""
    driver = connection.connection.driver_connection
    return driver if isinstance(driver, sqlite3.Connection) else None
