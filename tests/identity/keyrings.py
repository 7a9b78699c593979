"""Keyrings of tests, registered through keyring's own interface."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """Keeps passwords in memory; one that is longer than `longest` is refused, as Windows does."""

    priority = 1.0
    longest = 1_280

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.writes_left = 1_000_000

    def get_password(self, service: str, username: str) -> str | None:
        """A password."""
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a password."""
        if self.writes_left == 0 or len(password) > self.longest:
            raise KeyringLocked("the keyring was locked.")
        self.writes_left -= 1
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget a password."""
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


class FileKeyring(KeyringBackend):
    """Keeps passwords in the file that `TEST_KEYRING_FILE` names, so that processes share them."""

    priority = 1.0

    def _read(self) -> dict[str, str]:
        path = Path(os.environ["TEST_KEYRING_FILE"])
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def _write(self, kept: dict[str, str]) -> None:
        path = Path(os.environ["TEST_KEYRING_FILE"])
        path.with_suffix(".new").write_text(json.dumps(kept))
        path.with_suffix(".new").replace(path)

    def get_password(self, service: str, username: str) -> str | None:
        """A password."""
        return self._read().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a password."""
        self._write({**self._read(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        """Forget a password."""
        kept = self._read()
        if kept.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError("not found")
        self._write(kept)
