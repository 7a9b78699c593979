"""Ten minutes of mixed load: does the sandbox stay as it was? `make soak`; docs/reliability.md shows the results.

Sixteen connections create customers, read and list them, buy, cancel and delete, sign in, send bad JSON and ask for
what is not there; others come and go with half a request. As many customers are created as deleted, so after the
first minute nothing should grow but the database file, which keeps audit records and the answers for a replay: that
is bounded for each write. `SOAK_SECONDS` sets another time; the bounds need three minutes at least.

Ends with status 1 when something grew beyond its bound.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from benchmarks.load import http_request
from benchmarks.servers import Sandbox, sandbox_process
from partnercenter.contract import development_partner as partner

SECONDS: Final = float(os.environ.get("SOAK_SECONDS", "600"))
CONNECTIONS: Final = 16
CUSTOMERS_OF_EACH: Final = 10
SECONDS_OF_A_WINDOW: Final = 60.0
MIB: Final = 1024 * 1024
# Calls with random parameters cost more or less by chance, and the machine has other work: hence the room.
MOST_MEMORY_GROWTH: Final = 16 * MIB
MOST_MORE_FILES: Final = 4
# asyncio's own are started one by one, as calls need them; beside them are the loop's and the writer's.
MOST_THREADS: Final = min(32, (os.cpu_count() or 1) + 4) + 4
MOST_WAL: Final = 64 * MIB
MOST_BYTES_OF_A_WRITE: Final = 3 * 1024
MOST_SLOWER: Final = 2.0
_BAD_BODIES: Final = (b"{", b"[" * 1000, b'{"a": 1e999}', b'{"companyProfile": "\\ud800"}', b"x" * 50_000)
_SETTINGS: Final = (
    *("--set", "customer_quota=100000", "--set", "customers_sign_directly=true"),
    *("--set", "subscription_quota=1000", "--set", "active_subscription_quota=1000"),
)
_LINE: Final = {"catalogItemId": "CFQ7TTC0LH18:0001:CFQ7TTC0K971", "quantity": 1, "termDuration": "P1M"}


@dataclass
class Window:
    """What was measured in a minute."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    writes: int = 0
    memory: int = 0
    threads: int = 0
    files: int = 0
    database: int = 0
    log: int = 0

    def quantile(self, share: float) -> float:
        """The time, in milliseconds, within which this share of the calls was answered."""
        return sorted(self.seconds)[int(share * (len(self.seconds) - 1))] * 1000


class Client:
    """One connection, and the customers that were created over it."""

    def __init__(self, server: Sandbox, number: int) -> None:
        self._server = server
        self._random = random.Random(number)
        self._names = (f"s{number}x{n}x{uuid4().hex[:8]}" for n in count())
        self._customers: list[str] = []
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter
        self.window = Window()

    async def work(self, until: float) -> None:
        """Call until the time has come."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._server.port)
        kinds = (
            self._turn_over,
            self._read,
            self._list,
            self._buy,
            self._sign_in,
            self._be_wrong,
            self._give_up,
        )
        while time.perf_counter() < until:
            await self._random.choices(kinds, (20, 40, 10, 10, 5, 10, 5))[0]()
        self._writer.close()

    async def _call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {**self._server.headers, "MS-RequestId": str(uuid4()), **headers}
        began = time.perf_counter()
        self._writer.write(http_request(method, path, given, content))
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        place = head.find(b"content-length:")
        answer = await self._reader.readexactly(int(head[place + 15 : head.index(b"\r\n", place)]))
        status = int(head[9:12])
        self.window.seconds.append(time.perf_counter() - began)
        self.window.statuses[status] += 1
        self.window.writes += method != "GET" and status < 500
        if status >= 500:
            raise RuntimeError(f"{method} {path} was answered with {status}: {answer[:200]!r}")
        return status, answer

    async def _turn_over(self) -> None:
        """One customer more, and one less once there are enough."""
        name = next(self._names)
        profile = {
            "email": f"billing@{name}.example",
            "culture": "en-US",
            "language": "en",
            "companyName": name,
            "defaultAddress": {
                "country": "US",
                "city": "Bend",
                "state": "OR",
                "addressLine1": "410 Juniper Street",
                "postalCode": "97701",
                "firstName": "Ines",
                "lastName": "Varga",
            },
        }
        body = {"companyProfile": {"domain": f"{name}.onmicrosoft.com"}, "billingProfile": profile}
        _, answer = await self._call("POST", "/v1/customers", body)
        self._customers.append(json.loads(answer)["id"])
        if len(self._customers) > CUSTOMERS_OF_EACH:
            await self._delete(self._customers.pop(0))

    async def _delete(self, customer: str) -> None:
        path = f"/v1/customers/{customer}/subscriptions"
        _, answer = await self._call("GET", path)
        for subscription in json.loads(answer)["items"]:
            change = {**subscription, "status": "deleted"}
            status, answer = await self._call("PATCH", f"{path}/{subscription['id']}", change)
            if status != 200:
                raise RuntimeError(f"A subscription could not be cancelled: {answer[:200]!r}")
        status, answer = await self._call("DELETE", f"/v1/customers/{customer}")
        if status != 204:
            raise RuntimeError(f"A customer could not be deleted: {answer[:200]!r}")

    async def _read(self) -> None:
        if self._customers:
            part = self._random.choice(("", "/subscriptions", "/orders", "/profiles/billing", "/users"))
            await self._call("GET", f"/v1/customers/{self._random.choice(self._customers)}{part}")

    async def _list(self) -> None:
        await self._call("GET", f"/v1/customers?size={self._random.choice((10, 50))}")

    async def _buy(self) -> None:
        if self._customers:
            path = f"/v1/customers/{self._customers[-1]}/carts"
            _, answer = await self._call("POST", path, {"lineItems": [{**_LINE, "billingCycle": "monthly"}]})
            status, answer = await self._call("POST", f"{path}/{json.loads(answer)['id']}/checkout")
            if status != 201:
                raise RuntimeError(f"A cart could not be bought: {answer[:200]!r}")

    async def _sign_in(self) -> None:
        form = (
            f"grant_type=client_credentials&client_id={partner.CLIENT_ID}"
            f"&client_secret={partner.CLIENT_SECRET}&resource=https://api.partnercenter.microsoft.com"
        )
        path = f"/{partner.TENANT_ID}/oauth2/token"
        await self._call("POST", path, form.encode(), **{"Content-Type": "application/x-www-form-urlencoded"})

    async def _be_wrong(self) -> None:
        await self._call("POST", "/v1/customers", self._random.choice(_BAD_BODIES))
        await self._call("GET", f"/v1/customers/{uuid4()}/{uuid4()}")

    async def _give_up(self) -> None:
        """Another client, which leaves in the middle of a request."""
        _, writer = await asyncio.open_connection("127.0.0.1", self._server.port)
        whole = http_request("POST", "/v1/customers", self._server.headers, b"{}" * 500)
        writer.write(whole[: self._random.randrange(len(whole))])
        await writer.drain()
        writer.close()


def look_at(window: Window, process_id: int, database: Path) -> None:
    """How large the process and its files are now."""
    process = Path(f"/proc/{process_id}")
    status = dict(
        line.split(":", 1) for line in (process / "status").read_text(encoding="ascii").splitlines()
    )
    window.memory = int(status["VmRSS"].split()[0]) * 1024
    window.threads = int(status["Threads"])
    window.files = len(list((process / "fd").iterdir()))
    window.database = database.stat().st_size
    window.log = database.with_name(database.name + "-wal").stat().st_size


async def load(server: Sandbox, process_id: int, database: Path) -> list[Window]:
    """The load, window by window; each row is printed as soon as it is known."""
    order = json.dumps({"kind": "app_user"}).encode()  # with a user every call is allowed
    server.headers = {
        "Authorization": f"Bearer {server.send('POST', '/_sandbox/tokens', order)['access_token']}"
    }
    clients = [Client(server, number) for number in range(CONNECTIONS)]
    windows: list[Window] = []
    began = time.perf_counter()
    running = asyncio.gather(*(client.work(began + SECONDS) for client in clients))
    count_of_windows = max(1, round(SECONDS / SECONDS_OF_A_WINDOW))
    for number in range(1, count_of_windows + 1):
        window = Window()
        for client in clients:
            client.window = window
        rest = began + number * SECONDS_OF_A_WINDOW - time.perf_counter()
        await asyncio.wait([running], timeout=None if number == count_of_windows else rest)
        look_at(window, process_id, database)
        windows.append(window)
        print(row(number, window), flush=True)
    await running
    return windows


def row(minute: int, window: Window) -> str:
    """A line of the table."""
    milliseconds = [f"{window.quantile(share):.1f}" for share in (0.5, 0.95, 0.99, 1.0)]
    sizes = [f"{size / MIB:.1f}" for size in (window.memory, window.database, window.log)]
    figures = [len(window.seconds), *milliseconds, *sizes, window.threads, window.files]
    return f"| {minute} | " + " | ".join(map(str, figures)) + " |"


def growth(windows: list[Window]) -> Iterator[str]:
    """What grew beyond its bound after the first minute."""
    if len(windows) < 3:
        yield f"{len(windows)} minutes are too few to tell; SOAK_SECONDS must be 180 or more."
        return
    first, last = windows[1], windows[-1]
    if last.memory > first.memory + MOST_MEMORY_GROWTH:
        yield f"memory grew by {(last.memory - first.memory) / MIB:.1f} MiB"
    if last.threads > MOST_THREADS:
        yield f"there are {last.threads} threads"
    if last.files > first.files + MOST_MORE_FILES:
        yield f"open files grew from {first.files} to {last.files}"
    if max(window.log for window in windows) > MOST_WAL:
        yield f"the write-ahead log grew to {max(window.log for window in windows) / MIB:.1f} MiB"
    writes = sum(window.writes for window in windows[2:])
    if last.database - first.database > writes * MOST_BYTES_OF_A_WRITE:
        yield f"a write takes {(last.database - first.database) / writes:.0f} bytes of the database"
    usual = statistics.median(window.quantile(0.5) for window in windows[1:-1])
    if last.quantile(0.5) > usual * MOST_SLOWER:
        yield f"the last minute's median is {last.quantile(0.5):.1f} ms, more than twice the usual {usual:.1f} ms"


def main() -> int:
    """Print the table, what was answered, and what grew."""
    with sandbox_process(*_SETTINGS) as (server, process, database):
        print(
            "| minute | calls | median ms | 95 % | 99 % | longest | memory MiB | database | WAL | threads | files |"
        )
        print("| --- " * 11 + "|")
        windows = asyncio.run(load(server, process.pid, database))
    answered = sum((window.statuses for window in windows), Counter())
    writes = sum(window.writes for window in windows)
    print(
        f"\n{sum(answered.values())} calls, {writes} of them writes, by status: {dict(sorted(answered.items()))}"
    )
    grown = list(growth(windows))
    print("\n".join(f"GREW: {sentence}" for sentence in grown) or "Nothing grew beyond its bound.")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
