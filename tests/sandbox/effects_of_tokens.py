"""What the settings of tokens change beside their faults; `test_settings` proves it.

For each an act, what it shows by default, another value of the setting, and what the act shows then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.sandbox.people import one_customer

if TYPE_CHECKING:
    from tests.conftest import Sandbox

Act = Callable[["Sandbox"], Any]

CUSTOMER = "11111111-0000-4000-8000-000000000001"
GRANT = b"grant_type=jwt_token"
ASKED = {"ValidateMfa": "true"}


def mfa_verdict(sandbox: Sandbox) -> tuple[str | None, Any]:
    """What an answer tells of a user's MFA: in its headers, and in its body."""
    answer = sandbox.call("GET", "/v1/customers", token=sandbox.mint(kind="app_user"), headers=ASKED)
    return answer.headers.get("isMfaCompliant"), answer.json().get("isMfaCompliant")


def just_expired(sandbox: Sandbox) -> int:
    """What a token is answered that expired five seconds ago."""
    return sandbox.call("GET", "/v1/customers", token=sandbox.mint(expiresInSeconds=-5)).status_code


def exchange(sandbox: Sandbox) -> int:
    """What the unversioned exchange of a token is answered."""
    return sandbox.call("POST", "/generatetoken", content=GRANT).status_code


def shown_lifetime(sandbox: Sandbox) -> type:
    """In what form the exchange says how long its token is good."""
    answer = sandbox.call("POST", "/v3/generatetoken", content=GRANT).json()
    assert 0 < int(answer["expires_in"]) <= 3600
    return type(answer["expires_in"])


def licenses_with_an_exchanged_token(sandbox: Sandbox) -> int:
    """What a licence call is answered whose token generatetoken gave out."""
    in_force = sandbox.control("GET", "/settings").json()
    sandbox.seed(one_customer())
    sandbox.set(**in_force)
    given = sandbox.call("POST", "/v3/generatetoken", content=GRANT, token=sandbox.mint(kind="app_user"))
    path = f"/v1/customers/{CUSTOMER}/subscribedskus"
    return sandbox.call("GET", path, token=given.json()["access_token"]).status_code


TOKENS: Mapping[str, tuple[Any, ...]] = {
    "mfa_verdict": (mfa_verdict, ("true", None), "body", (None, True)),
    "token_clock_skew_seconds": (just_expired, 401, 60, 200),
    "unversioned_generatetoken": (exchange, 200, False, 404),
    "generatetoken_expires_in": (shown_lifetime, int, "text", str),
    "partner_token_manages_licenses": (licenses_with_an_exchanged_token, 400, True, 200),
}
