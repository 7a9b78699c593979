"""What becomes of one call when there are a thousand times more customers: `make bench-growth`. Takes some minutes.

The customers are copies of one that the sandbox seeded, written into its file while it is closed. Nobody reads one
twice, so that every answer comes from the database.
"""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

from benchmarks.load import http_request, run
from benchmarks.measuring import ROUNDS, Row, in_turns, median
from benchmarks.servers import Sandbox, resident_mebibytes, serving
from partnercenter.contract.headers import REQUEST_ID

_SIZES: Final = (1_000, 1_000_000)
_CALLS: Final = 40
_FIRST_PAGE: Final = "/v1/customers?size=100"
_LAST_PAGE: Final = f"{_FIRST_PAGE}&seekOperation=Last"
_PAGE_BEFORE: Final = f"{_FIRST_PAGE}&seekOperation=Previous"
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


class _Grown:
    """A sandbox with some number of customers, and one call of each kind."""

    def __init__(self, server: Sandbox, process: subprocess.Popen[str], size: int) -> None:
        self._server, self._process = server, process
        chance = random.Random(1)
        self._numbers = iter(chance.sample(range(1, size), min(size - 1, 2 * ROUNDS * _CALLS)))
        last = json.loads(server.read(_LAST_PAGE))
        self._token = {"MS-ContinuationToken": last["links"]["previous"]["headers"][0]["value"]}

    def events(self) -> dict[str, Callable[[], float]]:
        """What is measured; each gives the seconds of one call."""
        return {
            "GET one customer": lambda: self._calls("GET", 200),
            "DELETE one customer, durable": lambda: self._calls("DELETE", 204),
            "GET the first page of 100": lambda: self._pages(_FIRST_PAGE, {}),
            "GET the last page of 100": lambda: self._pages(_LAST_PAGE, {}),
            "GET the page before the last": lambda: self._pages(_PAGE_BEFORE, self._token),
        }

    def memory(self) -> float:
        """What the process holds, in mebibytes."""
        return resident_mebibytes(self._process)

    def _calls(self, method: str, expected: int) -> float:
        return self._seconds([self._call(method) for _ in range(_CALLS)], expected)

    def _call(self, method: str) -> bytes:
        path = f"/v1/customers/00000000-0000-4000-8000-{next(self._numbers):012x}"
        return http_request(method, path, {**self._server.headers, REQUEST_ID: str(uuid4())})

    def _pages(self, path: str, headers: dict[str, str]) -> float:
        return self._seconds([http_request("GET", path, {**self._server.headers, **headers})] * _CALLS, 200)

    def _seconds(self, requests: list[bytes], expected: int) -> float:
        return 1 / run(self._server.port, requests, connections=1, expected=expected).rate


def growth() -> Iterator[Row]:
    """Each figure with many customers beside that with few."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        files = {size: folder / f"{size}.db" for size in _SIZES}
        for size, database in files.items():
            with _serving(database) as (server, _, _):
                server.seed(1)
            _multiply(database, size)
        starts = in_turns({str(size): partial(_start, database) for size, database in files.items()})
        yield _row("start to the first page", {int(size): median(times) for size, times in starts.items()})
        grown = {}
        for size, database in files.items():
            server, _, process = stack.enter_context(_serving(database))
            grown[size] = _Grown(server, process, size)
        for what in grown[_SIZES[0]].events():
            times = in_turns({str(size): one.events()[what] for size, one in grown.items()})
            yield _row(what, {int(size): median(found) for size, found in times.items()})
        few, many = (one.memory() for one in grown.values())
        yield Row("memory afterwards", f"{many:.0f} MiB", f"{few:.0f} MiB", f"{many - few:+.0f} MiB")


def _row(what: str, seconds: dict[int, float]) -> Row:
    few, many = (seconds[size] for size in _SIZES)
    return Row(what, f"{many * 1000:.2f} ms", f"{few * 1000:.2f} ms", f"{many / few:.2f} × its time")


def _start(database: Path) -> float:
    with _serving(database) as (_, seconds, _):
        return seconds


def _multiply(database: Path, size: int) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(_COPY_CUSTOMERS, {"count": size - 1, "model": _MODEL})
        connection.execute(_COPY_DOMAINS, {"model": _MODEL})


@contextmanager
def _serving(database: Path) -> Iterator[tuple[Sandbox, float, subprocess.Popen[str]]]:
    """A sandbox on a file, and the seconds from its start to a page of customers."""
    began = time.perf_counter()
    with serving(str(database)) as (server, process):
        server.read("/v1/customers?size=100")
        yield server, time.perf_counter() - began, process


def main() -> None:
    """Print the table."""
    print(f"| what | {_SIZES[1]:,} customers | {_SIZES[0]:,} customers | ratio |")
    print("| --- | --- | --- | --- |")
    for row in growth():
        print(row, flush=True)


if __name__ == "__main__":
    main()
