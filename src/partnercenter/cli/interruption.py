"""Signals that end the command, heard at moments where nothing is lost."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

_Handlers = list[tuple[int, Any]]


def _hear_with(handler: Callable[[int, FrameType | None], None]) -> _Handlers:
    """Handle every signal that ends the command and is not ignored, as nohup wants it; return what was before."""
    if threading.current_thread() is not threading.main_thread():
        return []
    known = (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP"))
    heard = [number for number in known if number is not None and signal.getsignal(number) != signal.SIG_IGN]
    return [(number, signal.signal(number, handler)) for number in heard]


def _hear_as_before(handlers: _Handlers) -> None:
    for number, handler in handlers:
        signal.signal(number, handler if handler is not None else signal.SIG_DFL)


def _say_now(sentence: str) -> None:
    """Say something on stderr out of a handler, which may have interrupted the stream itself."""
    with suppress(OSError):
        os.write(sys.stderr.fileno(), f"{sentence}\n".encode())


class Interruption:
    """A block in which the first Ctrl-C, SIGTERM or SIGHUP is only noted, and the second one ends it.

    `asked` tells of the first.
    """

    def __init__(self) -> None:
        self._noted = False
        self._before: _Handlers = []

    def asked(self) -> bool:
        """Whether the user wants to stop."""
        return self._noted

    def __enter__(self) -> Interruption:
        self._before = _hear_with(self._note)
        return self

    def __exit__(self, *exc: object) -> None:
        _hear_as_before(self._before)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self._noted:
            raise KeyboardInterrupt
        self._noted = True
        again = "; press Ctrl-C again to stop at once" if number == signal.SIGINT else ""
        _say_now(f"Stopping after the current customer{again}.")


class SweepInterruption:
    """A block in which Ctrl-C, SIGTERM and SIGHUP ask a clean-up to stop: gently first, then at once (S20)."""

    def __init__(self, ask: Callable[[], None]) -> None:
        self._ask = ask
        self._times = 0
        self._before: _Handlers = []

    def __enter__(self) -> SweepInterruption:
        self._before = _hear_with(self._hear)
        return self

    def __exit__(self, *exc: object) -> None:
        _hear_as_before(self._before)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        self._times += 1
        self._ask()
        again = "; press Ctrl-C again to stop at once" if number == signal.SIGINT else ""
        if self._times == 1:
            _say_now(f"Stopping: what is in flight is finished first{again}.")


class DeferringSignals:
    """A block in which Ctrl-C, SIGTERM and SIGHUP are a `KeyboardInterrupt`, though not inside `held`."""

    def __init__(self) -> None:
        self._held = False
        self._noted = False
        self._before: _Handlers = []

    def __enter__(self) -> DeferringSignals:
        self._before = _hear_with(self._hear)
        return self

    def __exit__(self, *exc: object) -> None:
        _hear_as_before(self._before)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let what stands in the block end before a signal is heard."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._noted:
            self._noted = False
            raise KeyboardInterrupt

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if not self._held:
            raise KeyboardInterrupt
        self._noted = True
