"""The sandbox's sign-in pages in this process: a clock to move, tables to look into, and a browser with cookies."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from tests.sandbox.conftest import LocalSandbox

from partnercenter.contract import development_partner
from partnercenter.sandbox.sign_in import SignIn
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.schema import authorization_codes
from partnercenter.sandbox.wire.message import Request, Response
from partnercenter.sandbox.worlds.accounts import WorldApplication, WorldUser
from partnercenter.sandbox.worlds.document import World, WorldPartner

ORIGIN = "https://127.0.0.1:8400"
TENANT, CLIENT = development_partner.TENANT_ID, development_partner.CLIENT_ID
OTHER_TENANT = "0bada5a0-0000-4ca1-8ca1-0000000000f1"
OTHER_CLIENT = "0bada5a0-0000-4ca1-8ca1-0000000000f2"
PUBLIC = development_partner.PUBLIC_CLIENT_ID
API = "https://api.partnercenter.microsoft.com"
CALLBACK = "https://app.example/callback"
HOSTILE = "\"><script>alert('x')</script><img src=x onerror=alert(1)>&quot;"

WORLD = World(
    partners=(
        WorldPartner(
            TENANT,
            development_partner.COMPANY_NAME,
            development_partner.DOMAIN,
            applications=(
                WorldApplication(PUBLIC, public=True, redirect_uris=("http://localhost", CALLBACK)),
                WorldApplication(CLIENT, "s", redirect_uris=("http://localhost",)),
            ),
            users=(
                WorldUser("mfa@devpartner.onmicrosoft.com", "right"),
                WorldUser("plain@devpartner.onmicrosoft.com", "right", mfa=False),
                WorldUser("gone@devpartner.onmicrosoft.com", "right", enabled=False),
            ),
        ),
        WorldPartner(
            OTHER_TENANT,
            HOSTILE,
            "other.example",
            applications=(
                WorldApplication(
                    OTHER_CLIENT, name=HOSTILE, public=True, redirect_uris=("app://back", CALLBACK)
                ),
            ),
            users=(WorldUser("stranger@other.example", "right"), WorldUser(HOSTILE, "right")),
        ),
    )
)


def authorize_query(client_id: str = PUBLIC, **changes: str) -> str:
    """A request for a code as a query; keyword arguments replace parameters, an empty one leaves it out."""
    asked = {
        "client_id": client_id,
        "response_type": "code",
        "redirect_uri": "http://localhost:5000",
        "scope": f"{API}/user_impersonation openid offline_access",
        "state": "given & taken",
        **changes,
    }
    return urlencode({name: value for name, value in asked.items() if value})


@dataclass
class LocalPages:
    """The pages of a sandbox in this process, seen by one browser."""

    local: LocalSandbox
    cookies: dict[str, str] = field(default_factory=dict)
    forgotten: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, query: str = "") -> Response:
        """Open a page."""
        return self._ask(Request("GET", path, query, {}, b"", ORIGIN, from_loopback=True))

    def authorize(self, query: str | None = None, tenant: str = TENANT) -> Response:
        """Open the authorization endpoint of version 2."""
        return self.get(f"/{tenant}/oauth2/v2.0/authorize", authorize_query() if query is None else query)

    def post(self, fields: Mapping[str, str], **headers: str) -> Response:
        """Send a form to the pages."""
        return self.post_to("/common/login", fields, **headers)

    def post_to(self, path: str, fields: Mapping[str, str], **headers: str) -> Response:
        """Send a form."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"cookie": cookie, "content-type": "application/x-www-form-urlencoded", **headers}
        body = urlencode(fields).encode()
        return self._ask(Request("POST", path, "", sent, body, ORIGIN, from_loopback=True))

    def send(self, page: Response, **fields: str) -> Response:
        """Fill the form of a page and send it, as a browser does."""
        return self.post({"flow": flow_of(page), **fields}, origin=ORIGIN)

    def password(self, page: Response, user: str = "mfa", typed: str = "right") -> Response:
        """Give name and password; a name without a domain is of the development partner."""
        name = user if "@" in user or "<" in user else f"{user}@{development_partner.DOMAIN}"
        return self.send(page, username=name, password=typed)

    def keep_cookies(self) -> None:
        """Have the cookies that the pages have said to forget, as somebody who wants to send a form again."""
        self.cookies |= self.forgotten

    def _ask(self, request: Request) -> Response:
        answer = SignIn(self.local.state).find(request)
        assert answer is not None
        name, _, rest = answer.headers.get("Set-Cookie", "").partition("=")
        if "Max-Age=0" in rest:
            self.forgotten[name] = self.cookies.pop(name)
        elif name:
            self.cookies[name] = rest.partition(";")[0]
        return answer


def before_the_next_write(patch: pytest.MonkeyPatch, state: State, happens: Callable[[], object]) -> None:
    """Let something happen between what a call reads and what it writes then, as if somebody else were faster."""
    write = state.database.write

    def late(*work: Any) -> Any:
        patch.setattr(state.database, "write", write)
        happens()
        return write(*work)

    patch.setattr(state.database, "write", late)


def flow_of(page: Response) -> str:
    """The hidden field of a page's form."""
    found = re.search(r'name="flow" value="([^"]*)"', page.body.decode())
    assert found is not None, page.body.decode()
    return unescape(found[1])


def aadsts(page: Response) -> int:
    """The number of Entra's sentence on a page, or in an address; 0 without one."""
    found = re.search(r"AADSTS(\d+)", page.body.decode() + page.headers.get("Location", ""))
    return int(found[1]) if found else 0


def codes_of(pages: LocalPages) -> list[dict[str, object]]:
    """The authorization codes that the sandbox keeps."""
    query = select(authorization_codes)
    return pages.local.state.database.read(
        lambda connection: [dict(row) for row in connection.execute(query).mappings()]
    )
