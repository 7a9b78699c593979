"""What was asked of all processes lately: written down before the answer leaves, so that its reader finds it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from partnercenter.sandbox.errors import StorageError
from partnercenter.sandbox.request_log import MOST_ENTRIES, Exchange, LoggedRequest, entry_of
from partnercenter.sandbox.store.hot import HotStatement
from partnercenter.sandbox.store.postgres_tables import logged_requests
from partnercenter.sandbox.store.store import Shared
from partnercenter.sandbox.wire.message import Response

log = logging.getLogger(__name__)

_ADD: Final = HotStatement(insert(logged_requests))
_NEWEST: Final = select(logged_requests.c.entry).order_by(logged_requests.c.key.desc()).limit(MOST_ENTRIES)
_FORGET_OLD: Final = delete(logged_requests).where(logged_requests.c.key <= bindparam("last"))
# Each so many entries the old ones are taken away.
_PART: Final = 1000


class SharedRequestLog:
    """The same as `request_log.RequestLog`."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def add(self, exchange: Exchange, answer: Response) -> None:
        """Write down how an exchange ended, unless the database is away: then it is missing from the log."""
        moment, *rest = entry_of(exchange, answer)
        entry = json.dumps([moment.isoformat(), *rest])

        def add(connection: Connection) -> None:
            key = _ADD.insert(connection, {"entry": entry})
            if key % _PART == 0:
                connection.execute(_FORGET_OLD, {"last": key - MOST_ENTRIES})

        try:
            self._shared.run(add)
        except StorageError as error:
            log.warning("a request is missing from the log of requests: %s", error)

    def newest(self, is_wanted: Callable[[LoggedRequest], bool], most: int) -> list[LoggedRequest]:
        """The newest entries that are wanted, oldest of them first."""
        texts = self._shared.run(lambda connection: connection.execute(_NEWEST).scalars().all())
        return list(islice(filter(is_wanted, map(_entry, texts)), most))[::-1]

    def clear(self) -> None:
        """Forget every entry."""
        self._shared.run(lambda connection: connection.execute(delete(logged_requests)))


def _entry(text: str) -> LoggedRequest:
    moment, *rest = json.loads(text)
    return LoggedRequest(datetime.fromisoformat(moment), *rest)
