"""From what somebody gives as `--database` to the store it names."""

from __future__ import annotations

from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.store.store import Store


def open_store(name: str) -> Store:
    """Open `memory`, or the path or `sqlite:///` URL of a file.

    Raises `SandboxError` when it cannot be opened, or when another process serves it.
    """
    return Database(name)
