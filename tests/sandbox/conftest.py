"""What tests of the sandbox share: worlds to seed, a sandbox in this process with a clock to set, faults in short."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection
from tests import databases
from tests.conftest import Sandbox, SandboxProcess
from tests.sandbox import sign_in_requests
from tests.sandbox.people import LocalPeople, People, one_customer
from tests.sandbox.shopping import Shop, open_shop
from tests.sandbox.sign_in_requests import SignIns

from partnercenter.contract import development_partner
from partnercenter.sandbox.control.minting import mint
from partnercenter.sandbox.identity.signing_keys import SigningKey, generate_signing_key
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.service import Service
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.migrate import migrate
from partnercenter.sandbox.store.opening import open_store
from partnercenter.sandbox.store.partners import add_signing_key
from partnercenter.sandbox.wire.message import Request, Response
from partnercenter.sandbox.worlds.document import read_world

OTHER_TENANT = "0bada5a0-0000-4ca1-8ca1-0000000000b1"
OTHER_CLIENT = "0bada5a0-0000-4ca1-8ca1-0000000000b2"
PRODUCTION_TENANT = "0bada5a0-0000-4ca1-8ca1-0000000000c1"
PRODUCTION_CLIENT = "0bada5a0-0000-4ca1-8ca1-0000000000c2"
NOT_CSP_TENANT = "0bada5a0-0000-4ca1-8ca1-0000000000d1"
NOT_CSP_CLIENT = "0bada5a0-0000-4ca1-8ca1-0000000000d2"
UNREGISTERED_CLIENT = "0bada5a0-0000-4ca1-8ca1-0000000000e2"

OF_OTHER: Mapping[str, Any] = {"tenantId": OTHER_TENANT, "clientId": OTHER_CLIENT}
OF_PRODUCTION: Mapping[str, Any] = {"tenantId": PRODUCTION_TENANT, "clientId": PRODUCTION_CLIENT}

OWN = "11111111-0000-4000-8000-000000000001"
BLOCKED = "11111111-0000-4000-8000-000000000002"
UNDELETABLE = "11111111-0000-4000-8000-000000000003"
FOREIGN = "11111111-0000-4000-8000-00000000000b"
IN_PRODUCTION = "11111111-0000-4000-8000-00000000000c"
BLOCKED_IN_PRODUCTION = "11111111-0000-4000-8000-00000000000d"
NOBODYS = "99999999-0000-4000-8000-000000000000"


def partner(tenant_id: str, client_id: str, *customers: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """A partner of a world document, with one application."""
    return {
        "tenantId": tenant_id,
        "companyName": f"Partner {tenant_id[-2:]}",
        "domain": f"partner{tenant_id[-2:]}.onmicrosoft.com",
        "applications": [{"clientId": client_id, "clientSecret": "not-used-here"}],
        "customers": list(customers),
        **members,
    }


def customer(customer_id: str, *purchases: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """A customer of a world document."""
    name = f"Customer {customer_id[-2:]}"
    return {"id": customer_id, "companyName": name, "purchases": list(purchases), **members}


RESERVATION = {"product": "azure_reservation"}

WORLD: Mapping[str, Any] = {
    "partners": [
        {
            "tenantId": development_partner.TENANT_ID,
            "companyName": development_partner.COMPANY_NAME,
            "domain": development_partner.DOMAIN,
            "applications": [
                {
                    "clientId": development_partner.CLIENT_ID,
                    "clientSecret": development_partner.CLIENT_SECRET,
                },
                {"clientId": UNREGISTERED_CLIENT, "clientSecret": "not-used-here", "registered": False},
            ],
            "customers": [
                customer(OWN),
                customer(BLOCKED, RESERVATION),
                customer(UNDELETABLE, undeletable="The postal code is of another city."),
            ],
        },
        partner(OTHER_TENANT, OTHER_CLIENT, customer(FOREIGN)),
        partner(
            PRODUCTION_TENANT,
            PRODUCTION_CLIENT,
            customer(IN_PRODUCTION),
            customer(BLOCKED_IN_PRODUCTION, RESERVATION),
            environment="production",
        ),
        partner(NOT_CSP_TENANT, NOT_CSP_CLIENT, isCspPartner=False),
    ]
}


@dataclass(frozen=True, slots=True)
class Fault:
    """The short form of a refusal: status, and code where the body has one."""

    status: int
    code: int | None = None


def fault_of(answer: httpx2.Response) -> Fault:
    """The refusal in an answer; a success has no code."""
    if answer.status_code < 400 or not answer.content:
        return Fault(answer.status_code)
    return Fault(answer.status_code, answer.json().get("code"))


class TestClock:
    """A clock that stands still until it is moved."""

    __test__ = False

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The time it shows."""
        return self._now

    def move(self, **by: float) -> None:
        """Show a later, or an earlier, time."""
        self._now += timedelta(**by)


@dataclass
class LocalSandbox:
    """A sandbox in this process, whose clock can be set; asked without a network. It makes a key unless given one."""

    clock: TestClock = field(default_factory=TestClock)
    signing_key: SigningKey | None = None

    def __post_init__(self) -> None:
        self._database = databases.address("memory")
        database = open_store(self._database)
        if self.signing_key is not None:
            migrate(database.engine)
            database.write(self._put_in_key).result()
        self.state = State(database, Nature(clock=self.clock))
        self._service = Service(self.state)

    def close(self) -> None:
        """End it."""
        self.state.close()
        databases.is_over(self._database)

    def _put_in_key(self, connection: Connection) -> None:
        key = self.signing_key
        assert key is not None
        add_signing_key(connection, key.key_id, key.private_pem, int(key.created * 1_000_000))

    def seed(self, world: Mapping[str, Any]) -> None:
        """Fill it with a world document."""
        self.state.fill(read_world(world))

    def mint(self, **order: Any) -> str:
        """A token made to order."""
        return str(mint(self.state, order)["access_token"])

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Ask as the development partner, or with another token."""
        path, _, query = path.partition("?")
        sent = {"authorization": f"Bearer {self.mint() if token is None else token}"}
        sent.update({name.lower(): value for name, value in (headers or {}).items()})
        content = b"" if body is None else json.dumps(body).encode()
        origin = "http://127.0.0.1"
        return self._service.handle(Request(method, path, query, sent, content, origin, from_loopback=True))


@pytest.fixture(scope="session")
def signing_key() -> SigningKey:
    """Made once: making a key takes longer than most tests."""
    return generate_signing_key(time.time())


@pytest.fixture
def local_sandbox(signing_key: SigningKey) -> Iterator[LocalSandbox]:
    """A sandbox in this process, with the development partner and no customers."""
    local = LocalSandbox(signing_key=signing_key)
    yield local
    local.close()


@pytest.fixture
def world(sandbox: Sandbox) -> Sandbox:
    """The worker's sandbox with `WORLD` in it: four partners, six customers."""
    sandbox.seed(WORLD)
    return sandbox


@pytest.fixture
def people(sandbox: Sandbox) -> People:
    """The worker's sandbox with one customer of the development partner, asked as a user."""
    sandbox.seed(one_customer())
    return People(sandbox)


@pytest.fixture
def local_people(local_sandbox: LocalSandbox) -> LocalPeople:
    """The same in this process, with a clock to move."""
    local_sandbox.seed(one_customer())
    return LocalPeople(local_sandbox)


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    """The worker's sandbox with one customer that may buy, and has bought nothing yet."""
    return open_shop(sandbox)


StartProcess = Callable[..., SandboxProcess]
StartSandbox = Callable[..., Sandbox]


@pytest.fixture
def url() -> Iterator[str]:
    """The address of a new database of PostgreSQL, whatever the tests are run over."""
    made = databases.postgres().new()
    yield made
    databases.postgres().drop(made)


@pytest.fixture
def start_process() -> Iterator[StartProcess]:
    """Starts sandbox processes of a test's own; they end with the test."""
    with ExitStack() as processes:

        def start(
            *arguments: str, database: str | Path = "memory", env: Mapping[str, str] | None = None
        ) -> SandboxProcess:
            process = SandboxProcess(*arguments, database=str(database), env=env)
            processes.callback(process.stop)
            return process

        yield start


@pytest.fixture
def start_sandbox(start_process: StartProcess, http: httpx2.Client) -> StartSandbox:
    """Starts sandboxes of a test's own; they end with the test."""

    def start(*arguments: str, database: str | Path = "memory") -> Sandbox:
        return Sandbox(start_process(*arguments, database=database).url, http)

    return start


@pytest.fixture(scope="session")
def sign_in_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SandboxProcess, Path]]:
    """One sandbox process for all tests of signing in of a worker, and the file that it keeps."""
    file = tmp_path_factory.mktemp("signing-in") / "sandbox.db"
    process = SandboxProcess(database=str(file))
    try:
        answer = httpx2.post(f"{process.url}/_sandbox/seed", json=sign_in_requests.world(), timeout=30)
        assert answer.status_code == 200, answer.text
        yield process, file
        assert not any("canary" in line for line in process.errors), "a secret was written to stderr"
    finally:
        process.stop()


@pytest.fixture
def sign_ins(sign_in_process: tuple[SandboxProcess, Path], http: httpx2.Client) -> Iterator[SignIns]:
    """That sandbox, with the default settings; codes and tokens are put into it by each test."""
    process, file = sign_in_process
    sandbox = Sandbox(process.url, http)
    yield SignIns(sandbox, file)
    changed = (
        "sign_in_requires_mfa",
        "refresh_token_reuse",
        "refresh_token_lifetime_seconds",
        "sign_in_tries",
    )
    sandbox.control("PATCH", "/settings", dict.fromkeys(changed))
