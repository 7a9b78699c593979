"""Measure everything side by side and print it as the table of docs/performance.md. Takes two to four minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.calling import calls
from benchmarks.in_tests import in_tests
from benchmarks.measuring import Row
from benchmarks.rivals import MissingRivalError
from benchmarks.servers import sandbox_process
from benchmarks.serving import rates
from benchmarks.starting import commands, servers


def main() -> None:
    """Print the table, row by row."""
    print("| what | here | beside it | ratio |")
    print("| --- | --- | --- | --- |")
    _print(commands)
    _print(servers)
    _print(in_tests)
    with sandbox_process() as (server, _, database):
        _print(lambda: rates(server, database))
        _print(lambda: calls(server))


def _print(measure: Callable[[], Iterator[Row]]) -> None:
    try:
        for row in measure():
            print(row, flush=True)
    except MissingRivalError as missing:
        print(f"Rows left out: {missing}.", flush=True)


if __name__ == "__main__":
    main()
