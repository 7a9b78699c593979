"""An application by itself; behaviour.md 9.1 "App-only"."""

from __future__ import annotations

from typing import Any

from partnercenter.sandbox.identity.audiences import issued_audience
from partnercenter.sandbox.identity.entra_errors import granted
from partnercenter.sandbox.identity.token_request import app_only_audience
from partnercenter.sandbox.identity.tokens import app_only_claims, sign, token_answer
from partnercenter.sandbox.sign_in.grants.asking import Asking
from partnercenter.sandbox.sign_in.resources import check_audience


def grant(asking: Asking) -> dict[str, Any]:
    """A token without a user; no refresh token, as the application can ask again."""
    call, version = asking.call, asking.request.version
    audience = granted(app_only_audience(asking.request))
    check_audience(asking.call, audience, asking.partner.tenant_id, is_for_user=False)
    now, lifetime = call.now, call.settings.number("token_lifetime_seconds")
    claims = app_only_claims(
        tenant_id=asking.partner.tenant_id,
        client_id=asking.application.client_id,
        object_id=asking.application.object_id,
        audience=issued_audience(audience, version),
        now=now,
        version=version,
        lifetime=lifetime,
        proof=asking.proof,
    )
    return token_answer(
        access_token=sign(claims, call.state.signing_key),
        version=version,
        resource=audience,
        now=now,
        lifetime=lifetime,
    )
