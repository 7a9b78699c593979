"""The servers that are measured: the sandbox, and a bare Starlette route that returns the same bytes."""

from __future__ import annotations

import itertools
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from partnercenter.contract import development_partner as partner

_BARE = """
import socket, sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

body = sys.stdin.buffer.read()

async def answer(request):
    return Response(body, media_type="application/json")

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
app = Starlette(routes=[Route("/v1/customers/{customer_id}", answer)])
uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])
"""


class Sandbox:
    """A running sandbox and the calls that a benchmark needs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.port = int(url.rpartition(":")[2])
        form = (
            f"grant_type=client_credentials&client_id={partner.CLIENT_ID}"
            f"&client_secret={partner.CLIENT_SECRET}&resource=https://api.partnercenter.microsoft.com"
        )
        answer = self.send("POST", f"/{partner.TENANT_ID}/oauth2/token", form.encode())
        self.headers = {"Authorization": f"Bearer {answer['access_token']}"}

    def seed(self, customers: int) -> list[str]:
        """Fill it with customers of the development partner; returns their ids."""
        return self.seed_partners({partner.TENANT_ID: customers})[partner.TENANT_ID]

    def seed_partners(self, customers: Mapping[str, int]) -> dict[str, list[str]]:
        """Fill it with partners, each with so many customers and an application of its own id; returns their ids."""
        numbers = itertools.count()
        made = {
            tenant: [_customer(next(numbers)) for _ in range(count)] for tenant, count in customers.items()
        }
        world = {
            "settings": {"customer_quota": 1_000_000},
            "partners": [
                {
                    "tenantId": tenant,
                    "companyName": f"Partner {number}",
                    "domain": f"partner{number}.onmicrosoft.com",
                    "applications": [
                        {"clientId": _application_of(tenant), "clientSecret": partner.CLIENT_SECRET}
                    ],
                    "customers": theirs,
                }
                for number, (tenant, theirs) in enumerate(made.items())
            ],
        }
        self.send("POST", "/_sandbox/seed", json.dumps(world).encode())
        return {tenant: [one["id"] for one in theirs] for tenant, theirs in made.items()}

    def headers_of(self, tenant: str) -> dict[str, str]:
        """What an application of a partner sends to be let in."""
        order = {"tenantId": tenant, "clientId": _application_of(tenant)}
        token = self.send("POST", "/_sandbox/tokens", json.dumps(order).encode())["access_token"]
        return {"Authorization": f"Bearer {token}"}

    def read(self, path: str) -> bytes:
        """The body of a GET."""
        request = urllib.request.Request(self.url + path, headers=self.headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            body: bytes = answer.read()
        return body

    def send(self, method: str, path: str, body: bytes) -> Any:
        """The JSON answer to a call of what needs no token."""
        request = urllib.request.Request(self.url + path, data=body, method=method)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.loads(answer.read())


def _application_of(tenant: str) -> str:
    return partner.CLIENT_ID if tenant == partner.TENANT_ID else tenant


def _customer(number: int) -> dict[str, Any]:
    purchase = {"product": "new_commerce", "quantity": 25, "subscriptionStatus": "suspended"}
    return {
        "id": f"00000000-0000-4000-8000-{number:012x}",
        "companyName": f"Customer {number}",
        "domain": f"customer{number}.onmicrosoft.com",
        "purchases": [purchase] * 5,
    }


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """A sandbox in a process of its own, with a database file that is durable on each commit."""
    with sandbox_process() as (server, _, _):
        yield server


@contextmanager
def sandbox_process(*arguments: str) -> Iterator[tuple[Sandbox, subprocess.Popen[str], Path]]:
    """The same with its process and its database file."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "sandbox.db"
        with serving(str(database), *arguments) as (server, process):
            yield server, process, database


@contextmanager
def serving(database: str, *arguments: str) -> Iterator[tuple[Sandbox, subprocess.Popen[str]]]:
    """A sandbox that serves a database, and its process."""
    command = [
        sys.executable,
        "-m",
        "partnercenter",
        "sandbox",
        "serve",
        "--port",
        "0",
        "--database",
        database,
    ]
    process = subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = next(line for line in process.stdout if line.startswith("sandbox ready at "))
        yield Sandbox(ready.split()[-1]), process
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_for(port: int, seconds: float = 60) -> None:
    """Return when somebody listens on a port."""
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.005)


@contextmanager
def running(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A command that runs until the block ends; what it says goes nowhere."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def resident_mebibytes(process: subprocess.Popen[Any]) -> float:
    """The memory that a process holds now."""
    shown = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(process.pid)], check=True, capture_output=True, text=True
    )
    return int(shown.stdout) / 1024


@contextmanager
def bare_starlette(body: bytes) -> Iterator[int]:
    """A Starlette route that answers with these bytes; gives its port."""
    process = subprocess.Popen([sys.executable, "-c", _BARE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(body)
        process.stdin.close()
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(30)
