"""What every test may ask for: a real sandbox process, and a plain HTTP client that speaks to it."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from hypothesis import HealthCheck, settings
from tests import databases
from tests.canaries import canary, pytest_runtest_makereport, saw, saw_environment, watched_processes
from tests.processes import end_with_workers, start

from partnercenter.contract import development_partner

__all__ = ["canary", "pytest_runtest_makereport", "watched_processes"]

# No test looks into the keyring of whoever runs it; those that need one bring their own.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
# How often a test that draws its examples does so, unless it says that itself.
EXAMPLES = int(os.environ.get("PARTNERCENTER_TESTS_EXAMPLES", "50"))
settings.register_profile(
    "suite",
    # How fast the machine is decides no test.
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("suite")
# What a shell starts in the background, or nohup starts, ignores these, and would let all it starts ignore them.
for _number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, lambda *_: None)

ADDRESS = {
    "country": "US",
    "city": "Bend",
    "state": "OR",
    "addressLine1": "410 Juniper Street",
    "postalCode": "97701",
    "firstName": "Ines",
    "lastName": "Varga",
    "phoneNumber": "5415550132",
}


def new_customer_body(**changes: Any) -> dict[str, Any]:
    """A body that creates a customer, with a domain of its own; keyword arguments replace billing members."""
    label = f"t{uuid4().hex[:16]}"
    profile = {
        "email": f"billing@{label}.example",
        "culture": "en-US",
        "language": "en",
        "companyName": f"Company {label}",
        "defaultAddress": dict(ADDRESS),
        **changes,
    }
    return {"companyProfile": {"domain": f"{label}.onmicrosoft.com"}, "billingProfile": profile}


# For tests that look into the process which serves, or reach a limit that each process has for itself.
ONE_PROCESS = ("--workers", "1")


class SandboxProcess:
    """A sandbox in a process of its own, on a free loopback port; ended by its own id."""

    def __init__(
        self, *arguments: str, database: str = "memory", env: Mapping[str, str] | None = None
    ) -> None:
        command = [sys.executable, "-m", "partnercenter", "sandbox", "serve", "--port", "0"]
        saw_environment(env or {})
        self._database = databases.address(database)
        if databases.ON_POSTGRES:
            command += ["--workers", databases.WORKERS]
        out, its_stdout = os.pipe()
        err, its_stderr = os.pipe()
        with Path(os.devnull).open() as nothing:
            self.process = start(
                [*command, "--database", self._database, *arguments],
                {**os.environ, **(env or {})},
                stdin=nothing.fileno(),
                stdout=its_stdout,
                stderr=its_stderr,
            )
        os.close(its_stdout)
        os.close(its_stderr)
        self._stdout, self._stderr = os.fdopen(out), os.fdopen(err)
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._readers = [threading.Thread(target=self._read_errors, daemon=True)]
        self._readers[0].start()
        self.url = self._wait_until_ready()
        self._readers.append(threading.Thread(target=lambda: list(self._read_lines()), daemon=True))
        self._readers[1].start()

    def _wait_until_ready(self) -> str:
        for line in self._read_lines():
            if line.startswith("sandbox ready at "):
                return line.split()[-1]
        self.process.wait(10)
        raise AssertionError(f"the sandbox did not start: {''.join(self.lines)}{''.join(self.errors)}")

    def _read_lines(self) -> Iterator[str]:
        for line in self._stdout:
            saw("stdout of a sandbox", line)
            self.lines.append(line)
            yield line

    def _read_errors(self) -> None:
        for line in self._stderr:
            saw("stderr of a sandbox", line)
            self.errors.append(line)

    def kill(self) -> None:
        """End it as a crash does, with all its workers."""
        end_with_workers(self.process)

    def stop(self) -> None:
        """End it as a user does."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
        for reader in self._readers:
            reader.join(5)
        self._stdout.close()
        self._stderr.close()
        databases.is_over(self._database)


@dataclass
class Sandbox:
    """A running sandbox and the ways a test speaks to it; fresh for each test."""

    url: str
    http: httpx2.Client
    _token: str = field(default="")

    def control(self, method: str, path: str, body: Any = None, **kwargs: Any) -> httpx2.Response:
        """Call a control route, such as `/seed`."""
        return self.http.request(method, f"{self.url}/_sandbox{path}", json=body, **kwargs)

    def seed(self, world: str | Mapping[str, Any]) -> dict[str, Any]:
        """Fill the sandbox with a named world or a world document."""
        answer = self.control("POST", "/seed", {"world": world} if isinstance(world, str) else world)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def set(self, **changes: Any) -> None:
        """Change settings."""
        answer = self.control("PATCH", "/settings", changes)
        assert answer.status_code == 200, answer.text

    def mint(self, **order: Any) -> str:
        """A token made to order."""
        answer = self.control("POST", "/tokens", order)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    @property
    def token(self) -> str:
        """An app-only token of the development partner, from the token endpoint."""
        if not self._token:
            answer = self.http.post(
                f"{self.url}/{development_partner.TENANT_ID}/oauth2/token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": development_partner.CLIENT_ID,
                    "client_secret": development_partner.CLIENT_SECRET,
                    "resource": "https://api.partnercenter.microsoft.com",
                },
            )
            assert answer.status_code == 200, answer.text
            self._token = str(answer.json()["access_token"])
        return self._token

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx2.Response:
        """Call the API as the development partner, or with another token; an empty one sends none."""
        sent = {"Authorization": f"Bearer {self.token if token is None else token}"} if token != "" else {}
        if body is not None:
            content = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        return self.http.request(
            method, self.url + path, content=content, headers={**sent, **(headers or {})}
        )

    def create_customer(self, **changes: Any) -> dict[str, Any]:
        """A new customer."""
        answer = self.call("POST", "/v1/customers", new_customer_body(**changes))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


def pytest_collection(session: pytest.Session) -> None:
    """Import the test modules, each worker from another one on: what one has compiled the others need not.

    All collect in one order, so that in a new clone each would compile every module at the same moment as the others.
    """
    worker = getattr(session.config, "workerinput", None)
    if worker is None or session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    tests = Path(__file__).parent
    modules = [
        ".".join(file.relative_to(tests.parent).with_suffix("").parts)
        for file in sorted(tests.rglob("test_*.py"))
    ]
    first = len(modules) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    for module in modules[first:] + modules[:first]:
        with suppress(Exception, pytest.skip.Exception):  # the collection tells it
            importlib.import_module(module)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is about SQLite's files has nothing to look at when sandboxes keep their state elsewhere."""
    if databases.ON_POSTGRES:
        for item in items:
            if item.get_closest_marker("sqlite"):
                item.add_marker(pytest.mark.skip("this run is over PostgreSQL"))


def pytest_unconfigure() -> None:
    """Leave no server behind."""
    databases.end()


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[SandboxProcess]:
    """One sandbox process for all tests of a worker."""
    process = SandboxProcess()
    try:
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="session")
def http() -> Iterator[httpx2.Client]:
    """A plain HTTP client."""
    with httpx2.Client(timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess, http: httpx2.Client) -> Sandbox:
    """The worker's sandbox, reset to the development partner without customers and to default settings."""
    fresh = Sandbox(sandbox_process.url, http)
    answer = fresh.control("POST", "/reset")
    assert answer.status_code == 200, answer.text
    return fresh
