"""What tests of signing in share: a sign-in that answers by script, a store in memory, a clean environment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest
from sqlalchemy import Engine
from tests import databases
from tests.client.conftest import Answer, Received, ScriptedServer
from tests.conftest import Sandbox, SandboxProcess

from partnercenter.contract import development_partner
from partnercenter.identity import SecureApplicationModelCredential
from partnercenter.sandbox.store.partner_users import find_partner_user_named
from partnercenter.sandbox.store.schema import refresh_tokens
from partnercenter.sandbox.store.sign_ins import RefreshToken, add_refresh_token, digest_of

TENANT = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
CLIENT = "0b0c1f5a-7c3e-4d0e-8f3b-2f3b1d0c9a77"
SCOPE = "https://api.partnercenter.microsoft.com/.default"
# Nothing that is printed, logged or raised may hold one of these.
SECRET = "canary-client-secret-7f3a"
ACCESS = "canary-access-token"
REFRESH = "canary-refresh-token"
FIRST_REFRESH_TOKEN = "canary-first-refresh-token"
MICROSECONDS = 1_000_000


class ScriptedEntra(ScriptedServer):
    """A sign-in host: serves its discovery document, and redeems `REFRESH-0` to `REFRESH-1`, and so on.

    `next_answers` are given to the next token requests instead.
    """

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.next_answers: list[Answer | Callable[[dict[str, str]], Answer]] = []
        self.members: dict[str, Any] = {}
        self.answers(self._answer)

    @property
    def redeemed(self) -> list[str]:
        """The refresh tokens that came, in order."""
        return [form["refresh_token"] for form in self.forms]

    def _answer(self, received: Received) -> Answer:
        if received.method == "GET":
            base = f"https://{received.headers['host']}/{TENANT}"
            return Answer(
                json={
                    "issuer": f"{base}/v2.0",
                    "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                    **self.members,
                }
            )
        form = {name: values[0] for name, values in parse_qs(received.body.decode()).items()}
        self.forms.append(form)
        if self.next_answers:
            answer = self.next_answers.pop(0)
            return answer(form) if callable(answer) else answer
        return tokens(len(self.forms))


def tokens(number: int, **members: Any) -> Answer:
    """The answer to a redemption, with the access token and the refresh token of that number."""
    return Answer(
        json={
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": SCOPE,
            "access_token": f"{ACCESS}-{number}",
            "refresh_token": f"{REFRESH}-{number}",
            **members,
        }
    )


def refused(error: str, description: str, status: int = 400) -> Answer:
    """A refusal in Entra's form."""
    trailer = "Trace ID: 1f0e Correlation ID: 2e1d Timestamp: 2026-03-01 00:00:00Z"
    return Answer(
        status,
        json={
            "error": error,
            "error_description": f"{description} {trailer}",
            "correlation_id": "2e1d0000-0000-0000-0000-000000000000",
        },
    )


INVALID_GRANT = refused("invalid_grant", "AADSTS700082: The refresh token has expired due to inactivity.")


class MemoryStore:
    """A user's own store; `fails` is raised by the next saves, `on_read` may change what it holds."""

    def __init__(self, secret: str | None = f"{REFRESH}-0") -> None:
        self.secret = secret
        self.fails: list[BaseException] = []
        self.saved: list[str] = []
        self.on_read: Callable[[MemoryStore], None] = lambda _: None
        self._lock = threading.Lock()

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep other threads out."""
        return self._lock  # type: ignore[return-value]

    def read(self) -> str | None:
        """The secret."""
        assert self._lock.locked()
        self.on_read(self)
        return self.secret

    def save(self, secret: str) -> None:
        """Replace the secret."""
        assert self._lock.locked()
        if self.fails:
            raise self.fails.pop(0)
        self.secret = secret
        self.saved.append(secret)

    def delete(self) -> None:
        """Forget the secret."""
        self.secret = None


@pytest.fixture
def entra() -> Iterator[ScriptedEntra]:
    """A sign-in host of the test's own."""
    server = ScriptedEntra()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def store() -> MemoryStore:
    """A store that holds the first refresh token."""
    return MemoryStore()


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, no bundle of the machine, and a state folder of the test's own."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("PARTNERCENTER_STATE_DIR", str(tmp_path / "state"))


def credential_at(entra: ScriptedServer, store: Any, **options: Any) -> SecureApplicationModelCredential:
    """A credential of a confidential application that signs in at a scripted host."""
    options = {"client_secret": SECRET, "timeout": 5.0, "authority": entra.url, **options}
    return SecureApplicationModelCredential(TENANT, CLIENT, store=store, **options)


@pytest.fixture(scope="session")
def sign_in_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SandboxProcess, Engine]]:
    """A sandbox with a database file, and its database."""
    file = tmp_path_factory.mktemp("rotation") / "sandbox.db"
    started = SandboxProcess(database=str(file))
    engine = databases.engine_of(file)
    try:
        yield started, engine
    finally:
        engine.dispose()
        started.stop()


@pytest.fixture
def database(sign_in_process: tuple[SandboxProcess, Engine]) -> Engine:
    """The database, with the first refresh token of the development partner's user in it."""
    now = int(time.time() * MICROSECONDS)
    with sign_in_process[1].begin() as connection:
        connection.execute(refresh_tokens.delete())
        user = find_partner_user_named(connection, development_partner.USER_PRINCIPAL_NAME)
        assert user is not None
        first = RefreshToken(
            token_hash=digest_of(FIRST_REFRESH_TOKEN),
            client_id=development_partner.CLIENT_ID,
            user_id=user.object_id,
            scope="https://api.partnercenter.microsoft.com/.default openid offline_access",
            amr="pwd mfa",
            created_at=now,
            expires_at=now + 3600 * MICROSECONDS,
        )
        add_refresh_token(connection, first)
    return sign_in_process[1]


@pytest.fixture
def address(sign_in_process: tuple[SandboxProcess, Engine], http: httpx2.Client) -> Iterator[str]:
    """Where the sandbox is; it refuses a refresh token that was redeemed before."""
    sandbox = Sandbox(sign_in_process[0].url, http)
    sandbox.set(refresh_token_reuse="refuse")
    yield sandbox.url
    sandbox.set(refresh_token_reuse=None)
