"""How the sandbox keeps and checks client secrets, and writes its refusals; client-quirks.md 2 "Errors"."""

from __future__ import annotations

import pytest

from partnercenter.sandbox.identity.client_secrets import (
    StoredSecret,
    check_client_secret,
    hash_secret,
    secret_matches,
)
from partnercenter.sandbox.identity.entra_errors import EntraFault, FaultTable
from partnercenter.sandbox.identity.grant_errors import ClientFault
from partnercenter.sandbox.identity.token_request import unknown_application

NOW = 1_800_000_000.0
TENANT = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
CLIENT = "0b0c1f5a-7c3e-4d0e-8f3b-2f3b1d0c9a77"
SECRET = "Zq8~not+a%20real.secret_=&;"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (EntraFault.MISSING_PARAMETER, (400, "invalid_request", 900144)),
        (EntraFault.UNKNOWN_GRANT, (400, "unsupported_grant_type", 70003)),
        (EntraFault.UNKNOWN_APPLICATION, (400, "unauthorized_client", 700016)),
        (ClientFault.WRONG_SECRET, (401, "invalid_client", 7000215)),
        (ClientFault.EXPIRED_SECRET, (401, "invalid_client", 7000222)),
        (EntraFault.UNKNOWN_TENANT, (400, "invalid_request", 90002)),
        (EntraFault.UNKNOWN_RESOURCE, (400, "invalid_resource", 500011)),
        (EntraFault.MALFORMED_SCOPE, (400, "invalid_scope", 70011)),
        (EntraFault.SCOPE_WITHOUT_DEFAULT, (400, "invalid_scope", 1002012)),
    ],
)
def test_the_numbers_are_those_of_entra(fault: FaultTable, expected: tuple[int, str, int]) -> None:
    """The numbers that people search for are Entra's."""
    assert expected == fault.value[:3]


def test_the_body_of_an_error_is_that_of_entra() -> None:
    """An error's body has the members of client-quirks.md 2 and starts its text with the number."""
    body = ClientFault.WRONG_SECRET.about(CLIENT).body("trace-1", "correlation-1", NOW)
    description = body.pop("error_description")
    assert description.startswith("AADSTS7000215: Invalid client secret provided.")
    assert description.endswith(
        "Trace ID: trace-1 Correlation ID: correlation-1 Timestamp: 2027-01-15 08:00:00Z"
    )
    expected = {
        "error": "invalid_client",
        "error_codes": [7000215],
        "timestamp": "2027-01-15 08:00:00Z",
        "trace_id": "trace-1",
        "correlation_id": "correlation-1",
        "error_uri": "https://login.microsoftonline.com/error?code=7000215",
    }
    assert expected == body


def test_what_a_caller_sent_is_shown_shortened_on_one_line() -> None:
    """An error text repeats a caller's value without line breaks and not at any length."""
    error = EntraFault.UNKNOWN_GRANT.about("a\r\nb" + "c" * 500)
    assert "'a  bccc" in error.description
    assert "\n" not in error.description
    assert len(error.description) < 250


def test_a_secret_in_the_place_of_the_client_id_is_not_shown() -> None:
    """An error about an application shows its id only when it is a GUID."""
    for error in (unknown_application(SECRET, TENANT), check_client_secret(SECRET, "x", [], NOW)):
        assert error is not None
        assert SECRET not in error.description
        assert "(not a GUID)" in error.description


def test_a_secret_is_kept_salted() -> None:
    """Two hashes of one secret differ, both fit it, neither shows it, and neither fits another secret."""
    first, second = hash_secret(SECRET), hash_secret(SECRET)
    assert first != second
    assert SECRET not in first
    assert (secret_matches(SECRET, first), secret_matches(SECRET, second)) == (True, True)
    assert not secret_matches(SECRET + "x", first)


@pytest.mark.parametrize(
    "hashed", ["", "$", "$$", "x", SECRET, "md5$00$00", "hmac-sha256$zz$00", "hmac-sha256$00$é\ud800"]
)
def test_a_text_that_is_no_hash_fits_no_secret(hashed: str) -> None:
    """A damaged row of the store lets nobody in and raises nothing."""
    assert not secret_matches(SECRET, hashed)


def test_one_good_secret_of_several_is_enough() -> None:
    """An application with an expired, a foreign and a good secret is let in with the good one."""
    stored = [
        StoredSecret(hash_secret(SECRET), NOW - 1),
        StoredSecret(hash_secret("other")),
        StoredSecret(hash_secret(SECRET), NOW + 1),
    ]
    assert None is check_client_secret(CLIENT, SECRET, stored, NOW)
