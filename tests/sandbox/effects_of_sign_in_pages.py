"""What the settings of the sign-in pages change; `test_settings` proves it, and how long codes live.

For each an act, what it shows by default, another value of the setting, and what the act shows then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import httpx2
from tests.sandbox.signing_in import USER, send_form

from partnercenter.contract import development_partner

if TYPE_CHECKING:
    from tests.conftest import Sandbox

SCOPE = "https://api.partnercenter.microsoft.com/.default"
SHARED = {"client_id": development_partner.PUBLIC_CLIENT_ID, "scope": SCOPE}
REDIRECT = "http://localhost:5000"


def fresh(act: Callable[[Sandbox], Any]) -> Callable[[Sandbox], Any]:
    """An act on the development partner with its own user and applications, under the settings that are in force."""

    def on(sandbox: Sandbox) -> Any:
        in_force = sandbox.control("GET", "/settings").json()
        sandbox.seed("empty")
        sandbox.set(**in_force)
        return act(sandbox)

    return on


def endpoint(sandbox: Sandbox, name: str) -> str:
    """An address of the development partner."""
    return f"{sandbox.url}/{development_partner.TENANT_ID}/oauth2/v2.0/{name}"


def request(sandbox: Sandbox) -> httpx2.URL:
    """A public application's request for a code, without a code challenge."""
    asked = {**SHARED, "redirect_uri": REDIRECT, "response_type": "code"}
    return httpx2.URL(endpoint(sandbox, "authorize"), params=asked)


def device(member: str) -> Callable[[Sandbox], Any]:
    """A member of the answer to a request for a device code."""
    return fresh(
        lambda sandbox: sandbox.http.post(endpoint(sandbox, "devicecode"), data=SHARED).json()[member]
    )


def wrong_twice(sandbox: Sandbox) -> list[str]:
    """What two wrong passwords of one user are told."""
    with httpx2.Client(timeout=30, trust_env=False) as browser:
        page = browser.get(request(sandbox))
        pages = [send_form(browser, page, username=USER, password="wrong") for _ in range(2)]
    return [re.findall(r"AADSTS(\d+)", page.text)[0] for page in pages]


SIGN_IN_PAGES: Mapping[str, tuple[Any, ...]] = {
    "device_code_lifetime_seconds": (device("expires_in"), 900, 60, 60),
    "device_code_interval_seconds": (device("interval"), 5, 1, 1),
    "public_clients_need_pkce": (
        fresh(lambda sandbox: sandbox.http.get(request(sandbox)).status_code),
        200,
        True,
        302,
    ),
    "sign_in_tries": (fresh(wrong_twice), ["50126", "50126"], 1, ["50126", "50053"]),
}
