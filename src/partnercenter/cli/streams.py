"""Stdout and stderr whose reader may go away.

Work goes on when nobody reads its report any more: customers are deleted as agreed, and the exit status is that
of the work. What would have been written is dropped.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TextIO


def outlive_readers() -> None:
    """Replace stdout and stderr, where they are the process's own and no console of Windows."""
    if os.name != "posix":
        return
    sys.stdout = _outliving(sys.stdout, sys.__stdout__)
    sys.stderr = _outliving(sys.stderr, sys.__stderr__)


def _outliving(stream: TextIO, own: TextIO | None) -> TextIO:
    if stream is not own:
        return stream
    stream.flush()
    at_once = bool(stream.line_buffering) or getattr(stream, "write_through", False)
    return _OutlivingText(stream.fileno(), stream.encoding, at_once=at_once)


class _OutlivingText(io.TextIOWrapper):
    """A text stream whose file becomes the null device when its pipe or its terminal is gone."""

    def __init__(self, descriptor: int, encoding: str, *, at_once: bool) -> None:
        file = io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False))
        super().__init__(file, encoding=encoding, line_buffering=at_once)
        self._gone = {errno.EPIPE, errno.EIO} if self.isatty() else {errno.EPIPE}

    def write(self, text: str, /) -> int:
        """Write, or drop."""
        try:
            return super().write(text)
        except OSError as error:
            self._let_go(error)
        return len(text)

    def flush(self) -> None:
        """Flush, or drop."""
        try:
            super().flush()
        except OSError as error:
            self._let_go(error)

    def _let_go(self, error: OSError) -> None:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - importing pathlib would cost every command
            os.dup2(nowhere.fileno(), self.fileno())
        if error.errno not in self._gone:
            raise error
