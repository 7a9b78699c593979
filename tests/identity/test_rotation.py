"""Processes that share a store lose no refresh token and use none twice, against a real sandbox that would notice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Connection, Engine, NullPool, create_engine, func, select
from tests.conftest import Sandbox, SandboxProcess
from tests.identity.conftest import MemoryStore

from partnercenter import PartnerCenterClient
from partnercenter.contract import development_partner
from partnercenter.identity import SecureApplicationModelCredential
from partnercenter.sandbox.store.partner_users import find_partner_user_named
from partnercenter.sandbox.store.schema import refresh_tokens
from partnercenter.sandbox.store.sign_ins import RefreshToken, add_refresh_token, digest_of

FIRST = "canary-first-refresh-token"
MICROSECONDS = 1_000_000
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SandboxProcess, Engine]]:
    """A sandbox with a database file, and its database."""
    file = tmp_path_factory.mktemp("rotation") / "sandbox.db"
    started = SandboxProcess(database=str(file))
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool, connect_args={"timeout": 30})
    try:
        yield started, engine
    finally:
        engine.dispose()
        started.stop()


@pytest.fixture
def database(process: tuple[SandboxProcess, Engine]) -> Engine:
    """The database, with the first refresh token of the development partner's user in it."""
    now = int(time.time() * MICROSECONDS)
    with process[1].begin() as connection:
        connection.execute(refresh_tokens.delete())
        user = find_partner_user_named(connection, development_partner.USER_PRINCIPAL_NAME)
        assert user is not None
        first = RefreshToken(
            token_hash=digest_of(FIRST),
            client_id=development_partner.CLIENT_ID,
            user_id=user.object_id,
            scope="https://api.partnercenter.microsoft.com/.default openid offline_access",
            amr="pwd mfa",
            created_at=now,
            expires_at=now + 3600 * MICROSECONDS,
        )
        add_refresh_token(connection, first)
    return process[1]


@pytest.fixture
def address(process: tuple[SandboxProcess, Engine], http: httpx2.Client) -> Iterator[str]:
    """Where the sandbox is; it refuses a refresh token that was redeemed before."""
    sandbox = Sandbox(process[0].url, http)
    sandbox.set(refresh_token_reuse="refuse")
    yield sandbox.url
    sandbox.set(refresh_token_reuse=None)


@pytest.fixture(params=["file", "keyring"])
def shared(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str]:
    """The kind of a store and its place; its first secret is the first refresh token."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.identity.keyrings.FileKeyring")
    monkeypatch.setenv("TEST_KEYRING_FILE", str(tmp_path / "keyring.json"))
    place = str(tmp_path / "secrets" / "refresh-token") if request.param == "file" else "development"
    in_process(f"store_of({request.param!r}, {place!r}).save({FIRST!r})")
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
    process: tuple[SandboxProcess, Engine], database: Engine, shared: tuple[str, str]
) -> None:
    """Whenever it dies, the store holds a refresh token that is good: the new one, or the one before.

    Entra does not refuse one that was redeemed before, and neither does the sandbox as it is delivered.
    """
    chance = random.Random(5)
    for _ in range(40):
        victim = ready(process[0].url, shared, 1_000)
        with pytest.raises(subprocess.TimeoutExpired):
            victim.communicate("go\n", timeout=0.2 + chance.random())
        victim.kill()
        victim.communicate()
        in_process(f"refresh({process[0].url!r}, store_of{shared!r}, 1)")
    with database.connect() as connection:
        spent, left = spent_and_left(connection)
    assert spent > 40
    assert left >= 1


def test_what_a_refresh_token_brings_deletes_a_customer(
    address: str, database: Engine, http: httpx2.Client
) -> None:
    """The access token is one of app+user with MFA, and the API takes it."""
    customer_id = Sandbox(address, http).create_customer()["id"]
    with (
        SecureApplicationModelCredential(
            development_partner.TENANT_ID,
            development_partner.CLIENT_ID,
            client_secret=development_partner.CLIENT_SECRET,
            store=MemoryStore(FIRST),
            authority=address,
        ) as credential,
        PartnerCenterClient(credential, endpoint=address) as client,
    ):
        client.customers.by_id(customer_id).delete()
        assert [] == list(client.customers.list())
