"""The discovery documents of the sandbox's identity provider; client-quirks.md 2 "Endpoints".

Addresses are derived here, nothing is looked up: the caller passes the base address that the client used
(from the `Host` header, so that each name of the sandbox works) and the tenant of the path, best as its
id when it is known.

The `issuer` is an address of the sandbox itself. msal with `oidc_authority` and msal-node in OIDC mode
refuse an issuer on a host they do not know or did not ask, and OpenID Connect asks for it. The tokens
nevertheless carry Entra's public issuers: code under test reads them there (behaviour.md 9.2), and the
sandbox verifies only what it signed itself. Entra's own v1 tokens and v2 documents differ in the same
way. A consumer of its own that compares a token's `iss` with this document must be told Entra's issuer.

What is named is served, and nothing else: no page to sign out, as there are no sessions.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote, urlsplit

from partnercenter.sandbox.identity.client_assertions import ASSERTION_ALGORITHMS
from partnercenter.sandbox.identity.signing_keys import ALGORITHM
from partnercenter.sandbox.identity.token_request import GRANTS
from partnercenter.sandbox.identity.tokens import ProtocolVersion

# For these Entra's issuer holds a placeholder: the tenant is known only after the sign-in.
MANY_TENANTS: Final = frozenset({"common", "organizations", "consumers"})


def openid_configuration(base_url: str, tenant: str, version: ProtocolVersion) -> dict[str, Any]:
    """The document at `/{tenant}/v2.0/.well-known/openid-configuration`, or without `v2.0` for version 1."""
    root = _tenant_root(base_url, tenant)
    issuer_root = _tenant_root(base_url, "") + "{tenantid}" if tenant.lower() in MANY_TENANTS else root
    oauth2, keys = f"{root}/oauth2", "discovery/keys"
    if version == 2:
        oauth2, keys = (f"{root}/oauth2/v2.0", "discovery/v2.0/keys")
    return {
        "issuer": f"{issuer_root}/v2.0" if version == 2 else f"{issuer_root}/",
        "authorization_endpoint": f"{oauth2}/authorize",
        "token_endpoint": f"{oauth2}/token",
        "device_authorization_endpoint": f"{oauth2}/devicecode",
        "jwks_uri": f"{root}/{keys}",
        "token_endpoint_auth_methods_supported": [
            "client_secret_post",
            "client_secret_basic",
            "private_key_jwt",
            "none",
        ],
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "grant_types_supported": list(GRANTS),
        "code_challenge_methods_supported": ["S256", "plain"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "claims_supported": [
            "sub",
            "iss",
            "aud",
            "exp",
            "iat",
            "nbf",
            "oid",
            "tid",
            "ver",
            "name",
            "upn",
            "preferred_username",
            "nonce",
        ],
        "request_uri_parameter_supported": False,
        "tenant_region_scope": "NA",
    }


def instance_discovery(base_url: str, tenant: str) -> dict[str, Any]:
    """The answer of `GET /common/discovery/instance`: this host, and where the tenant's document is.

    `tenant` is that of the query's `authorization_endpoint`; see `tenant_of_endpoint`. The host is listed
    with and without its port, as msal-node compares with it and msal-python without.
    """
    root = _tenant_root(base_url, tenant)
    address = urlsplit(base_url)
    names = list(dict.fromkeys([address.netloc, address.hostname or address.netloc]))
    return {
        "tenant_discovery_endpoint": f"{root}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [{"preferred_network": names[0], "preferred_cache": names[0], "aliases": names}],
    }


def tenant_of_endpoint(authorization_endpoint: str) -> str | None:
    """The tenant in an address such as `https://host/{tenant}/oauth2/v2.0/authorize`, or None."""
    try:
        path = urlsplit(authorization_endpoint).path
    except ValueError:
        return None
    return path.lstrip("/").partition("/")[0] or None


def _tenant_root(base_url: str, tenant: str) -> str:
    return f"{base_url.rstrip('/')}/{quote(tenant, safe='')}"
