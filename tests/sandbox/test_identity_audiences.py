"""Which audiences a token may have and be requested for; behaviour.md 9.1."""

from __future__ import annotations

import pytest

from partnercenter.sandbox.identity.audiences import AcceptedAudiences, issued_audience
from partnercenter.sandbox.identity.tokens import ProtocolVersion

API = "https://api.partnercenter.microsoft.com"
GRAPH = "https://graph.windows.net"


@pytest.mark.parametrize("audience", [GRAPH, GRAPH + "/", GRAPH.upper()])
@pytest.mark.parametrize("retired", [True, False])
def test_the_retired_audience_is_accepted_only_when_the_setting_says_so(audience: str, retired: bool) -> None:
    """A sandbox set up for the archived SDKs takes the retired audience; a token for it can always be had."""
    audiences = AcceptedAudiences(retired=retired)
    assert audiences.accepts(audience) is retired
    assert audiences.may_be_requested(audience)


@pytest.mark.parametrize("audience", [API, API + "/", API.upper(), "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"])
def test_the_usual_audiences_are_the_address_and_the_application_id(audience: str) -> None:
    """The API takes its address in any case and with a slash, and its application id."""
    audiences = AcceptedAudiences()
    assert audiences.accepts(audience)
    assert audiences.may_be_requested(audience)


@pytest.mark.parametrize(
    "audience", ["", "/", "https://graph.microsoft.com", API + "//", API + "/v1", API + ".evil.example"]
)
def test_no_other_audience_is_known(audience: str) -> None:
    """An audience that only looks like the API's is neither accepted nor given out."""
    audiences = AcceptedAudiences()
    assert not audiences.accepts(audience)
    assert not audiences.may_be_requested(audience)


@pytest.mark.parametrize(
    ("requested", "version", "expected"),
    [
        (API, 1, API),
        (API + "/", 1, API + "/"),
        (API, 2, "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"),
        (API + "/", 2, "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"),
        ("fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd", 1, "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"),
        ("https://graph.windows.net", 2, "https://graph.windows.net"),
    ],
)
def test_the_audience_of_a_token_follows_the_endpoint(
    requested: str, version: ProtocolVersion, expected: str
) -> None:
    """A v1 token repeats the audience asked for; a v2 token names Partner Center by its application id."""
    assert expected == issued_audience(requested, version)
