"""One thread that writes: work queues for it, and what waits together is committed together.

How a transaction begins and ends is the database's business; here is the queue before it, the savepoint around
each piece of work, and the promise that nothing that was queued stays without an answer.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.store.hot import savepoint
from partnercenter.sandbox.store.store import ENDED, Work

T = TypeVar("T")

_MOST_IN_ONE_COMMIT: Final = 64


@dataclass(slots=True)
class Job:
    """Work, the part of the data that it is about (None: all of it), and the future of whoever waits for it."""

    work: Work[Any]
    part: str | None
    future: Future[Any]


class Outcome(NamedTuple):
    """What came of a piece of work in a transaction that is not committed yet."""

    job: Job
    result: Any
    failure: Exception | None


class Writer:
    """Hands what waits together to `serve`, which gets it from an iterator and returns when that ends.

    The thread is started with the first work. `commits` grows when a commit begins and when it has ended, so it is
    odd in between.
    """

    def __init__(self, serve: Callable[[Iterator[list[Job]]], None]) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self.closed = False
        self.commits = 0
        self._thread = threading.Thread(
            target=lambda: serve(self._batches()), name="sandbox-writer", daemon=True
        )

    def submit(self, work: Work[T], part: str | None = None) -> Future[T]:
        """Queue work; after `close` it is refused."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        with self._gate:
            if not self.closed:
                if not self._is_started:
                    self._thread.start()
                self._jobs.put(Job(work, part, future))
                return future
        future.set_exception(SandboxError(ENDED))
        return future

    def close(self) -> bool:
        """Finish what waits and end the thread; False when that was done before."""
        with self._gate:
            if self.closed:
                return False
            self.closed = True
            self._jobs.put(None)
        if self._is_started:
            self._thread.join()
        return True

    @property
    def _is_started(self) -> bool:
        return self._thread.ident is not None

    def _batches(self) -> Iterator[list[Job]]:
        ended = False
        while not ended:
            jobs, ended = self._waiting_jobs()
            if jobs:
                self.commits += 1
                yield jobs
                self.commits += 1

    def _waiting_jobs(self) -> tuple[list[Job], bool]:
        job = self._jobs.get()
        jobs: list[Job] = []
        while job is not None:
            jobs.append(job)
            if len(jobs) >= _MOST_IN_ONE_COMMIT or self._jobs.empty():
                return jobs, False
            job = self._jobs.get()
        return jobs, True


def run_in_savepoint(connection: Connection, job: Job, in_transaction: Callable[[], bool]) -> Outcome:
    """Do a piece of work, undone alone when it raises.

    Raises when the whole transaction is gone, which `in_transaction` tells: the work before this piece is lost with
    it, and what came after would be committed piece by piece.
    """
    reason: Exception | None = None
    try:
        with savepoint(connection):
            try:
                return Outcome(job, job.work(connection), None)
            except Exception as error:
                reason = error
                raise
    except Exception as error:
        if not in_transaction():
            raise (reason or error) from None
        return Outcome(job, None, reason or error)


def acknowledge(outcomes: list[Outcome]) -> None:
    """Tell everybody what came of their work, which is kept now."""
    for job, result, failure in outcomes:
        if failure is None:
            job.future.set_result(result)
        else:
            job.future.set_exception(failure)


def refuse(jobs: list[Job], error: BaseException) -> None:
    """Tell everybody that nothing of their work was kept, and why."""
    for job in jobs:
        job.future.set_exception(error)
