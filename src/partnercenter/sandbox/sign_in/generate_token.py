"""The exchange of a token of Entra for one of Partner Center; behaviour.md 9.1.

Nothing needs it today, and clients of that time still ask for it. It is part of Partner Center's address and answers
with its faults and headers; which tokens are good is decided as for every call. Assumed are the form of the answer,
which clients do not read (`generatetoken_expires_in`), and that the token given out has the end and, but for licences
(`partner_token_manages_licenses`), the rights of the one it was given for.
"""

from __future__ import annotations

import json
import time
from typing import Final
from urllib.parse import parse_qs

from partnercenter.sandbox.caller import defect_fault
from partnercenter.sandbox.finish import finish, trace_ids
from partnercenter.sandbox.identity.audiences import is_retired
from partnercenter.sandbox.identity.partner_center_token import partner_center_claims
from partnercenter.sandbox.identity.tokens import sign
from partnercenter.sandbox.identity.verification import TokenDefect, VerifiedToken
from partnercenter.sandbox.request_log import Exchange
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.wire.fault import Fault, gateway_fault, setting_fault
from partnercenter.sandbox.wire.message import Response

_GRANT: Final = "jwt_token"


def unversioned(call: SignInCall) -> Response:
    """`POST /generatetoken`, for every audience that the API takes."""
    is_served = call.settings.flag("unversioned_generatetoken")
    return _generate(call, is_served=is_served, takes_retired=True)


def version_3(call: SignInCall) -> Response:
    """`POST /v3/generatetoken`, for the audience of Partner Center alone."""
    return _generate(call, is_served=True, takes_retired=False)


def _generate(call: SignInCall, *, is_served: bool, takes_retired: bool) -> Response:
    request, settings, nature = call.request, call.settings, call.state.nature
    ids = trace_ids(request, settings, nature)
    exchange = Exchange(request, settings, *ids, nature.clock.now(), time.perf_counter())
    try:
        if not is_served:
            raise gateway_fault(404, "Resource not found")
        exchange.token = call.state.gatekeeper.token(request.headers.get("authorization"), settings, call.now)
        response = _exchanged(call, exchange.token, takes_retired=takes_retired)
    except Fault as refused:
        response = refused.response
    call.state.requests.add(exchange, response)
    return finish(response, request, settings, *ids, nature, exchange.token)


def _exchanged(call: SignInCall, token: VerifiedToken, *, takes_retired: bool) -> Response:
    settings = call.settings
    if token.is_exchanged:
        raise defect_fault(TokenDefect.WRONG_ISSUER, settings)
    if is_retired(token.audience) and not takes_retired:
        raise defect_fault(TokenDefect.RETIRED_AUDIENCE, settings)
    call.state.gatekeeper.partner(token, settings)
    if _grant_type(call.request.body) != _GRANT:
        raise setting_fault(settings, "fault_malformed_body", f"The body must say grant_type={_GRANT}.")
    given = sign(partner_center_claims(token, call.now), call.state.signing_key)
    seconds = max(0, int(token.expires_at - call.now))
    lifetime = str(seconds) if settings.text("generatetoken_expires_in") == "text" else seconds
    return call.answer({"access_token": given, "token_type": "Bearer", "expires_in": lifetime})


def _grant_type(body: bytes) -> str | None:
    """The grant type out of a form, or out of a form that is written as a JSON text (client-quirks.md 2)."""
    text = body.decode("utf-8-sig", "replace").strip()
    if text.startswith('"'):
        try:
            text = json.loads(text)
        except ValueError:
            return None
    return parse_qs(text).get("grant_type", [None])[0]
