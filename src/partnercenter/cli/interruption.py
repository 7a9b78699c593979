"""Signals that end the command, heard at moments where nothing is lost."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from partnercenter.cli.output import message


class Interruption:
    """A block in which the first Ctrl-C is only noted, and the second one ends it; `asked` tells of the first."""

    def __init__(self) -> None:
        self._noted = False
        self._before: Any = None

    def asked(self) -> bool:
        """Whether the user wants to stop."""
        return self._noted

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        if self._noted:
            raise KeyboardInterrupt
        self._noted = True
        message("Stopping after the current customer; press Ctrl-C again to stop at once.")


class DeferringSignals:
    """A block in which Ctrl-C, SIGTERM and SIGHUP are a `KeyboardInterrupt`, though not inside `held`."""

    def __init__(self) -> None:
        self._held = False
        self._noted = False
        self._before: list[tuple[int, Any]] = []

    def __enter__(self) -> DeferringSignals:
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGINT", "SIGTERM", "SIGHUP"):
                number = getattr(signal, name, None)
                if number is not None:
                    self._before.append((number, signal.signal(number, self._hear)))
        return self

    def __exit__(self, *exc: object) -> None:
        for number, handler in self._before:
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)

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
