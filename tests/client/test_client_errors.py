"""Refusals as exceptions: which class, what it carries, what it says and what it keeps to itself."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from tests.client.conftest import (
    CUSTOMER,
    SECRET_TOKEN,
    Answer,
    Door,
    ScriptedServer,
    collection,
    fault,
    next_link,
)

import partnercenter
from partnercenter import (
    ChangedMeanwhileError,
    ConflictError,
    CustomerHasActiveOrdersError,
    NotFoundError,
    PartnerCenterError,
    PermissionDeniedError,
    QuotaExceededError,
    ThrottledError,
    TokenRefusedError,
)
from partnercenter.client.errors import UnexpectedAnswerError, active_order_ids

ECHO = {
    "MS-RequestId": "aaaaaaaa-0000-4000-8000-000000000001",
    "MS-CorrelationId": "aaaaaaaa-0000-4000-8000-000000000002",
}
BLOCKED = (
    "Customer relationship cannot be removed due to active Azure reserved instances."
    "Please cancel the following orders: {}"
)


def delete(client: Any) -> Any:
    return client.customers.by_id(CUSTOMER).delete()


def refusal(server: ScriptedServer, door: Door, answer: Answer) -> Any:
    """The exception for an answer to a delete."""
    server.answers(answer)
    with pytest.raises(AzureError) as caught:
        door.call(server.url, delete, retry_total=0)
    return caught.value


@pytest.mark.parametrize(
    ("expected", "azure", "status", "code"),
    [
        (TokenRefusedError, ClientAuthenticationError, 401, 900421),
        (PermissionDeniedError, HttpResponseError, 403, 20002),
        (NotFoundError, ResourceNotFoundError, 404, 60003),
        (ConflictError, ResourceExistsError, 409, 1003),
        (ChangedMeanwhileError, ResourceModifiedError, 412, 2055),
        (ChangedMeanwhileError, ResourceModifiedError, 400, 2055),
        (ThrottledError, HttpResponseError, 429, 1),
        (QuotaExceededError, HttpResponseError, 400, 800018),
        (QuotaExceededError, HttpResponseError, 403, 800066),
        (PartnerCenterError, HttpResponseError, 400, 900127),
        (PartnerCenterError, HttpResponseError, 500, 800003),
        (PartnerCenterError, HttpResponseError, 417, 800036),
    ],
)
def test_each_refusal_has_its_class(
    server: ScriptedServer, door: Door, expected: type, azure: type, status: int, code: int
) -> None:
    """Status and code choose the class, which is also azure-core's class for that case."""
    error = refusal(server, door, Answer(status, json=fault(code, "No.")))
    assert expected is type(error)
    assert isinstance(error, azure)
    assert isinstance(error, PartnerCenterError)


@pytest.mark.parametrize(
    ("expected", "headers"),
    [
        ("Wait 57 seconds before the next call.", {"Retry-After": "57"}),
        ("Wait 1 second before the next call.", {"Retry-After": "0.5"}),
        ("Wait 4 seconds before the next call.", {"Retry-After": "3.2"}),
        ("Wait as long as Retry-After says before the next call.", {}),
    ],
)
def test_a_throttled_call_tells_how_long_to_wait(
    server: ScriptedServer, door: Door, expected: str, headers: dict[str, str]
) -> None:
    """The advice of a ThrottledError names the whole seconds to wait, where they are known."""
    error = refusal(server, door, Answer(429, json=fault(1, "No."), headers=headers))
    assert expected == error.advice
    assert f"No. {expected}" in str(error)


def test_a_refusal_carries_everything(server: ScriptedServer, door: Door) -> None:
    """The exception has code, text, data, source, both ids, the catalogue's advice, and azure-core's attributes."""
    body = fault(60003, "Tenant not found.", data=["x", 1], source="PartnerApiServiceControllers")
    error = refusal(server, door, Answer(404, json=body, headers=ECHO, reason="Not Found"))
    assert 60003 == error.code
    assert "Tenant not found." == error.description
    assert ("x", 1) == error.data
    assert "PartnerApiServiceControllers" == error.source
    assert ECHO["MS-RequestId"] == error.request_id
    assert ECHO["MS-CorrelationId"] == error.correlation_id
    assert "gone for good" in error.advice
    assert ("DELETE", f"/v1/customers/{CUSTOMER}") == (error.method, error.path)
    assert (404, "Not Found") == (error.status_code, error.reason)
    assert 404 == error.response.status_code
    assert error.model is None


def test_the_message_is_one_paragraph(server: ScriptedServer, door: Door) -> None:
    """The message says what was refused, why, what to do, and both ids; nothing else."""
    error = refusal(server, door, Answer(404, json=fault(60003, "Tenant not found."), headers=ECHO))
    expected = (
        f"DELETE /v1/customers/{CUSTOMER} was refused with 404, code 60003: Tenant not found. "
        "Check the customer id; a customer that was deleted is gone for good. "
        f"(request id {ECHO['MS-RequestId']}, correlation id {ECHO['MS-CorrelationId']})"
    )
    assert expected == str(error)
    assert expected == error.message
    assert f"NotFoundError({expected!r})" == repr(error)


def test_ids_that_were_not_echoed_are_those_that_were_sent(server: ScriptedServer, door: Door) -> None:
    """When the gateway refuses without ids, the exception names the ids that were sent."""
    error = refusal(server, door, Answer(404, json={"statusCode": 404, "message": "Resource not found"}))
    assert server.requests[0].request_id == error.request_id
    assert server.requests[0].correlation_id == error.correlation_id
    assert error.code is None
    assert "was refused with 404: Resource not found." in error.message


@pytest.mark.parametrize(
    "body", [b"<html><body>secret</body></html>", b'{"other": "secret"}', b"secret" * 9999, b'["secret"]']
)
def test_no_message_holds_a_body_or_a_token(server: ScriptedServer, door: Door, body: bytes) -> None:
    """Neither str() nor repr() of a refusal shows the answer's body or the token."""
    error = refusal(server, door, Answer(502, body=body))
    shown = str(error) + repr(error) + repr(error.response) + repr(error.service_error)
    assert "secret" not in shown
    assert SECRET_TOKEN not in shown


def test_no_message_holds_the_query(server: ScriptedServer, door: Door) -> None:
    """Names that a filter holds are not in the message of a refused list."""
    server.answers(Answer(500, json=fault(800003, "Unexpected service error.")))
    named = partnercenter.SimpleFieldFilter("CompanyName", "Northlake")
    with pytest.raises(PartnerCenterError) as caught:
        door.call(server.url, lambda client: client.customers.list(filter=named), retry_total=0)
    assert "Northlake" not in str(caught.value)
    assert "GET /v1/customers was refused" in str(caught.value)


@pytest.mark.parametrize("charset", ["utf-8", "no-such-charset", "utf-16"])
@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\x00", b"[]", b"null", b'"text"', b'{"error": 5}', b"[" * 9999]
)
def test_every_body_makes_an_exception(server: ScriptedServer, door: Door, body: bytes, charset: str) -> None:
    """Whatever a refusal's body and charset are, a PartnerCenterError with a sentence is raised."""
    headers = {"Content-Type": f"application/json; charset={charset}"}
    error = refusal(server, door, Answer(400, body=body, headers=headers, reason="Bad Request"))
    assert isinstance(error, PartnerCenterError)
    assert "was refused with 400: Bad Request." in error.message


def test_azure_cores_except_clause_works(server: ScriptedServer, door: Door) -> None:
    """`except ResourceNotFoundError` of azure-core catches an unknown customer."""
    server.answers(Answer(404, json=fault(60003, "Tenant not found.")))
    with pytest.raises(ResourceNotFoundError):
        door.call(server.url, delete)


@pytest.mark.parametrize(
    ("expected", "listed"),
    [
        (("7c1e90a4b2d",), "7c1e90a4b2d"),
        (("7c1e90a4b2d3", "0f3a1b2c3d4e"), "7c1e90a4b2d3, 0f3a1b2c3d4e"),
        (("7c1e90a4b2d3", "0f3a1b2c3d4e"), "7c1e90a4b2d3,0f3a1b2c3d4e."),
        (("7c1e90a4b2d3", "0f3a1b2c3d4e"), "7c1e90a4b2d3 ; 0f3a1b2c3d4e"),
        (("Qm3xTz7RkP0aVb9sYd2L_W8eJh5u-f4g1",), "Qm3xTz7RkP0aVb9sYd2L_W8eJh5u-f4g1"),
        (("7c1e90a4b2d",), "7c1e90a4b2d. Learn more at https://example.org/a-page."),
        (("7c1e90a4b2d",), "\r\n7c1e90a4b2d"),
    ],
)
def test_blocking_orders_are_named(
    server: ScriptedServer, door: Door, expected: tuple[str, ...], listed: str
) -> None:
    """The order ids in the service's text are in `order_ids`, whatever their length and separator."""
    error = refusal(server, door, Answer(400, json=fault(3000, BLOCKED.format(listed))))
    assert CustomerHasActiveOrdersError is type(error)
    assert expected == error.order_ids
    assert "cancel them and then delete the customer again" in error.advice


def test_blocking_orders_without_a_list(server: ScriptedServer, door: Door) -> None:
    """The same refusal without ids is the same class, with no ids."""
    text = "Customer relationship cannot be removed due to active Azure reserved instances."
    error = refusal(server, door, Answer(400, json=fault(3000, text)))
    assert CustomerHasActiveOrdersError is type(error)
    assert () == error.order_ids


@pytest.mark.parametrize("text", ["", "Invalid property.", "Please cancel the following orders: 7c1e90a4b2d"])
def test_other_texts_name_no_orders(text: str) -> None:
    """Only the "cannot be removed" text names blocking orders."""
    assert () == active_order_ids(text)


def pickled(error: Any) -> Any:
    return pickle.loads(pickle.dumps(error))  # noqa: S301 - it was made here


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickled])
def test_refusals_can_be_copied_and_pickled(server: ScriptedServer, door: Door, duplicate: Any) -> None:
    """A copy says and carries the same, without the response, whose request holds the token."""
    error = refusal(server, door, Answer(400, json=fault(3000, BLOCKED.format("7c1e90a4b2d"), data=["x"])))
    twin = duplicate(error)
    assert type(error) is type(twin)
    assert str(error) == str(twin)
    assert (error.code, error.order_ids, error.data) == (twin.code, twin.order_ids, twin.data)
    assert (error.status_code, error.request_id) == (twin.status_code, twin.request_id)
    assert twin.response is None
    assert SECRET_TOKEN.encode() not in pickle.dumps(error)


def test_unexpected_answers_can_be_pickled(server: ScriptedServer, door: Door) -> None:
    """An UnexpectedAnswerError survives pickling with its message and ids."""
    error = refusal(server, door, Answer(302, headers=ECHO))
    twin = pickled(error)
    assert UnexpectedAnswerError is type(twin)
    assert (str(error), ECHO["MS-RequestId"]) == (str(twin), twin.request_id)


def test_a_refused_page_tells_where_to_resume(server: ScriptedServer, door: Door) -> None:
    """When a following page is refused, the exception has the continuation token to resume from."""
    server.answers(
        Answer(json=collection({}, links=next_link("/customers?seekOperation=Next", "t"))),
        Answer(500, json=fault(800003, "Unexpected service error.")),
        Answer(json=collection({"id": CUSTOMER})),
    )
    with pytest.raises(PartnerCenterError) as caught:
        door.call(server.url, lambda client: client.customers.list(), retry_total=0)
    token = caught.value.continuation_token
    rest = door.pages(server.url, lambda client: client.customers.list().by_page(token))
    assert [CUSTOMER] == [item.id for item in rest[0][0]]
    assert "t" == server.requests[-1].headers["ms-continuationtoken"]
