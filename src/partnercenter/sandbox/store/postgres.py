"""PostgreSQL: any number of processes serve one database, and what was acknowledged is kept, whatever happens.

As with SQLite a single thread of each process commits what waits in one transaction, each piece of work in a
savepoint of its own. What differs is that the database is somewhere else: it is restarted, connections are killed,
transactions are given up for the sake of others. Such a transaction is carried out again from its beginning. When
the connection breaks while the commit is on its way nobody knows at first what became of it, so each transaction
signs a row of its process, and the next session looks whose signature is there: the work is acknowledged when it is
kept, and carried out again only when it is not. After some seconds without success the work fails, with nothing kept,
or, if the server never came back to tell, with its effect unknown; a call that is repeated under its request id finds
out.

A session that writes holds a lock of PostgreSQL with the number of its process for as long as it is there: when a new
session of the process has it, no transaction of an old one can still be running.

Processes keep out of each other's way by locks that last as long as a transaction (`pg_advisory_xact_lock`): work for
a partner has that partner to itself, work about everything has the database to itself. So quotas, replays and
whatever else is looked up before it is changed hold as they do in one process.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from concurrent.futures import Future
from functools import cache
from itertools import groupby
from typing import Final, TypeVar

from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine, TextClause, text
from sqlalchemy.exc import DBAPIError

from partnercenter.sandbox.errors import SandboxError, StorageError
from partnercenter.sandbox.store.migrate import HEAD
from partnercenter.sandbox.store.postgres_connections import Connections
from partnercenter.sandbox.store.postgres_session import (
    Address,
    discard,
    in_transaction,
    is_duplicate,
    passes,
    set_up_writer,
)
from partnercenter.sandbox.store.postgres_shared import PostgresShared
from partnercenter.sandbox.store.postgres_shelf import PostgresShelf
from partnercenter.sandbox.store.postgres_tables import (
    CLAIM,
    count_change,
    is_signed,
    sign,
)
from partnercenter.sandbox.store.snapshots import Shelf
from partnercenter.sandbox.store.store import ENDED, Work
from partnercenter.sandbox.store.writer import Job, Outcome, Writer, acknowledge, refuse, run_in_savepoint

T = TypeVar("T")

_SECONDS_TO_TRY: Final = 15.0
# As long as another process may need for work about everything, such as a large seed.
_SECONDS_TO_WAIT_FOR_OTHERS: Final = 300.0
_FIRST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 0.5
_ENCODING: Final = "SELECT current_setting('server_encoding')"
_VERSION: Final = "SELECT version_num FROM alembic_version"
_KEY: Final = "hashtextextended(current_schema() || '/{}', 0)"
_LOCK_EVERYTHING: Final = text(f"SELECT pg_advisory_xact_lock({_KEY.format('')})")


class PostgresDatabase:
    """The database of a `postgresql://` address, with what libpq takes beside it (`?sslmode=…`, PGPASSWORD, …).

    Raises `SandboxError` when it cannot be used.
    """

    def __init__(self, url: str) -> None:
        self._address = Address(url)
        self._engine = self._address.engine()
        self._connections = Connections(self._engine, self._address)
        self._shared = PostgresShared(self._connections)
        self._session = _WritingSession(self._engine, self._address)
        self._session.open_first()
        self._writer = Writer(self._write_jobs)

    @property
    def shared(self) -> PostgresShared:
        """What other processes share that serve this database."""
        return self._shared

    @property
    def commits(self) -> int:
        """No even number: at any time another process may commit."""
        return -1

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
        return self._connections.read(work)

    def write(self, work: Work[T], part: str | None = None) -> Future[T]:
        """Queue a change; the future has its result once it is kept, or the error it raised."""
        return self._writer.submit(work, part)

    def close(self) -> None:
        """Finish the writes that wait, then close every connection."""
        if not self._writer.close():
            return
        self._connections.close()
        self._session.close()
        self._engine.dispose()

    def _write_jobs(self, batches: Iterator[list[Job]]) -> None:
        # Nobody who learns what others have changed, in the middle of a write, sees what is not committed here yet.
        alike = (list(group) for jobs in batches for _, group in groupby(jobs, lambda job: job.part is None))
        for jobs in alike:
            try:
                outcomes = self._session.commit_together(jobs)
            except BaseException as error:
                refuse(jobs, error)
            else:
                acknowledge(outcomes)


class _Undone(Exception):  # noqa: N818 - it is no error of ours
    """The transaction is not kept, for a reason that passes; the cause says which."""


class _Busy(Exception):  # noqa: N818 - it is no error of ours
    """The transaction has not begun: another process has what it needs to itself; the cause says so."""


class _Patience:
    """How long something is tried again, with pauses that grow."""

    def __init__(self, seconds: float) -> None:
        self._began = time.monotonic()
        self._seconds = seconds
        self._pause = _FIRST_PAUSE

    def waits(self) -> bool:
        """Wait a while before the next try; False when there were enough."""
        if self.is_over(self._seconds - self._pause):
            return False
        time.sleep(self._pause)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        return True

    def is_over(self, seconds: float) -> bool:
        """Whether it has lasted longer than that."""
        return time.monotonic() - self._began > seconds


class _WritingSession:
    """The one connection of this process that writes, opened anew whenever it is lost."""

    def __init__(self, engine: Engine, address: Address) -> None:
        self._engine = engine
        self._address = address
        self._number = secrets.randbits(31)
        self._connection: Connection | None = None
        self._is_down = False

    def open_first(self) -> None:
        """Connect; raises `SandboxError`."""
        try:
            connection = self._connect()
            try:
                with connection.begin():
                    encoding = connection.exec_driver_sql(_ENCODING).scalar()
                if encoding != "UTF8":
                    raise SandboxError(
                        f"The PostgreSQL database{self._address.shown} keeps texts as {encoding}; "
                        "give one that was made with ENCODING 'UTF8'."
                    )
                while not self._claims(connection):
                    self._number = secrets.randbits(31)  # another process has taken the same
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
        patience = _Patience(0 if self._is_down else _SECONDS_TO_TRY)
        is_first = True
        while True:
            try:
                outcomes = self._commit_once(jobs, patience, is_first=is_first)
            except _Undone as undone:
                if not patience.waits():
                    self._is_down = True
                    raise self._address.unusable(undone.__cause__) from None
            except _Busy as busy:
                if patience.is_over(_SECONDS_TO_WAIT_FOR_OTHERS):
                    raise self._address.unusable(busy.__cause__) from None
                continue
            else:
                self._is_down = False
                return outcomes
            is_first = False

    def _commit_once(self, jobs: list[Job], patience: _Patience, *, is_first: bool) -> list[Outcome]:
        token = secrets.token_hex(16)
        try:
            connection = self._opened()
            transaction = connection.begin()
            _lock(connection, jobs)
            sign(connection, self._number, token)
            outcomes = [_done(connection, job, is_first=is_first) for job in jobs]
            if jobs[0].part is None:
                count_change(connection)
        except _Busy:
            self.close()
            raise
        except BaseException as error:
            self.close()
            if passes(error) or (is_first and is_duplicate(error)):
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
                    return is_signed(connection, self._number, token)
            except Exception as error:
                self.close()
                if not passes(error) or not patience.waits():
                    self._is_down = True
                    raise StorageError(
                        "The database did not tell whether what was being written is kept; "
                        "repeat the call under the same request id."
                    ) from error

    def _opened(self) -> Connection:
        """The connection, or a new one that has the claim: nothing of an old one can be running any more."""
        if self._connection is None:
            connection = self._connect()
            try:
                if not self._claims(connection):
                    raise LockNotAvailable("what this sandbox was doing there has not ended yet")
                self._refuse_upgraded(connection)
            except BaseException:
                discard(connection)
                raise
            self._connection = connection
        return self._connection

    def _connect(self) -> Connection:
        # Whoever has waited for a lock sees what was committed meanwhile.
        return self._engine.connect().execution_options(isolation_level="READ COMMITTED")

    def _claims(self, connection: Connection) -> bool:
        with connection.begin():
            set_up_writer(connection)
            return bool(connection.execute(CLAIM, {"number": self._number}).scalar())

    def _refuse_upgraded(self, connection: Connection) -> None:
        """Raise for a database that a later version has changed while nobody of this process was looking."""
        with connection.begin():
            version = connection.exec_driver_sql(_VERSION).scalar()
        if version != HEAD:
            raise StorageError(
                f"The PostgreSQL database{self._address.shown} was upgraded by a later version of partnercenter; "
                "upgrade this one and start it again."
            )


def _lock(connection: Connection, jobs: list[Job]) -> None:
    """Wait until nobody else writes in the parts that some work is about, or, when it is about none, at all."""
    parts = sorted({job.part for job in jobs if job.part is not None})
    if parts:
        statement, values = _lock_of(len(parts)), {f"part_{n}": part for n, part in enumerate(parts)}
    else:
        statement, values = _LOCK_EVERYTHING, {}
    try:
        connection.execute(statement, values)
    except DBAPIError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise _Busy from error
        raise


@cache
def _lock_of(parts: int) -> TextClause:
    """Everything, shared with others, then so many parts; in one order, so that nobody waits in a circle."""
    keys = [f"hashtextextended(current_schema() || '/' || CAST(:part_{n} AS text), 0)" for n in range(parts)]
    locks = ", ".join(f"pg_advisory_xact_lock({key})" for key in keys)
    return text(f"SELECT pg_advisory_xact_lock_shared({_KEY.format('')}), {locks}")


def _done(connection: Connection, job: Job, *, is_first: bool) -> Outcome:
    outcome = run_in_savepoint(connection, job, lambda: in_transaction(connection))
    if outcome.failure is not None and (
        # A name that another process has taken meanwhile is seen to be taken the second time.
        passes(outcome.failure) or (is_first and is_duplicate(outcome.failure))
    ):
        raise outcome.failure
    return outcome
