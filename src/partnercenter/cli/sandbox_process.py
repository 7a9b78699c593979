"""A sandbox in a process of its own, with its database in a folder that goes away with it.

Whatever ends the block, the process is gone afterwards: it is asked to stop, and killed when it does not. It also
ends by itself with this process, whose end is the end of its stdin.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from partnercenter.cli.errors import CommandError
from partnercenter.cli.interruption import DeferringSignals
from partnercenter.cli.sandbox_serve import STOP_VARIABLE

_READY: Final = "sandbox ready at "
_NOT_ITS: Final = ("PARTNERCENTER_", "SSL_CERT_", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_SECONDS_TO_START: Final = 60.0
_SECONDS_TO_STOP: Final = 15.0


@dataclass(frozen=True, slots=True)
class SandboxProcess:
    """Where it answers, and a folder for what should go away with it."""

    address: str
    folder: Path


@contextmanager
def sandbox_process(arguments: Sequence[str] = ()) -> Iterator[SandboxProcess]:
    """Start a sandbox on a free port and hand it out; stop it and remove its files at the end.

    A signal that would end this process becomes a `KeyboardInterrupt`, but never between the start of the
    sandbox and the moment from which it will be stopped, nor while it is being stopped.
    """
    with DeferringSignals() as signals:
        folder: Path | None = None
        process: subprocess.Popen[str] | None = None
        try:
            with signals.held():
                folder = Path(tempfile.mkdtemp(prefix="partnercenter-"))
                process = _start(folder, arguments)
            yield SandboxProcess(_address(process, folder / "errors.txt"), folder)
        finally:
            with signals.held():
                if process is not None:
                    _stop(process)
                if folder is not None:
                    shutil.rmtree(folder, ignore_errors=True)


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
    environment = {name: text for name, text in os.environ.items() if not name.startswith(_NOT_ITS)}
    environment[STOP_VARIABLE] = "1"
    with (folder / "errors.txt").open("w", encoding="utf-8") as errors:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
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
    overdue.daemon = True  # an interrupt that comes while it is being started does not wait for it
    try:
        overdue.start()
        for line in lines:
            if line.startswith(_READY):
                threading.Thread(target=_drain, args=(lines,), daemon=True).start()
                return line.removeprefix(_READY).strip()
    except BaseException:
        if process.stdout is not None:
            process.stdout.close()
        raise
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
    if process.stdin is not None:
        process.stdin.close()
