"""Arguments of a wrong type: what the client says about them, before anything is sent."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from azure.core.credentials import AccessTokenInfo
from tests.client.conftest import CUSTOMER, SECRET_TOKEN, Answer, Door, ScriptedServer, collection


@pytest.mark.parametrize(
    ("expected", "action"),
    [
        ("customer must be a Customer, not dict.", lambda client: client.customers.create({})),
        ("customer must be a Customer, not NoneType.", lambda client: client.customers.create(None)),
        (
            "change must be a Customer, not NoneType.",
            lambda client: client.customers.by_id(CUSTOMER).patch(None),
        ),
        (
            "profile must be a CustomerBillingProfile, not dict.",
            lambda client: client.customers.by_id(CUSTOMER).profiles.billing.update({"firstName": "A"}),
        ),
        (
            "filter must be a SimpleFieldFilter, not str.",
            lambda client: client.customers.list(filter="CompanyName"),
        ),
        (
            "filter must be a SimpleFieldFilter, not dict.",
            lambda client: client.audit_records.list(filter={}),
        ),
        ("start_date must be a date, not str.", lambda client: client.audit_records.list(start_date="junk")),
        ("end_date must be a date, not int.", lambda client: client.audit_records.list(end_date=0)),
    ],
)
def test_a_wrong_type_is_refused_before_anything_is_sent(
    server: ScriptedServer, door: Door, expected: str, action: Callable[[Any], Any]
) -> None:
    """An argument of a wrong type raises a TypeError that names it, and nothing is sent."""
    with pytest.raises(TypeError, match=f"^{re.escape(expected)}$"):
        door.call(server.url, action)
    assert [] == server.requests


@pytest.mark.parametrize("day", [date(2026, 11, 3), datetime(2026, 11, 3, 23, 59, tzinfo=UTC)])
def test_a_moment_is_a_date_too(server: ScriptedServer, door: Door, day: date) -> None:
    """A datetime stands for its day."""
    server.answers(Answer(200, json=collection()))
    door.call(server.url, lambda client: client.audit_records.list(start_date=day, end_date=day))
    assert "/v1/auditrecords?startDate=2026-11-03&endDate=2026-11-03" == server.requests[0].target


@pytest.mark.parametrize(
    ("expected", "options"),
    [
        ("cloud must be a Cloud such as Cloud.CHINA, not 'china'.", {"cloud": "china"}),
        ("cloud must be a Cloud such as Cloud.CHINA, not None.", {"cloud": None}),
        (
            "credential must be a token credential such as those of azure-identity, not str.",
            {"credential": "token"},
        ),
        (
            "credential must be a token credential such as those of azure-identity, not NoneType.",
            {"credential": None},
        ),
        ("endpoint must be a str, not int.", {"endpoint": 8400}),
    ],
)
def test_a_client_of_wrong_types_is_not_made(door: Door, expected: str, options: dict[str, Any]) -> None:
    """A wrong type at construction raises a TypeError that names the argument and shows no token."""
    kind = type(door.client(None))
    with pytest.raises(TypeError, match=f"^{re.escape(expected)}$"):
        kind(**{"credential": door.credential, **options})


def test_a_credential_with_token_infos_only_is_used(door: Door, server: ScriptedServer) -> None:
    """A credential that has `get_token_info` and no `get_token` is a token credential."""

    class Newer:
        def get_token_info(self, *_: str, **__: Any) -> Any:
            info = AccessTokenInfo(SECRET_TOKEN, int(time.time()) + 3600)
            return asyncio.sleep(0, info) if door.is_async else info

    server.answers(Answer(204))
    door.call(server.url, lambda client: client.request("GET", "/v1/x"), credential=Newer())
    assert f"Bearer {SECRET_TOKEN}" == server.requests[0].headers["authorization"]


def test_a_closed_client_opens_again(server: ScriptedServer) -> None:
    """A call after `close` opens new connections."""
    server.answers(Answer(204), Answer(204))
    client = Door("sync").client(server.url)
    client.request("GET", "/v1/x")
    client.close()
    assert 204 == client.request("GET", "/v1/x").status_code
    client.close()
