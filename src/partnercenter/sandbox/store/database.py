"""One database, one writer: reads run where they are asked for, writes queue for a single thread.

The writer commits every piece of work that waits in one transaction (group commit), each in a savepoint of its
own, and hands out results only after the commit: what was acknowledged is on disk. A piece of work that
raises undoes itself alone; when the database gives up the whole transaction, as on a full disk, every piece
of work in it fails and none is kept. SQLite keeps its log with `synchronous=FULL`, so a killed process and a
lost power line both leave exactly what was acknowledged. A read sees one state, that of one commit.

A file belongs to one process at a time: partners, settings and keys are remembered outside of it.
"""

from __future__ import annotations

import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, NullPool, StaticPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.store.hot import savepoint

T = TypeVar("T")
Work = Callable[[Connection], T]

_MOST_IN_ONE_COMMIT = 64
_ENDED = "The sandbox is shutting down; start it again and repeat the call."


@dataclass(slots=True)
class _Job:
    work: Work[Any]
    future: Future[Any]


class _Reader:
    """A connection that only reads, used by one thread at a time."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._driver = _driver(connection)

    def run(self, work: Work[T]) -> T:
        """Run queries in a transaction, so that they see one state."""
        # The driver's path: SQLAlchemy's costs a third of a read of one row.
        self._driver.execute("BEGIN")
        try:
            return work(self.connection)
        finally:
            self.connection.rollback()
            self._driver.rollback()


class Database:
    """A SQLite file, or a database in memory that ends with the process.

    `url` is `memory`, the path of a file, or a `sqlite:///` URL; `path` is that file. `commits` grows when a commit
    begins and when it has ended, so it is odd in between. Raises `SandboxError` when it
    cannot be opened, or when another process serves it.
    """

    def __init__(self, url: str) -> None:
        self.in_memory = url == "memory"
        self.path = path = None if self.in_memory else _path(url)
        self._claim = None if path is None else _claim(path)
        try:
            if path is not None:
                _make_private(path)
            self._engine = _engine(path)
        except BaseException:
            self._release()
            raise
        self._memory_lock = threading.RLock()
        self._idle_readers: list[_Reader] = []
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self.commits = 0
        self._writer = threading.Thread(target=self._write_jobs, name="sandbox-writer", daemon=True)
        self._writer.start()

    @property
    def engine(self) -> Engine:
        """The engine, for migrations and tests."""
        return self._engine

    def read(self, work: Work[T]) -> T:
        """Run queries on this thread, all on the state of one commit."""
        if self._closed:
            raise SandboxError(_ENDED)
        if self.in_memory:
            with self._memory_lock, self._engine.connect() as connection:
                return work(connection)
        try:
            reader = self._idle_readers.pop()
        except IndexError:
            reader = _Reader(self._engine.connect())
        try:
            return reader.run(work)
        finally:
            self._idle_readers.append(reader)
            if self._closed:
                self._close_readers()

    def write(self, work: Work[T]) -> Future[T]:
        """Queue a change; the future has its result once it is on disk, or the error it raised.

        The future cannot be cancelled: what was queued is done.
        """
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        with self._gate:
            if not self._closed:
                self._jobs.put(_Job(work, future))
                return future
        future.set_exception(SandboxError(_ENDED))
        return future

    def close(self) -> None:
        """Finish the writes that wait, then close every connection."""
        with self._gate:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        self._writer.join()
        self._close_readers()
        self._engine.dispose()
        self._release()

    def _close_readers(self) -> None:
        while self._idle_readers:
            try:
                self._idle_readers.pop().connection.close()
            except IndexError:  # another thread has just taken the last one
                return

    def _release(self) -> None:
        if self._claim is not None:
            self._claim.close()

    def _write_jobs(self) -> None:
        with self._engine.connect() as connection:
            while True:
                jobs, ended = self._waiting_jobs()
                if jobs:
                    self.commits += 1
                    with self._exclusive():
                        _commit_together(connection, jobs)
                    self.commits += 1
                if ended:
                    return

    def _waiting_jobs(self) -> tuple[list[_Job], bool]:
        job = self._jobs.get()
        jobs: list[_Job] = []
        while job is not None:
            jobs.append(job)
            if len(jobs) >= _MOST_IN_ONE_COMMIT or self._jobs.empty():
                return jobs, False
            job = self._jobs.get()
        return jobs, True

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """In memory there is one connection for all, so a reader must not look into an open transaction."""
        if not self.in_memory:
            yield
            return
        with self._memory_lock:
            yield


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn an error of the database into a `SandboxError` that begins with `what`."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        reason = str(getattr(error, "orig", error)).rstrip(".")
        raise SandboxError(f"{what}: {reason}.") from error


def _commit_together(connection: Connection, jobs: list[_Job]) -> None:
    try:
        with connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            outcomes = [_run_in_savepoint(connection, job) for job in jobs]
    except BaseException as error:
        # After a COMMIT that failed SQLAlchemy takes the transaction for ended, but SQLite keeps it open.
        _driver(connection).rollback()
        for job in jobs:
            job.future.set_exception(error)
        return
    for job, result, failure in outcomes:
        if failure is None:
            job.future.set_result(result)
        else:
            job.future.set_exception(failure)


def _run_in_savepoint(connection: Connection, job: _Job) -> tuple[_Job, Any, Exception | None]:
    reason: Exception | None = None
    try:
        with savepoint(connection):
            try:
                return job, job.work(connection), None
            except Exception as error:
                reason = error
                raise
    except Exception as error:
        if not _in_transaction(connection):
            # SQLite undid the whole transaction by itself, as it may on a full disk: the work before this one
            # is lost with it, and what came after would be committed piece by piece.
            raise (reason or error) from None
        return job, None, reason or error


def _in_transaction(connection: Connection) -> bool:
    """Whether the transaction that was begun is still there; SQLAlchemy only knows whether it was begun."""
    return not connection.invalidated and _driver(connection).in_transaction


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError(f"The sandbox works with sqlite3, not with {type(driver).__module__}.")
    return driver


def _engine(path: Path | None) -> Engine:
    if path is None:
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        # No pool: the writer and each reader keep their connection, and a pool's limit would be a limit of readers.
        url = URL.create("sqlite", database=str(path))
        engine = create_engine(
            url, poolclass=NullPool, connect_args={"timeout": 30, "check_same_thread": False}
        )
    event.listen(engine, "connect", _set_up_sqlite)
    with explained(f"The database {path or 'in memory'} cannot be opened"):
        engine.connect().close()
    return engine


def _path(url: str) -> Path:
    if url.startswith(("postgresql", "mysql", "mssql", "oracle")):
        raise SandboxError(
            f"The sandbox does not serve {url.split(':', 1)[0]} yet; give the path of a SQLite file."
        )
    name = url.removeprefix("sqlite:///")
    if "://" in name:
        raise SandboxError(f"The address {url} is none of a database that the sandbox serves; give a path.")
    try:
        path = Path(name).expanduser().resolve()
        if not path.parent.is_dir():
            raise SandboxError(f"The folder {path.parent} of the database does not exist; create it first.")
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise SandboxError(f"The database {url} cannot be opened: {reason}.") from error
    return path


def _claim(path: Path) -> sqlite3.Connection:
    """Keep other processes away from a database for as long as the returned connection is open.

    What is locked is an empty database beside it, with SQLite's own lock: it works wherever the database
    does, it ends with the process however that ends, and it needs no library and no branch for a platform.
    """
    with explained(f"The database {path} cannot be opened"):
        claim = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None, check_same_thread=False)
    try:
        claim.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        claim.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise SandboxError(
                f"Another sandbox serves the database {path}; end that one, or give another file with --database."
            ) from error
        raise SandboxError(f"The database {path} cannot be opened: {error}.") from error
    return claim


def _make_private(path: Path) -> None:
    """Make a new file for its owner alone: it holds the keys that sign tokens. SQLite gives its log the same mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise SandboxError(f"The database {path} cannot be opened: {error.strerror}.") from error


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transactions begin too late for savepoints; BEGIN is ours to say.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "cache_size=-32000",
        "temp_store=MEMORY",
        # Freed pages are not written once more to be emptied: that is two thirds of what a deletion writes.
        "secure_delete=FAST",
    ):
        connection.execute(f"PRAGMA {pragma}")
