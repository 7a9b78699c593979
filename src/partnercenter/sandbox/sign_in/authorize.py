"""The authorization endpoint: reads an application's request and shows the page on which somebody signs in.

An application that is unknown, and an address that it has not registered, lead to a page and never anywhere else;
client-quirks.md 2.
"""

from __future__ import annotations

from collections.abc import Mapping

from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.identity.authorization_request import (
    LONGEST_REQUEST,
    AuthorizationRequest,
    parse_authorization_request,
    read_parameters,
    response_mode_of,
)
from partnercenter.sandbox.identity.entra_errors import EntraFault, EntraRefusedError, granted
from partnercenter.sandbox.identity.page_errors import PageFault
from partnercenter.sandbox.identity.redirect_uris import is_registered
from partnercenter.sandbox.identity.scopes import requested_scope, resource_scope
from partnercenter.sandbox.identity.sign_in_flows import begin
from partnercenter.sandbox.identity.tokens import ProtocolVersion
from partnercenter.sandbox.sign_in.answers import tell
from partnercenter.sandbox.sign_in.clients import find_client
from partnercenter.sandbox.sign_in.flow_forms import new_cookie, show
from partnercenter.sandbox.sign_in.pages import error_page
from partnercenter.sandbox.sign_in.resources import check_audience
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.store.applications import Application
from partnercenter.sandbox.wire.message import Response


def version_1(call: SignInCall) -> Response:
    """`/{tenant}/oauth2/authorize`, by GET or by POST."""
    return _authorize(call, 1)


def version_2(call: SignInCall) -> Response:
    """`/{tenant}/oauth2/v2.0/authorize`, by GET or by POST."""
    return _authorize(call, 2)


def required(parameters: Mapping[str, str], name: str) -> str:
    """A parameter that must be there; AADSTS900144 when it is not."""
    if name not in parameters:
        raise EntraRefusedError(EntraFault.MISSING_PARAMETER.about(name))
    return parameters[name]


def check_scope(call: SignInCall, scope: str, application: Application, version: ProtocolVersion) -> None:
    """Refuses a scope, or a resource of version 1, that cannot be read or is of an API that there is not."""
    asked = granted(requested_scope(scope)) if version == 2 else resource_scope(scope)
    check_audience(call, asked.audience, application.tenant_id, is_for_user=True)


def _authorize(call: SignInCall, version: ProtocolVersion) -> Response:
    request = call.request
    sent = request.body.decode("utf-8", "replace") if request.method == "POST" else request.query_string
    try:
        parameters = granted(read_parameters(sent, LONGEST_REQUEST))
        client_id = required(parameters, "client_id")
        _, application = find_client(call, parse_guid(client_id) or client_id)
        redirect_uri = required(parameters, "redirect_uri")
        if not is_registered(application.redirect_uris, redirect_uri):
            refused = PageFault.UNREGISTERED_REDIRECT.about(redirect_uri, resource=application.client_id)
            raise EntraRefusedError(refused)
        return _ask_or_tell(call, parameters, application, version)
    except EntraRefusedError as refusal:
        return error_page(call, refusal.error)


def _ask_or_tell(
    call: SignInCall, parameters: Mapping[str, str], application: Application, version: ProtocolVersion
) -> Response:
    """The sign-in page, or what is wrong in a request told to the application at its address."""
    try:
        asked = _checked(call, parameters, application, version)
    except EntraRefusedError as refusal:
        redirect_uri, mode = parameters["redirect_uri"], response_mode_of(parameters)
        return tell(call, redirect_uri, mode, parameters.get("state"), refusal.error)
    flow, cookie = begin("password", call.now, asked)
    return show(call, flow, cookie=new_cookie(call, flow, cookie))


def _checked(
    call: SignInCall, parameters: Mapping[str, str], application: Application, version: ProtocolVersion
) -> AuthorizationRequest:
    """The whole request; refuses one that cannot be answered with a code."""
    asked = granted(parse_authorization_request(parameters, application.client_id, version))
    if asked.scope:
        check_scope(call, asked.scope, application, version)
    needs_challenge = application.is_public and call.settings.flag("public_clients_need_pkce")
    if needs_challenge and asked.code_challenge is None:
        raise EntraRefusedError(PageFault.PKCE_REQUIRED.about())
    if not asked.may_ask:
        raise EntraRefusedError(PageFault.LOGIN_REQUIRED.about())
    return asked
