"""SQLite, one writer: reads run where they are asked for, writes queue for a single thread.

The writer commits every piece of work that waits in one transaction (group commit), each in a savepoint of its
own, and hands out results only after the commit: what was acknowledged is on disk. A piece of work that
raises undoes itself alone; when the database gives up the whole transaction, as on a full disk, every piece
of work in it fails and none is kept. SQLite keeps its log with `synchronous=FULL`, so a killed process and a
lost power line both leave exactly what was acknowledged. A read sees one state, that of one commit.

A file belongs to one process at a time: partners, settings and keys are remembered outside of it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import URL, Connection, Engine, NullPool, StaticPool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import LRUCache

from partnercenter.sandbox.errors import SandboxError, StorageError
from partnercenter.sandbox.store.faults import said_of
from partnercenter.sandbox.store.log_damage import has_lost_commits
from partnercenter.sandbox.store.snapshots import FolderShelf, MemoryShelf, Shelf
from partnercenter.sandbox.store.store import ENDED, Work
from partnercenter.sandbox.store.writer import Job, Writer, acknowledge, refuse, run_in_savepoint

T = TypeVar("T")

_COMPILED: Final = LRUCache[Any, Any](500)
_GONE = "The database {} was moved, removed or replaced while it was served; put it back, or start the sandbox again."


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

    `url` is `memory`, the path of a file, or a `sqlite:///` URL; `path` is that file. `image` is what a database in
    memory begins with: all that another one held. Raises `SandboxError` when it cannot be opened, or when another
    process serves it.
    """

    def __init__(self, url: str, image: bytes | None = None) -> None:
        self.in_memory = url == "memory"
        self.path = path = None if self.in_memory else file_of(url)
        self._claim = None if path is None else claim(path)
        try:
            if path is not None:
                _make_private(path, path)
                refuse_unsafe(path)
            self._engine = _engine(path)
            with explained(f"The database {path or 'in memory'} cannot be opened"):
                self._writing = self._engine.connect()
                if image is not None:
                    _driver(self._writing).deserialize(image)
        except BaseException:
            self._release()
            raise
        self._file = None if path is None else _file_at(path)
        self._memory_lock = threading.RLock()
        self._idle_readers: list[_Reader] = []
        self._writer = Writer(self._write_jobs)

    @property
    def shared(self) -> None:
        """A file belongs to one process."""
        return None

    @property
    def commits(self) -> int:
        """A number that is odd while a commit is being made, and greater after it."""
        return self._writer.commits

    @property
    def engine(self) -> Engine:
        """The engine, for migrations and tests."""
        return self._engine

    def shelf(self) -> Shelf:
        """A folder beside the file, or memory beside a database in memory."""
        if self.path is None:
            return MemoryShelf()
        return FolderShelf(self.path.with_name(f"{self.path.name}.snapshots"))

    def image(self) -> bytes:
        """All that a database in memory holds, for others to begin with."""
        with self._memory_lock:
            return _driver(self._writing).serialize()

    def read(self, work: Work[T]) -> T:
        """Run queries on this thread, all on the state of one commit."""
        if self._writer.closed:
            raise SandboxError(ENDED)
        if self.in_memory:
            with self._memory_lock, self._engine.connect() as connection:
                return work(connection)
        try:
            reader = self._idle_readers.pop()
        except IndexError:
            self._check_place()
            reader = _Reader(self._engine.connect())
        try:
            return reader.run(work)
        finally:
            self._idle_readers.append(reader)
            if self._writer.closed:
                self._close_readers()

    def write(self, work: Work[T], part: str | None = None) -> Future[T]:
        """Queue a change; the future has its result once it is on disk, or the error it raised.

        One change comes after the other, whichever part it is about. The future cannot be cancelled: what was
        queued is done.
        """
        return self._writer.submit(work, part)

    def close(self) -> None:
        """Finish the writes that wait, then close every connection."""
        if not self._writer.close():
            return
        self._close_readers()
        self._writing.close()
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

    def _write_jobs(self, batches: Iterator[list[Job]]) -> None:
        with self._writing as connection:
            for jobs in batches:
                try:
                    self._check_place()
                except StorageError as error:
                    refuse(jobs, error)
                    continue
                with self._exclusive():
                    _commit_together(connection, jobs)

    def _check_place(self) -> None:
        """Raise `StorageError` when the path of the database leads to another file than at the start, or to none."""
        if self.path is not None and self._file != _file_at(self.path):
            raise StorageError(_GONE.format(self.path))

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
    except UnicodeDecodeError as error:  # an error whose own text names something that is damaged
        raise SandboxError(f"{what}: it is damaged.") from error
    except (DBAPIError, sqlite3.Error) as error:
        raise SandboxError(f"{what}: {said_of(error)}.") from error


def _commit_together(connection: Connection, jobs: list[Job]) -> None:
    try:
        with connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            outcomes = [
                run_in_savepoint(connection, job, lambda: _in_transaction(connection)) for job in jobs
            ]
    except BaseException as error:
        # After a COMMIT that failed SQLAlchemy takes the transaction for ended, but SQLite keeps it open.
        _driver(connection).rollback()
        refuse(jobs, error)
        return
    acknowledge(outcomes)


def _in_transaction(connection: Connection) -> bool:
    """Whether the transaction that was begun is still there, which SQLAlchemy does not know.

    SQLite undoes the whole of it by itself at times, as it may on a full disk.
    """
    return not connection.invalidated and _driver(connection).in_transaction


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError(f"The sandbox works with sqlite3, not with {type(driver).__module__}.")
    return driver


def _engine(path: Path | None) -> Engine:
    if path is None:
        model = _model_in_memory()
        pool = StaticPool(_connect_in_memory)
        engine = Engine(pool, model.dialect, model.url, execution_options={"compiled_cache": _COMPILED})
    else:
        # No pool: the writer and each reader keep their connection, and a pool's limit would be a limit of readers.
        url = URL.create("sqlite", database=str(path))
        engine = create_engine(
            url, poolclass=NullPool, connect_args={"timeout": 5, "check_same_thread": False}
        )
    event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _connect_in_memory() -> Any:
    return sqlite3.connect(":memory:", check_same_thread=False)


@cache
def _model_in_memory() -> Engine:
    """The engine whose dialect all databases in memory have: statements are compiled once for a dialect.

    A test may make a sandbox for each of its cases, and compiling takes longer than what is executed.
    """
    engine = create_engine("sqlite://", poolclass=StaticPool)
    engine.connect().close()  # the dialect finds out what SQLite can do
    engine.dispose()
    return engine


def file_of(url: str) -> Path:
    """The file that somebody names, as a path or as a `sqlite:///` URL; raises `SandboxError` for what is none."""
    name = url.removeprefix("sqlite:///")
    if "://" in name:
        # Not shown whole: such an address may have a password in it.
        scheme = name.partition(":")[0][:40]
        raise SandboxError(
            f"The sandbox does not serve {scheme}; give the path of a SQLite file or a postgresql:// address."
        )
    try:
        path = Path(name).expanduser().resolve()
        if not path.parent.is_dir():
            raise SandboxError(f"The folder {path.parent} of the database does not exist; create it first.")
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise SandboxError(f"The database {url} cannot be opened: {reason}.") from error
    return path


def claim(path: Path) -> sqlite3.Connection:
    """Keep other processes away from a database for as long as the returned connection is open.

    What is locked is an empty database beside it, with SQLite's own lock: it works wherever the database
    does, it ends with the process however that ends, and it needs no library and no branch for a platform. Nobody
    else may open it: whoever reads it could keep its owner out.
    """
    _make_private(Path(f"{path}.lock"), path)
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
        raise SandboxError(f"The database {path} cannot be opened: {said_of(error)}.") from error
    return claim


def _file_at(path: Path) -> tuple[int, int] | None:
    """Which file a path leads to; None when it leads to none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _make_private(file: Path, database: Path) -> None:
    """Make a new file for its owner alone: it may hold the keys that sign tokens. SQLite's log has the same mode."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise SandboxError(f"The database {database} cannot be opened: {error.strerror}.") from error


def refuse_unsafe(path: Path) -> None:
    """Refuse a file whose log would be missed under another of its names, and one whose log is damaged."""
    if path.is_file() and path.stat().st_nlink > 1:
        raise SandboxError(
            f"The database {path} has a second name, a hard link, and SQLite keeps a log for each name; remove one."
        )
    with explained(f"The database {path} cannot be opened"):
        if has_lost_commits(path):
            raise SandboxError(
                f"The log {path}-wal is damaged, and changes that were acknowledged are lost in it. Restore a backup "
                "with 'partnercenter sandbox restore', or open the database once with sqlite3 to go on without them."
            )


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transactions begin too late for savepoints; BEGIN is ours to say.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=5000",
        # A log that a seed or a long read made long is cut to this as soon as it begins anew.
        "journal_size_limit=16777216",
        "cache_size=-32000",
        "temp_store=MEMORY",
        # Freed pages are not written once more to be emptied: that is two thirds of what a deletion writes.
        "secure_delete=FAST",
    ):
        connection.execute(f"PRAGMA {pragma}")
