"""The addresses in the sandbox's discovery documents; client-quirks.md 2 "Endpoints"."""

from __future__ import annotations

import pytest

from partnercenter.sandbox.identity.discovery import (
    instance_discovery,
    openid_configuration,
    tenant_of_endpoint,
)
from partnercenter.sandbox.identity.token_request import GRANTS
from partnercenter.sandbox.identity.tokens import ProtocolVersion

TENANT = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
BASE = "https://localhost:8443"


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (
            2,
            {
                "issuer": f"{BASE}/{TENANT}/v2.0",
                "authorization_endpoint": f"{BASE}/{TENANT}/oauth2/v2.0/authorize",
                "token_endpoint": f"{BASE}/{TENANT}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{BASE}/{TENANT}/oauth2/v2.0/devicecode",
                "jwks_uri": f"{BASE}/{TENANT}/discovery/v2.0/keys",
            },
        ),
        (
            1,
            {
                "issuer": f"{BASE}/{TENANT}/",
                "authorization_endpoint": f"{BASE}/{TENANT}/oauth2/authorize",
                "token_endpoint": f"{BASE}/{TENANT}/oauth2/token",
                "device_authorization_endpoint": f"{BASE}/{TENANT}/oauth2/devicecode",
                "jwks_uri": f"{BASE}/{TENANT}/discovery/keys",
            },
        ),
    ],
)
def test_the_document_names_every_address_under_the_base_of_the_request(
    version: ProtocolVersion, expected: dict[str, str]
) -> None:
    """Each endpoint and the issuer are addresses of the sandbox as the client called it."""
    document = openid_configuration(BASE + "/", TENANT, version)
    assert expected == {name: document[name] for name in expected}


def test_the_document_says_what_is_served() -> None:
    """Grants, ways for a client to prove itself, and the kinds of code challenges are those that there are."""
    document = openid_configuration(BASE, TENANT, 2)
    assert "end_session_endpoint" not in document
    assert list(GRANTS) == document["grant_types_supported"]
    assert {"client_secret_post", "client_secret_basic", "private_key_jwt", "none"} == set(
        document["token_endpoint_auth_methods_supported"]
    )
    assert ["RS256", "PS256"] == document["token_endpoint_auth_signing_alg_values_supported"]
    assert ["S256", "plain"] == document["code_challenge_methods_supported"]


@pytest.mark.parametrize("tenant", ["common", "organizations"])
def test_the_issuer_for_many_tenants_is_a_pattern(tenant: str) -> None:
    """For a tenant that is known only after the sign-in, the issuer holds Entra's placeholder."""
    document = openid_configuration(BASE, tenant, 2)
    assert f"{BASE}/{{tenantid}}/v2.0" == document["issuer"]
    assert f"{BASE}/{tenant}/oauth2/v2.0/token" == document["token_endpoint"]


def test_a_tenant_cannot_lead_out_of_its_path() -> None:
    """A tenant with a slash or a question mark stays one segment of the addresses."""
    document = openid_configuration(BASE, "a/../b?c", 2)
    assert f"{BASE}/a%2F..%2Fb%3Fc/oauth2/v2.0/token" == document["token_endpoint"]


def test_instance_discovery_lists_the_host_with_and_without_its_port() -> None:
    """The instance document leads to the tenant's document and knows the host in both spellings."""
    document = instance_discovery(BASE, TENANT)
    assert f"{BASE}/{TENANT}/v2.0/.well-known/openid-configuration" == document["tenant_discovery_endpoint"]
    assert document["metadata"][0]["aliases"] == ["localhost:8443", "localhost"]


@pytest.mark.parametrize(
    ("endpoint", "tenant"),
    [
        (f"{BASE}/{TENANT}/oauth2/v2.0/authorize", TENANT),
        (f"{BASE}/common", "common"),
        (BASE, None),
        ("", None),
        ("https://[broken/x", None),
    ],
)
def test_the_tenant_of_an_authorization_endpoint(endpoint: str, tenant: str | None) -> None:
    """The tenant is the first segment of an authorization endpoint, where there is one."""
    assert tenant == tenant_of_endpoint(endpoint)
