"""The OpenAPI document, and a server that keeps to it whatever is sent."""

from __future__ import annotations

import copy
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx2
import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.conftest import Sandbox, SandboxProcess
from tests.sandbox.existing import Existing, Place
from tests.sandbox.near_valid import near_valid

from partnercenter._version import __version__
from partnercenter.contract.openapi import openapi_document
from partnercenter.contract.operations import OPERATIONS, Operation

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Few in every run, many when it is to be proved.
SHORT_AND_LONG: Final = [pytest.param(2, id="short"), pytest.param(400, id="long", marks=pytest.mark.prove)]


def strict(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with answers that may have no member but the declared ones.

    The document leaves that open, because the service adds members; the sandbox must not invent any. One answer
    is in PascalCase, with nulls: that to PATCH of a customer (behaviour.md 14).
    """
    result: dict[str, Any] = copy.deepcopy(dict(document))
    for name, schema in result["components"]["schemas"].items():
        if not name.endswith("Request") and schema.get("properties"):
            schema["additionalProperties"] = False
    patch = OPERATIONS["customers.remove_reseller_relationship"]
    answers = result["paths"][patch.path][patch.method.lower()]["responses"]
    answers["200"]["content"]["application/json"]["schema"] = {
        "required": ["RelationshipToPartner", "Attributes"],
        "properties": {"RelationshipToPartner": {"const": "none"}},
    }
    return result


@pytest.fixture(scope="session")
def api_once(sandbox_process: SandboxProcess, http: httpx2.Client) -> BaseSchema:
    """The document that the worker's sandbox serves, which no reset changes."""
    return served(Sandbox(sandbox_process.url, http))


@pytest.fixture
def api(api_once: BaseSchema, sandbox: Sandbox) -> BaseSchema:
    """The same, with room for customers."""
    sandbox.set(customer_quota=1_000_000)
    return api_once


def served(sandbox: Sandbox) -> BaseSchema:
    """The document that a sandbox serves, made strict."""
    document = sandbox.control("GET", "/openapi.json").json()
    schema = schemathesis.openapi.from_dict(strict(document))
    schema.config.update(base_url=sandbox.url)
    return schema


@pytest.fixture
def user_token(sandbox: Sandbox) -> str:
    """A token of a user, with which every operation may be called."""
    return sandbox.mint(kind="app_user")


def check(case: Case, token: str) -> int:
    """Send a case with a good token and check the answer; returns its status."""
    answer = case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)
    return int(answer.status_code)


# The document

DOCUMENT: Final = openapi_document("1")


def references(node: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from references(item)


def test_the_document_is_openapi_3_1(sandbox: Sandbox) -> None:
    """The served document is valid by the specification's own schema."""
    document = sandbox.control("GET", "/openapi.json").json()
    assert "3.1.0" == document["openapi"]
    assert [{"url": sandbox.url}] == document["servers"]
    schemathesis.openapi.from_dict(document).validate()


def test_the_document_is_the_contract(sandbox: Sandbox) -> None:
    """It names exactly the operations that are declared, with their method and path."""
    document = sandbox.control("GET", "/openapi.json").json()
    named = {
        operation["operationId"]: (method.upper(), path)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    assert {name: (o.method, o.path) for name, o in OPERATIONS.items()} == named
    del document["servers"]
    assert openapi_document(__version__) == document


def test_every_reference_leads_somewhere() -> None:
    """Whatever the document refers to is in it, and every schema in it is referred to."""
    found = set(references(DOCUMENT))
    parts = DOCUMENT["components"]
    there = {f"#/components/{kind}/{name}" for kind in ("schemas", "headers") for name in parts[kind]}
    assert there == found


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_described_whole(name: str) -> None:
    """Its path parameters, its body, its success and every fault it names are in the document."""
    operation = OPERATIONS[name]
    described = DOCUMENT["paths"][operation.path][operation.method.lower()]
    in_path = {p["name"] for p in described["parameters"] if p["in"] == "path"}
    in_query = {p["name"] for p in described["parameters"] if p["in"] == "query"}
    assert set(re.findall(r"{(\w+)}", operation.path)) == in_path
    assert {parameter.name for parameter in operation.query} == in_query
    assert (operation.request is not None) == ("requestBody" in described)
    assert {*map(str, operation.success), *map(str, operation.errors)} <= set(described["responses"])
    assert described["summary"]
    assert len(described["parameters"]) == len({(p["in"], p["name"]) for p in described["parameters"]})


# The server


@pytest.mark.parametrize("examples", SHORT_AND_LONG)
@pytest.mark.parametrize("name", OPERATIONS)
def test_requests_as_described_get_answers_as_described(
    api: BaseSchema, user_token: str, name: str, examples: int
) -> None:
    """Whatever the document allows to send is answered in a declared way."""
    operation = api[OPERATIONS[name].path][OPERATIONS[name].method]

    @settings(max_examples=examples)
    @given(case=operation.as_strategy())
    def send(case: Case) -> None:
        check(case, user_token)

    send()


@pytest.mark.parametrize("examples", SHORT_AND_LONG)
@pytest.mark.parametrize("name", OPERATIONS)
def test_requests_of_another_form_get_answers_as_described(
    api: BaseSchema, user_token: str, name: str, examples: int
) -> None:
    """What the document does not allow to send is answered in a declared way too."""
    operation = api[OPERATIONS[name].path][OPERATIONS[name].method]

    @settings(max_examples=examples)
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def send(case: Case) -> None:
        check(case, user_token)

    send()


QUERY = st.fixed_dictionaries(
    {},
    optional={
        "size": st.sampled_from(["0", "1", "2", "-1", "501", "x", "", "9" * 30, "١"]),
        "seekOperation": st.sampled_from(["Next", "previous", "FIRST", "Last", "PageIndex", "back", ""]),
        "filter": st.one_of(
            near_valid({"Field": "CompanyName", "Value": "n", "Operator": "starts_with"}).map(json.dumps),
            st.text(max_size=10),
        ),
        "billingType": st.sampled_from(["monthly", "OneTime", "none", "weekly"]),
        "order_id": st.text(max_size=10),
        "agreementType": st.sampled_from(
            ["*", "MicrosoftCustomerAgreement", "microsoft_cloud_agreement", "x"]
        ),
        "language": st.sampled_from(["en", "EN-us", "english", "1"]),
        "country": st.sampled_from(["US", "us", "de", "ZZ", "1"]),
        "targetView": st.sampled_from(["Azure", "OnlineServices", "software", "MicrosoftAzure", "x", ""]),
        "targetSegment": st.sampled_from(["commercial", "Education", "x"]),
        "reservationScope": st.sampled_from(["AzurePlan", "x"]),
        "offer_category_id": st.sampled_from(["office", "x", ""]),
        "offset": st.sampled_from(["0", "1", "-1", "x", "9" * 30]),
        "product_id": st.sampled_from(["DZH318Z0BQ3W", "x", ""]),
        "entitlementType": st.sampled_from(
            ["software", "ReservedInstance", "virtualmachinereservedinstance", "x"]
        ),
        "showExpiry": st.sampled_from(["true", "x"]),
        "include_price": st.sampled_from(["True", "false", "x"]),
        "mpn_id": st.sampled_from(["", "0", "1234567"]),
        "licenseGroupIds": st.lists(st.sampled_from(["Group1", "group2", "none", "x", ""]), max_size=2),
        "sortField": st.sampled_from(["DisplayName", "id", "password", ""]),
        "sortDirection": st.sampled_from(["Descending", "ascending", "up"]),
        "startDate": st.sampled_from(["2026-01-01", "1/2/2026", "9999-12-31", "0001-01-01", "today", ""]),
        "endDate": st.sampled_from(["2026-01-01", "12/31/9999", "9999-12-31", "0001-01-01", "2026-02-30"]),
    },
)


@pytest.fixture(scope="session")
def existing_once(http: httpx2.Client) -> Iterator[Existing]:
    """A sandbox of its own, with a customer that has everything."""
    process = SandboxProcess()
    try:
        yield Existing(Sandbox(process.url, http))
    finally:
        process.stop()


@pytest.fixture(scope="session")
def api_of_existing(existing_once: Existing) -> BaseSchema:
    """The document that this sandbox serves."""
    return served(existing_once.sandbox)


@pytest.fixture
def existing(existing_once: Existing) -> Existing:
    """What it holds, as if nobody had called it yet."""
    existing_once.restore()
    return existing_once


# The sandbox refuses every one of these (behaviour.md 5.4).
NOT_SERVED: Final = {"subscriptions.create_upgrade", "subscriptions.create_transition"}


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - NOT_SERVED))
def test_each_operation_succeeds_somewhere(
    api_of_existing: BaseSchema, existing: Existing, name: str
) -> None:
    """With ids of what exists and a right body each operation is carried out: what the fuzzing varies is right."""
    operation = OPERATIONS[name]
    bodies: list[Any] = [*existing.bodies(name)] or [None]
    for place, body in itertools.product(existing.paths(operation.path_parameters), bodies):
        case = case_of(
            api_of_existing, operation, existing, place, body, {"country": "US", "targetView": "Azure"}
        )
        if check(case, existing.user_token) < 300:
            return
    pytest.fail(f"{name} was refused everywhere")


@pytest.mark.parametrize("examples", SHORT_AND_LONG)
@pytest.mark.parametrize("name", OPERATIONS)
def test_what_exists_is_answered_as_described(
    api_of_existing: BaseSchema, existing: Existing, name: str, examples: int
) -> None:
    """Calls about what exists, with bodies and queries that are nearly right, are answered in a declared way.

    So is every read of what they have made of it, years later.
    """
    operation = OPERATIONS[name]
    pages = existing.sandbox.call("GET", "/v1/customers?size=2").json()["continuationToken"]
    etag = existing.billing["attributes"]["etag"]

    @settings(max_examples=examples)
    @given(
        call=existing.calls(operation),
        query=QUERY,
        page=st.sampled_from([pages, "", "AAAA", "x=", "é"]),
        etag=st.sampled_from([f'"{etag}"', "*", "0", ""]),
    )
    def send(call: tuple[Place, Any], query: Mapping[str, str], page: str, etag: str) -> None:
        headers = {"MS-ContinuationToken": page.encode()} if operation.paging.has_token and page else {}
        case = case_of(api_of_existing, operation, existing, *call, query)
        case.headers.update(headers | ({"If-Match": etag} if operation.if_match and etag else {}))
        if check(case, existing.user_token) < 300 and operation.writes:
            existing.later()
            existing.restore()

    send()


def case_of(
    api: BaseSchema,
    operation: Operation,
    existing: Existing,
    place: Place,
    body: Any,
    query: Mapping[str, str],
) -> Case:
    """The call of an operation about what is at a place."""
    if operation.name.endswith("_by_query"):
        query = {**query, "user_id": existing.paths(["user_id"])[0]["user_id"]}
    with_body = {} if body is None else {"body": body, "media_type": "application/json"}
    names = operation.path_parameters
    return api[operation.path][operation.method].Case(
        path_parameters={name: place[name] for name in names}, query=dict(query), **with_body
    )


@pytest.mark.parametrize("examples", SHORT_AND_LONG)
def test_any_bytes_are_answered(sandbox: Sandbox, examples: int) -> None:
    """Whatever path, query, headers and bytes come, the answer is no 5xx, and is JSON if it is anything."""
    paths = st.lists(
        st.sampled_from(["v1", "V1.0", "customers", "_sandbox", "seed", "oauth2", "token", "%00", "..", "%"])
    )
    words = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=12).map(str.strip)
    names = st.sampled_from(
        ["Content-Type", "MS-RequestId", "X-Locale", "If-Match", "Origin", "client-request-id"]
    )

    @settings(max_examples=examples * 5)
    @given(
        method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        path=paths.map("/".join),
        query=st.text("abc=&%;+[]\"'{}09é", max_size=12),
        content=st.binary(max_size=40),
        headers=st.dictionaries(names, words.map(lambda text: text.encode("latin-1")), max_size=3),
    )
    def send(method: str, path: str, query: str, content: bytes, headers: dict[str, bytes]) -> None:
        address = f"/{path}?{query}".replace(" ", "+")
        answer = sandbox.call(method, address, content=content, headers=headers)
        assert answer.status_code < 500, answer.text
        assert not answer.content or isinstance(answer.json(), dict)

    send()
