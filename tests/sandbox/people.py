"""What tests of users and licences share: a sandbox asked as a user, and bodies that are right."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection

from partnercenter.contract import development_partner
from partnercenter.sandbox.wire.message import Response

if TYPE_CHECKING:
    from tests.conftest import Sandbox
    from tests.sandbox.conftest import LocalSandbox

T = TypeVar("T")

DOMAIN = "kestrelbakery.onmicrosoft.com"
CUSTOMER = "11111111-0000-4000-8000-000000000001"
USERS = f"/v1/customers/{CUSTOMER}/users"
PASSWORD = "Qwert-123-Zuiop"
ADMINISTRATOR = f"admin@{DOMAIN}"


def new_user(name: str = "ada", **members: Any) -> dict[str, Any]:
    """The body that creates a user; keyword arguments replace members, None leaves one out."""
    body = {
        "usageLocation": "US",
        "userPrincipalName": f"{name}@{DOMAIN}",
        "firstName": name.capitalize(),
        "lastName": "Stone",
        "displayName": f"{name.capitalize()} Stone",
        "passwordProfile": {"forceChangePassword": True, "password": PASSWORD},
        **members,
    }
    return {name: value for name, value in body.items() if value is not None}


def one_customer(*purchases: dict[str, Any]) -> dict[str, Any]:
    """A world with one customer of the development partner, whose domain is known."""
    customer = {"id": CUSTOMER, "companyName": "Kestrel", "domain": DOMAIN, "purchases": list(purchases)}
    partner = {
        "tenantId": development_partner.TENANT_ID,
        "companyName": development_partner.COMPANY_NAME,
        "domain": development_partner.DOMAIN,
        "customers": [customer],
    }
    return {"partners": [partner]}


@dataclass
class People:
    """A sandbox asked as a user of the partner: a real one over HTTP, or one in this process with a clock to move."""

    sandbox: Sandbox | LocalSandbox

    def __post_init__(self) -> None:
        self.token = self.sandbox.mint(kind="app_user")

    def send(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Status and body of an answer; an underscore in a header's name stands for a hyphen."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.sandbox.call(method, path, body, token=token or self.token, headers=sent)
        if isinstance(answer, Response):
            return answer.status, answer.body
        return answer.status_code, answer.content

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON of an answer; None without a body."""
        status, content = self.send(method, path, body, **headers)
        return status, json.loads(content) if content else None

    def code(self, method: str, path: str, body: Any = None) -> tuple[int, int | None]:
        """Status and code of an answer; a success has no code."""
        status, answer = self.ask(method, path, body)
        return status, answer["code"] if status >= 400 else None

    def create(self, name: str = "ada", **members: Any) -> str:
        """A new user; its id."""
        status, made = self.ask("POST", USERS, new_user(name, **members))
        assert status == 201, made
        return str(made["id"])

    def names(self, query: str = "") -> list[str]:
        """The names before the @ of the users that a list shows."""
        status, page = self.ask("GET", USERS + query)
        assert status == 200, page
        return [item["userPrincipalName"].partition("@")[0] for item in page["items"]]

    def records(self) -> list[dict[str, Any]]:
        """The audit records, newest first."""
        return list(self.ask("GET", "/v1/auditrecords")[1]["items"])


@dataclass
class LocalPeople(People):
    """The same in this process."""

    sandbox: LocalSandbox

    def start_again(self) -> None:
        """Take everything away but the customer."""
        self.sandbox.seed(one_customer())

    def later(self, **by: float) -> None:
        """Move the sandbox's own clock ahead; tokens live by the other."""
        self.sandbox.state.nature.clock.ahead += timedelta(**by)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Look into the database."""
        return self.sandbox.state.database.read(work)


DELETED = '?filter={"Field":"UserState","Value":"Inactive","Operator":"equals"}'
