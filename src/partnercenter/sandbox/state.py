"""One sandbox's state while it runs: its database, settings, keys, and who may call."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from partnercenter.sandbox.caller import Directory, Gatekeeper
from partnercenter.sandbox.counted import in_memory, in_tables
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.identity.signing_keys import SigningKey, generate_signing_key
from partnercenter.sandbox.nature import Nature
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
from partnercenter.sandbox.worlds.document import World
from partnercenter.sandbox.worlds.fill import has_partners, prepare, put_in
from partnercenter.sandbox.worlds.named import named_world

T = TypeVar("T")

log = logging.getLogger(__name__)


class State:
    """Opened at start, closed at the end; `settings` is replaced as a whole when one changes.

    `overrides` are settings that were given on the command line; they win over what the database keeps and
    survive a reset, and are never written into it. `known_keys` are signing keys that need not be read once more
    if the database has them, which takes 30 ms each. `faults`, `requests`, `throttle` and `guesses` end with the
    process, or with the last of several that share a database: then they share these as well. Raises `SandboxError`
    for a setting that is none, or a database that cannot be used; the database stays open then.
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
        counted = in_memory() if database.shared is None else in_tables(database.shared, self.change)
        self.faults, self.requests, self.throttle, self.guesses = counted
        self._overrides = Settings.of(overrides or {})
        self._patched: Mapping[str, object] = {}
        self._changing = threading.Lock()
        self._reading = threading.Lock()
        self._changes = -1
        self.snapshots = Snapshots(database, nature.real, self.replace)
        with explained("The database cannot be used"):
            migrate(database.engine)
            self.keys = {id_: (known_keys or {}).get(id_, key) for id_, key in self._load_keys().items()}
            self.page_secret = hashlib.sha256(next(iter(self.keys.values())).private_pem.encode()).digest()
            self.directory = Directory(database)
            self.gatekeeper = Gatekeeper(self.directory, self.keys)
            if database.shared is not None or not database.read(has_partners):
                database.write(self._begin).result()
            database.read(self._read_anew)

    @property
    def signing_key(self) -> SigningKey:
        """The key that signs new tokens."""
        return next(iter(self.keys.values()))

    def close(self) -> None:
        """Finish what is being written and close the database."""
        self.database.close()

    @property
    def changes(self) -> int:
        """How many writes about everything this process knows of, its own and others'."""
        return self._changes

    def catch_up(self, connection: Connection | None = None) -> None:
        """Learn what other processes have changed; with a connection, as its transaction sees it.

        Costs nothing where nobody else can have changed anything, and one query where somebody could.
        """
        shared = self.database.shared
        if shared is None:
            return
        if connection is not None:
            if shared.changes_seen_by(connection) != self._changes:
                self._read_anew(connection)
        elif shared.changes() != self._changes:
            self.database.read(self._read_anew)

    def change(self, work: Callable[[Connection], T]) -> T:
        """Carry out a write about everything, such as one of partners or applications; the next call knows of it."""
        result = self.database.write(work).result()
        self.database.read(self._read_anew)
        return result

    def change_settings(self, changes: Mapping[str, object]) -> Settings:
        """Change settings for good; a value of None is the default again. Raises `SandboxError` for bad ones."""

        def written(connection: Connection) -> None:
            stored = _readable(read_settings(connection)).with_changes(changes)
            replace_settings(connection, stored.changed)
            if self.database.shared is not None:
                self.database.shared.note_patches(connection, changes)

        with self._changing:
            self.database.write(written).result()
            if self.database.shared is None:
                self._patched = {**self._patched, **changes}
            self.database.read(self._read_anew)
            return self.settings

    def move_clock(self, ahead_at: Callable[[datetime, timedelta], timedelta]) -> tuple[datetime, timedelta]:
        """Move the sandbox's own time for good, as far ahead of the machine's as `ahead_at` says.

        It gets the machine's time and by how much the sandbox's is ahead of it now. Returns the machine's time of the
        move, and by how much the sandbox's is ahead of it then.
        """

        def moved(connection: Connection) -> tuple[datetime, timedelta]:
            real = self.nature.real.now()
            ahead = ahead_at(real, read_ahead(connection))
            replace_ahead(connection, ahead)
            return real, ahead

        with self._changing:
            return self._write_new_time(moved)

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

        def replaced(connection: Connection) -> None:
            work(connection)
            if self.database.shared is not None:
                self.database.shared.forget_patches(connection)

        with self._changing:
            self._write_new_time(replaced)
            self._patched = {}
            self.database.read(self._read_anew)

    def _write_new_time(self, work: Callable[[Connection], T]) -> T:
        """Carry out a write after which the clock shows what the database says.

        The clock moves inside the write: what is written after it, in the same commit, happens in the new time.
        """
        clock, before = self.nature.clock, self.nature.clock.ahead

        def written(connection: Connection) -> T:
            result = work(connection)
            clock.ahead = read_ahead(connection)
            return result

        try:
            return self.database.write(written).result()
        except BaseException:
            clock.ahead = before
            raise

    def _begin(self, connection: Connection) -> None:
        """What the first process does in a database."""
        if not has_partners(connection):
            put_in(connection, prepare(named_world("empty"), self.nature))
        if self.database.shared is not None:
            self.database.shared.begin(connection)

    def _read_anew(self, connection: Connection) -> None:
        """Read what is remembered outside of the database, unless a later state of it is known already."""
        shared = self.database.shared
        changes = 0 if shared is None else shared.changes_seen_by(connection)
        with self._reading:
            if changes < self._changes:
                return
            patched = self._patched if shared is None else shared.patches(connection)
            stored = _readable(read_settings(connection))
            self.settings = stored.with_changes(self._overrides.changed).with_changes(patched)
            self.nature.clock.ahead = read_ahead(connection)
            self.directory.forget()
            self.faults.read_anew(connection)
            self._changes = changes

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
