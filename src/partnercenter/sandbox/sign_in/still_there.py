"""Whether those who sign in are still there when what they get is written; before that, `clients` and `users` look.

A row is for an application and a user. Whoever removes or disables one of them in between is faster: nothing is
given out.
"""

from __future__ import annotations

from sqlalchemy import Connection

from partnercenter.sandbox.identity.entra_errors import EntraRefusedError
from partnercenter.sandbox.identity.token_request import unknown_application
from partnercenter.sandbox.identity.user_errors import UserFault
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.store.applications import find_application
from partnercenter.sandbox.store.partner_users import find_partner_user


def check_still_there(
    call: SignInCall, connection: Connection, client_id: str, user_id: str | None = None
) -> None:
    """Inside of a write: AADSTS700016 without the application, 50057 without the user, or for a disabled one."""
    if find_application(connection, client_id) is None:
        raise EntraRefusedError(unknown_application(client_id, call.tenant))
    if user_id is None:
        return
    user = find_partner_user(connection, user_id)
    if user is None or not user.is_enabled:
        raise EntraRefusedError(UserFault.DISABLED_USER.about())
