"""Ctrl-C while customers are being deleted: the first one lets the current deletion end, the second one does not."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

from partnercenter.cli.output import message


class Interruption:
    """A block in which the first SIGINT is only noted; `asked` tells whether there was one."""

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
