"""Refusals of every shape, read and written; behaviour.md 11."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.contract.service_error import (
    LONGEST_DESCRIPTION,
    LineError,
    error_body,
    line_errors,
    newer_error_body,
    parse_retry_after,
    parse_service_error,
)
from partnercenter.contract.service_error_catalogue import (
    SERVICE_ERRORS,
    ServiceErrorKind,
    _checked,
    find_kind,
)

NOW = datetime(2026, 2, 2, 12, tzinfo=UTC)


def any_json(*names: str) -> st.SearchStrategy[Any]:
    """Values of every shape, whose objects have members of these names."""
    simple = st.none() | st.booleans() | st.floats() | st.text()
    return st.recursive(simple, lambda one: st.lists(one) | st.dictionaries(st.sampled_from(names), one))


def read(status: int, body: Any, *, reason: str | None = "Reason", **headers: str) -> Any:
    """The error out of an answer whose body is JSON, or bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parse_service_error(status, reason, {k.replace("_", "-"): v for k, v in headers.items()}, content)


def test_shape_a_is_read() -> None:
    """The standard shape gives code, description, data and source, and the catalogue adds name and advice."""
    body = {"code": 60003, "description": "Tenant not found", "data": ["x", 5, None], "source": "PartnerFD"}
    error = read(404, body)
    assert (404, 60003, "Tenant not found") == (error.status, error.code, error.description)
    assert (("x", 5, None), "PartnerFD", "tenant_not_found") == (error.data, error.source, error.name)
    assert error.advice == SERVICE_ERRORS[404, 60003].advice


def test_shape_b_is_read() -> None:
    """The newer shape gives its description before its message."""
    body = {
        "code": 600061,
        "message": "Message.",
        "description": "Description.",
        "errorName": "PartnerConfirmedAgreementAlreadyExists",
        "isRetryable": False,
        "parameters": {},
        "errorMessageExtended": "InternalErrorCode=600061",
    }
    error = read(400, body)
    assert (600061, "Description.") == (error.code, error.description)
    del body["description"]
    assert "Message." == read(400, body).description


@pytest.mark.parametrize(("status", "text"), [(404, "Resource not found"), (429, "Rate limit is exceeded.")])
def test_shape_c_is_read(status: int, text: str) -> None:
    """A fault of the gateway gives its message and no code of the service."""
    error = read(status, {"statusCode": status, "message": text})
    assert (None, text, None) == (error.code, error.description, error.name)
    assert error.advice


@pytest.mark.parametrize(
    ("expected", "reason", "challenge"),
    [
        ("Unauthorized - MFA required", "Unauthorized - MFA required", 'Bearer error="invalid_token"'),
        ("The token is not valid or has expired.", "Unauthorized", 'Bearer error="invalid_token"'),
        ("The token is not valid or has expired.", None, 'Bearer error="invalid_token"'),
        ("Unauthorized", "Unauthorized", "OAuth realm=urn:cpsvc:cpid:1"),
        ("The service answered with HTTP 401 and no description.", "", ""),
    ],
)
def test_shape_d_is_read(expected: str, reason: str | None, challenge: str) -> None:
    """An empty body leaves the reason phrase, or what the challenge means."""
    assert expected == read(401, b"", reason=reason, WWW_Authenticate=challenge).description


@pytest.mark.parametrize(
    ("expected", "inner"),
    [
        ("Postal code is wrong.", {"code": "60041", "message": "Postal code is wrong."}),
        ("City is wrong.", {"Code": "60041", "Description": "City is wrong."}),
        ("State is wrong.", {"reason": "State is wrong."}),
    ],
)
def test_shape_e_is_read(expected: str, inner: dict[str, str]) -> None:
    """A description that is itself JSON gives the sentence inside."""
    error = read(400, {"code": 2007, "description": json.dumps(inner), "data": [], "source": "PartnerFD"})
    assert (2007, expected) == (error.code, error.description)


@pytest.mark.parametrize("text", ["{torn", "{}", '{"code": "60041"}', "{0} is wrong"])
def test_a_description_that_only_looks_like_json_stays(text: str) -> None:
    """A description that begins with a brace and holds no sentence is kept."""
    assert text == read(400, {"code": 2007, "description": text}).description


def test_shape_f_is_read() -> None:
    """Errors inside a success are found: of the lines of a cart, and of the orders of a checkout."""
    document = {
        "LineItems": [
            {"id": 0},
            {"id": 1, "error": {"errorCode": 10009, "errorDescription": "Not eligible."}},
            "odd",
        ],
        "orderErrors": [{"orderGroupId": "0", "code": 800009, "description": "Error in Cart item(s)"}],
    }
    expected = [
        LineError("line 1", "10009", "Not eligible."),
        LineError("order group 0", "800009", "Error in Cart item(s)"),
    ]
    assert expected == line_errors(document)


@given(document=any_json("lineItems", "error", "orderErrors", "id"))
def test_no_document_breaks_the_reader_of_line_errors(document: Any) -> None:
    """Any document gives a list of line errors."""
    assert isinstance(line_errors(document), list)


@pytest.mark.parametrize(
    ("expected", "code"),
    [
        (60003, 60003),
        (60003, "60003"),
        (60003, " 60003 "),
        (60003, 60003.0),
        (0, 0),
        (0, "0"),
        (None, None),
        (None, ""),
        (None, "60003x"),
        (None, "PartnerError"),
        (None, 1.5),
        (None, True),
        (None, []),
        (None, {}),
        (None, "9" * 50),
    ],
)
def test_codes_are_numbers_or_numeric_texts(expected: int | None, code: Any) -> None:
    """A code is read as a number or a numeric text; anything else is no code."""
    assert expected == read(404, {"code": code, "description": "x"}).code


def test_names_match_without_case() -> None:
    """Members of a refusal are found in any case."""
    error = read(404, {"Code": 60003, "DESCRIPTION": "x", "Data": ["y"], "Source": "z"})
    assert (60003, "x", ("y",), "z") == (error.code, error.description, error.data, error.source)


def test_a_byte_order_mark_does_no_harm() -> None:
    """A body with a UTF-8 byte order mark is read."""
    assert 60003 == read(404, b"\xef\xbb\xbf" + b'{"code": 60003, "description": "x"}').code


@pytest.mark.parametrize(
    ("expected", "body", "reason"),
    [
        ("Bad Gateway", b"", "Bad Gateway"),
        ("Bad Gateway", b"some text", "Bad Gateway"),
        ("Bad Gateway", b"[1]", "Bad Gateway"),
        ("Bad Gateway", b'{"description": ""}', "Bad Gateway"),
        ("Bad Gateway", b'{"description": null, "message": "  "}', "Bad Gateway"),
        ("The service answered with HTTP 502 and no description.", b"", None),
        ("AADSTS", b'{"error": "x", "error_description": "AADSTS"}', "Bad Gateway"),
    ],
)
def test_there_is_always_a_description(expected: str, body: bytes, reason: str | None) -> None:
    """Without a text of the service the reason phrase stands in, and without one a sentence."""
    assert expected == read(502, body, reason=reason).description


@pytest.mark.parametrize("body", [b"<!DOCTYPE html><html>", b"\r\n <html>", b"\xef\xbb\xbf<HTML><body>"])
def test_a_web_page_is_called_one(body: bytes) -> None:
    """A web page, as proxies and login pages send, is named as what it is, with what to check."""
    assert "web page" in read(502, body, reason="Bad Gateway").description


def test_long_descriptions_are_cut() -> None:
    """A description has at most 1024 characters, wherever it comes from."""
    assert LONGEST_DESCRIPTION == len(read(400, {"code": 1, "description": "x" * 5000}).description)
    assert LONGEST_DESCRIPTION == len(read(400, b"", reason="x" * 5000).description)
    assert LONGEST_DESCRIPTION == len(
        error_body(SERVICE_ERRORS[400, 2000], description="x" * 5000)["description"]
    )


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        (57.0, "57"),
        (0.5, "0.5"),
        (3.0, " 3 "),
        (0.0, "0"),
        (0.0, "-5"),
        (30.0, format_datetime(NOW + timedelta(seconds=30), usegmt=True)),
        (30.0, format_datetime(NOW + timedelta(seconds=30))),
        (0.0, "Wed, 21 Oct 2015 07:28:00 GMT"),
        (30.0, "Mon, 02 Feb 2026 12:00:30 -0000"),
        (None, None),
        (None, ""),
        (None, "soon"),
        (None, "inf"),
        (None, "-inf"),
        (None, "nan"),
        (None, "1e999"),
        (None, "Mon, 02 Feb 99999 12:00:30 GMT"),
    ],
)
def test_retry_after_is_a_number_or_a_date(expected: float | None, value: str | None) -> None:
    """Retry-After is read as seconds or as an HTTP date, never as less than nothing."""
    assert expected == parse_retry_after(value, now=NOW)


def test_retry_after_is_part_of_the_error() -> None:
    """The header is found in any case of its name."""
    assert 57.0 == read(429, b"", retry_AFTER="57").retry_after


@given(
    status=st.integers(400, 599),
    reason=st.none() | st.text(),
    headers=st.dictionaries(st.text() | st.sampled_from(["Retry-After", "WWW-Authenticate"]), st.text()),
    body=st.binary() | st.text().map(lambda text: json.dumps({"code": 1, "description": text}).encode()),
)
def test_reading_never_fails(status: int, reason: str | None, headers: dict[str, str], body: bytes) -> None:
    """Whatever a refusal looks like, there is an error with a description."""
    error = parse_service_error(status, reason, headers, body)
    assert error.description
    assert error.retry_after is None or error.retry_after >= 0


@given(body=any_json("code", "Code", "description", "message", "data", "source"))
def test_no_json_breaks_the_reader(body: Any) -> None:
    """Any JSON, also with NaN and infinity, gives an error with a description."""
    assert read(400, body).description


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b'{"code": ' + b"9" * 10_000 + b"}"])
def test_deep_and_huge_bodies_do_no_harm(body: bytes) -> None:
    """Deep nesting and endless numbers give an error like any other body."""
    assert "Reason" == read(400, body).description


@pytest.mark.parametrize("kind", SERVICE_ERRORS.values(), ids=lambda kind: f"{kind.status}-{kind.code}")
def test_each_row_of_the_catalogue_is_read_back(kind: ServiceErrorKind) -> None:
    """What is written for a row of the catalogue is read as that row."""
    error = read(kind.status, error_body(kind, "one", "two", "three", "four"))
    assert (kind.code, kind.name, kind.advice) == (error.code, error.name, error.advice)
    assert "{" not in error.description
    assert "PartnerFD" == error.source
    assert kind is find_kind(kind.status, kind.code)


def test_the_pair_of_status_and_code_decides() -> None:
    """One code with two statuses means two things, and an unknown pair means nothing."""
    assert "partner_not_valid_for_offer" == read(403, {"code": 2006, "description": "x"}).name
    assert "offer_not_updatable" == read(400, {"code": 2006, "description": "x"}).name
    assert read(500, {"code": 2006, "description": "x"}).name is None


def test_advice_of_shared_codes_fits_create_and_delete() -> None:
    """The advice of 2007 and of 3000 tells what to do when creating and when deleting."""
    address, generic = SERVICE_ERRORS[400, 2007].advice, SERVICE_ERRORS[400, 3000].advice
    assert "Before creating" in address
    assert "cannot be deleted" in address
    assert "Correct what the description names" in generic
    assert "cancel them and then delete" in generic


def test_the_newer_shape_is_read_as_the_same_error() -> None:
    """Shape B, as the sandbox writes it, is read with the code, text, name and advice of the catalogue (11.1)."""
    kind = SERVICE_ERRORS[400, 600061]
    body = newer_error_body(kind, "PartnerConfirmedAgreementAlreadyExists")
    error = read(400, body)
    assert (600061, kind.template, kind.name, kind.advice) == (
        error.code,
        error.description,
        error.name,
        error.advice,
    )
    assert ("InternalErrorCode=600061", kind.template) == (body["errorMessageExtended"], body["message"])


def test_placeholders_are_filled_once() -> None:
    """An argument that looks like a placeholder is not filled itself; placeholders without argument stay."""
    kind = ServiceErrorKind(400, 1, "name", "{0} and {1} and {2}.", "Advice.")
    assert "{1} and {0} and {2}." == error_body(kind, "{1}", "{0}")["description"]
    assert {"code": 1, "description": "Own.", "data": ["x"], "source": "Y"} == error_body(
        kind, "ignored", data=["x"], source="Y", description="Own."
    )


@pytest.mark.parametrize(
    ("expected", "rows"),
    [
        ("400/1 stands twice", [(400, 1, "a", "A.", "B."), (400, 1, "b", "A.", "B.")]),
        ("400/1 must end with a full stop", [(400, 1, "a", "A", "B.")]),
        ("400/1 must end with a full stop", [(400, 1, "a", "A.", "B")]),
    ],
)
def test_the_catalogue_checks_itself(expected: str, rows: list[tuple[int, int, str, str, str]]) -> None:
    """A row that stands twice, or whose texts do not end, is found when the table is built."""
    with pytest.raises(ValueError, match=expected):
        _checked(rows)
