"""The sandbox as the lives of customers see it: writes with a request id, audit records, reads, and every table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from hypothesis import note
from sqlalchemy import text
from tests import databases
from tests.conftest import Sandbox

from partnercenter.contract import development_partner
from partnercenter.contract.operations import OPERATIONS
from partnercenter.contract.timestamps import format_timestamp, parse_timestamp

Json = dict[str, Any]

# What these are about has an id that no answer tells.
_WITHOUT_KNOWN_ID = {"create_agreement"}
_A_GUID = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"


@dataclass(frozen=True)
class Record:
    """What an audit record tells: what was done to what, and whether it was."""

    operation: str
    customer_id: str
    resource_id: str
    succeeded: bool = True


@dataclass(frozen=True)
class Sent:
    """A write and its answer. `customer_id` is None for one that creates a customer, `ends` tells of a deletion."""

    method: str
    path: str
    body: Any
    request_id: str
    answer: httpx2.Response
    at: datetime
    customer_id: str | None
    ends: bool = False


@dataclass
class LifeSandbox:
    """A sandbox over a database file, asked as a user of the development partner."""

    sandbox: Sandbox
    file: Path
    token: str = ""
    newest: str = ""
    sent: list[Sent] = field(default_factory=list)

    def begin(self, **settings: Any) -> datetime:
        """Empty it, and begin at ten in the morning: no step of an example then comes near a midnight by chance."""
        assert self.sandbox.control("POST", "/reset").is_success
        self.sandbox.set(**settings)
        self.token = self.sandbox.mint(kind="app_user")
        self.newest, self.sent = "", []
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        return self.move(set=format_timestamp(datetime.combine(tomorrow, time(10), UTC)))

    def move(self, **order: str) -> datetime:
        """Move the clock; returns what it shows then."""
        answer = self.sandbox.control("POST", "/clock", order)
        assert answer.is_success, answer.text
        return parse_timestamp(answer.json()["now"])

    def now(self) -> datetime:
        """What the clock shows."""
        return parse_timestamp(self.sandbox.control("GET", "/clock").json()["now"])

    def write(
        self, method: str, path: str, body: Any = None, *, now: datetime, customer_id: str | None = None
    ) -> httpx2.Response:
        """Send a write under a request id of its own, and remember it."""
        request_id = str(uuid4())
        answer = self._call(method, path, body, request_id)
        note(f"{method} {path} {json.dumps(body)[-200:]} → {answer.status_code} {answer.text[:200]}")
        ends = answer.is_success and path == f"/v1/customers/{customer_id}" and method in {"DELETE", "PATCH"}
        self.sent.append(Sent(method, path, body, request_id, answer, now, customer_id, ends))
        return answer

    def repeat(self, sent: Sent) -> httpx2.Response:
        """Send a write once more under its request id."""
        return self._call(sent.method, sent.path, sent.body, sent.request_id)

    def _call(self, method: str, path: str, body: Any, request_id: str | None = None) -> httpx2.Response:
        headers = {} if request_id is None else {"MS-RequestId": request_id}
        return self.sandbox.call(method, path, body, token=self.token, headers=headers)

    def read(self, path: str) -> httpx2.Response:
        """Send a read."""
        return self._call("GET", path, None)

    def document(self, path: str) -> Any:
        """The answer to a read that succeeds."""
        answer = self.read(path)
        assert 200 == answer.status_code, answer.text
        return answer.json()

    def items(self, path: str) -> list[Json]:
        """The items of a collection."""
        items: list[Json] = self.document(path)["items"]
        return items

    def new_records(self) -> Counter[Record]:
        """The audit records since this was asked last."""
        new: list[Json] = []
        for item in self.items("/v1/auditrecords?size=50"):
            if item["id"] == self.newest:
                break
            new.append(item)
        self.newest = new[0]["id"] if new else self.newest
        return Counter(_record(item) for item in new)

    def forget_records(self) -> None:
        """Take what is there for known, after a restore."""
        self.newest = next(iter(item["id"] for item in self.items("/v1/auditrecords?size=1")), "")

    # The tables

    def key_of(self, customer_id: str) -> int:
        """The key that the customer's rows have."""
        with databases.opened(self.file) as connection:
            query = text("SELECT key FROM customers WHERE id = :id")
            return int(connection.execute(query, {"id": customer_id}).scalar_one())

    def traces(self, keys: Collection[int], ids: Collection[str]) -> list[str]:
        """Every row of every table that has one of these keys, or one of these ids anywhere.

        Audit records stay. So do answers that are about no customer, which name none; a domain stays taken, without
        its customer.
        """
        found = []
        for table, row in self._rows():
            if table == "audit_records":
                continue
            if table == "replays" and row["customer_key"] is None:
                row = {"body": row["body"]}
            key = row["key"] if table == "customers" else row.get("customer_key")
            text = " ".join(str(value) for value in row.values()).lower()
            if key in keys or any(identifier in text for identifier in ids):
                found.append(f"{table}: {text[:300]}")
        return found

    def _rows(self) -> Iterator[tuple[str, Json]]:
        with databases.opened(self.file) as connection:
            for table, rows in databases.rows_of(connection).items():
                for row in rows:
                    yield table, row

    # Every route

    def routes_that_know(self, customer_id: str, ids: Json) -> dict[str, tuple[int, str]]:
        """The operations that do not say that there is no such customer; `ids` are path parameters.

        Those of Azure entitlements have a fault of their own for that (7).
        """
        found = {}
        for operation in OPERATIONS.values():
            if "customer_id" not in operation.path_parameters:
                continue
            known = {**dict.fromkeys(operation.path_parameters, _A_GUID), **ids, "customer_id": customer_id}
            query = "?user_id=" + _A_GUID if operation.name.endswith("_by_query") else ""
            answer = self._call(operation.method, operation.path.format(**known) + query, None)
            of_azure = operation.name.startswith("azure_entitlements.")
            status, code = (400, 900118) if of_azure else (404, 60003)
            if answer.status_code != status or answer.json()["code"] != code:
                found[operation.name] = (answer.status_code, answer.text)
        return found


def _record(item: Json) -> Record:
    """A record without its ids of the partner and of the moment."""
    operation, customer = item["operationType"], item["customerId"]
    start = f"{development_partner.TENANT_ID}_{customer}_"
    end = f"{operation.replace('_', '')}_"
    resource = item["id"].removeprefix(start).rpartition("_")[0] + "_"
    resource = "" if operation in _WITHOUT_KNOWN_ID else resource.removesuffix(end).removesuffix("_")
    return Record(operation, customer, resource, item["operationStatus"] == "succeeded")
