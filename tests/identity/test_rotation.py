"""Processes that share a store lose no refresh token and use none twice, against a real sandbox that would notice."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Connection, Engine, func, select
from tests.conftest import Sandbox, SandboxProcess
from tests.identity.conftest import FIRST_REFRESH_TOKEN, MemoryStore

from partnercenter import PartnerCenterClient
from partnercenter.contract import development_partner
from partnercenter.identity import SecureApplicationModelCredential
from partnercenter.sandbox.store.schema import refresh_tokens

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["file", "keyring"])
def shared(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[str, str]:
    """The kind of a store and its place; its first secret is the first refresh token."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.identity.keyrings.FileKeyring")
    # Not in tmp_path: no file of a test may hold a secret, and this keyring is no good one.
    monkeypatch.setenv("TEST_KEYRING_FILE", str(tmp_path_factory.mktemp("keyring") / "keyring.json"))
    place = str(tmp_path / "secrets" / "refresh-token") if request.param == "file" else "development"
    in_process(f"store_of({request.param!r}, {place!r}).save({FIRST_REFRESH_TOKEN!r})")
    return request.param, place


def in_process(code: str) -> None:
    """Run a line in a process of its own, as keyring chooses its backend once for a process."""
    script = f"from tests.identity.refreshing import *; {code}"
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)


def ready(address: str, shared: tuple[str, str], times: int) -> subprocess.Popen[str]:
    """A process that will refresh when it gets a line."""
    command = [sys.executable, "-m", "tests.identity.refreshing", address, *shared, str(times)]
    process = subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, text=True, cwd=ROOT)
    assert process.stdout is not None
    assert "ready\n" == process.stdout.readline()
    return process


def spent_and_left(connection: Connection) -> tuple[int, int]:
    """How many refresh tokens were redeemed, and how many were not."""
    spent = func.count(refresh_tokens.c.redeemed_at)
    row = connection.execute(select(spent, func.count() - spent).select_from(refresh_tokens)).one()
    return int(row[0]), int(row[1])


@pytest.mark.parametrize("times", [10, pytest.param(200, marks=pytest.mark.prove)])
def test_two_processes_lose_no_token_and_use_none_twice(
    address: str, database: Engine, shared: tuple[str, str], times: int
) -> None:
    """Each redeems what the other one left: one chain, one end, and nobody was ever refused."""
    processes = [ready(address, shared, times) for _ in range(2)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [(f"read {times}\n", "")] * 2 == [process.communicate(timeout=300) for process in processes]
    with database.connect() as connection:
        assert (2 * times, 1) == spent_and_left(connection)
    in_process(f"refresh({address!r}, store_of{shared!r}, 1)")


@pytest.mark.prove
def test_a_process_that_is_killed_locks_nobody_out(
    sign_in_process: tuple[SandboxProcess, Engine], database: Engine, shared: tuple[str, str]
) -> None:
    """Whenever it dies, the store holds a refresh token that is good: the new one, or the one before.

    Entra does not refuse one that was redeemed before, and neither does the sandbox as it is delivered.
    """
    address = sign_in_process[0].url
    chance = random.Random(5)
    for _ in range(15):
        victim = ready(address, shared, 1_000)
        with pytest.raises(subprocess.TimeoutExpired):
            victim.communicate("go\n", timeout=0.2 + chance.random())
        victim.kill()
        victim.communicate()
        in_process(f"refresh({address!r}, store_of{shared!r}, 1)")
    with database.connect() as connection:
        spent, left = spent_and_left(connection)
    assert spent > 15
    assert left >= 1


def test_what_a_refresh_token_brings_deletes_a_customer(
    address: str, database: Engine, http: httpx2.Client
) -> None:
    """The access token is one of app+user with MFA, and the API takes it."""
    sandbox = Sandbox(address, http)
    customer_id = sandbox.create_customer()["id"]
    with (
        SecureApplicationModelCredential(
            development_partner.TENANT_ID,
            development_partner.CLIENT_ID,
            client_secret=development_partner.CLIENT_SECRET,
            store=MemoryStore(FIRST_REFRESH_TOKEN),
            authority=address,
        ) as credential,
        PartnerCenterClient(credential, endpoint=address) as client,
    ):
        client.customers.by_id(customer_id).delete()
    assert 404 == sandbox.call("GET", f"/v1/customers/{customer_id}").status_code
