"""Worlds that were put in once, for the sandboxes of this process to begin with.

To put in a world takes up to a tenth of a second, and to make a signing key about as long; to copy what came of it
takes less than a millisecond. The invariant: a copy is what a sandbox would hold into which the world was put when
the template was made, and that is no more than a minute ago, because the ages in a world count from then.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import closing
from typing import Any, Final, NamedTuple

from partnercenter.sandbox.control.seeding import world_of
from partnercenter.sandbox.identity.signing_keys import SigningKey
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.worlds.document import World

_MOST: Final = 16
_SECONDS: Final = 60.0


class Template(NamedTuple):
    """What a sandbox begins with: its database, and the keys in it, which take long to read."""

    image: bytes
    keys: Mapping[str, SigningKey]


class _Templates:
    """The templates of a process, the newest of them, by what the seed of each says."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blank: Template | None = None
        self._made: OrderedDict[str, tuple[float, Template]] = OrderedDict()

    def of(self, seed: Mapping[str, Any]) -> Template:
        """The template of a seed, made when there is none that is fresh; raises `SandboxError` for a wrong seed."""
        said = json.dumps(seed, sort_keys=True)
        with self._lock:
            made_at, template = self._made.get(said, (-_SECONDS, None))
            if template is None or time.monotonic() - made_at >= _SECONDS:
                made_at, template = time.monotonic(), self._filled(seed)
                self._made[said] = made_at, template
            self._made.move_to_end(said)
            if len(self._made) > _MOST:
                self._made.popitem(last=False)
            return template

    def _filled(self, seed: Mapping[str, Any]) -> Template:
        world = world_of(dict(seed))
        if self._blank is None:
            self._blank = _taken(Database("memory"), None, None)
        return _taken(Database("memory", self._blank.image), self._blank.keys, world)


def _taken(database: Database, keys: Mapping[str, SigningKey] | None, world: World | None) -> Template:
    """The template of a sandbox over a new database, into which the world is put; the database is closed."""
    with closing(database):
        state = State(database, Nature(), known_keys=keys)
        if world is not None:
            state.fill(world)
        return Template(database.image(), state.keys)


template_of: Final = _Templates().of
