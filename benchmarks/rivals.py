"""The rivals: moto's server and Azurite's table service, each installed apart from the project.

`BENCH_MOTO_SERVER` and `BENCH_AZURITE_TABLE` name their commands. Without them pip and npm put them below
`build/rivals`, and where that cannot be done the rows of that rival are left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.azurite import Table
from benchmarks.servers import free_port, running, wait_for

_FOLDER: Final = Path("build/rivals")
_MOTO: Final = "moto[server]==5.2.5"
_AZURITE: Final = "azurite@3.35.0"


class MissingRivalError(Exception):
    """A rival that is not here, and why."""


def moto_command() -> str:
    """The command of moto's server; raises `MissingRivalError`."""
    named = os.environ.get("BENCH_MOTO_SERVER")
    if named:
        return named
    folder = _FOLDER / "moto"
    command = folder / "bin" / "moto_server"
    if not command.exists():
        _install("moto", sys.executable, "-m", "venv", str(folder))
        _install("moto", str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", _MOTO)
    return str(command)


def azurite_command() -> str:
    """The command of Azurite's table service; raises `MissingRivalError`."""
    named = os.environ.get("BENCH_AZURITE_TABLE") or shutil.which("azurite-table")
    if named:
        return named
    command = _FOLDER / "azurite" / "node_modules" / ".bin" / "azurite-table"
    if not command.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise MissingRivalError("Azurite needs Node.js and npm (apt-get install nodejs npm)")
        folder = _FOLDER / "azurite"
        folder.mkdir(parents=True, exist_ok=True)
        _install("Azurite", npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), _AZURITE)
    return str(command)


@contextmanager
def azurite() -> Iterator[Table]:
    """A running Azurite that keeps its tables in a folder, as it does by default."""
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options = ["--silent", "--disableTelemetry", "--location", folder, "--tablePort", str(port)]
        with running([azurite_command(), *options]):
            wait_for(port)
            yield Table(port)


def _install(rival: str, *command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise MissingRivalError(f"{rival} could not be installed: {' '.join(last)[:200]}")
