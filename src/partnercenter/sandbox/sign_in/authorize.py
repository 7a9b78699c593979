"""The authorization endpoint: reads an application's request and shows the page on which somebody signs in.

An application that is unknown, and an address that it has not registered, lead to a page and never anywhere else;
client-quirks.md 2.
"""

from __future__ import annotations

from collections.abc import Mapping

from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.identity.authorization_request import (
    AuthorizationRequest,
    parse_authorization_request,
    read_parameters,
    response_mode_of,
)
from partnercenter.sandbox.identity.entra_errors import EntraError, EntraFault
from partnercenter.sandbox.identity.redirect_uris import is_registered
from partnercenter.sandbox.identity.scopes import GRAPH, requested_scope, resource_scope
from partnercenter.sandbox.identity.sign_in_flows import begin
from partnercenter.sandbox.identity.token_request import unknown_application, unknown_tenant
from partnercenter.sandbox.identity.tokens import ProtocolVersion
from partnercenter.sandbox.sign_in.answers import tell
from partnercenter.sandbox.sign_in.flow_forms import new_cookie, show
from partnercenter.sandbox.sign_in.pages import error_page
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.store.applications import Application
from partnercenter.sandbox.wire.message import Response


def version_1(call: SignInCall) -> Response:
    """`/{tenant}/oauth2/authorize`, by GET or by POST."""
    return _authorize(call, 1)


def version_2(call: SignInCall) -> Response:
    """`/{tenant}/oauth2/v2.0/authorize`, by GET or by POST."""
    return _authorize(call, 2)


def asking_application(call: SignInCall, sent: str | None) -> Application | EntraError:
    """The application of a client id, in the tenant of the path; `common` and `organizations` have those of all.

    AADSTS90002 for a tenant that is none, 900144 without a client id, 700016 for one that the tenant does not have.
    """
    partner = call.partner()
    if partner is None and call.tenant.lower() not in {"common", "organizations"}:
        return unknown_tenant(call.tenant)
    if sent is None:
        return EntraFault.MISSING_PARAMETER.about("client_id")
    application = call.state.directory.application(parse_guid(sent) or sent)
    if application is None or (partner is not None and application.tenant_id != partner.tenant_id):
        return unknown_application(sent, call.tenant)
    return application


def unknown_resource(call: SignInCall, scope: str, version: ProtocolVersion) -> EntraError | None:
    """AADSTS500011 for a scope, or a resource, of an API that the sandbox does not have."""
    asked = requested_scope(scope) if version == 2 else resource_scope(scope)
    if isinstance(asked, EntraError):
        return asked
    audiences = call.state.gatekeeper.audiences(call.settings)
    if asked.audience in {"", GRAPH} or audiences.may_be_requested(asked.audience):
        return None
    named = parse_guid(asked.audience.removeprefix("api://"))
    if named is not None and call.state.directory.application(named) is not None:
        return None
    return EntraFault.UNKNOWN_RESOURCE.about(asked.audience, tenant=call.tenant)


def _authorize(call: SignInCall, version: ProtocolVersion) -> Response:
    request = call.request
    sent = request.body.decode("utf-8", "replace") if request.method == "POST" else request.query_string
    parameters = read_parameters(sent)
    if isinstance(parameters, EntraError):
        return error_page(call, parameters)
    application = asking_application(call, parameters.get("client_id"))
    if isinstance(application, EntraError):
        return error_page(call, application)
    redirect_uri = parameters.get("redirect_uri")
    if redirect_uri is None:
        return error_page(call, EntraFault.MISSING_PARAMETER.about("redirect_uri"))
    if not is_registered(application.redirect_uris, redirect_uri):
        refused = EntraFault.UNREGISTERED_REDIRECT.about(redirect_uri, resource=application.client_id)
        return error_page(call, refused)
    asked = _checked(call, parameters, application, version)
    if isinstance(asked, EntraError):
        return tell(call, redirect_uri, response_mode_of(parameters), parameters.get("state"), asked)
    flow, cookie = begin("password", call.now, asked)
    return show(call, flow, cookie=new_cookie(call, flow, cookie))


def _checked(
    call: SignInCall, parameters: Mapping[str, str], application: Application, version: ProtocolVersion
) -> AuthorizationRequest | EntraError:
    """The whole request, or what the application is told at its address."""
    asked = parse_authorization_request(parameters, application.client_id, version)
    if isinstance(asked, EntraError):
        return asked
    unknown = unknown_resource(call, asked.scope, version)
    if unknown is not None:
        return unknown
    needs_challenge = application.is_public and call.settings.flag("public_clients_need_pkce")
    if needs_challenge and asked.code_challenge is None:
        return EntraFault.PKCE_REQUIRED.about()
    return asked if asked.may_ask else EntraFault.LOGIN_REQUIRED.about()
