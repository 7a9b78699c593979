"""Start-up: commands, imports, and servers until their first answer."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPException

from benchmarks.measuring import ROUNDS, Row, in_turns, median, time_row
from benchmarks.rivals import moto_command
from benchmarks.servers import Sandbox, free_port, resident_mebibytes, running

_PAIRS = (
    ("`partnercenter --version`", ["-m", "partnercenter", "--version"], "`python -c pass`", ["-c", "pass"]),
    ("`partnercenter --help`", ["-m", "partnercenter", "--help"], "`python -c pass`", ["-c", "pass"]),
    (
        "`import partnercenter`",
        ["-c", "import partnercenter"],
        "`import azure.core`",
        ["-c", "import azure.core"],
    ),
    (
        "`from partnercenter import PartnerCenterClient`",
        ["-c", "from partnercenter import PartnerCenterClient"],
        "`import azure.core.pipeline.policies, httpx2`",
        ["-c", "import azure.core.pipeline.policies, httpx2"],
    ),
)


def commands() -> Iterator[Row]:
    """What somebody waits for who types a command or starts a script."""
    for what, mine, beside, theirs in _PAIRS:
        sides = {"mine": partial(_seconds_of, mine), "theirs": partial(_seconds_of, theirs)}
        times = in_turns(sides, 4 * ROUNDS)
        yield time_row(what, median(times["mine"]), beside, median(times["theirs"]))


def servers() -> Iterator[Row]:
    """From the start of a server to its first true answer, and the memory it holds then."""
    moto = moto_command()
    sides: dict[str, Callable[[], tuple[float, float]]] = {
        "mine": _start_sandbox,
        "theirs": partial(_start_moto, moto),
    }
    runs = in_turns(sides)
    mine, my_memory = (median(list(values)) for values in zip(*runs["mine"], strict=True))
    theirs, their_memory = (median(list(values)) for values in zip(*runs["theirs"], strict=True))
    yield time_row(
        "sandbox: start, sign in, first page of customers", mine, "moto_server: start, list buckets", theirs
    )
    yield Row(
        "sandbox: memory after that",
        f"{my_memory:.0f} MiB",
        f"moto_server: {their_memory:.0f} MiB",
        f"{my_memory - their_memory:+.0f} MiB",
    )


def _seconds_of(arguments: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _start_sandbox() -> tuple[float, float]:
    port = free_port()
    options = ["sandbox", "serve", "--port", str(port), "--database", "memory"]
    began = time.perf_counter()
    with running([sys.executable, "-m", "partnercenter", *options]) as process:
        _first_answer(f"http://127.0.0.1:{port}/_sandbox/health")
        Sandbox(f"http://127.0.0.1:{port}").read("/v1/customers?size=100")
        return time.perf_counter() - began, resident_mebibytes(process)


def _start_moto(command: str) -> tuple[float, float]:
    port = free_port()
    began = time.perf_counter()
    with running([command, "--host", "127.0.0.1", "--port", str(port)]) as process:
        _first_answer(f"http://127.0.0.1:{port}/")
        return time.perf_counter() - began, resident_mebibytes(process)


def _first_answer(url: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url, timeout=10).close()
            return
        except (OSError, HTTPException):
            if time.monotonic() > until:
                raise
            time.sleep(0.005)
