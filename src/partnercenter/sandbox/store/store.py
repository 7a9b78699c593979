"""What the sandbox asks of the place that its state is kept in, whichever database that is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine

from partnercenter.sandbox.store.snapshots import Shelf

T = TypeVar("T")
Work = Callable[[Connection], T]

ENDED = "The sandbox is shutting down; start it again and repeat the call."


class Store(Protocol):
    """Reads where they are asked for, each on one state; writes one after the other, acknowledged when they are kept.

    A piece of work may be carried out again from its beginning, when what it did before was lost with the
    connection or was undone: it must not use up what it is given.
    """

    @property
    def is_remote(self) -> bool:
        """Whether a read waits for another process, so that an event loop had better not wait for it."""
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

    def write(self, work: Work[T]) -> Future[T]:
        """Queue a change; the future has its result once it is kept, or the error it raised.

        The future cannot be cancelled: what was queued is done.
        """
        ...

    def shelf(self) -> Shelf:
        """Where the snapshots of this store are kept."""
        ...

    def close(self) -> None:
        """Finish the writes that wait, then close every connection."""
        ...
