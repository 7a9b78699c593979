"""Who signs in with a password, on a page or without one."""

from __future__ import annotations

from partnercenter.sandbox.identity.entra_errors import EntraError, EntraRefusedError
from partnercenter.sandbox.identity.passwords import password_matches
from partnercenter.sandbox.identity.user_errors import UserFault
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.store.partner_users import PartnerUser
from partnercenter.sandbox.store.partners import Partner


def unknown_user(partner: Partner) -> EntraError:
    """AADSTS50034; the name is not repeated, as people put the password there by mistake."""
    return UserFault.UNKNOWN_USER.about("{EUII Hidden}", tenant=partner.company_name)


def check_password(call: SignInCall, user: PartnerUser, password: str) -> None:
    """AADSTS50126 for a wrong password, 50053 for any after too many wrong ones in a minute."""
    guesses, now = call.state.guesses, call.now
    if guesses.were_wrong(user.object_id, now) >= call.settings.number("sign_in_tries"):
        raise EntraRefusedError(UserFault.TOO_MANY_GUESSES.about())
    if not password_matches(password, user.password_hash):
        guesses.add_wrong(user.object_id, now)
        raise EntraRefusedError(UserFault.WRONG_PASSWORD.about())
    guesses.was_right(user.object_id)
