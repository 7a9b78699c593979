"""What the sandbox asks of the place that its state is kept in, whichever database that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine

from partnercenter.sandbox.store.snapshots import Shelf

T = TypeVar("T")
Work = Callable[[Connection], T]

ENDED = "The sandbox is shutting down; start it again and repeat the call."


class Change(Protocol):
    """Carries out a write about everything; when it returns, every call to any process knows of it."""

    def __call__(self, work: Work[T]) -> T:
        """Returns what the work does, and raises what it raises."""
        ...


class Shared(Protocol):
    """What processes that serve one database have in common, beside what they store in it."""

    def changes(self) -> int:
        """A number that grows with each write about everything, whichever process did it; as of now."""
        ...

    def changes_seen_by(self, connection: Connection) -> int:
        """That number, as a transaction sees it."""
        ...

    def begin(self, connection: Connection) -> None:
        """Forget what earlier processes shared, if none is left; then this one is the first."""
        ...

    def patches(self, connection: Connection) -> Mapping[str, object]:
        """The settings that were changed since the first process began, or since everything was replaced."""
        ...

    def note_patches(self, connection: Connection, changes: Mapping[str, object]) -> None:
        """Add to them; None is a setting that has its default again."""
        ...

    def forget_patches(self, connection: Connection) -> None:
        """Take them all away."""
        ...

    def run(self, work: Work[T]) -> T:
        """Carry out statements on this thread, each kept at once, though a server that crashes may lose it."""
        ...


class Store(Protocol):
    """Reads where they are asked for, each on one state; writes one after the other, acknowledged when they are kept.

    A piece of work may be carried out again from its beginning, when what it did before was lost with the
    connection or was undone: it must not use up what it is given.
    """

    @property
    def shared(self) -> Shared | None:
        """What other processes share that serve the same database; None when this one is alone with it.

        A shared database is another process, so that an event loop had better not wait for it.
        """
        ...

    @property
    def engine(self) -> Engine:
        """The engine, for migrations and tests."""
        ...

    @property
    def commits(self) -> int:
        """A number that is odd while a commit is being made, and greater after it."""
        ...

    def read(self, work: Work[T]) -> T:
        """Run queries on this thread, all on the state of one commit."""
        ...

    def write(self, work: Work[T], part: str | None = None) -> Future[T]:
        """Queue a change; the future has its result once it is kept, or the error it raised.

        Work about a `part`, such as the data of one partner, reads and changes nothing else, so that another process
        may change another part meanwhile; None is work about everything, during which nobody else writes. The future
        cannot be cancelled: what was queued is done.
        """
        ...

    def shelf(self) -> Shelf:
        """Where the snapshots of this store are kept."""
        ...

    def close(self) -> None:
        """Finish the writes that wait, then close every connection."""
        ...
