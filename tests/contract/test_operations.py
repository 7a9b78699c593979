"""The table of operations: sound, safe against bad ids, and reachable from both clients."""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import inspect
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from azure.core.credentials import AccessToken

from partnercenter import Customer, CustomerUser, PartnerCenterClient, PasswordProfile
from partnercenter.aio import PartnerCenterClient as AsyncPartnerCenterClient
from partnercenter.client.transport import AsyncHttpx2Transport, Httpx2Transport
from partnercenter.contract.operations import (
    OPERATIONS,
    PATH_PARAMETERS,
    Operation,
    Paging,
    TokenKind,
    _checked,
)

GUID = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
GOOD = {
    **dict.fromkeys(PATH_PARAMETERS, GUID),
    "order_id": "7c1e90a4b2d3",
    "domain": "a.onmicrosoft.com",
    "country": "US",
    "line_item_number": "0",
}
BODYLESS = {"carts.checkout", "subscriptions.register", "subscriptions.activate"}
TRICKS = [
    "",
    " ",
    "\t",
    ".",
    "..",
    "/",
    "a/b",
    "../x",
    "..\\x",
    "?x",
    "#x",
    "a b",
    "a\nb",
    "\x00",
    f"{GUID}/orders",
]
NOT_GUIDS = ["x", "{}", GUID[:-1], GUID + "0", "%2e%2e", "all"]


def parameters() -> list[tuple[str, str]]:
    """Each operation with each of its parameters."""
    return [(o.name, parameter) for o in OPERATIONS.values() for parameter in o.path_parameters]


@pytest.mark.parametrize(("name", "parameter"), parameters())
def test_bad_ids_never_form_a_path(name: str, parameter: str) -> None:
    """An empty, blank, malformed or path-like id raises ValueError that names the parameter."""
    is_guid = PATH_PARAMETERS[parameter].__name__ == "require_guid"
    for value in (*TRICKS, *(NOT_GUIDS if is_guid else ())):
        with pytest.raises(ValueError, match=f"{parameter} must"):
            OPERATIONS[name].url_path({**GOOD, parameter: value})


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_good_ids_form_the_declared_path(operation: Operation) -> None:
    """With good ids the path has as many segments as declared, and no braces are left."""
    path = operation.url_path(GOOD)
    assert operation.path.count("/") == path.count("/")
    assert not set("{}?# ") & set(path)
    assert path.startswith("/v1/")


def test_guids_are_sent_as_the_service_writes_them() -> None:
    """A GUID in braces and upper case becomes plain lower case in the path."""
    path = OPERATIONS["customers.get"].url_path({"customer_id": "{" + GUID.upper() + "}"})
    assert f"/v1/customers/{GUID}" == path


@pytest.mark.parametrize(
    ("expected", "query"),
    [
        ("/v1/customers", {}),
        ("/v1/customers", {"size": None}),
        ("/v1/customers?size=0", {"size": 0}),
        (
            "/v1/customers?size=5&filter=%7B%22a%22%3A%20%22%26%2F%C3%A4%22%7D",
            {"size": 5, "filter": '{"a": "&/ä"}'},
        ),
        ("/v1/customers?group=a&group=b%26c", {"group": ["a", "b&c"]}),
        ("/v1/customers?size=1", {"group": [], "size": 1}),
    ],
)
def test_queries_are_percent_encoded(expected: str, query: dict[str, Any]) -> None:
    """Parameters that are None are left out, the others are encoded, blanks as %20."""
    assert expected == OPERATIONS["customers.list"].url_path({}, query)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_each_operation_is_declared_soundly(operation: Operation) -> None:
    """Name, method, statuses and texts of each operation fit together."""
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", operation.name)
    assert operation.method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
    assert operation.summary.endswith(".")
    assert not operation.documentation.endswith(".")
    assert all(200 <= status < 300 for status in operation.success)
    assert all(400 <= status < 600 for status in operation.errors)
    assert {400, 401, 403, 429, 500} <= set(operation.errors)
    assert operation.tokens <= set(TokenKind)
    assert operation.tokens
    assert (operation.method in {"GET", "HEAD"}) is not operation.writes
    assert not operation.collection or operation.response is not None
    assert operation.paging is Paging.NONE or operation.collection
    assert not (operation.array and operation.collection)
    assert not operation.array or operation.response is not None
    names = [parameter.name.lower() for parameter in operation.query]
    assert len(names) == len(set(names))
    takes_body = operation.method in {"POST", "PUT", "PATCH"} and operation.name not in BODYLESS
    assert (operation.request is not None) is takes_body


def test_names_and_addresses_are_unique() -> None:
    """No two operations share a name, or a method and path."""
    assert all(name == operation.name for name, operation in OPERATIONS.items())
    addresses = {(o.method, re.sub(r"{\w+}", "{}", o.path.lower())) for o in OPERATIONS.values()}
    assert len(addresses) == len(OPERATIONS)


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        ("same name", {"path": "/v1/elsewhere"}),
        ("customers.other and customers.get have the same method and path", {"name": "customers.other"}),
        (
            "customers.other and customers.get have the same method and path",
            {"name": "customers.other", "path": "/v1/Customers/{order_id}"},
        ),
        ("path parameters of no known kind: thing", {"name": "things.get", "path": "/v1/things/{thing}"}),
    ],
)
def test_the_table_checks_itself(expected: str, changes: dict[str, Any]) -> None:
    """A second operation of one name or address, and an unknown kind of id, are found when the table is built."""
    operation = OPERATIONS["customers.get"]
    with pytest.raises(ValueError, match=expected):
        _checked((operation, replace(operation, **changes)))


@functools.cache
def build_reference() -> Any:
    """The tool that makes the reference."""
    path = Path(__file__).parents[2] / "tools" / "build_reference.py"
    spec = importlib.util.spec_from_file_location("build_reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def calls_by_operation() -> dict[str, str]:
    """Our call for each operation, as the docs show it."""
    return dict(build_reference().calls_by_operation())


def argument_of(operation: Operation) -> str:
    """The name of what a call sends, in the docs."""
    return str(build_reference().argument_of(operation))


def test_the_docs_show_a_call_for_every_operation() -> None:
    """The reference has a call for each operation, and none for what is not there."""
    assert set(OPERATIONS) == set(calls_by_operation())


class Credential:
    """A token without a service."""

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        """The token."""
        return AccessToken("token", 2**40)


class AsyncCredential:
    """The same for the asynchronous client."""

    async def get_token(self, *_: str, **__: Any) -> AccessToken:
        """The token."""
        return AccessToken("token", 2**40)


def request_of(operation: Operation, *, is_async: bool) -> httpx2.Request:
    """What the call from the docs sends for an operation."""
    call = calls_by_operation()[operation.name]
    sent: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(200, json=[] if operation.array else {"items": []})

    inner = httpx2.MockTransport(answer)
    names: dict[str, Any] = dict.fromkeys(("id", "domain", "target_view", *PATH_PARAMETERS), GUID)
    names |= {argument_of(o): o.request() for o in OPERATIONS.values() if o.request is not None}
    names |= {"change": Customer(), "user": CustomerUser(), "password_profile": PasswordProfile()}
    names |= {"reason": "compromise"}

    async def act() -> None:
        transport = AsyncHttpx2Transport(inner=inner, verify=False)
        async with AsyncPartnerCenterClient(AsyncCredential(), transport=transport) as client:  # type: ignore[arg-type]
            result = eval(call, {**names, "client": client})  # noqa: S307 - a call from our own docs
            if inspect.isawaitable(result):
                await result
            else:
                _ = [item async for item in result]

    if is_async:
        asyncio.run(act())
    else:
        transport = Httpx2Transport(inner=inner, verify=False)
        with PartnerCenterClient(Credential(), transport=transport) as client:
            result = eval(call, {**names, "client": client})  # noqa: S307 - as above
            _ = list(result) if hasattr(result, "by_page") else None
    assert 1 == len(sent)
    return sent[0]


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "aio"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_reachable(name: str, is_async: bool) -> None:
    """The call that the docs show for an operation sends its method to its path, from both clients."""
    operation = OPERATIONS[name]
    request = request_of(operation, is_async=is_async)
    expected = operation.url_path(dict.fromkeys(operation.path_parameters, GUID))
    assert (operation.method, expected) == (request.method, request.url.path)
    assert (operation.request is not None) is (request.headers.get("Content-Type") == "application/json")
