"""The documents that clients read before they sign in: discovery, keys, instances; client-quirks.md 2."""

from __future__ import annotations

from partnercenter.sandbox.identity.discovery import (
    MANY_TENANTS,
    instance_discovery,
    openid_configuration,
    tenant_of_endpoint,
)
from partnercenter.sandbox.identity.signing_keys import jwks
from partnercenter.sandbox.identity.token_request import unknown_tenant
from partnercenter.sandbox.identity.tokens import ProtocolVersion
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.wire.message import Response, json_response


def discovery_1(call: SignInCall) -> Response:
    """The OpenID configuration of a tenant, version 1."""
    return _discovery(call, 1)


def discovery_2(call: SignInCall) -> Response:
    """The OpenID configuration of a tenant, version 2."""
    return _discovery(call, 2)


def keys(call: SignInCall) -> Response:
    """The public keys that tokens are signed with; every tenant has the same."""
    return json_response(200, jwks(call.state.keys.values()))


def instance(call: SignInCall) -> Response:
    """Which hosts are one instance of Entra: this one alone."""
    endpoint = call.request.query().get("authorization_endpoint", "")
    tenant = tenant_of_endpoint(endpoint) or call.tenant
    return json_response(200, instance_discovery(call.request.origin, tenant))


def _discovery(call: SignInCall, version: ProtocolVersion) -> Response:
    if call.partner() is None and call.tenant.lower() not in MANY_TENANTS:
        return call.refusal(unknown_tenant(call.tenant))
    return json_response(200, openid_configuration(call.request.origin, call.tenant, version))
