"""Several processes that serve one database behind one port, and the one that keeps them going.

uvicorn's own `Multiprocess` is for an application that can be named, and treats its workers as alike and patient: it
looks after them twice a second, puts a new one in the place of one that ended however often that happens, ends one
that does not answer within seconds, says nothing when all are ready, and leaves them behind when it is killed itself.
Here

- nobody is told that the server is ready before all workers are; one that cannot begin ends all, with its sentence,
- another worker takes the place of one that ended, at once at first, after growing pauses when that goes on,
- workers end in good order when this process is told to end, and when it is gone.

Workers are new interpreters (`spawn`), as a process that has threads must not be forked, and macOS must not at all.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from multiprocessing import connection, get_context, parent_process, resource_tracker
from multiprocessing.process import BaseProcess
from typing import Final

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.serving import ENDING_SIGNALS, Serving, ended_by_signals

log = logging.getLogger(__name__)

_SPAWN: Final = get_context("spawn")
# Seconds before another worker begins, by how many in a row have ended soon after they began.
_PAUSES: Final = (0.0, 0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_SOON: Final = 10.0
# Twice as long as a write is tried while the database is away.
_SECONDS_TO_END: Final = 30.0
_READY: Final = ""


def keep_serving(
    count: int, serving: Serving, listener: Callable[[], socket.socket], ready: Callable[[], None]
) -> None:
    """Let `count` processes serve until a `KeyboardInterrupt` comes; then none is left.

    Each gets a socket of `listener`. `ready` is called once, when all accept requests. Raises `SandboxError` when
    one cannot begin.
    """
    places = [_Place(lambda: _Worker(serving, listener)) for _ in range(count)]
    # What multiprocessing starts by itself with the first process would let signals through meanwhile.
    resource_tracker.ensure_running()
    try:
        for place in places:
            place.begin()
        while not all(place.is_ready for place in places):
            for place in _stirring(places):
                if why := place.hear():
                    raise SandboxError(why)
        ready()
        while True:
            for place in _stirring(places):
                if why := place.hear():
                    log.warning("%s Another worker takes its place.", why)
            for place in places:
                place.fill()
    finally:
        _end([place.worker.process for place in places if place.worker])


class _Worker:
    """A process that serves, or is about to; on its channel it says that it is ready, or why it cannot be."""

    def __init__(self, serving: Serving, listener: Callable[[], socket.socket]) -> None:
        self.channel, its_end = _SPAWN.Pipe(duplex=False)
        with its_end, closing(listener()) as its_listener:
            arguments = (serving, its_listener, its_end, gc.get_threshold())
            self.process: BaseProcess = _SPAWN.Process(target=_serve, args=arguments, daemon=True)
            with _held_signals():
                self.process.start()

    def last_words(self) -> str:
        """How it ended, when it has."""
        self.channel.close()
        self.process.join()
        status = self.process.exitcode or 0
        how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        return f"The worker process {self.process.pid} {how}."


class _Place:
    """Where a worker works, and another one after its end."""

    def __init__(self, start: Callable[[], _Worker]) -> None:
        self._start = start
        self.worker: _Worker | None = None
        self.is_ready = False
        self._refusal = ""
        self._began_at = 0.0
        self._early_ends = 0
        self._next_at = 0.0

    @property
    def pause(self) -> float:
        """Seconds until it is filled again, if it is empty."""
        return max(0.0, self._next_at - time.monotonic())

    def begin(self) -> None:
        """Let a worker begin."""
        self._began_at = time.monotonic()
        self.worker = self._start()

    def hear(self) -> str | None:
        """Take what the worker says; when it has ended, why, in a sentence."""
        if self.worker is None:
            return None
        try:
            self._refusal = self.worker.channel.recv()
            self.is_ready = self._refusal == _READY
            return None
        except (EOFError, OSError):
            how = self.worker.last_words()
        why = self._refusal or how
        self.worker = None
        self._rest()
        return why

    def fill(self) -> None:
        """Let another worker begin, if the place is empty and it is time."""
        if self.worker is not None or self.pause:
            return
        try:
            self.begin()
        except (OSError, SandboxError) as error:
            log.warning("A worker could not be started, which is tried again: %s", error)
            self._rest()

    def _rest(self) -> None:
        now = time.monotonic()
        self.is_ready, self._refusal = False, ""
        self._early_ends = self._early_ends + 1 if now < self._began_at + _SOON else 0
        self._next_at = now + _PAUSES[min(self._early_ends, len(_PAUSES) - 1)]


def _stirring(places: Sequence[_Place]) -> list[_Place]:
    """Those whose worker says something or has ended; waits until there are some, or an empty one is to be filled."""
    speaking = {place.worker.channel: place for place in places if place.worker}
    pauses = [place.pause for place in places if not place.worker]
    heard = connection.wait(list(speaking), min(pauses, default=None))
    return [place for channel, place in speaking.items() if channel in heard]


def _end(workers: Sequence[BaseProcess]) -> None:
    """Tell them to end, and wait until they have; whoever takes too long is killed."""
    for worker in workers:
        worker.terminate()
    until = time.monotonic() + _SECONDS_TO_END
    for worker in workers:
        worker.join(max(0.0, until - time.monotonic()))
        if worker.is_alive():
            log.warning("The worker process %s did not end in time and is killed.", worker.pid)
            worker.kill()
            worker.join()


def _serve(
    serving: Serving,
    listener: socket.socket,
    channel: connection.Connection,
    thresholds: tuple[int, int, int],
) -> None:
    """Be a worker."""
    # As in a process that serves alone: what was imported stays, and most of what requests make goes by itself.
    gc.freeze()
    gc.set_threshold(*thresholds)
    with ended_by_signals():
        _hold_signals(signal.SIG_UNBLOCK)
        threading.Thread(target=_end_with_parent, daemon=True).start()
        try:
            serving.run(listener, lambda: _say(channel, _READY))
        except SandboxError as error:
            _say(channel, str(error))
    _hold_signals(signal.SIG_BLOCK)


def _say(channel: connection.Connection, words: str) -> None:
    with suppress(OSError):  # nobody is there any more, which ends this process too
        channel.send(words)


def _end_with_parent() -> None:
    """End this process in good order when the one that started it is gone, however that ended."""
    if parent := parent_process():
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _held_signals() -> Iterator[None]:
    """Signals that end come afterwards; a process that is started meanwhile holds them until it lets them come.

    So Ctrl-C, which reaches all processes of a terminal, meets none that does not know yet how to end.
    """
    _hold_signals(signal.SIG_BLOCK)
    try:
        yield
    finally:
        _hold_signals(signal.SIG_UNBLOCK)


def _hold_signals(how: int) -> None:
    if sys.platform != "win32":
        signal.pthread_sigmask(how, ENDING_SIGNALS)
