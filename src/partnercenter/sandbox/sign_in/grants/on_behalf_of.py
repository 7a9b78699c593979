"""An application that passes on the user of a token it was given; client-quirks.md 2 "on-behalf-of"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from partnercenter.sandbox.identity.audiences import audiences_of_application
from partnercenter.sandbox.identity.entra_errors import EntraFault, EntraRefusedError
from partnercenter.sandbox.identity.grant_errors import GrantFault
from partnercenter.sandbox.identity.verification import TokenDefect, VerifiedToken, verify_token
from partnercenter.sandbox.sign_in.grants.asking import Asking
from partnercenter.sandbox.sign_in.grants.issuing import SignedIn, user_answer

_FAULTS: Final[Mapping[TokenDefect, GrantFault]] = {
    TokenDefect.UNKNOWN_KEY: GrantFault.ASSERTION_SIGNATURE,
    TokenDefect.BAD_SIGNATURE: GrantFault.ASSERTION_SIGNATURE,
    TokenDefect.NOT_YET_VALID: GrantFault.ASSERTION_OUT_OF_TIME,
    TokenDefect.EXPIRED: GrantFault.ASSERTION_OUT_OF_TIME,
    TokenDefect.RETIRED_AUDIENCE: GrantFault.ASSERTION_AUDIENCE,
    TokenDefect.WRONG_AUDIENCE: GrantFault.ASSERTION_AUDIENCE,
}


def grant(asking: Asking) -> dict[str, Any]:
    """The tokens of the user in an access token for this application, with the methods of that sign-in."""
    assertion = asking.required("assertion")
    if asking.required("requested_token_use") != "on_behalf_of":
        raise EntraRefusedError(
            EntraFault.MALFORMED_REQUEST.about("The 'requested_token_use' must be 'on_behalf_of'.")
        )
    token = _verified(asking, assertion)
    amr = ("pwd", "mfa") if token.has_mfa else ("pwd",)
    return user_answer(asking, SignedIn(asking.user(token.object_id), amr, asking.scope()))


def _verified(asking: Asking, assertion: str) -> VerifiedToken:
    client_id = asking.application.client_id
    token = verify_token(
        assertion,
        keys=asking.call.state.keys,
        audiences=audiences_of_application(client_id),
        now=asking.call.now,
    )
    if isinstance(token, TokenDefect):
        raise EntraRefusedError(_FAULTS.get(token, GrantFault.MALFORMED_ASSERTION).about(client_id))
    if token.tenant_id != asking.partner.tenant_id:
        raise EntraRefusedError(GrantFault.OF_ANOTHER_TENANT.about())
    if token.kind == "app":
        raise EntraRefusedError(GrantFault.ASSERTION_WITHOUT_USER.about(client_id))
    return token
