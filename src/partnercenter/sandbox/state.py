"""One sandbox's state while it runs: its database, settings, keys, and who may call."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Mapping

from sqlalchemy import Connection

from partnercenter.sandbox.caller import Directory, Gatekeeper
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.identity.signing_keys import SigningKey, generate_signing_key
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.store.database import Database, explained
from partnercenter.sandbox.store.migrate import migrate
from partnercenter.sandbox.store.partners import (
    add_signing_key,
    read_settings,
    read_signing_keys,
    replace_settings,
)
from partnercenter.sandbox.worlds.document import World
from partnercenter.sandbox.worlds.fill import has_partners, prepare, put_in
from partnercenter.sandbox.worlds.named import named_world

log = logging.getLogger(__name__)


class State:
    """Opened at start, closed at the end; `settings` is replaced as a whole when one changes.

    `overrides` are settings that were given on the command line; they win over what the database keeps and
    survive a reset, and are never written into it. Raises `SandboxError` for a setting that is none, or a
    database that cannot be used; the database stays open then.
    """

    def __init__(
        self, database: Database, nature: Nature, overrides: Mapping[str, object] | None = None
    ) -> None:
        self.database = database
        self.nature = nature
        self._overrides = Settings.of(overrides or {})
        self._changing = threading.Lock()
        with explained("The database cannot be used"):
            migrate(database.engine)
            self.keys = self._load_keys()
            self.page_secret = hashlib.sha256(next(iter(self.keys.values())).private_pem.encode()).digest()
            self._stored = self._load_settings()
            self.settings = self._in_force()
            self.directory = Directory(database)
            self.gatekeeper = Gatekeeper(self.directory, self.keys)
            if not database.read(has_partners):
                empty = prepare(named_world("empty"), nature)
                database.write(lambda connection: put_in(connection, empty)).result()

    @property
    def signing_key(self) -> SigningKey:
        """The key that signs new tokens."""
        return next(iter(self.keys.values()))

    def close(self) -> None:
        """Finish what is being written and close the database."""
        self.database.close()

    def change_settings(self, changes: Mapping[str, object]) -> Settings:
        """Change settings for good; a value of None is the default again. Raises `SandboxError` for bad ones."""
        with self._changing:
            stored = self._stored.with_changes(changes)
            in_force = self.settings.with_changes(changes)
            self.database.write(lambda connection: replace_settings(connection, stored.changed)).result()
            self._stored, self.settings = stored, in_force
            return in_force

    def fill(self, world: World) -> dict[str, int]:
        """Replace everything by a world; returns what it holds. Raises `SandboxError` and changes nothing then."""
        prepared = prepare(world, self.nature)
        with self._changing:
            self.database.write(lambda connection: put_in(connection, prepared)).result()
            self.directory.forget()
            self._stored = self._load_settings()
            self.settings = self._in_force()
        return prepared.counts()

    def _load_settings(self) -> Settings:
        return _readable(self.database.read(read_settings))

    def _in_force(self) -> Settings:
        return self._stored.with_changes(self._overrides.changed)

    def _load_keys(self) -> dict[str, SigningKey]:
        def load_or_make(connection: Connection) -> list[SigningKey]:
            stored = read_signing_keys(connection)
            if stored:
                return [SigningKey(key_id, pem, made / 1_000_000) for key_id, pem, made in stored]
            key = generate_signing_key(self.nature.real.now().timestamp())
            add_signing_key(connection, key.key_id, key.private_pem, int(key.created * 1_000_000))
            return [key]

        return {key.key_id: key for key in self.database.write(load_or_make).result()}


def _readable(stored: Mapping[str, str]) -> Settings:
    """The settings of a database; one that another version wrote and this one does not have is left out."""
    settings = Settings.of({})
    for name, value in stored.items():
        try:
            settings = settings.with_changes({name: value})
        except SandboxError as error:
            log.warning("a stored setting is left out: %s", error)
    return settings
