"""Readers never wait for the writer: they are answered while it writes, however long that takes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from tests.conftest import Sandbox, SandboxProcess
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
        world = {
            "partners": [
                {
                    "tenantId": development_partner.TENANT_ID,
                    "companyName": development_partner.COMPANY_NAME,
                    "domain": development_partner.DOMAIN,
                    "customers": [{"companyName": f"Customer {number}"} for number in range(customers)],
                }
            ]
        }
        found = answered_meanwhile(process, token, lambda: sandbox.seed(world))
        assert len(found) > 1
        # Some may have come between the commit and the answer to the seed.
        assert found == sorted(found)
        assert {5} <= set(found) <= {5, 500}
        kept = answered_meanwhile(
            process, token, lambda: sandbox.control("POST", "/snapshots", {"name": "a"})
        )
        copied = answered_meanwhile(process, token, lambda: back_up(file, tmp_path / "b", replaces=False))
        assert {500} == {*kept, *copied}
