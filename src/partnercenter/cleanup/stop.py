"""Asking a run to stop, from anywhere: a signal handler, another thread, another task; interlock S20.

The first time it finishes what is in flight, the second time it stops at once. The journal holds either way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class Stop:
    """A wish to stop. One object serves one run at a time."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._times = 0
        self._tell: Callable[[int], None] | None = None

    @property
    def times(self) -> int:
        """How often it was asked for."""
        return self._times

    def ask(self) -> None:
        """Ask for it; a second time means at once. May be called from a signal handler."""
        with self._lock:
            self._times += 1
            if self._tell is not None:
                self._tell(self._times)

    def tell(self, tell: Callable[[int], None] | None) -> None:
        """Call `tell` with the number of times from now on, and at once when it was asked for before."""
        with self._lock:
            self._tell = tell
            if tell is not None and self._times:
                tell(self._times)
