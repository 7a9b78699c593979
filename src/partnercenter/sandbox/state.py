"""One sandbox's state while it runs: its database, settings, keys, and who may call."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from partnercenter.sandbox.caller import Directory, Gatekeeper
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.guesses import Guesses
from partnercenter.sandbox.identity.signing_keys import SigningKey, generate_signing_key
from partnercenter.sandbox.injected_faults import InjectedFaults
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.request_log import RequestLog
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.snapshots import Snapshots
from partnercenter.sandbox.store.clock import read_ahead, replace_ahead
from partnercenter.sandbox.store.database import explained
from partnercenter.sandbox.store.migrate import migrate
from partnercenter.sandbox.store.partners import (
    add_signing_key,
    read_settings,
    read_signing_keys,
    replace_settings,
)
from partnercenter.sandbox.store.store import Store
from partnercenter.sandbox.throttle import Throttle
from partnercenter.sandbox.worlds.document import World
from partnercenter.sandbox.worlds.fill import has_partners, prepare, put_in
from partnercenter.sandbox.worlds.named import named_world

log = logging.getLogger(__name__)


class State:
    """Opened at start, closed at the end; `settings` is replaced as a whole when one changes.

    `overrides` are settings that were given on the command line; they win over what the database keeps and
    survive a reset, and are never written into it. `known_keys` are signing keys that need not be read once more
    if the database has them, which takes 30 ms each. `faults`, `requests`, `throttle` and `guesses` end with the
    process. Raises `SandboxError` for a setting that is none, or a database that cannot be used; the database stays
    open then.
    """

    def __init__(
        self,
        database: Store,
        nature: Nature,
        overrides: Mapping[str, object] | None = None,
        known_keys: Mapping[str, SigningKey] | None = None,
    ) -> None:
        self.database = database
        self.nature = nature
        self.faults = InjectedFaults()
        self.requests = RequestLog()
        self.throttle = Throttle()
        self.guesses = Guesses()
        self._overrides = Settings.of(overrides or {})
        self._changing = threading.Lock()
        self.snapshots = Snapshots(database, nature.real, self.replace)
        with explained("The database cannot be used"):
            migrate(database.engine)
            self.keys = {id_: (known_keys or {}).get(id_, key) for id_, key in self._load_keys().items()}
            self.page_secret = hashlib.sha256(next(iter(self.keys.values())).private_pem.encode()).digest()
            self._stored = self._load_settings()
            self.settings = self._in_force()
            self.nature.clock.ahead = database.read(read_ahead)
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

    def move_clock(self, ahead_at: Callable[[datetime], timedelta]) -> tuple[datetime, timedelta]:
        """Move the sandbox's own time for good, as far ahead of the machine's as `ahead_at` says for that one.

        Returns the machine's time of the move, and by how much the sandbox's is ahead of it.
        """
        with self._changing:
            real = self.nature.real.now()
            ahead = ahead_at(real)
            self._write_new_time(lambda connection: replace_ahead(connection, ahead))
            return real, ahead

    def fill(self, world: World) -> dict[str, int]:
        """Replace everything by a world, in real time; returns what it holds.

        Raises `SandboxError` and changes nothing then. What is remembered of the time before is forgotten: faults
        made to order, the log of requests, the calls and the guesses that were counted.
        """
        prepared = prepare(world, self.nature.in_real_time())
        self.replace(lambda connection: put_in(connection, prepared))
        self.faults.clear()
        self.requests.clear()
        self.throttle.forget()
        self.guesses.forget()
        return prepared.counts()

    def replace(self, work: Callable[[Connection], None]) -> None:
        """Carry out a write that replaces everything, and read anew what is remembered outside of the database."""
        with self._changing:
            self._write_new_time(work)
            self.directory.forget()
            self._stored = self._load_settings()
            self.settings = self._in_force()

    def _write_new_time(self, work: Callable[[Connection], None]) -> None:
        """Carry out a write after which the clock shows what the database says.

        The clock moves inside the write: what is written after it, in the same commit, happens in the new time.
        """
        clock, before = self.nature.clock, self.nature.clock.ahead

        def written(connection: Connection) -> None:
            work(connection)
            clock.ahead = read_ahead(connection)

        try:
            self.database.write(written).result()
        except BaseException:
            clock.ahead = before
            raise

    def _load_settings(self) -> Settings:
        return _readable(self.database.read(read_settings))

    def _in_force(self) -> Settings:
        return self._stored.with_changes(self._overrides.changed)

    def _load_keys(self) -> dict[str, SigningKey]:
        def load(connection: Connection) -> list[SigningKey]:
            stored = read_signing_keys(connection)
            return [SigningKey(key_id, pem, made / 1_000_000) for key_id, pem, made in stored]

        def load_or_make(connection: Connection) -> list[SigningKey]:
            if stored := load(connection):
                return stored
            key = generate_signing_key(self.nature.real.now().timestamp())
            add_signing_key(connection, key.key_id, key.private_pem, int(key.created * 1_000_000))
            return [key]

        keys = self.database.read(load) or self.database.write(load_or_make).result()
        return {key.key_id: key for key in keys}


def _readable(stored: Mapping[str, str]) -> Settings:
    """The settings of a database; one that another version wrote and this one does not have is left out."""
    settings = Settings.of({})
    for name, value in stored.items():
        try:
            settings = settings.with_changes({name: value})
        except SandboxError as error:
            log.warning("a stored setting is left out: %s", error)
    return settings
