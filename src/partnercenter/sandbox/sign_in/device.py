"""Device codes: what a device without a browser asks for, and the page on which its short code is typed; RFC 8628."""

from __future__ import annotations

import secrets
from typing import Final

from sqlalchemy import Connection

from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.identity.authorization_request import read_parameters
from partnercenter.sandbox.identity.entra_errors import EntraRefusedError, granted
from partnercenter.sandbox.identity.grant_errors import ClientFault
from partnercenter.sandbox.identity.sign_in_flows import begin
from partnercenter.sandbox.identity.tokens import ProtocolVersion
from partnercenter.sandbox.identity.user_codes import device_message, new_user_code
from partnercenter.sandbox.sign_in.authorize import check_scope, required
from partnercenter.sandbox.sign_in.clients import find_client
from partnercenter.sandbox.sign_in.flow_forms import new_cookie, show
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.sign_in.still_there import check_still_there
from partnercenter.sandbox.store.sign_ins import DeviceCode, add_device_code, digest_of, find_user_code
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.wire.message import Response

PAGE_ADDRESS: Final = "/devicelogin"
_CODE_BYTES: Final = 48


def version_1(call: SignInCall) -> Response:
    """`POST /{tenant}/oauth2/devicecode`: `verification_url`, and numbers as texts."""
    return _new_code(call, 1)


def version_2(call: SignInCall) -> Response:
    """`POST /{tenant}/oauth2/v2.0/devicecode`: `verification_uri`, and numbers."""
    return _new_code(call, 2)


def code_page(call: SignInCall) -> Response:
    """The page that asks for the code that a device shows."""
    flow, cookie = begin("user_code", call.now)
    return show(call, flow, cookie=new_cookie(call, flow, cookie))


def _new_code(call: SignInCall, version: ProtocolVersion) -> Response:
    device_code = secrets.token_urlsafe(_CODE_BYTES)
    try:
        client_id, scope = _asked(call, version)
        user_code = _keep(call, device_code, client_id, scope)
    except EntraRefusedError as refusal:
        return call.refusal(refusal.error)
    address = call.request.origin + PAGE_ADDRESS
    lifetime = call.settings.number("device_code_lifetime_seconds")
    interval = call.settings.number("device_code_interval_seconds")
    return call.answer(
        {
            "user_code": user_code,
            "device_code": device_code,
            "verification_uri" if version == 2 else "verification_url": address,
            "expires_in": lifetime if version == 2 else str(lifetime),
            "interval": interval if version == 2 else str(interval),
            "message": device_message(address, user_code),
        }
    )


def _asked(call: SignInCall, version: ProtocolVersion) -> tuple[str, str]:
    """Client id and scope of a request for a device code; AADSTS7000218 for an application that is not public."""
    form = granted(read_parameters(call.request.body.decode("utf-8", "replace")))
    client_id = required(form, "client_id")
    _, application = find_client(call, parse_guid(client_id) or client_id)
    scope = required(form, "scope" if version == 2 else "resource")
    check_scope(call, scope, application, version)
    if not application.is_public:
        raise EntraRefusedError(ClientFault.MISSING_PROOF.about())
    return application.client_id, scope


def _keep(call: SignInCall, device_code: str, client_id: str, scope: str) -> str:
    """Keep a device code by its digest; returns the user code that leads to it.

    Refuses when the application is not there any more.
    """
    now = to_micros(call.state.nature.real.now())
    lifetime = call.settings.number("device_code_lifetime_seconds") * 1_000_000

    def add(connection: Connection) -> str:
        check_still_there(call, connection, client_id)
        user_code = new_user_code()
        while find_user_code(connection, user_code) is not None:
            user_code = new_user_code()
        code = DeviceCode(
            device_code_hash=digest_of(device_code),
            user_code=user_code,
            client_id=client_id,
            scope=scope,
            state="pending",
            user_id=None,
            amr="",
            created_at=now,
            expires_at=now + lifetime,
        )
        add_device_code(connection, code)
        return user_code

    return call.write(add)
