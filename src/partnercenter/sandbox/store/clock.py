"""How far the sandbox's own time is ahead of the machine's."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, delete, insert, select

from partnercenter.sandbox.store.schema import clock

_AHEAD = "ahead"
_MICROSECOND = timedelta(microseconds=1)


def read_ahead(connection: Connection) -> timedelta:
    """What was kept; nothing as long as nobody has moved the clock."""
    query = select(clock.c.microseconds).where(clock.c.name == _AHEAD)
    return timedelta(microseconds=connection.execute(query).scalar() or 0)


def replace_ahead(connection: Connection, ahead: timedelta) -> None:
    """Keep this instead."""
    connection.execute(delete(clock).where(clock.c.name == _AHEAD))
    connection.execute(insert(clock), {"name": _AHEAD, "microseconds": ahead // _MICROSECOND})
