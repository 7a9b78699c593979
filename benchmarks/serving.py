"""Requests a second and their 99th percentile: the sandbox, its bounds and Azurite's tables in turns."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

from benchmarks.azurite import Table
from benchmarks.bare_sqlite import BareTables, bare_tables
from benchmarks.load import Load, http_request, run
from benchmarks.measuring import ROUNDS, Row, in_turns, median
from benchmarks.rivals import MissingRivalError, azurite
from benchmarks.servers import Sandbox, bare_starlette
from partnercenter.contract.headers import REQUEST_ID

_CONNECTIONS = (16, 64)
_DELETES = 400
_INSERTS = 400
_READS = 2000
_PAGES = 100
_OURS, _BARE, _TABLE = "sandbox", "bare Starlette, same bytes", "Azurite"
_ALONE = "sqlite3 alone, same rows"

Side = Callable[[], Load]


def rates(server: Sandbox, database: Path) -> Iterator[Row]:
    """One server process each, over 16 and 64 kept-alive connections. `database` is the file of the sandbox's."""
    ids = server.seed(ROUNDS * len(_CONNECTIONS) * (_DELETES + 1) + _READS)
    document = server.read(f"/v1/customers/{ids[-1]}")
    with ExitStack() as stack:
        bare = stack.enter_context(bare_starlette(document))
        try:
            table = stack.enter_context(azurite())
        except MissingRivalError as missing:
            print(f"Without Azurite: {missing}.\n", flush=True)
            table = None
        if table is not None:
            run(table.port, [table.insert(customer, document.decode()) for customer in ids], expected=201)
        contest = _Contest(server, bare, table, ids, document.decode())
        contest.write_once()
        alone = stack.enter_context(bare_tables(database))
        for connections in _CONNECTIONS:
            for what, sides in contest.events(connections, alone):
                yield from _rows(f"{what}, {connections} connections", in_turns(sides))


class _Contest:
    """The same work for each side."""

    def __init__(
        self, server: Sandbox, bare: int, table: Table | None, ids: list[str], document: str
    ) -> None:
        self._server, self._bare, self._table = server, bare, table
        self._document = document
        self._kept = ids[-_READS:]
        self._mine, self._theirs = iter(ids[:-_READS]), iter(ids[:-_READS])
        self._numbers = itertools.count()

    def write_once(self) -> None:
        """Create a customer and delete one."""
        run(self._server.port, self._new_customers(1), connections=1, expected=201)
        run(self._server.port, self._deletes(1), connections=1, expected=204)

    def events(self, connections: int, alone: BareTables) -> Iterator[tuple[str, Mapping[str, Side]]]:
        """What is measured, and its sides. Customers that were read before are remembered until the next write."""
        server, table, headers = self._server, self._table, self._server.headers
        gets = [http_request("GET", f"/v1/customers/{customer}", headers) for customer in self._kept]
        page = [http_request("GET", "/v1/customers?size=100", headers)] * _PAGES

        def loaded(port: int, make: Callable[[], list[bytes]], expected: int) -> Side:
            return lambda: run(port, make(), connections=connections, expected=expected)

        reads = {
            _OURS: loaded(server.port, lambda: 2 * gets, 200),
            _BARE: loaded(self._bare, lambda: 2 * gets, 200),
        }
        first_reads = {_OURS: self._after_a_write(loaded(server.port, lambda: gets, 200))}
        pages = {_OURS: loaded(server.port, lambda: page, 200)}
        posts = {
            _OURS: loaded(server.port, self._new_customers, 201),
            _ALONE: lambda: alone.insert(_INSERTS, connections),
        }
        deletes = {
            _OURS: loaded(server.port, self._deletes, 204),
            _ALONE: lambda: alone.delete(_DELETES, connections),
        }
        if table is not None:
            reads[_TABLE] = loaded(table.port, lambda: [table.get(one) for one in self._kept], 200)
            first_reads[_TABLE] = reads[_TABLE]
            pages[_TABLE] = loaded(table.port, lambda: [table.page(100)] * _PAGES, 200)
            posts[_TABLE] = loaded(table.port, lambda: self._new_rows(table), 201)
            deletes[_TABLE] = loaded(table.port, lambda: self._row_deletes(table), 204)
        yield "GET one customer of 2000, read before", reads
        yield "GET one customer, from the database", first_reads
        yield "GET a page of 100", pages
        yield "POST a customer, durable", posts
        yield "DELETE a customer with 5 orders, durable", deletes

    def _after_a_write(self, side: Side) -> Side:
        def measured() -> Load:
            run(self._server.port, self._deletes(1), connections=1, expected=204)
            return side()

        return measured

    def _deletes(self, count: int = _DELETES) -> list[bytes]:
        return [
            http_request("DELETE", f"/v1/customers/{customer}", self._with_id())
            for customer in itertools.islice(self._mine, count)
        ]

    def _row_deletes(self, table: Table) -> list[bytes]:
        return [table.delete(row) for row in itertools.islice(self._theirs, _DELETES)]

    def _new_customers(self, count: int = _INSERTS) -> list[bytes]:
        headers = {"Content-Type": "application/json"}
        return [
            http_request(
                "POST", "/v1/customers", {**self._with_id(), **headers}, new_customer(next(self._numbers))
            )
            for _ in range(count)
        ]

    def _new_rows(self, table: Table) -> list[bytes]:
        return [table.insert(f"new-{next(self._numbers)}", self._document) for _ in range(_INSERTS)]

    def _with_id(self) -> dict[str, str]:
        return {**self._server.headers, REQUEST_ID: str(uuid4())}


def _rows(what: str, loads: Mapping[str, list[Load]]) -> Iterator[Row]:
    mine = loads[_OURS]
    rate = median([load.rate for load in mine])
    late = median([load.p99_milliseconds for load in mine])
    others = [name for name in loads if name != _OURS]
    if not others:
        yield Row(what, f"{rate:.0f}/s, p99 {late:.1f} ms", "–", "–")
    for name in others:
        theirs = median([load.rate for load in loads[name]])
        their_late = median([load.p99_milliseconds for load in loads[name]])
        yield Row(
            what,
            f"{rate:.0f}/s, p99 {late:.1f} ms",
            f"{name}: {theirs:.0f}/s, p99 {their_late:.1f} ms",
            f"{rate / theirs:.2f} × its rate, {late / their_late:.2f} × its p99",
        )
    busiest = max(median([load.busy for load in side]) for side in loads.values())
    if busiest > 0.9:
        print(f"The load generator was busy for {busiest:.0%} of the time of the next row.", flush=True)


def new_customer(number: int) -> bytes:
    """The body that creates a customer; each number is one of its own."""
    return json.dumps(
        {
            "companyProfile": {"domain": f"created{number}.onmicrosoft.com"},
            "billingProfile": {
                "culture": "en-US",
                "email": "ines@created.example",
                "language": "en",
                "companyName": f"Created {number}",
                "defaultAddress": {
                    "country": "US",
                    "city": "Bend",
                    "state": "OR",
                    "addressLine1": "410 Juniper Street",
                    "postalCode": "97701",
                    "firstName": "Ines",
                    "lastName": "Varga",
                    "phoneNumber": "5415550132",
                },
            },
        }
    ).encode()
