"""Readers never wait for the writer: they are answered while it writes, however long that takes.

Nor do they when the writer is in another process that shares the database; writes wait for it there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests import databases
from tests.conftest import Sandbox, SandboxProcess, new_customer_body
from tests.sandbox.conftest import StartProcess

from partnercenter.contract import development_partner
from partnercenter.sandbox.store.backup import back_up

CUSTOMERS = [pytest.param(600, id="short"), pytest.param(100_000, id="long", marks=pytest.mark.prove)]


def answered_meanwhile(process: SandboxProcess, token: str, work: Callable[[], object]) -> list[int]:
    """How many customers were on the first page of each read that began and ended while something was done."""
    done, found = threading.Event(), []

    def do() -> None:
        try:
            work()
        finally:
            done.set()

    worker = threading.Thread(target=do)
    with httpx2.Client(timeout=30, trust_env=False) as http:
        sandbox = Sandbox(process.url, http, token)
        worker.start()
        while not done.is_set():
            answer = sandbox.call("GET", "/v1/customers?size=500")
            assert answer.status_code == 200, answer.text
            if not done.is_set():
                found.append(answer.json()["totalCount"])
    worker.join(30)
    return found


def world_of(customers: int) -> dict[str, Any]:
    """A world of one partner with so many customers."""
    return {
        "partners": [
            {
                "tenantId": development_partner.TENANT_ID,
                "companyName": development_partner.COMPANY_NAME,
                "domain": development_partner.DOMAIN,
                "customers": [{"companyName": f"Customer {number}"} for number in range(customers)],
            }
        ]
    }


@pytest.mark.sqlite
@pytest.mark.parametrize("customers", CUSTOMERS)
def test_reads_are_answered_while_the_writer_is_busy(
    start_process: StartProcess, http: httpx2.Client, tmp_path: Path, customers: int
) -> None:
    """While a seed replaces everything they see the state before it; snapshots and backups hinder nobody either."""
    file = tmp_path / "sandbox.db"
    process = start_process("--set", "customer_quota=1000000", database=file)
    with httpx2.Client(timeout=300, trust_env=False) as patient:
        sandbox = Sandbox(process.url, patient)
        sandbox.seed("demo")
        token = sandbox.token
        found = answered_meanwhile(process, token, lambda: sandbox.seed(world_of(customers)))
        assert len(found) > 1
        # Some may have come between the commit and the answer to the seed.
        assert found == sorted(found)
        assert {5} <= set(found) <= {5, 500}
        kept = answered_meanwhile(
            process, token, lambda: sandbox.control("POST", "/snapshots", {"name": "a"})
        )
        copied = answered_meanwhile(process, token, lambda: back_up(file, tmp_path / "b", replaces=False))
        assert {500} == {*kept, *copied}


IS_REPLACED = """\
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND mode = 'ExclusiveLock' AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


@pytest.mark.parametrize("customers", CUSTOMERS)
def test_another_server_reads_on_while_everything_is_replaced_and_its_writes_wait(
    url: str, start_process: StartProcess, customers: int
) -> None:
    """Reads see what was before a seed or a restore; a write that comes in the middle is carried out behind it."""
    one, other = (start_process("--set", "customer_quota=1000000", database=url) for _ in range(2))
    over = threading.Event()
    with httpx2.Client(timeout=400, trust_env=False) as patient, ThreadPoolExecutor(1) as threads:
        sandbox = Sandbox(one.url, patient)
        sandbox.seed(world_of(5))
        token = sandbox.token
        found = answered_meanwhile(other, token, lambda: sandbox.seed(world_of(customers)))
        assert len(found) > 1
        assert found == sorted(found)
        assert {5} <= set(found) <= {5, 500}

        def create_in_the_middle() -> httpx2.Response:
            with databases.opened(url) as connection:
                while not connection.exec_driver_sql(IS_REPLACED).scalar():
                    assert not over.wait(0.005)
            return Sandbox(other.url, patient, token).call("POST", "/v1/customers", new_customer_body())

        assert 200 == sandbox.control("POST", "/snapshots", {"name": "all"}).status_code
        created = threads.submit(create_in_the_middle)
        try:
            restored = answered_meanwhile(
                other, token, lambda: sandbox.control("POST", "/snapshots/all/restore")
            )
        finally:
            over.set()
        assert 201 == created.result(400).status_code
        assert {500} == set(restored)
    with databases.opened(url) as connection:
        assert customers + 1 == connection.exec_driver_sql("SELECT count(*) FROM customers").scalar()
