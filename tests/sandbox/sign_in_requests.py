"""A sandbox with partners, applications and users, asked for tokens over HTTP; codes are put into its database."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import jwt
from sqlalchemy import Connection
from tests import databases
from tests.conftest import Sandbox
from tests.sandbox.assertions import keyholder

from partnercenter.contract import development_partner
from partnercenter.sandbox.store.sign_ins import (
    AuthorizationCode,
    DeviceCode,
    RefreshToken,
    add_authorization_code,
    add_device_code,
    add_refresh_token,
    digest_of,
    revoke_refresh_tokens,
)

TENANT = development_partner.TENANT_ID
CLIENT = development_partner.CLIENT_ID
SECRET = development_partner.CLIENT_SECRET
PUBLIC = development_partner.PUBLIC_CLIENT_ID
API = "https://api.partnercenter.microsoft.com"
GRAPH = "00000003-0000-0000-c000-000000000000"
REDIRECT = "http://localhost:53682/signed-in"
SECOND = "0bada5a0-0000-4ca1-8ca1-00000000ae02"
CERTIFIED = "0bada5a0-0000-4ca1-8ca1-00000000ae03"
OUTDATED = "0bada5a0-0000-4ca1-8ca1-00000000ae04"
OTHER_TENANT = "0bada5a0-0000-4ca1-8ca1-00000000ae10"
FOREIGN = "0bada5a0-0000-4ca1-8ca1-00000000ae11"
UNKNOWN = "0bada5a0-0000-4ca1-8ca1-00000000aeff"
ADMIN = "0bada5a0-0000-4ca1-8ca1-00000000ae21"
NO_MFA = "0bada5a0-0000-4ca1-8ca1-00000000ae22"
DISABLED = "0bada5a0-0000-4ca1-8ca1-00000000ae23"
STRANGER = "0bada5a0-0000-4ca1-8ca1-00000000ae24"
NAMES = {
    ADMIN: f"ada@{development_partner.DOMAIN}",
    NO_MFA: f"nomfa@{development_partner.DOMAIN}",
    DISABLED: f"disabled@{development_partner.DOMAIN}",
    STRANGER: "stranger@other.example",
}
PASSWORD = "canary-password-8vkq2"
# What no answer and no output may ever show.
CANARIES = (SECRET, PASSWORD, "canary-secret")
DAY = 24 * 3600


def _user(object_id: str, **members: Any) -> dict[str, Any]:
    return {
        "objectId": object_id,
        "userPrincipalName": NAMES[object_id],
        "displayName": NAMES[object_id].partition("@")[0].title(),
        "password": PASSWORD,
        **members,
    }


def world() -> dict[str, Any]:
    """The development partner with five applications and three users, and another partner with one of each."""
    return {
        "partners": [
            {
                "tenantId": TENANT,
                "companyName": "Development Partner",
                "domain": development_partner.DOMAIN,
                "applications": [
                    {"clientId": CLIENT, "clientSecret": SECRET, "redirectUris": ["http://localhost"]},
                    {"clientId": PUBLIC, "public": True, "redirectUris": ["http://localhost"]},
                    {"clientId": SECOND, "clientSecret": "canary-secret-second"},
                    {
                        "clientId": CERTIFIED,
                        "certificates": [keyholder("another").pem, keyholder("certified").pem],
                    },
                    {"clientId": OUTDATED, "certificates": [keyholder("outdated", days=-1).pem]},
                ],
                "users": [
                    _user(ADMIN),
                    _user(NO_MFA, mfa=False),
                    _user(DISABLED, enabled=False),
                ],
            },
            {
                "tenantId": OTHER_TENANT,
                "companyName": "Other",
                "domain": "other.example",
                "applications": [{"clientId": FOREIGN, "clientSecret": "canary-secret-foreign"}],
                "users": [_user(STRANGER)],
            },
        ]
    }


@dataclass
class SignIns:
    """A running sandbox with `world` in it, and the ways a test signs in."""

    sandbox: Sandbox
    file: Path

    def ask(
        self, form: Mapping[str, str], *, tenant: str = TENANT, version: int = 2, **kwargs: Any
    ) -> httpx2.Response:
        """Ask a token endpoint."""
        path = "oauth2/v2.0/token" if version == 2 else "oauth2/token"
        return self.sandbox.http.post(f"{self.sandbox.url}/{tenant}/{path}", data=dict(form), **kwargs)

    def put_in(self, work: Any) -> None:
        """Change the database of the running sandbox."""
        with databases.opened(self.file) as connection:
            work(connection)

    def code(
        self, *, scope: str = f"{API}/.default openid offline_access", ends_in: float = 600, **members: Any
    ) -> str:
        """An authorization code, as the sign-in page makes one."""
        text = f"canary-code-{uuid4()}"
        values: dict[str, Any] = {
            "client_id": CLIENT,
            "user_id": ADMIN,
            "redirect_uri": REDIRECT,
            "code_challenge": None,
            "code_challenge_method": None,
            "nonce": None,
            "amr": "pwd mfa",
        }
        code = AuthorizationCode(
            code_hash=digest_of(text), scope=scope, **_times(ends_in), **(values | members)
        )
        self.put_in(lambda connection: add_authorization_code(connection, code))
        return text

    def device_code(
        self, *, scope: str = f"{API}/.default openid offline_access", ends_in: float = 600, **members: Any
    ) -> str:
        """A device code, as it is when the page for devices has approved it."""
        text = f"canary-device-{uuid4()}"
        values: dict[str, Any] = {
            "client_id": PUBLIC,
            "state": "approved",
            "user_id": ADMIN,
            "amr": "pwd mfa",
        }
        code = DeviceCode(
            device_code_hash=digest_of(text),
            user_code=uuid4().hex[:16].upper(),
            scope=scope,
            **_times(ends_in),
            **(values | members),
        )
        self.put_in(lambda connection: add_device_code(connection, code))
        return text

    def refresh_token(
        self, *, scope: str = f"{API}/.default openid offline_access", ends_in: float = 600, **members: Any
    ) -> str:
        """A refresh token, as the token endpoint gives one out."""
        text = f"canary-refresh-{uuid4()}"
        values: dict[str, Any] = {"client_id": CLIENT, "user_id": ADMIN, "amr": "pwd mfa"}
        token = RefreshToken(token_hash=digest_of(text), scope=scope, **_times(ends_in), **(values | members))
        self.put_in(lambda connection: add_refresh_token(connection, token))
        return text

    def revoke(self, user_id: str = ADMIN) -> None:
        """End every refresh token of a user."""

        def work(connection: Connection) -> None:
            revoke_refresh_tokens(connection, user_id, int(time.time() * 1_000_000))

        self.put_in(work)

    def accepted(self, token: str) -> int:
        """The status with which the API answers a token."""
        return self.sandbox.call("GET", "/v1/customers", token=token).status_code

    def user_token(self, audience: str = f"api://{SECOND}", **members: Any) -> str:
        """An access token of a user for an application of the partner."""
        answer = self.ask(
            {
                "grant_type": "refresh_token",
                "refresh_token": self.refresh_token(client_id=PUBLIC, **members),
                "client_id": PUBLIC,
                "scope": f"{audience}/.default",
            }
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


def _times(ends_in: float) -> dict[str, Any]:
    now = time.time()
    # What has ended was made before it ended.
    return {
        "created_at": int((now + min(ends_in, 0) - 1) * 1_000_000),
        "expires_at": int((now + ends_in) * 1_000_000),
    }


def claims_of(token: str) -> dict[str, Any]:
    """What a token says."""
    return dict(jwt.decode(token, options={"verify_signature": False}))


def shown(answer: httpx2.Response) -> tuple[int, str, int]:
    """Status, OAuth error word and AADSTS number of a refusal, whose body is whole and shows no secret."""
    body = answer.json()
    assert "access_token" not in body
    (number,) = body["error_codes"]
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    for name in ("trace_id", "correlation_id", "timestamp"):
        assert body[name] in body["error_description"]
    assert not any(canary in answer.text for canary in CANARIES)
    assert "canary" not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.status_code, body["error"], number
