"""The wrong guesses of the last minute, counted by all processes together."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from partnercenter.sandbox.guesses import SECONDS
from partnercenter.sandbox.store.postgres_tables import wrong_guesses
from partnercenter.sandbox.store.store import Shared

_COUNT: Final = (
    select(func.count())
    .select_from(wrong_guesses)
    .where(wrong_guesses.c.what == bindparam("guessed"), wrong_guesses.c.guessed_at > bindparam("since"))
)
_FORGIVE: Final = delete(wrong_guesses).where(wrong_guesses.c.what == bindparam("guessed"))
_FORGET_OLD: Final = delete(wrong_guesses).where(wrong_guesses.c.guessed_at <= bindparam("since"))


class SharedGuesses:
    """The same as `guesses.Guesses`."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def forget(self) -> None:
        """Begin to count anew."""
        self._shared.run(lambda connection: connection.execute(delete(wrong_guesses)))

    def were_wrong(self, what: str, now: float) -> int:
        """How many guesses were wrong in the last minute."""
        values = {"guessed": what, "since": now - SECONDS}
        return self._shared.run(lambda connection: int(connection.execute(_COUNT, values).scalar_one()))

    def add_wrong(self, what: str, now: float) -> None:
        """Count a wrong guess."""

        def add(connection: Connection) -> None:
            connection.execute(_FORGET_OLD, {"since": now - SECONDS})
            connection.execute(insert(wrong_guesses), {"what": what, "guessed_at": now})

        self._shared.run(add)

    def was_right(self, what: str) -> None:
        """Forgive the wrong guesses before a right one."""
        self._shared.run(lambda connection: connection.execute(_FORGIVE, {"guessed": what}))
