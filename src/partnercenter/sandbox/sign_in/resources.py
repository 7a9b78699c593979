"""Which APIs somebody may ask a token for: Partner Center's, and those that are applications of the tenant."""

from __future__ import annotations

from partnercenter.sandbox.identity.audiences import application_of, normal_audience
from partnercenter.sandbox.identity.entra_errors import EntraFault, EntraRefusedError
from partnercenter.sandbox.identity.scopes import GRAPH
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall


def check_audience(call: SignInCall, audience: str, tenant_id: str, *, is_for_user: bool) -> None:
    """AADSTS500011 for what is neither the API nor an application of this tenant, nor for users Graph."""
    state = call.state
    client_id = application_of(audience)
    application = None if client_id is None else state.directory.application(client_id)
    if not (
        state.gatekeeper.audiences(call.settings).may_be_requested(audience)
        or (application is not None and application.tenant_id == tenant_id)
        or (is_for_user and normal_audience(audience) == GRAPH)
    ):
        raise EntraRefusedError(EntraFault.UNKNOWN_RESOURCE.about(audience, tenant=tenant_id))
