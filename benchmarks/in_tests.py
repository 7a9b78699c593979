"""What a test pays that has a service of its own in its process: the sandbox, and moto's mock of AWS."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.measuring import Row, in_turns, median, time_row
from benchmarks.rivals import moto_command

_TIMED = """
import json, statistics, time
def timed(made, used):
    rounds = []
    for _ in range(41):
        began = time.perf_counter()
        with made() as service:
            ready = time.perf_counter() - began
            used(service)
        rounds.append((ready, time.perf_counter() - began))
    print(json.dumps([rounds[0][0], *map(statistics.median, zip(*rounds[1:]))]))
"""
_MINE = f"""
{_TIMED}
from partnercenter.testing import LocalSandbox
timed(lambda: LocalSandbox("one-of-each"), lambda sandbox: list(sandbox.client().customers.list()))
"""
_THEIRS = f"""
{_TIMED}
import boto3
from moto import mock_aws
timed(mock_aws, lambda _: boto3.client("s3", region_name="us-east-1").list_buckets())
"""


def in_tests() -> Iterator[Row]:
    """From nothing to a service that is filled, and to its first answer, forty times in each of several processes."""
    moto = str(Path(moto_command()).parent / "python")
    runs = in_turns(
        {"mine": partial(_seconds, sys.executable, _MINE), "theirs": partial(_seconds, moto, _THEIRS)}
    )
    first, made, used = (median(list(times)) for times in zip(*runs["mine"], strict=True))
    theirs = median([times[2] for times in runs["theirs"]])
    yield time_row("in a test: a sandbox of 49 customers", made, "the first of its process", first)
    yield time_row(
        "in a test: that, a client, its first page, and the end",
        used,
        "moto `mock_aws`: that, a client, list buckets, and the end",
        theirs,
    )


def _seconds(python: str, script: str) -> list[float]:
    done = subprocess.run([python, "-c", script], check=True, capture_output=True, text=True)
    seconds: list[float] = json.loads(done.stdout)
    return seconds
