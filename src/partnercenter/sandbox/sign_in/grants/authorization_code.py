"""A code that the authorization page has sent to an application; behaviour.md 9.1 "App+user, first time"."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from partnercenter.sandbox.identity.entra_errors import EntraRefusedError
from partnercenter.sandbox.identity.grant_errors import GrantFault
from partnercenter.sandbox.identity.pkce import verifier_fits
from partnercenter.sandbox.sign_in.grants.asking import Asking
from partnercenter.sandbox.sign_in.grants.issuing import SignedIn, user_answer
from partnercenter.sandbox.store.sign_ins import (
    AuthorizationCode,
    find_authorization_code,
    redeem_authorization_code,
)


def grant(asking: Asking) -> dict[str, Any]:
    """The tokens of who has signed in on the page: once, for the application and the address that asked."""
    text, redirect_uri = asking.required("code"), asking.required("redirect_uri")
    code = asking.call.state.database.read(lambda connection: find_authorization_code(connection, text))
    if code is None:
        raise EntraRefusedError(GrantFault.MALFORMED_GRANT.about("code"))
    _check(asking, code, redirect_uri)
    user = asking.user(code.user_id)
    signed_in = SignedIn(user, code.amr.split(), asking.scope(code.scope), code.scope, code.nonce)
    code_hash, now = code.code_hash, asking.micros

    def redeem(connection: Connection) -> None:
        if not redeem_authorization_code(connection, code_hash, now):
            raise EntraRefusedError(GrantFault.CODE_REDEEMED.about())

    return user_answer(asking, signed_in, redeem)


def _check(asking: Asking, code: AuthorizationCode, redirect_uri: str) -> None:
    verifier = asking.request.form.get("code_verifier")
    if code.client_id != asking.application.client_id:
        raise EntraRefusedError(GrantFault.OF_ANOTHER_CLIENT.about())
    if code.redeemed_at is not None:
        raise EntraRefusedError(GrantFault.CODE_REDEEMED.about())
    if code.expires_at <= asking.micros:
        raise EntraRefusedError(GrantFault.CODE_EXPIRED.about())
    if code.redirect_uri != redirect_uri:
        raise EntraRefusedError(GrantFault.WRONG_REPLY_ADDRESS.about())
    if not verifier_fits(verifier, code.code_challenge, code.code_challenge_method):
        raise EntraRefusedError(GrantFault.WRONG_VERIFIER.about())
