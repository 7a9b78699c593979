"""Connections to PostgreSQL that are kept for the next one who needs some, to read or to count.

A thread has one at a time, whatever it does, so that a process needs no more of them than it has threads.
"""

from __future__ import annotations

from typing import Final, TypeVar

from sqlalchemy import Connection, Engine

from partnercenter.sandbox.store.postgres_session import Address, discard, passes
from partnercenter.sandbox.store.store import Work

T = TypeVar("T")


# All that a reader sees is the state of one commit.
_READ: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class Connections:
    """Connections, each used by one thread at a time and opened when none is idle."""

    def __init__(self, engine: Engine, address: Address) -> None:
        self._engine = engine
        self._address = address
        self._idle: list[Connection] = []
        self._is_closed = False

    def read(self, work: Work[T]) -> T:
        """Run queries on this thread, all on the state of one commit; again when the connection was lost."""

        def read(connection: Connection) -> T:
            connection.exec_driver_sql(_READ)  # the driver ends it with the block that it is in
            return work(connection)

        return self.run(read)

    def run(self, work: Work[T]) -> T:
        """Carry out statements on this thread, each kept at once; all of them again when the connection was lost."""
        try:
            return self._run_once(work)
        except Exception as error:
            if not passes(error):
                raise
        # What is idle was mostly lost with it.
        self._close_idle()
        try:
            return self._run_once(work)
        except Exception as error:
            if passes(error):
                raise self._address.unusable(error) from None
            raise

    def close(self) -> None:
        """Close what is idle now, and what is in use when it is not any more."""
        self._is_closed = True
        self._close_idle()

    def _run_once(self, work: Work[T]) -> T:
        connection = self._taken()
        try:
            with connection.begin():
                result = work(connection)
        except BaseException as error:
            if passes(error) or connection.invalidated:
                discard(connection)
            else:
                self._put_back(connection)
            raise
        self._put_back(connection)
        return result

    def _taken(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def _put_back(self, connection: Connection) -> None:
        self._idle.append(connection)
        if self._is_closed:
            self._close_idle()

    def _close_idle(self) -> None:
        while self._idle:
            try:
                discard(self._idle.pop())
            except IndexError:  # another thread has just taken the last one
                return
