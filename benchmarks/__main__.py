"""Measure everything and print it as the table of docs/performance.md. Takes about two minutes."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import httpx2
from azure.core.credentials import AccessToken

from benchmarks.load import http_request, rate
from benchmarks.servers import Sandbox, bare_starlette, sandbox
from partnercenter import PartnerCenterClient
from partnercenter.contract.headers import REQUEST_ID

ROUNDS = 5
Row = tuple[str, str, str, str]


def median_of(work: Callable[[], float]) -> float:
    """The median of a few runs."""
    return statistics.median(work() for _ in range(ROUNDS))


def seconds_of(*arguments: str) -> float:
    """How long a Python process takes."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def start_up() -> Iterator[Row]:
    """What a user waits for before anything happens; the two sides of a row take turns."""
    pairs = [
        (
            "`partnercenter --version`",
            ["-m", "partnercenter", "--version"],
            "`python -c pass`",
            ["-c", "pass"],
        ),
        ("`partnercenter --help`", ["-m", "partnercenter", "--help"], "`python -c pass`", ["-c", "pass"]),
        ("`import partnercenter`", ["-c", "import partnercenter"], "`python -c pass`", ["-c", "pass"]),
        (
            "`from partnercenter import PartnerCenterClient`",
            ["-c", "from partnercenter import PartnerCenterClient"],
            "`import azure.core.pipeline.policies, httpx2`",
            ["-c", "import azure.core.pipeline.policies, httpx2"],
        ),
    ]
    for ours, our_arguments, rival, rival_arguments in pairs:
        times = [(seconds_of(*our_arguments), seconds_of(*rival_arguments)) for _ in range(4 * ROUNDS)]
        mine = statistics.median(time for time, _ in times)
        theirs = statistics.median(time for _, time in times)
        yield (
            ours,
            f"{mine * 1000:.0f} ms",
            f"{rival}: {theirs * 1000:.0f} ms",
            f"{mine / theirs:.2f} × its time",
        )


def serving(server: Sandbox) -> Iterator[Row]:
    """Requests a second over 16 connections, one server process."""
    ids = server.seed(4000)
    path = f"/v1/customers/{ids[0]}"
    body = server.read(path)
    reads = [http_request("GET", path, server.headers)] * 4000
    with bare_starlette(body) as port:
        rate(port, reads[:500], expected=200)
        bare = median_of(lambda: rate(port, reads, expected=200))
    mine = median_of(lambda: rate(server.port, reads, expected=200))
    yield (
        "GET one customer",
        f"{mine:.0f}/s",
        f"bare Starlette route, same bytes: {bare:.0f}/s",
        f"{mine / bare:.2f} × its rate",
    )
    page = [http_request("GET", "/v1/customers?size=100", server.headers)] * 300
    yield "GET a page of 100", f"{median_of(lambda: rate(server.port, page, expected=200)):.0f}/s", "–", "–"
    deletes = [
        http_request("DELETE", f"/v1/customers/{customer}", _with_id(server.headers)) for customer in ids
    ]
    share = len(deletes) // ROUNDS
    rates = [rate(server.port, deletes[n * share : (n + 1) * share], expected=204) for n in range(ROUNDS)]
    durable = statistics.median(rates)
    yield (
        "DELETE one customer with 5 orders, durable",
        f"{durable:.0f}/s",
        "–",
        f"{durable / mine:.2f} × our GET",
    )


def _with_id(headers: dict[str, str]) -> dict[str, str]:
    return {**headers, REQUEST_ID: str(uuid4())}


class _Known:
    def __init__(self, token: str) -> None:
        self._token = token

    def get_token(self, *_scopes: str, **_: object) -> AccessToken:
        return AccessToken(self._token, int(time.time()) + 3600)


def calling(server: Sandbox) -> Iterator[Row]:
    """One call after another from one thread, against the same server."""
    ids = server.seed(10)
    count = 400

    def with_client() -> float:
        token = server.headers["Authorization"].removeprefix("Bearer ")
        with PartnerCenterClient(_Known(token), endpoint=server.url) as client:
            client.customers.by_id(ids[0]).get()
            began = time.perf_counter()
            for _ in range(count):
                client.customers.by_id(ids[0]).get()
            return (time.perf_counter() - began) / count

    def with_httpx2() -> float:
        with httpx2.Client(headers=server.headers) as client:
            client.get(f"{server.url}/v1/customers/{ids[0]}").json()
            began = time.perf_counter()
            for _ in range(count):
                client.get(f"{server.url}/v1/customers/{ids[0]}").json()
            return (time.perf_counter() - began) / count

    mine, raw = median_of(with_client), median_of(with_httpx2)
    yield (
        "client: GET one customer",
        f"{mine * 1e6:.0f} µs",
        f"raw httpx2: {raw * 1e6:.0f} µs",
        f"{mine / raw:.2f} × its time",
    )


def main() -> None:
    """Print the table, row by row."""
    print("| what | here | beside it | ratio |")
    print("| --- | --- | --- | --- |")
    for row in start_up():
        print("| " + " | ".join(row) + " |", flush=True)
    with sandbox() as server:
        for measure in (serving, calling):
            for row in measure(server):
                print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
