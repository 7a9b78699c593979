"""Kill -9 at any moment: what was acknowledged is there, and what was not is there whole or not at all."""

from __future__ import annotations

import json
import os
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests import databases
from tests.conftest import Sandbox, SandboxProcess, new_customer_body
from tests.sandbox.conftest import StartProcess

resource = pytest.importorskip("resource", reason="limits of another process are a matter of Linux")

WORKERS = 6
NO_QUOTA = ("--set", "customer_quota=1000000")


@dataclass
class Call:
    """One create or delete, and its answer if there was one."""

    method: str
    path: str
    content: bytes
    domain: str
    request_id: str = field(default_factory=lambda: str(uuid4()))
    status: int = 0
    body: bytes = b""

    def send(self, http: httpx2.Client, url: str, token: str) -> None:
        """Ask once; the answer counts as received only when all of it has come."""
        headers = {"Authorization": f"Bearer {token}", "MS-RequestId": self.request_id}
        answer = http.request(self.method, url + self.path, content=self.content, headers=headers)
        self.body, self.status = answer.content, answer.status_code

    @property
    def customer_id(self) -> str:
        """The customer that it is about."""
        return str(json.loads(self.body)["id"]) if self.method == "POST" else self.path.rpartition("/")[2]


def create_call() -> Call:
    """A create of a customer with a domain of its own."""
    body = new_customer_body()
    return Call("POST", "/v1/customers", json.dumps(body).encode(), body["companyProfile"]["domain"])


class Workers:
    """Threads that create and delete, each its own customers, until the server is gone."""

    def __init__(self, url: str, token: str) -> None:
        self.calls: list[list[Call]] = [[] for _ in range(WORKERS)]
        self._url, self._token = url, token
        self._acknowledged = threading.Semaphore(0)
        self._threads = [threading.Thread(target=self._work, args=(calls,)) for calls in self.calls]
        for thread in self._threads:
            thread.start()

    def wait_for(self, acknowledged: int) -> None:
        """Return as soon as that many calls were answered."""
        for _ in range(acknowledged):
            assert self._acknowledged.acquire(timeout=30)

    def join(self) -> None:
        """Wait until every thread has noticed that the server is gone."""
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive()

    def _work(self, calls: list[Call]) -> None:
        own: list[Call] = []
        with httpx2.Client(timeout=30, trust_env=False) as http:
            while True:
                if own and random.random() < 0.4:
                    made = own.pop(random.randrange(len(own)))
                    call = Call("DELETE", f"/v1/customers/{made.customer_id}", b"", made.domain)
                else:
                    call = create_call()
                calls.append(call)
                try:
                    call.send(http, self._url, self._token)
                except httpx2.TransportError:
                    return
                assert call.status in {201, 204}, call.body
                if call.method == "POST":
                    own.append(call)
                self._acknowledged.release()


@dataclass
class Stored:
    """What the database holds, read from its file while nobody serves it."""

    customers: dict[str, str]
    domains: dict[str, bool]
    created: set[str]
    deleted: set[str]
    replays: dict[str, tuple[int, bytes]]

    @classmethod
    def read(cls, path: Path) -> Stored:
        """Read the file; it must be sound, and every audit record must be the only one of its kind."""
        with databases.left_behind(path) as connection:
            databases.check_sound(connection)
            rows = databases.rows_of(connection)
        records = [(row["customer_id"], row["operation_type"]) for row in rows["audit_records"]]
        assert len(records) == len(set(records))
        return cls(
            {row["id"]: row["domain"] for row in rows["customers"]},
            {row["name"]: row["customer_key"] is not None for row in rows["domain_names"]},
            {customer for customer, kind in records if kind == "add_customer"},
            {customer for customer, kind in records if kind == "delete_customer"},
            {row["request_id"]: (row["status"], row["body"]) for row in rows["replays"]},
        )

    def check_whole(self) -> None:
        """Customer, domain and audit record belong together, at every moment."""
        assert set(self.customers) == self.created - self.deleted
        assert set(self.customers.values()) == {name for name, held in self.domains.items() if held}

    def has(self, call: Call) -> bool:
        """Whether the call took effect: all of it did, or nothing. An answer is kept as long as its customer."""
        kept = call.request_id in self.replays
        if call.method == "POST":
            assert kept == self.domains.get(call.domain, False)
            return call.domain in self.domains
        assert kept == (call.customer_id in self.deleted)
        assert kept == (call.customer_id not in self.customers)
        return kept

    def has_lost_customer(self, call: Call) -> bool:
        """Whether the call created a customer that was deleted since."""
        return call.method == "POST" and self.domains.get(call.domain) is False


def crash(process: SandboxProcess, token: str) -> list[Call]:
    """Let threads work, kill the server after a random number of answers, and return what was asked."""
    workers = Workers(process.url, token)
    workers.wait_for(random.randrange(1, 120))
    process.kill()
    workers.join()
    return [call for calls in workers.calls for call in calls]


def listed(sandbox: Sandbox) -> Iterator[dict[str, Any]]:
    """Every customer, page by page."""
    path, headers = "/v1/customers?size=500", {}
    while path:
        page = sandbox.call("GET", path, headers=headers).json()
        yield from page["items"]
        link = page["links"].get("next", {})
        path = f"/v1{link['uri']}" if link else ""
        headers = {header["key"]: header["value"] for header in link.get("headers", ())}


def survive(start: StartProcess, http: httpx2.Client, folder: Path, rounds: int) -> None:
    """Crash, look, ask again, and crash again, on one database."""
    path = folder / "sandbox.db"
    process = start(*NO_QUOTA, database=path)
    token = Sandbox(process.url, http).token
    expected: dict[str, dict[str, Any]] = {}
    for _ in range(rounds):
        calls = crash(process, token)
        stored = Stored.read(path)
        stored.check_whole()
        for call in calls:
            if call.status:
                assert stored.has(call), f"acknowledged and lost: {call}"
                if not stored.has_lost_customer(call):
                    assert (call.status, call.body) == stored.replays[call.request_id]
            else:
                stored.has(call)

        process = start(*NO_QUOTA, database=path)
        for call in calls:
            if stored.has_lost_customer(call):
                assert_not_created_again(call, http, process.url, token)
            else:
                ask_again(call, stored, http, process.url, token)
        expected |= {call.customer_id: json.loads(call.body) for call in calls if call.method == "POST"}
        for call in calls:
            if call.method == "DELETE":
                del expected[call.customer_id]
        check_served(Sandbox(process.url, http, token), expected, random.sample(calls, min(5, len(calls))))


def ask_again(call: Call, stored: Stored, http: httpx2.Client, url: str, token: str) -> None:
    """Under the same id the effect happens once, and the answer is the one that was given or lost."""
    before, status = call.body, call.status
    call.send(http, url, token)
    if status:
        assert (status, before) == (call.status, call.body)
    elif call.request_id in stored.replays:
        assert stored.replays[call.request_id] == (call.status, call.body)
    assert {"POST": 201, "DELETE": 204}[call.method] == call.status
    first = call.body
    call.send(http, url, token)
    assert first == call.body


def assert_not_created_again(call: Call, http: httpx2.Client, url: str, token: str) -> None:
    """Asking again for a customer that was deleted since makes no second one: its domain stays reserved."""
    again = replace(call)
    again.send(http, url, token)
    assert (409, 1003) == (again.status, json.loads(again.body)["code"])


def check_served(sandbox: Sandbox, expected: dict[str, dict[str, Any]], some: list[Call]) -> None:
    """Exactly the expected customers are served, with what was answered when they were created."""
    assert sorted(expected) == sorted(item["id"] for item in listed(sandbox))
    for call in some:
        answer = sandbox.call("GET", f"/v1/customers/{call.customer_id}")
        if call.customer_id in expected:
            created, served = expected[call.customer_id], answer.json()
            for name in ("companyProfile", "billingProfile"):
                assert served[name] == {**served[name], **created[name]}
        else:
            assert (404, 60003) == (answer.status_code, answer.json()["code"])


def test_acknowledged_writes_survive_a_kill(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> None:
    """After kill -9 under load every acknowledged create and delete is there, nothing else; asking again is safe."""
    survive(start_process, http, tmp_path, rounds=3)


@pytest.mark.prove
def test_acknowledged_writes_survive_many_kills(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> None:
    """The same on one database that is killed again and again."""
    survive(start_process, http, tmp_path, rounds=int(os.environ.get("PARTNERCENTER_CRASH_ROUNDS", "25")))


def test_a_token_outlives_a_kill(start_process: StartProcess, http: httpx2.Client, tmp_path: Path) -> None:
    """A token that was given out before a crash is good after it: the first thing on disk is the signing key."""
    process = start_process(database=tmp_path / "sandbox.db")
    token = Sandbox(process.url, http).token
    process.kill()
    after = Sandbox(start_process(database=tmp_path / "sandbox.db").url, http, token)
    assert 200 == after.call("GET", "/v1/customers").status_code


def limit_file_size(process: SandboxProcess, size: int) -> None:
    """Let no file of a running process grow beyond a size, as when the disk is full."""
    resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.sqlite
@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits another process")
def test_a_full_disk_refuses_writes_and_nothing_else(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> None:
    """A write that cannot be stored answers 500/800003 and leaves nothing; reads go on, writes when there is room."""
    process = start_process(database=tmp_path / "sandbox.db")
    sandbox = Sandbox(process.url, http)
    kept = sandbox.create_customer()["id"]
    limit_file_size(process, (tmp_path / "sandbox.db-wal").stat().st_size)
    creates = [create_call() for _ in range(3)]
    delete = Call("DELETE", f"/v1/customers/{kept}", b"", "")
    for call in (*creates, delete):
        call.send(http, sandbox.url, sandbox.token)
        assert (500, 800003) == (call.status, json.loads(call.body)["code"])
    assert [kept] == [item["id"] for item in listed(sandbox)]
    for call in creates:
        assert 404 == sandbox.call("HEAD", f"/v1/domains/{call.domain}").status_code
    limit_file_size(process, resource.RLIM_INFINITY)
    for call in (*creates, delete):
        call.send(http, sandbox.url, sandbox.token)
    assert [201, 201, 201, 204] == [call.status for call in (*creates, delete)]
    process.kill()
    stored = Stored.read(tmp_path / "sandbox.db")
    stored.check_whole()
    assert {call.customer_id for call in creates} == set(stored.customers)


@pytest.mark.sqlite
@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits another process")
def test_a_disk_that_fills_under_load_loses_nothing(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path
) -> None:
    """When the disk fills while many write together, what was acknowledged is there and what was refused is not."""
    process = start_process(*NO_QUOTA, database=tmp_path / "sandbox.db")
    sandbox = Sandbox(process.url, http)
    sandbox.create_customer()
    limit_file_size(process, (tmp_path / "sandbox.db-wal").stat().st_size + 400_000)
    calls: list[Call] = []

    def work() -> None:
        with httpx2.Client(timeout=30, trust_env=False) as own:
            for _ in range(25):
                calls.append(call := create_call())
                call.send(own, sandbox.url, sandbox.token)

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    process.kill()
    stored = Stored.read(tmp_path / "sandbox.db")
    stored.check_whole()
    assert {201, 500} == {call.status for call in calls}
    for call in calls:
        assert (call.status == 201) == stored.has(call)
