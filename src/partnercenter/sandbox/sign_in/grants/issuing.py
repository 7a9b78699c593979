"""The answer of the token endpoint to an application, and to somebody who has signed in; behaviour.md 9.1, 9.2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from partnercenter.sandbox.identity.audiences import issued_audience
from partnercenter.sandbox.identity.entra_errors import EntraRefusedError
from partnercenter.sandbox.identity.grant_errors import GrantFault
from partnercenter.sandbox.identity.scopes import RequestedScope, granted_scope
from partnercenter.sandbox.identity.tokens import (
    app_user_claims,
    client_info,
    id_token_claims,
    sign,
    token_answer,
    user_members,
)
from partnercenter.sandbox.sign_in.grants.asking import Asking
from partnercenter.sandbox.sign_in.still_there import check_still_there
from partnercenter.sandbox.store.partner_users import PartnerUser
from partnercenter.sandbox.store.sign_ins import RefreshToken, add_refresh_token, digest_of

Redeem = Callable[[Connection], None]
Claims = Callable[..., dict[str, Any]]
_MFA: Final = "mfa"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who has signed in, by which methods (`amr`), and what for.

    `kept` is the scope or resource that a refresh token stands for, None to keep what is asked for now.
    """

    user: PartnerUser
    amr: Sequence[str]
    scope: RequestedScope
    kept: str | None = None
    nonce: str | None = None


def token_alone(asking: Asking, audience: str, claims: Claims) -> dict[str, Any]:
    """The answer with an access token for this audience; `claims` makes its content from what all tokens say."""
    call, version = asking.call, asking.request.version
    now, lifetime = call.now, call.settings.number("token_lifetime_seconds")
    content = claims(
        tenant_id=asking.partner.tenant_id,
        client_id=asking.application.client_id,
        audience=issued_audience(audience, version),
        now=now,
        version=version,
        lifetime=lifetime,
        proof=asking.proof,
    )
    return token_answer(
        access_token=sign(content, call.state.signing_key),
        version=version,
        resource=audience,
        now=now,
        lifetime=lifetime,
    )


def user_answer(asking: Asking, signed_in: SignedIn, redeem: Redeem | None = None) -> dict[str, Any]:
    """The tokens of somebody who has signed in.

    `redeem` is carried out in the write that keeps the new refresh token, and refuses by raising. AADSTS50076 for a
    sign-in without a second factor, when the setting wants one.
    """
    if asking.call.settings.flag("sign_in_requires_mfa") and _MFA not in signed_in.amr:
        raise EntraRefusedError(GrantFault.MFA_REQUIRED.about(resource=signed_in.scope.audience))
    refresh_token = asking.call.state.nature.ids.bearer_text() if signed_in.scope.offline else None
    _keep(asking, signed_in, refresh_token, redeem)
    scope = granted_scope(signed_in.scope) if asking.request.version == 2 else "user_impersonation"
    user = signed_in.user
    claims = partial(
        app_user_claims,
        object_id=user.object_id,
        upn=user.user_principal_name,
        name=user.display_name,
        amr=signed_in.amr,
    )
    return token_alone(asking, signed_in.scope.audience, claims) | user_members(
        scope=scope,
        refresh_token=refresh_token,
        id_token=_id_token(asking, signed_in) if signed_in.scope.openid else None,
        info=_client_info(asking, user),
    )


def _keep(asking: Asking, signed_in: SignedIn, refresh_token: str | None, redeem: Redeem | None) -> None:
    if redeem is None and refresh_token is None:
        return

    client_id, user_id = asking.application.client_id, signed_in.user.object_id

    def written(connection: Connection) -> None:
        check_still_there(asking.call, connection, client_id, user_id)
        if redeem is not None:
            redeem(connection)
        if refresh_token is not None:
            add_refresh_token(connection, _refresh_token_row(asking, signed_in, refresh_token))

    asking.call.write(written)


def _refresh_token_row(asking: Asking, signed_in: SignedIn, refresh_token: str) -> RefreshToken:
    now, form = asking.micros, asking.request.form
    asked = form.get("resource") if asking.request.version == 1 else form.get("scope")
    lifetime = asking.call.settings.number("refresh_token_lifetime_seconds")
    return RefreshToken(
        token_hash=digest_of(refresh_token),
        client_id=asking.application.client_id,
        user_id=signed_in.user.object_id,
        scope=signed_in.kept or asked or signed_in.scope.audience,
        amr=" ".join(signed_in.amr),
        created_at=now,
        expires_at=now + lifetime * 1_000_000,
    )


def _id_token(asking: Asking, signed_in: SignedIn) -> str:
    claims = id_token_claims(
        tenant_id=asking.partner.tenant_id,
        client_id=asking.application.client_id,
        object_id=signed_in.user.object_id,
        upn=signed_in.user.user_principal_name,
        name=signed_in.user.display_name,
        now=asking.call.now,
        version=asking.request.version,
        lifetime=asking.call.settings.number("token_lifetime_seconds"),
        nonce=signed_in.nonce,
    )
    return sign(claims, asking.call.state.signing_key)


def _client_info(asking: Asking, user: PartnerUser) -> str | None:
    if asking.request.form.get("client_info") != "1":
        return None
    return client_info(user.object_id, user.tenant_id)
