"""A refresh token, for a new access token and a new refresh token; behaviour.md 9.1 "App+user, afterwards"."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from partnercenter.sandbox.identity.entra_errors import EntraRefusedError
from partnercenter.sandbox.identity.grant_errors import GrantFault
from partnercenter.sandbox.sign_in.grants.asking import Asking
from partnercenter.sandbox.sign_in.grants.issuing import SignedIn, user_answer
from partnercenter.sandbox.store.sign_ins import RefreshToken, find_refresh_token, redeem_refresh_token
from partnercenter.sandbox.store.times import from_micros


def grant(asking: Asking) -> dict[str, Any]:
    """Tokens for a sign-in of before; for another resource than then, too, when one is named."""
    text, now = asking.required("refresh_token"), asking.micros
    token = asking.call.state.database.read(lambda connection: find_refresh_token(connection, text))
    if token is None:
        raise EntraRefusedError(GrantFault.MALFORMED_GRANT.about("refresh_token"))
    if token.client_id != asking.application.client_id:
        raise EntraRefusedError(GrantFault.OF_ANOTHER_CLIENT.about())
    _check_is_good(token, now)
    user = asking.user(token.user_id)
    signed_in = SignedIn(user, token.amr.split(), asking.scope(token.scope), token.scope)
    may_repeat = asking.call.settings.text("refresh_token_reuse") == "allow"

    def redeem(connection: Connection) -> None:
        # Read again, as it may have been revoked since.
        current = find_refresh_token(connection, text)
        if current is None:
            raise EntraRefusedError(GrantFault.MALFORMED_GRANT.about("refresh_token"))
        _check_is_good(current, now)
        if not redeem_refresh_token(connection, current.token_hash, now) and not may_repeat:
            raise EntraRefusedError(GrantFault.REFRESH_TOKEN_REUSED.about())

    return user_answer(asking, signed_in, redeem)


def _check_is_good(token: RefreshToken, now: int) -> None:
    issued = f"{from_micros(token.created_at):%Y-%m-%dT%H:%M:%S.%fZ}"
    if token.revoked_at is not None:
        raise EntraRefusedError(GrantFault.REFRESH_TOKEN_REVOKED.about(issued))
    if token.expires_at <= now:
        raise EntraRefusedError(GrantFault.REFRESH_TOKEN_EXPIRED.about(issued))
