"""The safety rule, as a table and as a property: nothing but what the user named is ever allowed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.cleanup.trusted_sandboxes import (
    ENVIRONMENT_VARIABLE,
    Allowed,
    Refused,
    TrustedSandbox,
    canonical_guid,
    decide,
    too_many,
)
from partnercenter.contract import development_partner
from partnercenter.contract.loopback import is_loopback_url

MINE = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
OTHER = "6e7c2d2f-3a1b-4b66-8b4a-1d8d6a2cae22"
DEVELOPMENT = development_partner.TENANT_ID
REGISTRY = (TrustedSandbox("mine", MINE),)
REAL = "https://api.partnercenter.microsoft.com"
LOCAL = "http://127.0.0.1:8400"


@pytest.mark.parametrize(
    ("tenant", "endpoint", "registry", "named", "alias"),
    [
        (MINE, REAL, REGISTRY, "", "mine"),
        (MINE.upper(), REAL, REGISTRY, "", "mine"),
        (MINE, REAL, REGISTRY, OTHER, "mine"),
        (MINE, REAL, (), MINE, MINE),
        (MINE, REAL, (), f" {MINE.upper()} ", MINE),
        (DEVELOPMENT, LOCAL, (), "", "local-sandbox"),
        (DEVELOPMENT, "https://localhost:8400", (), "", "local-sandbox"),
        (DEVELOPMENT, "http://[::1]:8400", (), "", "local-sandbox"),
        (DEVELOPMENT, "https://team.example", (TrustedSandbox("team", DEVELOPMENT),), "", "team"),
        (DEVELOPMENT, "https://team.example", (), DEVELOPMENT, DEVELOPMENT),
    ],
)
def test_a_named_tenant_is_allowed(
    tenant: str, endpoint: str, registry: tuple[TrustedSandbox, ...], named: str, alias: str
) -> None:
    """A tenant in the registry or the environment, and the local development partner, may be cleaned up."""
    expected = Allowed(tenant.lower(), alias)
    assert expected == decide(tenant, endpoint, registry, {ENVIRONMENT_VARIABLE: named})


@pytest.mark.parametrize(
    ("tenant", "endpoint", "named", "settings_tenant", "interlock"),
    [
        (OTHER, REAL, "", None, "tenant-not-registered"),
        (OTHER, LOCAL, "", None, "tenant-not-registered"),
        (None, REAL, "", None, "token-without-tenant"),
        ("", REAL, "", None, "token-without-tenant"),
        (f"{{{MINE}}}", REAL, "", None, "token-without-tenant"),
        (f" {MINE}", REAL, "", None, "token-without-tenant"),
        ("common", REAL, "", None, "token-without-tenant"),
        (17, REAL, "", None, "token-without-tenant"),
        (MINE, REAL, "", OTHER, "another-tenant"),
        (DEVELOPMENT, LOCAL, "", OTHER, "another-tenant"),
        (MINE, REAL, "contoso", None, "malformed-environment"),
        (DEVELOPMENT, LOCAL, f"{MINE},{OTHER}", None, "malformed-environment"),
        (DEVELOPMENT, REAL, "", None, "development-partner-elsewhere"),
        (DEVELOPMENT, "http://127.0.0.1@evil.example", "", None, "development-partner-elsewhere"),
        (DEVELOPMENT, "http://127.0.0.1.evil.example", "", None, "development-partner-elsewhere"),
        (DEVELOPMENT, "http://evil.example\\@127.0.0.1", "", None, "development-partner-elsewhere"),
        (DEVELOPMENT, "http://evil.example#@127.0.0.1", "", None, "development-partner-elsewhere"),
        (DEVELOPMENT, "ftp://127.0.0.1", "", None, "development-partner-elsewhere"),
        (DEVELOPMENT, "127.0.0.1:8400", "", None, "development-partner-elsewhere"),
        (DEVELOPMENT, "", "", None, "development-partner-elsewhere"),
    ],
)
def test_everything_else_is_refused_by_a_named_interlock(
    tenant: object, endpoint: str, named: str, settings_tenant: str | None, interlock: str
) -> None:
    """Each refusal has an id and a sentence that says that nothing was deleted."""
    decision = decide(
        tenant, endpoint, REGISTRY, {ENVIRONMENT_VARIABLE: named}, settings_tenant=settings_tenant
    )
    assert isinstance(decision, Refused)
    assert interlock == decision.id
    assert "Nothing was deleted" in decision.sentence


@pytest.mark.parametrize(
    "settings_tenant", [None, "", MINE.upper(), f"{{{MINE}}}", "contoso.onmicrosoft.com"]
)
def test_settings_that_name_no_other_tenant_do_not_refuse(settings_tenant: str | None) -> None:
    """Settings may name the tenant in any spelling, by a domain, or not at all: the token decides."""
    assert Allowed(MINE, "mine") == decide(MINE, REAL, REGISTRY, {}, settings_tenant=settings_tenant)


GUIDS = st.sampled_from([MINE, OTHER, DEVELOPMENT]) | st.uuids().map(str)
TEXTS = GUIDS | GUIDS.map(str.upper) | GUIDS.map(lambda guid: f"{{{guid}}}") | st.text(max_size=60)
ENDPOINTS = st.sampled_from([REAL, LOCAL, "http://localhost", "http://127.0.0.1@evil.example"]) | st.text(
    max_size=60
)


@given(
    token=TEXTS | st.none() | st.integers() | st.binary(),
    endpoint=ENDPOINTS,
    registry=st.lists(st.builds(TrustedSandbox, alias=st.text(max_size=10), tenant_id=TEXTS), max_size=4),
    environment=st.dictionaries(st.sampled_from([ENVIRONMENT_VARIABLE, "OTHER"]), TEXTS),
    settings_tenant=TEXTS | st.none(),
)
def test_no_input_allows_a_tenant_that_was_not_named(
    token: object,
    endpoint: str,
    registry: list[TrustedSandbox],
    environment: Mapping[str, str],
    settings_tenant: str | None,
) -> None:
    """Whatever the inputs are, what is allowed stands in one of the three places that allow."""
    decision = decide(token, endpoint, registry, environment, settings_tenant=settings_tenant)
    if isinstance(decision, Refused):
        return
    assert isinstance(token, str)
    assert token.lower() == decision.tenant_id == str(uuid.UUID(decision.tenant_id))
    registered = decision.tenant_id in {known.tenant_id.lower() for known in registry}
    in_environment = environment.get(ENVIRONMENT_VARIABLE, "").strip().lower() == decision.tenant_id
    local = decision.tenant_id == DEVELOPMENT and is_loopback_url(endpoint)
    assert registered or in_environment or local


@given(st.text(max_size=40))
def test_a_tenant_id_that_is_not_exactly_a_guid_is_none(text: str) -> None:
    """Blanks, braces and anything else around a GUID make it no tenant id."""
    guid = canonical_guid(text)
    assert guid is None or guid == text.lower() == str(uuid.UUID(text))


@pytest.mark.parametrize(("count", "refused"), [(0, False), (75, False), (76, True), (10_000, True)])
def test_more_customers_than_a_sandbox_holds_are_refused(count: int, refused: bool) -> None:
    """A sandbox holds 75 customers, so more than that is no sandbox."""
    assert refused == (too_many(count) is not None)
