"""PostgreSQL: one process writes, and what was acknowledged is kept, whatever becomes of connections.

As with SQLite a single thread commits what waits in one transaction, each piece of work in a savepoint of its own.
What differs is that the database is somewhere else: it is restarted, connections are killed, transactions are given
up for the sake of others. Such a transaction is carried out again from its beginning. When the connection breaks
while the commit is on its way nobody knows at first what became of it, so each transaction signs a row, and the next
session looks whose signature is there: the work is acknowledged when it is kept, and carried out again only when it
is not. After some seconds without success the work fails, with nothing kept, or, if the server never came back to
tell, with its effect unknown; a call that is repeated under its request id finds out.

A session that writes holds a lock of PostgreSQL (`pg_advisory_lock`) for as long as it is there: a database belongs
to one process at a time, and when a new session has the lock, no transaction of an old one can still be running.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Final, TypeVar

from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from partnercenter.sandbox.errors import SandboxError, StorageError
from partnercenter.sandbox.store.postgres_session import (
    Address,
    discard,
    in_transaction,
    passes,
    set_up_writer,
)
from partnercenter.sandbox.store.postgres_shelf import PostgresShelf
from partnercenter.sandbox.store.postgres_tables import is_signed, sign
from partnercenter.sandbox.store.snapshots import Shelf
from partnercenter.sandbox.store.store import ENDED, Work
from partnercenter.sandbox.store.writer import Job, Outcome, Writer, acknowledge, refuse, run_in_savepoint

T = TypeVar("T")

_SECONDS_TO_TRY: Final = 15.0
_SECONDS_TO_CLAIM: Final = 2.0
_FIRST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 0.5
# One lock for each schema of a database.
_CLAIM: Final = "SELECT pg_try_advisory_lock(1346587726, hashtext(current_schema()))"
_ENCODING: Final = "SELECT current_setting('server_encoding')"


class PostgresDatabase:
    """The database of a `postgresql://` address, with what libpq takes beside it (`?sslmode=…`, PGPASSWORD, …).

    Raises `SandboxError` when it cannot be used, or when another process serves it.
    """

    def __init__(self, url: str) -> None:
        self._address = Address(url)
        self._engine = self._address.engine()
        self._idle_readers: list[Connection] = []
        self._session = _WritingSession(self._engine, self._address)
        self._session.open_first()
        self._writer = Writer(self._write_jobs)

    @property
    def is_remote(self) -> bool:
        """A read waits for the server."""
        return True

    @property
    def commits(self) -> int:
        """A number that is odd while a commit is being made, or may still come through, and greater after it."""
        return -1 if self._session.is_down else self._writer.commits

    @property
    def engine(self) -> Engine:
        """The engine, for migrations and tests."""
        return self._engine

    def shelf(self) -> Shelf:
        """Tables of this database."""
        return PostgresShelf(self)

    def read(self, work: Work[T]) -> T:
        """Run queries on this thread, all on the state of one commit; again when the connection was lost."""
        if self._writer.closed:
            raise SandboxError(ENDED)
        try:
            return self._read_once(work)
        except Exception as error:
            if not passes(error):
                raise
        # What is idle was mostly lost with it.
        self._close_readers()
        try:
            return self._read_once(work)
        except Exception as error:
            if passes(error):
                raise self._address.unusable(error) from None
            raise

    def write(self, work: Work[T]) -> Future[T]:
        """Queue a change; the future has its result once it is kept, or the error it raised."""
        return self._writer.submit(work)

    def close(self) -> None:
        """Finish the writes that wait, then close every connection."""
        if not self._writer.close():
            return
        self._close_readers()
        self._session.close()
        self._engine.dispose()

    def _read_once(self, work: Work[T]) -> T:
        try:
            reader = self._idle_readers.pop()
        except IndexError:
            reader = self._new_reader()
        try:
            with reader.begin():
                result = work(reader)
        except BaseException as error:
            if passes(error) or reader.invalidated:
                discard(reader)
            else:
                self._put_back(reader)
            raise
        self._put_back(reader)
        return result

    def _new_reader(self) -> Connection:
        return self._engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    def _put_back(self, reader: Connection) -> None:
        self._idle_readers.append(reader)
        if self._writer.closed:
            self._close_readers()

    def _close_readers(self) -> None:
        while self._idle_readers:
            try:
                discard(self._idle_readers.pop())
            except IndexError:  # another thread has just taken the last one
                return

    def _write_jobs(self, batches: Iterator[list[Job]]) -> None:
        for jobs in batches:
            try:
                outcomes = self._session.commit_together(jobs)
            except BaseException as error:
                refuse(jobs, error)
            else:
                acknowledge(outcomes)


class _Undone(Exception):  # noqa: N818 - it is no error of ours
    """The transaction is not kept, for a reason that passes; the cause says which."""


class _Patience:
    """How long something is tried again, with pauses that grow."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._pause = _FIRST_PAUSE

    def waits(self) -> bool:
        """Wait a while before the next try; False when there were enough."""
        if time.monotonic() + self._pause > self._until:
            return False
        time.sleep(self._pause)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        return True


class _WritingSession:
    """The one connection that writes, opened anew whenever it is lost."""

    def __init__(self, engine: Engine, address: Address) -> None:
        self._engine = engine
        self._address = address
        self._connection: Connection | None = None
        self.is_down = False

    def open_first(self) -> None:
        """Connect and claim the database; raises `SandboxError`."""
        try:
            connection = self._engine.connect()
            try:
                with connection.begin():
                    encoding = connection.exec_driver_sql(_ENCODING).scalar()
                if encoding != "UTF8":
                    raise SandboxError(
                        f"The PostgreSQL database{self._address.shown} keeps texts as {encoding}; "
                        "give one that was made with ENCODING 'UTF8'."
                    )
                # The session of a sandbox that was killed a moment ago takes that long to end.
                patience = _Patience(_SECONDS_TO_CLAIM)
                while not _claimed(connection):
                    if patience.waits():
                        continue
                    raise SandboxError(
                        f"Another sandbox serves the PostgreSQL database{self._address.shown}; "
                        "end that one, or give another database with --database."
                    )
            except BaseException:
                discard(connection)
                raise
        except DBAPIError as error:
            raise self._address.unusable(error) from None
        self._connection = connection

    def close(self) -> None:
        """End the session."""
        if self._connection is not None:
            discard(self._connection)
            self._connection = None

    def commit_together(self, jobs: list[Job]) -> list[Outcome]:
        """Do all of it in one transaction and return what came of it, once that is kept.

        Raises when nothing of it is kept, or, as `StorageError`, when nobody can tell.
        """
        # Who waited in vain before does not let the next ones wait as long again.
        patience = _Patience(0 if self.is_down else _SECONDS_TO_TRY)
        while True:
            try:
                outcomes = self._commit_once(jobs, patience)
            except _Undone as undone:
                if not patience.waits():
                    self.is_down = True
                    raise self._address.unusable(undone.__cause__) from None
            else:
                self.is_down = False
                return outcomes

    def _commit_once(self, jobs: list[Job], patience: _Patience) -> list[Outcome]:
        token = secrets.token_hex(16)
        try:
            connection = self._opened()
            transaction = connection.begin()
            sign(connection, token)
            outcomes = [_done(connection, job) for job in jobs]
        except BaseException as error:
            self.close()
            if passes(error):
                raise _Undone from error
            raise
        try:
            transaction.commit()
        except BaseException as error:
            self.close()
            if not passes(error):
                raise
            if not self._is_kept(token, patience):
                raise _Undone from error
        return outcomes

    def _is_kept(self, token: str, patience: _Patience) -> bool:
        """Whether the transaction that was signed so was committed, though its session did not live to tell."""
        while True:
            try:
                connection = self._opened()
                with connection.begin():
                    return is_signed(connection, token)
            except Exception as error:
                self.close()
                if not passes(error) or not patience.waits():
                    self.is_down = True
                    raise StorageError(
                        "The database did not tell whether what was being written is kept; "
                        "repeat the call under the same request id."
                    ) from error

    def _opened(self) -> Connection:
        """The connection, or a new one that has the claim: nothing of an old one can be running any more."""
        if self._connection is None:
            connection = self._engine.connect()
            try:
                if not _claimed(connection):
                    raise LockNotAvailable("another sandbox serves it")
            except BaseException:
                discard(connection)
                raise
            self._connection = connection
        return self._connection


def _claimed(connection: Connection) -> bool:
    with connection.begin():
        set_up_writer(connection)
        return bool(connection.exec_driver_sql(_CLAIM).scalar())


def _done(connection: Connection, job: Job) -> Outcome:
    outcome = run_in_savepoint(connection, job, lambda: in_transaction(connection))
    if outcome.failure is not None and passes(outcome.failure):
        raise outcome.failure
    return outcome
