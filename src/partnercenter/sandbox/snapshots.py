"""Snapshots: the whole state under a name, to come back to.

The state is what the database holds, settings and clock included, but neither the signing keys nor sign-ins:
tokens are good before and after. What lives in the process, such as faults made to order, is no part of it.
"""

from __future__ import annotations

import difflib
import re
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import Connection

from partnercenter.contract.timestamps import format_timestamp
from partnercenter.sandbox.errors import SandboxError, UnknownNameError
from partnercenter.sandbox.nature import Clock
from partnercenter.sandbox.store.database import Database
from partnercenter.sandbox.store.dump import COUNTED, DumpError, Head, check, dump, load, read_head
from partnercenter.sandbox.store.snapshots import FolderShelf, MemoryShelf, Shelf

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
Replace = Callable[[Callable[[Connection], None]], None]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a list shows; one that cannot be read has no head."""

    name: str
    size: int
    head: Head | None

    def as_json(self) -> dict[str, Any]:
        """The snapshot as the control route shows it."""
        counts = {name: self.head.rows[name] for name in COUNTED} if self.head else {}
        made_at = self.head.made_at if self.head else None
        return {"name": self.name, "madeAt": made_at, "counts": counts, "size": self.size}


class Snapshots:
    """The snapshots of one database; `replace` carries out a write that replaces everything.

    What can go wrong is a `SandboxError`; the state and the other snapshots are as they were then.
    """

    def __init__(self, database: Database, clock: Clock, replace: Replace) -> None:
        self._database = database
        self._clock = clock
        self._replace = replace
        self._shelf = _shelf(database.path)
        self._lock = threading.Lock()

    def all(self) -> list[Snapshot]:
        """Every snapshot, in the order of names."""
        sizes = self._shelf.sizes()
        return [self._described(name, size) for name, size in sizes.items() if _NAME.fullmatch(name)]

    def save(self, name: str, *, replaces: bool) -> Snapshot:
        """Keep the state of this moment; one of the same name only gives way if it is said so."""
        if not _NAME.fullmatch(name):
            raise SandboxError(
                f"A snapshot's name has up to 64 letters, digits, hyphens and underscores; {name[:80]!r} has not."
            )
        with self._lock:
            if name in self._shelf.sizes() and not replaces:
                raise SandboxError(
                    f"There is a snapshot {name!r} already; delete it, choose another name, or say replace."
                )
            made_at = format_timestamp(self._clock.now())
            self._database.read(lambda connection: self._shelf.put(name, dump(connection, name, made_at)))
            return self._described(name, self._shelf.sizes()[name])

    def restore(self, name: str) -> Snapshot:
        """Replace the state by that of a snapshot, in one transaction."""
        with self._lock, closing(self._opened(name)) as lines:
            try:
                check(lines)
                lines.seek(0)
                self._replace(lambda connection: load(connection, lines))
            except DumpError as error:
                raise SandboxError(
                    f"The snapshot {name!r} cannot be restored: {error}. Nothing was changed."
                ) from error
            return self._described(name, self._shelf.sizes()[name])

    def delete(self, name: str) -> None:
        """Take a snapshot away."""
        with self._lock:
            self._opened(name).close()
            self._shelf.remove(name)

    def _opened(self, name: str) -> IO[bytes]:
        lines = self._shelf.open(name) if _NAME.fullmatch(name) else None
        if lines is None:
            known = list(self._shelf.sizes())
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known[:20]) or 'none'}."
            raise UnknownNameError(f"There is no snapshot {name[:80]!r}; {hint}")
        return lines

    def _described(self, name: str, size: int) -> Snapshot:
        lines = self._shelf.open(name)
        if lines is None:
            return Snapshot(name, size, None)
        with closing(lines):
            try:
                return Snapshot(name, size, read_head(lines.readline()))
            except DumpError:
                return Snapshot(name, size, None)


def _shelf(database: Path | None) -> Shelf:
    return (
        MemoryShelf() if database is None else FolderShelf(database.with_name(f"{database.name}.snapshots"))
    )
