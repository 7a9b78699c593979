"""The token endpoints."""

from __future__ import annotations

from partnercenter.sandbox.identity.audiences import issued_audience
from partnercenter.sandbox.identity.client_secrets import StoredSecret, check_client_secret
from partnercenter.sandbox.identity.entra_errors import EntraError
from partnercenter.sandbox.identity.token_request import (
    TokenRequest,
    check_audience,
    parse_token_request,
    unknown_application,
    unknown_tenant,
)
from partnercenter.sandbox.identity.tokens import ProtocolVersion, app_only_claims, sign, token_answer
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.store.partners import Partner
from partnercenter.sandbox.wire.message import Response


def version_1(call: SignInCall) -> Response:
    """`POST /{tenant}/oauth2/token`."""
    return _token(call, 1)


def version_2(call: SignInCall) -> Response:
    """`POST /{tenant}/oauth2/v2.0/token`."""
    return _token(call, 2)


def _token(call: SignInCall, version: ProtocolVersion) -> Response:
    headers = call.request.headers
    asked = parse_token_request(
        call.request.body, headers.get("content-type"), headers.get("authorization"), version
    )
    if isinstance(asked, EntraError):
        return call.refusal(asked)
    partner = call.partner()
    if partner is None:
        return call.refusal(unknown_tenant(call.tenant))
    return _grant(call, asked, partner)


def _grant(call: SignInCall, asked: TokenRequest, partner: Partner) -> Response:
    now, state, settings = call.now, call.state, call.settings
    application = state.directory.application(asked.client_id)
    if application is None or application.tenant_id != partner.tenant_id:
        return call.refusal(unknown_application(asked.client_id, partner.tenant_id))
    stored = [
        StoredSecret(one.hashed, None if one.expires_at is None else one.expires_at / 1_000_000)
        for one in application.secrets
    ]
    wrong = check_client_secret(asked.client_id, asked.client_secret, stored, now) or check_audience(
        asked, state.gatekeeper.audiences(settings), partner.tenant_id
    )
    if wrong is not None:
        return call.refusal(wrong)
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
    return call.answer(
        token_answer(
            access_token=sign(claims, state.signing_key),
            version=asked.version,
            resource=asked.audience,
            now=now,
            lifetime=lifetime,
        )
    )
