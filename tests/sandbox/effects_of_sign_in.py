"""What the settings of signing in change; `test_settings` proves it, and how long refresh tokens live.

For each an act, what it shows by default, another value of the setting, and what the act shows then.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.sandbox.assertions import keyholder

from partnercenter.contract import development_partner
from partnercenter.contract.clouds import PARTNER_CENTER_AUDIENCE
from partnercenter.sandbox.identity.client_assertions import JWT_BEARER

if TYPE_CHECKING:
    import httpx2
    from tests.conftest import Sandbox

USER = f"nomfa@{development_partner.DOMAIN}"
PASSWORD = "a password of a test"
WORLD = {
    "partners": [
        {
            "tenantId": development_partner.TENANT_ID,
            "companyName": "Partner",
            "domain": development_partner.DOMAIN,
            "applications": [{"clientId": development_partner.PUBLIC_CLIENT_ID, "public": True}],
            "users": [{"userPrincipalName": USER, "password": PASSWORD, "mfa": False}],
        }
    ]
}


def sign_in(sandbox: Sandbox) -> httpx2.Response:
    """The answer to a user who has no second factor."""
    in_force = sandbox.control("GET", "/settings").json()
    sandbox.seed(WORLD)
    sandbox.set(**in_force)
    return ask(sandbox, grant_type="password", username=USER, password=PASSWORD)


def ask(sandbox: Sandbox, **form: str) -> httpx2.Response:
    """The answer of the token endpoint to a public application."""
    shared = {"client_id": development_partner.PUBLIC_CLIENT_ID}
    scope = "https://api.partnercenter.microsoft.com/.default offline_access"
    return sandbox.http.post(
        f"{sandbox.url}/{development_partner.TENANT_ID}/oauth2/v2.0/token",
        data={**shared, "scope": scope, **form},
    )


def redeem_twice(sandbox: Sandbox) -> list[int]:
    """The statuses of a refresh token that is redeemed twice."""
    token = sign_in(sandbox).json()["refresh_token"]
    return [ask(sandbox, grant_type="refresh_token", refresh_token=token).status_code for _ in range(2)]


def assertion_that_has_ended(sandbox: Sandbox) -> int:
    """The status of an application whose assertion has ended a minute ago."""
    holder, client_id = keyholder("skew"), development_partner.CLIENT_ID
    added = sandbox.control("POST", f"/applications/{client_id}/certificates", {"pem": holder.pem})
    assert added.status_code < 300, added.text
    address = f"{sandbox.url}/{development_partner.TENANT_ID}/oauth2/v2.0/token"
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "scope": f"{PARTNER_CENTER_AUDIENCE}/.default",
        "client_assertion_type": JWT_BEARER,
        "client_assertion": holder.assertion(client_id, address, exp=time.time() - 60),
    }
    return sandbox.http.post(address, data=form).status_code


SIGN_IN: Mapping[str, tuple[Any, ...]] = {
    "refresh_token_reuse": (redeem_twice, [200, 200], "refuse", [200, 400]),
    "sign_in_requires_mfa": (lambda sandbox: sign_in(sandbox).status_code, 200, True, 400),
    "assertion_clock_skew_seconds": (assertion_that_has_ended, 200, 10, 401),
}
