"""One sandbox's state while it runs: its database, settings, keys, and who may call."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sqlalchemy import Connection

from partnercenter.sandbox.caller import Directory, Gatekeeper
from partnercenter.sandbox.identity.signing_keys import SigningKey, generate_signing_key
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.store.migrate import migrate
from partnercenter.sandbox.store.partners import (
    add_signing_key,
    read_settings,
    read_signing_keys,
    replace_settings,
)
from partnercenter.sandbox.worlds import has_partners, make_development_partner


class State:
    """Opened at start, closed at the end; `settings` is replaced as a whole when one changes.

    `overrides` are settings that were given on the command line; they win over what the database keeps and
    survive a reset.
    """

    def __init__(
        self, database: Database, nature: Nature, overrides: Mapping[str, object] | None = None
    ) -> None:
        self.database = database
        self.nature = nature
        self._overrides = dict(overrides or {})
        Settings.of(self._overrides)
        migrate(database.engine)
        self.keys = self._load_keys()
        self.page_secret = hashlib.sha256(next(iter(self.keys.values())).private_pem.encode()).digest()
        self.settings = self._load_settings()
        self.directory = Directory(database)
        self.gatekeeper = Gatekeeper(self.directory, self.keys)
        if not database.read(has_partners):
            database.write(lambda connection: make_development_partner(connection, nature)).result()

    @property
    def signing_key(self) -> SigningKey:
        """The key that signs new tokens."""
        return next(iter(self.keys.values()))

    def close(self) -> None:
        """Finish what is being written and close the database."""
        self.database.close()

    def change_settings(self, changes: Mapping[str, object]) -> Settings:
        """Change settings for good; a value of None is the default again. Raises `SandboxError` for bad ones."""
        changed = self.settings.with_changes(changes)
        self.database.write(lambda connection: replace_settings(connection, changed.changed)).result()
        self.settings = changed
        return changed

    def reload(self) -> None:
        """Read settings, partners and applications anew, after a seed or a reset."""
        self.directory.forget()
        self.settings = self._load_settings()

    def _load_settings(self) -> Settings:
        return Settings.of(self.database.read(read_settings)).with_changes(self._overrides)

    def _load_keys(self) -> dict[str, SigningKey]:
        def load_or_make(connection: Connection) -> list[SigningKey]:
            stored = read_signing_keys(connection)
            if stored:
                return [SigningKey(key_id, pem, made / 1_000_000) for key_id, pem, made in stored]
            key = generate_signing_key(self.nature.clock.now().timestamp())
            add_signing_key(connection, key.key_id, key.private_pem, int(key.created * 1_000_000))
            return [key]

        return {key.key_id: key for key in self.database.write(load_or_make).result()}
