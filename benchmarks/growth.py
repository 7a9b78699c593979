"""What becomes of one call when there are a thousand times more customers: `make bench-growth`. Takes some minutes.

The customers are copies of one that the sandbox seeded, written into its file while it is closed. Nobody reads one
twice, so that every answer comes from the database.
"""

from __future__ import annotations

import itertools
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from benchmarks.load import http_request, run
from benchmarks.measuring import Row, median
from benchmarks.servers import Sandbox, resident_mebibytes
from partnercenter.contract.headers import REQUEST_ID

_SIZES: Final = (1_000, 1_000_000)
_ROUNDS: Final = 5
_CALLS: Final = 40
_MODEL: Final = "00000000-0000-4000-8000-000000000000"

_COPY_CUSTOMERS: Final = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
INSERT INTO customers (partner_id, id, domain, company_name, domain_folded, company_name_folded, relationship,
  associated_partner_id, etag, undeletable_reason, delegated_access, created_at, document)
SELECT partner_id, '00000000-0000-4000-8000-' || printf('%012x', n), 'copy' || n || '.onmicrosoft.com', 'Copy ' || n,
  'copy' || n || '.onmicrosoft.com', 'copy ' || n, relationship, associated_partner_id, etag, undeletable_reason,
  delegated_access, created_at, replace(document, :model, '00000000-0000-4000-8000-' || printf('%012x', n))
FROM numbers, (SELECT * FROM customers WHERE id = :model)
"""
_COPY_DOMAINS: Final = """
INSERT INTO domain_names (name, customer_key) SELECT domain, key FROM customers WHERE id <> :model
"""


@dataclass
class _Figures:
    """Medians of seconds, and mebibytes."""

    start: float
    get: float
    delete: float
    first_page: float
    last_page: float
    before_the_last: float
    memory: float


def growth() -> Iterator[Row]:
    """Each figure with few customers and with many."""
    small, large = (_figures(size) for size in _SIZES)
    named = {
        "start to the first answer": "start",
        "GET one customer": "get",
        "DELETE one customer, durable": "delete",
        "GET the first page of 100": "first_page",
        "GET the last page of 100": "last_page",
        "GET the page before the last": "before_the_last",
    }
    for what, name in named.items():
        few, many = getattr(small, name), getattr(large, name)
        yield Row(what, f"{many * 1000:.2f} ms", f"{few * 1000:.2f} ms", f"{many / few:.2f} × its time")
    grown = large.memory - small.memory
    yield Row("memory afterwards", f"{large.memory:.0f} MiB", f"{small.memory:.0f} MiB", f"{grown:+.0f} MiB")


def _figures(size: int) -> _Figures:
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "sandbox.db"
        with _serving(database) as (server, _, _):
            server.seed(1)
        _multiply(database, size)
        starts = []
        for _ in range(_ROUNDS):
            with _serving(database) as (_, seconds, _):
                starts.append(seconds)
        with _serving(database) as (server, _, process):
            return _measured(server, size, median(starts), process)


def _measured(server: Sandbox, size: int, start: float, process: subprocess.Popen[str]) -> _Figures:
    chance = random.Random(1)
    numbers = chance.sample(range(1, size), min(size - 1, 2 * _ROUNDS * _CALLS))
    paths = iter([f"/v1/customers/00000000-0000-4000-8000-{number:012x}" for number in numbers])

    def one_after_another(method: str, expected: int) -> float:
        rounds = []
        for _ in range(_ROUNDS):
            with_ids = [{**server.headers, REQUEST_ID: str(uuid4())} for _ in range(_CALLS)]
            requests = [http_request(method, next(paths), headers) for headers in with_ids]
            rounds.append(1 / run(server.port, requests, connections=1, expected=expected).rate)
        return median(rounds)

    def page(path: str, headers: dict[str, str]) -> float:
        request = http_request("GET", path, {**server.headers, **headers})
        return median(
            [
                1 / run(server.port, [request] * _CALLS, connections=1, expected=200).rate
                for _ in range(_ROUNDS)
            ]
        )

    pages = "/v1/customers?size=100"
    last = json.loads(server.read(f"{pages}&seekOperation=Last"))
    token = {"MS-ContinuationToken": next(iter(last["links"]["previous"]["headers"]))["value"]}
    return _Figures(
        start=start,
        get=one_after_another("GET", 200),
        delete=one_after_another("DELETE", 204),
        first_page=page(pages, {}),
        last_page=page(f"{pages}&seekOperation=Last", {}),
        before_the_last=page(f"{pages}&seekOperation=Previous", token),
        memory=resident_mebibytes(process),
    )


def _multiply(database: Path, size: int) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(_COPY_CUSTOMERS, {"count": size - 1, "model": _MODEL})
        connection.execute(_COPY_DOMAINS, {"model": _MODEL})


@contextmanager
def _serving(database: Path) -> Iterator[tuple[Sandbox, float, subprocess.Popen[str]]]:
    """A sandbox on a file, and the seconds from its start to a page of customers."""
    command = [
        sys.executable,
        "-m",
        "partnercenter",
        "sandbox",
        "serve",
        "--port",
        "0",
        "--database",
        str(database),
    ]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        lines = itertools.takewhile(bool, iter(process.stdout.readline, ""))
        server = Sandbox(next(line for line in lines if line.startswith("sandbox ready at ")).split()[-1])
        server.read("/v1/customers?size=100")
        yield server, time.perf_counter() - began, process
    finally:
        process.terminate()
        process.wait(60)


def main() -> None:
    """Print the table."""
    print(f"| what | {_SIZES[1]:,} customers | {_SIZES[0]:,} customers | ratio |")
    print("| --- | --- | --- | --- |")
    for row in growth():
        print(row, flush=True)


if __name__ == "__main__":
    main()
