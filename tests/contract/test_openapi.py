"""The OpenAPI document says what the declarations say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from partnercenter.contract.openapi import openapi_document
from partnercenter.contract.operations import OPERATIONS, Operation
from partnercenter.contract.resource import shapes_of

DOCUMENT = openapi_document("1.2.3")
SCHEMAS = DOCUMENT["components"]["schemas"]


def described(operation: Operation) -> dict[str, Any]:
    return dict(DOCUMENT["paths"][operation.path][operation.method.lower()])


def test_the_document_names_exactly_the_operations() -> None:
    """Every operation stands in the document once, and nothing else does."""
    found = {
        (one["operationId"], method.upper(), path)
        for path, methods in DOCUMENT["paths"].items()
        for method, one in methods.items()
    }
    assert {(o.name, o.method, o.path) for o in OPERATIONS.values()} == found
    assert ("3.1.0", "1.2.3") == (DOCUMENT["openapi"], DOCUMENT["info"]["version"])


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_parameter_is_described(operation: Operation) -> None:
    """Path, query and header parameters of an operation are in the document, those of the path required."""
    found = {(p["in"], p["name"], p.get("required", False)) for p in described(operation)["parameters"]}
    expected = {("path", name, True) for name in operation.path_parameters}
    expected |= {("query", parameter.name, parameter.required) for parameter in operation.query}
    expected |= {("header", name, False) for name in ("MS-RequestId", "MS-CorrelationId")}
    expected |= {("header", "MS-ContinuationToken", False)} if operation.paging.has_token else set()
    expected |= {("header", "If-Match", False)} if operation.if_match else set()
    assert expected == found


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_status_is_described(operation: Operation) -> None:
    """Each success and each refusal of an operation has a response, and refusals with a body are faults."""
    responses = described(operation)["responses"]
    assert {str(status) for status in (*operation.success, *operation.errors)} <= set(responses)
    for status, response in responses.items():
        assert response["description"].endswith(".")
        if int(status) >= 400 and "content" in response:
            assert "#/components/schemas/Fault" == response["content"]["application/json"]["schema"]["$ref"]
    if operation.method == "HEAD":
        assert not any("content" in response for response in responses.values())


@pytest.mark.parametrize("operation", [o for o in OPERATIONS.values() if o.request], ids=lambda o: o.name)
def test_every_body_is_described(operation: Operation) -> None:
    """What is sent has a schema without the members that the service sets."""
    assert operation.request is not None
    body = described(operation)["requestBody"]
    assert body["required"] is True
    name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    shapes = shapes_of(operation.request).values()
    assert {s.wire for s in shapes if not s.member.read_only} == set(SCHEMAS[name]["properties"])
    assert {s.wire for s in shapes if s.member.required} == set(SCHEMAS[name].get("required", []))


@pytest.mark.parametrize("operation", [o for o in OPERATIONS.values() if o.response], ids=lambda o: o.name)
def test_every_answer_is_described(operation: Operation) -> None:
    """A resource that is read has all its members in the schema, a list has its collection."""
    assert operation.response is not None
    name = operation.response.__name__
    content = described(operation)["responses"][str(operation.success[0])]["content"]["application/json"]
    schema = content["schema"]
    assert operation.array is ("array" == schema.get("type"))
    reference = schema["items"]["$ref"] if operation.array else schema["$ref"]
    assert reference.endswith(f"/{name}Collection" if operation.collection else f"/{name}")
    assert {s.wire for s in shapes_of(operation.response).values()} == set(SCHEMAS[name]["properties"])


def test_every_reference_leads_somewhere() -> None:
    """No $ref of the document points to a schema that is not there, and the document is JSON."""
    text = json.dumps(DOCUMENT)
    references = {part.partition('"')[0] for part in text.split('"$ref": "#/components/schemas/')[1:]}
    assert references <= set(SCHEMAS)
    assert references


@pytest.mark.parametrize("status", ["408", "414", "431", "503"])
def test_what_a_connection_answers_has_no_ids(status: str) -> None:
    """Where there is no request yet there are no ids to tell; every other answer tells them."""
    for operation in OPERATIONS.values():
        responses = described(operation)["responses"]
        assert "headers" not in responses[status]
        assert {"MS-RequestId", "MS-CorrelationId"} == set(responses["405"]["headers"])
