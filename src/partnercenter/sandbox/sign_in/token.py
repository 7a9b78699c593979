"""The token endpoints: who asks, and which grant answers."""

from __future__ import annotations

from typing import Any

from partnercenter.sandbox.identity.entra_errors import EntraRefusedError, granted
from partnercenter.sandbox.identity.token_request import CLIENT_CREDENTIALS, parse_token_request
from partnercenter.sandbox.identity.tokens import ProtocolVersion
from partnercenter.sandbox.sign_in.clients import check_client, find_client
from partnercenter.sandbox.sign_in.grants import GRANTS
from partnercenter.sandbox.sign_in.grants.asking import Asking
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.wire.message import Response


def version_1(call: SignInCall) -> Response:
    """`POST /{tenant}/oauth2/token`."""
    return _token(call, 1)


def version_2(call: SignInCall) -> Response:
    """`POST /{tenant}/oauth2/v2.0/token`."""
    return _token(call, 2)


def _token(call: SignInCall, version: ProtocolVersion) -> Response:
    try:
        return call.answer(_granted(call, version))
    except EntraRefusedError as refusal:
        return call.refusal(refusal.error)


def _granted(call: SignInCall, version: ProtocolVersion) -> dict[str, Any]:
    headers = call.request.headers
    request = granted(
        parse_token_request(
            call.request.body, headers.get("content-type"), headers.get("authorization"), version
        )
    )
    partner, application = find_client(
        call, request.client_id, without_user=request.grant == CLIENT_CREDENTIALS
    )
    proof = check_client(call, request, partner, application)
    return GRANTS[request.grant](Asking(call, request, partner, application, proof))
