"""How long calls wait while the database is busy: `python -m benchmarks.storage [CUSTOMERS]`, about two minutes.

Writers and readers are at work all the time on one sandbox with its database in a file. Printed is how long they
waited while nothing else happened, and during a seed, a snapshot and a backup, and how long the database's log got.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from partnercenter.contract import development_partner as partner
from partnercenter.sandbox.store.backup import back_up

WRITERS, READERS = 4, 2
STEADY_SECONDS = 15
ADDRESS = {
    "country": "US",
    "city": "Bend",
    "state": "OR",
    "addressLine1": "410 Juniper Street",
    "postalCode": "97701",
    "firstName": "Ines",
    "lastName": "Varga",
}


class Load:
    """Clients at work on a sandbox, and how many milliseconds each of their calls took since `begin`."""

    def __init__(self, url: str, log: Path) -> None:
        self._url, self._log = url, log
        self._ended = threading.Event()
        self._token = httpx2.post(f"{url}/_sandbox/tokens", json={}).json()["access_token"]
        self._threads = [threading.Thread(target=self._work, args=(self._write,)) for _ in range(WRITERS)]
        self._threads += [threading.Thread(target=self._work, args=(self._read,)) for _ in range(READERS)]
        self._threads.append(threading.Thread(target=self._watch))
        self.begin()
        for thread in self._threads:
            thread.start()

    def begin(self) -> None:
        """Forget what was measured."""
        self.waited: dict[str, list[float]] = {"write": [], "read": []}
        self.longest_log = 0

    def end(self) -> None:
        """Let everybody go home."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _work(self, call: Callable[[httpx2.Client], tuple[str, httpx2.Response]]) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        with httpx2.Client(base_url=self._url, headers=headers, timeout=600) as http:
            while not self._ended.is_set():
                began = time.perf_counter()
                kind, answer = call(http)
                self.waited[kind].append((time.perf_counter() - began) * 1000)
                # A write that was queued before a seed is refused after it: its partner is another one.
                assert answer.status_code in {200, 201, 403}, answer.text
                time.sleep(0.005)

    def _write(self, http: httpx2.Client) -> tuple[str, httpx2.Response]:
        label = f"b{uuid4().hex[:16]}"
        profile = {
            "email": f"a@{label}.example",
            "culture": "en-US",
            "language": "en",
            "companyName": label,
            "defaultAddress": ADDRESS,
        }
        body = {"companyProfile": {"domain": f"{label}.onmicrosoft.com"}, "billingProfile": profile}
        return "write", http.post("/v1/customers", json=body)

    def _read(self, http: httpx2.Client) -> tuple[str, httpx2.Response]:
        return "read", http.get("/v1/customers?size=20")

    def _watch(self) -> None:
        while not self._ended.is_set():
            self.longest_log = max(self.longest_log, self._log.stat().st_size)
            time.sleep(0.05)


def measure(name: str, load: Load, work: Callable[[], object]) -> None:
    """Print a line of the table: what the clients waited while something is done."""
    load.begin()
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    cells = [name, f"{seconds:.1f} s"]
    for kind in ("read", "write"):
        waited = sorted(load.waited[kind]) or [0.0]
        share = waited[int(len(waited) * 0.99)]
        cells.append(f"{len(waited)}: {waited[len(waited) // 2]:.0f} / {share:.0f} / {waited[-1]:.0f} ms")
    cells.append(f"{load.longest_log / 1e6:.1f} MB")
    print("| " + " | ".join(cells) + " |", flush=True)


def world(customers: int) -> bytes:
    """A world with so many customers of the development partner."""
    named: list[dict[str, Any]] = [{"companyName": f"Customer {number}"} for number in range(customers)]
    who = {"tenantId": partner.TENANT_ID, "companyName": partner.COMPANY_NAME, "domain": partner.DOMAIN}
    document = {"settings": {"customer_quota": 10_000_000}, "partners": [{**who, "customers": named}]}
    return json.dumps(document).encode()


def main() -> None:
    """Serve, let clients work, and do one thing after another."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        file, folder = Path(name) / "sandbox.db", Path(name)
        serve = ["-m", "partnercenter", "sandbox", "serve", "--port", "0", "--database", str(file)]
        quota = ["--set", "customer_quota=10000000"]
        process = subprocess.Popen([sys.executable, *serve, *quota], stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            url = next(line for line in process.stdout if line.startswith("sandbox ready at ")).split()[-1]
            with httpx2.Client(base_url=f"{url}/_sandbox", timeout=600) as http:
                load = Load(url, Path(f"{file}-wal"))
                print("| meanwhile | takes | reads: median / 99 % / longest | writes | log |")
                print("| --- | --- | --- | --- | --- |")
                measure("nothing else", load, lambda: time.sleep(STEADY_SECONDS))
                body = world(customers)
                measure(f"a seed of {customers} customers", load, lambda: http.post("/seed", content=body))
                measure("nothing else", load, lambda: time.sleep(STEADY_SECONDS))
                measure("a snapshot of them", load, lambda: http.post("/snapshots", json={"name": "a"}))
                measure("a backup of them", load, lambda: back_up(file, folder / "b", replaces=False))
                measure("nothing else", load, lambda: time.sleep(STEADY_SECONDS))
                load.end()
        finally:
            process.terminate()
            process.wait(60)


if __name__ == "__main__":
    main()
