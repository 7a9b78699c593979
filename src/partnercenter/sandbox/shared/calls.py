"""The calls of the minute that is running, counted by all processes together."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, delete
from sqlalchemy.dialects.postgresql import insert

from partnercenter.sandbox.store.hot import HotStatement
from partnercenter.sandbox.store.postgres_tables import counted_calls
from partnercenter.sandbox.store.store import Shared
from partnercenter.sandbox.throttle import Bucket

_FIRST = insert(counted_calls)
_COUNT: Final = HotStatement(
    _FIRST.on_conflict_do_update(
        index_elements=list(counted_calls.primary_key), set_={"calls": counted_calls.c.calls + 1}
    ).returning(counted_calls.c.calls)
)
_FORGET_OLD: Final = delete(counted_calls).where(counted_calls.c.minute < bindparam("now"))


class SharedCalls:
    """The same as `throttle.CallsOfAMinute`; the clocks of the machines have to agree about the minute."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def forget(self) -> None:
        """Begin to count anew."""
        self._shared.run(lambda connection: connection.execute(delete(counted_calls)))

    def count(self, bucket: Bucket, minute: int) -> int:
        """Count a call of a minute since 1970; returns how many there are now."""

        def counted(connection: Connection) -> int:
            calls = int(_COUNT.first(connection, {"minute": minute, **bucket._asdict(), "calls": 1}).calls)
            if calls == 1:
                connection.execute(_FORGET_OLD, {"now": minute})
            return calls

        return self._shared.run(counted)
