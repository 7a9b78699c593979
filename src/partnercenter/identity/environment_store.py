"""A refresh token from an environment variable, for machines that are given one and can keep none."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class EnvironmentStore:
    """Reads a variable. What follows its refresh token is kept in memory, and gone with the process.

    Entra lets the one in the variable be redeemed again until it expires, so the next process begins with it. It
    does not become younger, though: give the variable a new one before 90 days are over.
    """

    def __init__(self, variable: str = "PARTNERCENTER_REFRESH_TOKEN") -> None:
        self.variable = variable
        self._lock = threading.RLock()
        self._saved: str | None = None
        self._is_deleted = False

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep other threads out; there is nothing that another process could change."""
        with self._lock:
            yield

    def read(self) -> str | None:
        """The secret of this process, or else of the variable."""
        if self._is_deleted:
            return None
        return self._saved or os.environ.get(self.variable, "").strip() or None

    def save(self, secret: str) -> None:
        """Keep the secret in memory."""
        self._saved, self._is_deleted = secret, False

    def delete(self) -> None:
        """Forget the secret in this process; the variable is whoever's who set it."""
        self._saved, self._is_deleted = None, True

    def __repr__(self) -> str:
        return f"EnvironmentStore({self.variable!r})"
