"""One database, one writer: reads run where they are asked for, writes queue for a single thread.

The writer commits every piece of work that waits in one transaction (group commit), each in a savepoint of its
own, and hands out results only after the commit: what was acknowledged is on disk. A piece of work that
raises undoes itself alone. SQLite keeps its log with `synchronous=FULL`, so a killed process and a lost
power line both leave exactly what was acknowledged.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError

from partnercenter.sandbox.errors import SandboxError

T = TypeVar("T")
Work = Callable[[Connection], T]

_MOST_IN_ONE_COMMIT = 64


@dataclass(slots=True)
class _Job:
    work: Work[Any]
    future: Future[Any]


class Database:
    """A SQLite file, or a database in memory that ends with the process.

    `url` is `memory`, the path of a file, or a `sqlite:///` URL. Raises `SandboxError` when it cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self.in_memory = url == "memory"
        self._engine = _engine(url)
        self._memory_lock = threading.RLock()
        self._readers = threading.local()
        self._open_readers: list[Connection] = []
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._writer = threading.Thread(target=self._write_jobs, name="sandbox-writer", daemon=True)
        self._writer.start()

    @property
    def engine(self) -> Engine:
        """The engine, for migrations and tests."""
        return self._engine

    def read(self, work: Work[T]) -> T:
        """Run a query on this thread, outside of any transaction."""
        if self.in_memory:
            with self._memory_lock, self._engine.connect() as connection:
                return work(connection)
        reader = self._reader()
        try:
            return work(reader)
        finally:
            reader.rollback()

    def _reader(self) -> Connection:
        """This thread's own connection."""
        known: Connection | None = getattr(self._readers, "connection", None)
        if known is not None:
            return known
        made = self._engine.connect()
        self._readers.connection = made
        self._open_readers.append(made)
        return made

    def write(self, work: Work[T]) -> Future[T]:
        """Queue a change; the future has its result once it is on disk, or the error it raised."""
        future: Future[T] = Future()
        if self._closed:
            future.set_exception(
                SandboxError("The sandbox is shutting down; start it again and repeat the call.")
            )
            return future
        self._jobs.put(_Job(work, future))
        return future

    def close(self) -> None:
        """Finish the writes that wait, then close every connection."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        self._writer.join()
        for reader in self._open_readers:
            reader.close()
        self._engine.dispose()

    def _write_jobs(self) -> None:
        with self._engine.connect() as connection:
            while True:
                jobs, ended = self._waiting_jobs()
                if jobs:
                    with self._exclusive():
                        _commit_together(connection, jobs)
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


def _commit_together(connection: Connection, jobs: list[_Job]) -> None:
    try:
        with connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            outcomes = [_run_in_savepoint(connection, job) for job in jobs]
    except Exception as error:
        for job in jobs:
            job.future.set_exception(error)
        return
    for job, result, failure in outcomes:
        if failure is None:
            job.future.set_result(result)
        else:
            job.future.set_exception(failure)


def _run_in_savepoint(connection: Connection, job: _Job) -> tuple[_Job, Any, BaseException | None]:
    try:
        with connection.begin_nested():
            return job, job.work(connection), None
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        return job, None, error


def _engine(url: str) -> Engine:
    if url == "memory":
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    elif url.startswith(("postgresql", "mysql", "mssql", "oracle")):
        raise SandboxError(
            f"The sandbox does not serve {url.split(':', 1)[0]} yet; give the path of a SQLite file."
        )
    else:
        engine = create_engine(_sqlite_url(url), connect_args={"timeout": 30})
    event.listen(engine, "connect", _set_up_sqlite)
    try:
        engine.connect().close()
    except (DBAPIError, ArgumentError, sqlite3.Error) as error:
        reason = str(getattr(error, "orig", error)).rstrip(".")
        raise SandboxError(f"The database {url} cannot be opened: {reason}.") from error
    return engine


def _sqlite_url(url: str) -> str:
    path = url.removeprefix("sqlite:///")
    if "://" in path:
        raise SandboxError(f"{url} is no database of the sandbox; give the path of a SQLite file, or memory.")
    folder = Path(path).expanduser().absolute().parent
    if not folder.is_dir():
        raise SandboxError(f"The folder {folder} of the database does not exist; create it first.")
    return f"sqlite:///{Path(path).expanduser().absolute()}"


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
    ):
        connection.execute(f"PRAGMA {pragma}")
