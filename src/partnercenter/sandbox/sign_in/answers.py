"""What a sign-in ends with: the way back to the application, with a code or with the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from partnercenter.sandbox.identity.authorization_request import AuthorizationRequest
from partnercenter.sandbox.identity.entra_errors import EntraError, EntraRefusedError
from partnercenter.sandbox.identity.page_errors import PageFault
from partnercenter.sandbox.identity.redirect_uris import ResponseMode, answer_address, form_targets
from partnercenter.sandbox.identity.sign_in_flows import Flow, code_of
from partnercenter.sandbox.sign_in.pages import page
from partnercenter.sandbox.sign_in.sign_in_call import NOT_CACHED, SignInCall
from partnercenter.sandbox.sign_in.still_there import check_still_there
from partnercenter.sandbox.store.sign_ins import (
    AuthorizationCode,
    add_authorization_code,
    digest_of,
    find_authorization_code,
)
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.wire.message import Response


def tell(
    call: SignInCall, redirect_uri: str, mode: ResponseMode, state: str | None, error: EntraError
) -> Response:
    """Tell an application at its address why there is no code."""
    body = call.error_body(error)
    answer = {name: body[name] for name in ("error", "error_description", "error_uri")}
    return _send_back(redirect_uri, mode, answer, state)


def give_code(call: SignInCall, flow: Flow, request: AuthorizationRequest, user_id: str) -> Response:
    """Send the browser back with a code, kept by its digest; AADSTS165000 for a second of one sign-in.

    Refuses for whoever is not there any more.
    """
    code = code_of(flow, call.state.page_secret)
    now = to_micros(call.state.nature.real.now())
    kept = AuthorizationCode(
        code_hash=digest_of(code),
        client_id=request.client_id,
        user_id=user_id,
        redirect_uri=request.redirect_uri,
        scope=request.scope,
        code_challenge=request.code_challenge,
        code_challenge_method=request.code_challenge_method,
        nonce=request.nonce,
        amr=flow.amr,
        created_at=now,
        expires_at=now + call.settings.number("authorization_code_lifetime_seconds") * 1_000_000,
    )

    def add(connection: Connection) -> bool:
        check_still_there(call, connection, request.client_id, user_id)
        if find_authorization_code(connection, code) is not None:
            return False
        add_authorization_code(connection, kept)
        return True

    if not call.write(add):
        again = "This sign-in is complete; it cannot be sent again."
        raise EntraRefusedError(PageFault.NOT_THIS_BROWSERS_FORM.about(again))
    answer = {"code": code, "session_state": call.state.nature.ids.guid()}
    return _send_back(request.redirect_uri, request.response_mode, answer, request.state)


def _send_back(
    redirect_uri: str, mode: ResponseMode, answer: Mapping[str, str], state: str | None
) -> Response:
    whole = {**answer, **({} if state is None else {"state": state})}
    if mode == "form_post":
        targets = form_targets(redirect_uri)
        return page("form_post", leads_to=targets, sends_itself=True, address=redirect_uri, answer=whole)
    return Response(
        302,
        headers={
            "Location": answer_address(redirect_uri, mode, whole),
            "Referrer-Policy": "no-referrer",
            **NOT_CACHED,
        },
    )
