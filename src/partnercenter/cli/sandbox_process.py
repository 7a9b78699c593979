"""A sandbox in a process of its own, with its database in a folder that goes away with it.

Whatever ends the block, the process is gone afterwards: it is asked to stop, and killed when it does not.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from partnercenter.cli.errors import CommandError

READY: Final = "sandbox ready at "
_SECONDS_TO_START: Final = 60.0
_SECONDS_TO_STOP: Final = 15.0


@contextmanager
def sandbox_process(arguments: Sequence[str] = ()) -> Iterator[str]:
    """Start a sandbox on a free port and hand out its address; stop it and remove its files at the end."""
    with (
        _ended_by_signals(),
        tempfile.TemporaryDirectory(prefix="partnercenter-", ignore_cleanup_errors=True) as folder,
    ):
        process = _start(Path(folder), arguments)
        try:
            yield _address(process, Path(folder) / "errors.txt")
        finally:
            _stop(process)


def _start(folder: Path, arguments: Sequence[str]) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "partnercenter",
        "sandbox",
        "serve",
        "--port",
        "0",
        "--database",
        str(folder / "sandbox.db"),
        *arguments,
    ]
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PARTNERCENTER_")}
    with (folder / "errors.txt").open("w", encoding="utf-8") as errors:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )


def _address(process: subprocess.Popen[str], errors: Path) -> str:
    """Wait for the line that tells the address."""
    lines = process.stdout or ()
    overdue = threading.Timer(_SECONDS_TO_START, process.kill)
    overdue.start()
    try:
        for line in lines:
            if line.startswith(READY):
                threading.Thread(target=_drain, args=(lines,), daemon=True).start()
                return line.removeprefix(READY).strip()
    finally:
        overdue.cancel()
    process.wait()
    said = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise CommandError(f"The sandbox did not start: {said[-1] if said else 'it said nothing'}")


def _drain(stream: Iterable[str]) -> None:
    for _ in stream:
        pass


def _stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Turn the polite ways to end a process into an exception, so that the block is left properly."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before: list[tuple[int, Callable[[int, FrameType | None], object] | int | None]] = []
    for name in names:
        number = getattr(signal, name)
        before.append((number, signal.signal(number, _interrupt)))
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
