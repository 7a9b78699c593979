"""A request for a token, with who asks; and what every grant asks of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from partnercenter.sandbox.identity.entra_errors import EntraFault, EntraRefusedError, granted
from partnercenter.sandbox.identity.grant_errors import GrantFault
from partnercenter.sandbox.identity.scopes import RequestedScope, kept_scope
from partnercenter.sandbox.identity.token_request import TokenRequest, asked_scope
from partnercenter.sandbox.identity.tokens import ClientProof
from partnercenter.sandbox.identity.user_errors import UserFault
from partnercenter.sandbox.sign_in.resources import check_audience
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.sign_in.users import unknown_user
from partnercenter.sandbox.store.applications import Application
from partnercenter.sandbox.store.partner_users import PartnerUser
from partnercenter.sandbox.store.partners import Partner
from partnercenter.sandbox.store.times import to_micros


@dataclass(frozen=True, slots=True)
class Asking:
    """A request of an application that has proved who it is, in its tenant."""

    call: SignInCall
    request: TokenRequest
    partner: Partner
    application: Application
    proof: ClientProof

    @property
    def micros(self) -> int:
        """The machine's time as the tables keep it."""
        return to_micros(self.call.state.nature.real.now())

    def required(self, *names: str) -> str:
        """A parameter by the first of its names that was sent; AADSTS900144 names the last one when none was."""
        form = self.request.form
        sent = next((name for name in names if name in form), None)
        if sent is None:
            raise EntraRefusedError(EntraFault.MISSING_PARAMETER.about(names[-1]))
        return form[sent]

    def user(self, object_id: str) -> PartnerUser:
        """The user of this tenant that signs in; refuses one that is gone, disabled, or of another tenant."""
        user = self.call.state.directory.user(object_id)
        if user is None:
            raise EntraRefusedError(unknown_user(self.partner))
        if user.tenant_id != self.partner.tenant_id:
            raise EntraRefusedError(GrantFault.OF_ANOTHER_TENANT.about())
        if not user.is_enabled:
            raise EntraRefusedError(UserFault.DISABLED_USER.about())
        return user

    def scope(self, kept: str | None = None) -> RequestedScope:
        """What a user's token is for: what is asked now, or what was when the user signed in.

        Whether an id token and a refresh token come along was decided at the sign-in, where there was one.
        """
        now = asked_scope(self.request)
        asked = None if now is None else granted(now)
        before = None if kept is None else granted(kept_scope(kept))
        if before is None or not before.audience:
            found = asked or before
        elif asked is None or (self.request.version == 2 and not asked.scopes):
            found = before
        else:
            found = replace(asked, openid=asked.openid or before.openid, offline=before.offline)
        if found is None or not found.audience:
            raise EntraRefusedError(
                EntraFault.MISSING_PARAMETER.about("resource" if self.request.version == 1 else "scope")
            )
        check_audience(self.call, found.audience, self.partner.tenant_id, is_for_user=True)
        return found
