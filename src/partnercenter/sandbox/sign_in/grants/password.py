"""A user's name and password, without a page; Entra refuses it to whoever needs a second factor; behaviour.md 9.1."""

from __future__ import annotations

from typing import Any

from partnercenter.sandbox.identity.entra_errors import EntraRefusedError
from partnercenter.sandbox.identity.grant_errors import GrantFault
from partnercenter.sandbox.identity.user_errors import UserFault
from partnercenter.sandbox.sign_in.grants.asking import Asking
from partnercenter.sandbox.sign_in.grants.issuing import SignedIn, user_answer
from partnercenter.sandbox.sign_in.users import check_password, unknown_user
from partnercenter.sandbox.store.partner_users import find_partner_user_named


def grant(asking: Asking) -> dict[str, Any]:
    """Tokens for a user who has no second factor; they do not say `mfa`."""
    name, password = asking.required("username").strip(), asking.required("password")
    scope, state = asking.scope(), asking.call.state
    user = state.database.read(lambda connection: find_partner_user_named(connection, name))
    if user is None or user.tenant_id != asking.partner.tenant_id:
        raise EntraRefusedError(unknown_user(asking.partner))
    if not user.is_enabled:
        raise EntraRefusedError(UserFault.DISABLED_USER.about())
    check_password(asking.call, user, password)
    if user.has_mfa:
        raise EntraRefusedError(GrantFault.MFA_REQUIRED.about(resource=scope.audience))
    return user_answer(asking, SignedIn(user, ("pwd",), scope))
