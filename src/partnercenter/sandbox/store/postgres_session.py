"""Sessions with PostgreSQL: how one is opened, what it is set to, and what is wrong when something is wrong.

Nobody waits for ever: where a session says nothing for some seconds, another is opened to find out whether the server
still answers anybody. As long as it does, what was asked for takes long; when it does not, the session is given up.
"""

from __future__ import annotations

import time
from typing import Any, Final, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import ConnectionTimeout, UniqueViolation
from psycopg.pq import TransactionStatus
from psycopg.types.string import StrDumper
from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from partnercenter.sandbox.errors import SandboxError, StorageError

T = TypeVar("T")

_SECONDS_TO_CONNECT: Final = 5
_SECONDS_OF_SILENCE: Final = 5.0
# The longest that one statement may take, such as to remove everything before a seed.
_LONGEST_SILENCE: Final = 600.0
# So long nobody asks a server again that did not answer.
_SECONDS_BETWEEN_QUESTIONS: Final = 2.0
_SILENT: Final = "the server does not answer"
_LOST_AFTER_MILLISECONDS: Final = 10_000
# What may be given and is not: an address stands for itself.
_DEFAULTS: Final[dict[str, Any]] = {
    "application_name": "partnercenter sandbox",
    "connect_timeout": _SECONDS_TO_CONNECT,
    # Somebody who is not there any more is noticed.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": _LOST_AFTER_MILLISECONDS,
}
_OF_WRITERS: Final[dict[str, int]] = {
    "lock_timeout": _LOST_AFTER_MILLISECONDS,
    # A process that was stopped in the middle does not keep the others from what it has locked.
    "idle_in_transaction_session_timeout": 60_000,
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 2,
    "tcp_user_timeout": _LOST_AFTER_MILLISECONDS,
}
# An acknowledged write is on the disk, whatever the server's own setting; a stronger one than `on` stays.
_DURABLE: Final = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)
# Conditions that pass: conflicts between transactions, waits and pauses that were too long, a server that ends,
# begins or is full, a standby that is not the server any more (PostgreSQL, appendix A).
_PASSING: Final = frozenset({"40001", "40P01", "55P03", "25P03", "57P01", "57P02", "57P03", "53300", "25006"})
_LOST: Final = "08"


class _Text(StrDumper):
    """A text, with U+FFFD in place of the character that PostgreSQL's texts cannot have."""

    def dump(self, obj: str) -> bytes | bytearray | memoryview | None:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))


class _Session(psycopg.Connection[Any]):
    """A session that does not wait for a server that has stopped to answer."""

    address: Address

    def wait(self, gen: PQGen[T], *args: Any, **kwargs: Any) -> T:
        """Carry out what the driver does, which is lost when the server is."""
        return super().wait(self._heard(gen), *args, **kwargs)

    def _heard(self, gen: PQGen[T]) -> PQGen[T]:
        heard = known = time.monotonic()
        try:
            waits_for = next(gen)
            while True:
                ready = yield waits_for
                now = time.monotonic()
                if ready:
                    heard = known = now
                elif now - known > self.address.bearable_silence:
                    if now - heard > _LONGEST_SILENCE or not self.address.answers():
                        raise psycopg.OperationalError(_SILENT)
                    known = time.monotonic()
                waits_for = gen.send(ready)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]


class Address:
    """The address of a database, as libpq takes it; raises `SandboxError` when it is none."""

    def __init__(self, url: str) -> None:
        try:
            given = conninfo_to_dict(url)
        except psycopg.Error as error:
            # The driver's own words would show what it stumbled over, which may be a part of the password.
            raise SandboxError(
                "The address of the PostgreSQL database is not well formed; its form is "
                "postgresql://USER:PASSWORD@HOST:PORT/NAME, with special characters of each part as %XX."
            ) from error
        self._settings: dict[str, Any] = {**_DEFAULTS, **given, "client_encoding": "utf8"}
        host = given.get("host") or given.get("hostaddr")
        name = given.get("dbname")
        self.shown = (f" {name}" if name else "") + (f" on {host}" if host else "")
        self._silent_until = 0.0

    def engine(self) -> Engine:
        """An engine without a pool: whoever opens a connection keeps it."""
        return create_engine(
            "postgresql+psycopg://",
            creator=self._connect,
            poolclass=NullPool,
            use_native_hstore=False,
            hide_parameters=True,  # they would stand in the log of an error
        )

    @property
    def bearable_silence(self) -> float:
        """For how many seconds a session may say nothing before it is doubted; none where others wait in vain."""
        return 0.0 if self._silent_until else _SECONDS_OF_SILENCE

    def answers(self) -> bool:
        """Whether the server answers anybody, by a session that ends at once."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def unusable(self, error: BaseException | None) -> StorageError:
        """What was wrong, for the user; the driver does not repeat passwords."""
        reason = _first_line(getattr(error, "orig", None) or error)
        return StorageError(f"The PostgreSQL database{self.shown} cannot be used: {reason}.")

    def _connect(self) -> psycopg.Connection[Any]:
        if self._silent_until:
            if time.monotonic() < self._silent_until:
                raise psycopg.OperationalError(_SILENT)
            # One finds out whether it answers again; the others need not wait for that.
            self._silent_until = time.monotonic() + _SECONDS_TO_CONNECT + _SECONDS_BETWEEN_QUESTIONS
        try:
            connection = _Session.connect(**self._settings)
        except ConnectionTimeout:
            self._silent_until = time.monotonic() + _SECONDS_BETWEEN_QUESTIONS
            raise
        except BaseException:
            self._silent_until = 0.0
            raise
        self._silent_until = 0.0
        connection.adapters.register_dumper(str, _Text)
        connection.address = self
        return connection


def set_up_writer(connection: Connection) -> None:
    """Set up a session that writes; all of it is in force from the next commit on.

    A commit returns when it is on the disk, a wait for a lock ends, and the server notices when this machine is gone,
    so that the lock of this session does not outlive it for long.
    """
    connection.exec_driver_sql(_DURABLE)
    for name, value in _OF_WRITERS.items():
        connection.exec_driver_sql(f"SET {name} = {value}")


def in_transaction(connection: Connection) -> bool:
    """Whether the transaction that was begun is there and sound: PostgreSQL takes COMMIT for an undone one, too."""
    if connection.invalidated:
        return False
    driver = _driver(connection)
    return not driver.closed and driver.info.transaction_status == TransactionStatus.INTRANS


def discard(connection: Connection) -> None:
    """Close a connection, whatever state it is in."""
    connection.invalidate()
    connection.close()


def passes(error: BaseException) -> bool:
    """Whether something failed for a reason that passes, so that it may be tried again."""
    seen: BaseException | None = error
    # What was said in our own words was tried for long enough, whatever was behind it.
    while seen is not None and not isinstance(seen, SandboxError):
        cause = seen.orig if isinstance(seen, DBAPIError) else seen
        if isinstance(cause, psycopg.Error):
            state = cause.sqlstate
            # A connection that broke has no state.
            is_lost = state is None and isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError))
            return is_lost or (state is not None and (state in _PASSING or state.startswith(_LOST)))
        seen = seen.__cause__ or seen.__context__
    return False


def is_duplicate(error: BaseException) -> bool:
    """Whether something is there already that may be there once only."""
    return isinstance(getattr(error, "orig", None), UniqueViolation)


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"The sandbox works with psycopg here, not with {type(driver).__module__}.")
    return driver


def _first_line(error: object) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".")
