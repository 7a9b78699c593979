"""Connections to PostgreSQL that are kept for the next one who needs some: those that read, those that count."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from partnercenter.sandbox.store.postgres_session import Address, discard, passes
from partnercenter.sandbox.store.store import Work

T = TypeVar("T")


class Connections:
    """Connections of one kind, each used by one thread at a time and opened when none is idle."""

    def __init__(self, engine: Engine, address: Address, **options: Any) -> None:
        self._engine = engine
        self._address = address
        self._options = options
        self._idle: list[Connection] = []
        self._is_closed = False

    def run(self, work: Work[T]) -> T:
        """Carry out work on this thread; again, from its beginning, when the connection was lost."""
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
            return self._engine.connect().execution_options(**self._options)

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
