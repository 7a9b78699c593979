"""The sign-in addresses: token endpoints, discovery and keys documents; behaviour.md 9, client-quirks.md 2.

What stands in the documents and tokens is decided in `identity`; this module finds tenant, application
and key, and answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote

from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.identity.audiences import issued_audience
from partnercenter.sandbox.identity.client_secrets import StoredSecret, check_client_secret
from partnercenter.sandbox.identity.discovery import (
    MANY_TENANTS,
    instance_discovery,
    openid_configuration,
    tenant_of_endpoint,
)
from partnercenter.sandbox.identity.entra_errors import EntraError
from partnercenter.sandbox.identity.signing_keys import jwks
from partnercenter.sandbox.identity.token_request import (
    TokenRequest,
    check_audience,
    parse_token_request,
    unknown_application,
    unknown_tenant,
)
from partnercenter.sandbox.identity.tokens import ProtocolVersion, app_only_claims, sign, token_answer
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.partners import Partner, find_partner_by_domain
from partnercenter.sandbox.wire.fault import gateway_fault
from partnercenter.sandbox.wire.message import Request, Response, json_response

_NOT_CACHED: Final = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"}

Answer = Callable[["SignIn", Request, str], Response]


class SignIn:
    """Entra ID as far as Partner Center's clients need it, over one sandbox's state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def find(self, request: Request) -> Response | None:
        """The answer to a sign-in address, or None when the path is none."""
        path = re.sub(r"/{2,}", "/", unquote(request.path))
        for method, pattern, answer in _ROUTES:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            if request.method != method:
                return gateway_fault(405, "Method not allowed", {"Allow": method}).response
            response = answer(self, request, match.groupdict().get("tenant") or "common")
            sent = request.headers.get("client-request-id")
            if sent and parse_guid(sent):
                response.headers["client-request-id"] = sent
            response.headers["x-ms-request-id"] = self._state.nature.ids.guid()
            return response
        return None

    def token(self, request: Request, tenant: str, version: ProtocolVersion) -> Response:
        """An app-only token for a client secret, or Entra's error."""
        asked = parse_token_request(
            request.body,
            request.headers.get("content-type"),
            request.headers.get("authorization"),
            version,
        )
        if isinstance(asked, EntraError):
            return self._refusal(request, asked)
        partner = self._partner(tenant)
        if partner is None:
            return self._refusal(request, unknown_tenant(tenant))
        return self._grant(request, asked, partner)

    def discovery(self, request: Request, tenant: str, version: ProtocolVersion) -> Response:
        """The OpenID configuration of a tenant."""
        partner = self._partner(tenant)
        if partner is None and tenant.lower() not in MANY_TENANTS:
            return self._refusal(request, unknown_tenant(tenant))
        return json_response(200, openid_configuration(request.origin, tenant, version))

    def keys(self, request: Request, tenant: str) -> Response:  # noqa: ARG002 - every tenant has the same keys
        """The public keys that tokens are signed with."""
        return json_response(200, jwks(self._state.keys.values()))

    def instance(self, request: Request, tenant: str) -> Response:
        """Which hosts are one instance of Entra: this one alone."""
        endpoint = request.query().get("authorization_endpoint", "")
        return json_response(200, instance_discovery(request.origin, tenant_of_endpoint(endpoint) or tenant))

    def _grant(self, request: Request, asked: TokenRequest, partner: Partner) -> Response:
        now = self._state.nature.real.now().timestamp()
        settings = self._state.settings
        application = self._state.directory.application(asked.client_id)
        if application is None or application.tenant_id != partner.tenant_id:
            return self._refusal(request, unknown_application(asked.client_id, partner.tenant_id))
        expires = application.secret_expires_at
        stored = StoredSecret(application.secret_hash, None if expires is None else expires / 1_000_000)
        wrong = check_client_secret(asked.client_id, asked.client_secret, [stored], now) or check_audience(
            asked, self._state.gatekeeper.audiences(settings), partner.tenant_id
        )
        if wrong is not None:
            return self._refusal(request, wrong)
        lifetime = settings.number("token_lifetime_seconds")
        claims = app_only_claims(
            tenant_id=partner.tenant_id,
            client_id=application.client_id,
            object_id=application.object_id,
            audience=issued_audience(asked.audience, asked.version),
            now=now,
            version=asked.version,
            lifetime=lifetime,
        )
        answer = token_answer(
            access_token=sign(claims, self._state.signing_key),
            version=asked.version,
            resource=asked.audience,
            now=now,
            lifetime=lifetime,
        )
        return json_response(200, answer, _NOT_CACHED)

    def _refusal(self, request: Request, error: EntraError) -> Response:
        ids = self._state.nature.ids
        sent = parse_guid(request.headers.get("client-request-id", ""))
        body: dict[str, Any] = error.body(
            ids.guid(), sent or ids.guid(), self._state.nature.real.now().timestamp()
        )
        return json_response(error.status, body, _NOT_CACHED)

    def _partner(self, tenant: str) -> Partner | None:
        guid = parse_guid(tenant)
        if guid is not None:
            return self._state.directory.partner(guid)
        return self._state.database.read(
            lambda connection: find_partner_by_domain(connection, tenant.lower())
        )


def _route(method: str, path: str, answer: Answer) -> tuple[str, re.Pattern[str], Answer]:
    pattern = path.replace(".", r"\.").replace("{tenant}", r"(?P<tenant>[A-Za-z0-9.{}-]{1,255})")
    return method, re.compile(pattern, re.IGNORECASE), answer


_ROUTES: Final = (
    _route("POST", "/{tenant}/oauth2/token", lambda s, r, t: s.token(r, t, 1)),
    _route("POST", "/{tenant}/oauth2/v2.0/token", lambda s, r, t: s.token(r, t, 2)),
    _route("GET", "/common/discovery/instance", SignIn.instance),
    _route("GET", "/{tenant}/.well-known/openid-configuration", lambda s, r, t: s.discovery(r, t, 1)),
    _route("GET", "/{tenant}/v2.0/.well-known/openid-configuration", lambda s, r, t: s.discovery(r, t, 2)),
    _route("GET", "/{tenant}/discovery/keys", SignIn.keys),
    _route("GET", "/{tenant}/discovery/v2.0/keys", SignIn.keys),
)
