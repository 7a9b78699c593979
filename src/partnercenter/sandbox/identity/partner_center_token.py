"""The claims of a token that Partner Center gives out for one of Entra; behaviour.md 9.1.

Callers must not look into it. It says what the token said that was exchanged, so it opens what that one opened, and
ends with it. `verification` knows it by its issuer.
"""

from __future__ import annotations

from typing import Any

from partnercenter.contract.clouds import PARTNER_CENTER_AUDIENCE
from partnercenter.sandbox.identity.tokens import PARTNER_CENTER_ISSUER, app_only_claims, app_user_claims
from partnercenter.sandbox.identity.verification import VerifiedToken


def partner_center_claims(token: VerifiedToken, now: float) -> dict[str, Any]:
    """The claims that take the place of those of a verified token of Entra; `now` is in unix seconds."""
    shared: dict[str, Any] = {
        "tenant_id": token.tenant_id,
        "client_id": token.client_id,
        "object_id": token.object_id,
        "audience": PARTNER_CENTER_AUDIENCE,
        "now": now,
        "roles": token.roles,
    }
    if token.kind == "app":
        claims = app_only_claims(**shared)
    else:
        amr = ("pwd", "mfa") if token.has_mfa else ("pwd",)
        claims = app_user_claims(**shared, upn=token.upn or "", name=token.name or "", amr=amr)
    return claims | {"iss": PARTNER_CENTER_ISSUER, "exp": int(token.expires_at)}
