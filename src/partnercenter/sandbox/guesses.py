"""How often somebody has guessed wrong lately: the password of a user, codes on the page for devices.

None counts for longer than a minute. A process counts for itself, unless several share a database
(`shared.guesses`). Guesses that are being looked at do not count yet: somebody who signs in often, and at once, is
never locked out by that.
"""

from __future__ import annotations

import threading
from typing import Final

SECONDS: Final = 60


class Guesses:
    """The wrong guesses of the last minute, by what was guessed; times are in unix seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Begin to count anew."""
        self._wrong: dict[str, list[float]] = {}

    def were_wrong(self, what: str, now: float) -> int:
        """How many guesses were wrong in the last minute."""
        with self._lock:
            return len(self._of_this_minute(what, now))

    def add_wrong(self, what: str, now: float) -> None:
        """Count a wrong guess."""
        with self._lock:
            self._wrong[what] = [*self._of_this_minute(what, now), now]

    def was_right(self, what: str) -> None:
        """Forgive the wrong guesses before a right one."""
        with self._lock:
            self._wrong.pop(what, None)

    def _of_this_minute(self, what: str, now: float) -> list[float]:
        return [then for then in self._wrong.get(what, ()) if then > now - SECONDS]
