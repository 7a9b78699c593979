"""The forms of a sign-in: each step checks what was typed and leads to the next page, or back to the application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import Connection

from partnercenter.sandbox.identity.entra_errors import EntraError, EntraRefusedError
from partnercenter.sandbox.identity.page_errors import PageFault
from partnercenter.sandbox.identity.sign_in_flows import Flow, Step
from partnercenter.sandbox.identity.user_codes import typed_user_code
from partnercenter.sandbox.identity.user_errors import UserFault
from partnercenter.sandbox.sign_in.answers import give_code, tell
from partnercenter.sandbox.sign_in.flow_forms import Asker, ended, find_asker, show, take_back, waiting_device
from partnercenter.sandbox.sign_in.pages import error_page, page
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.sign_in.still_there import check_still_there
from partnercenter.sandbox.sign_in.users import check_password, unknown_user
from partnercenter.sandbox.store.partner_users import PartnerUser, find_partner_user_named
from partnercenter.sandbox.store.sign_ins import decide_device_code
from partnercenter.sandbox.wire.message import Response

Form = Mapping[str, str]
_CODES: Final = "user codes"


def login(call: SignInCall) -> Response:
    """`POST /common/login`: the form of whichever page was shown."""
    try:
        flow, form = take_back(call)
        return _STEPS[flow.step](call, flow, form)
    except EntraRefusedError as refusal:
        return error_page(call, refusal.error)


def _user_code_step(call: SignInCall, flow: Flow, form: Form) -> Response:
    guesses, now = call.state.guesses, call.now
    if guesses.were_wrong(_CODES, now) >= call.settings.number("sign_in_tries"):
        return show(call, flow, problem=UserFault.TOO_MANY_GUESSES.about())
    code = typed_user_code(form.get("user_code", ""))
    try:
        waiting_device(call, code or "")
    except EntraRefusedError as refusal:
        guesses.add_wrong(_CODES, now)
        return show(call, flow, problem=refusal.error)
    return show(call, flow.at("password", user_code=code))


def _password_step(call: SignInCall, flow: Flow, form: Form) -> Response:
    if form.get("answer") == "cancel":
        return _end_without(call, flow, PageFault.SIGN_IN_CANCELLED.about())
    asker = find_asker(call, flow)
    if flow.tries >= call.settings.number("sign_in_tries"):
        raise EntraRefusedError(UserFault.TOO_MANY_GUESSES.about())
    name = form.get("username", "").strip()
    try:
        user = _user(call, asker, name, form.get("password", ""))
    except EntraRefusedError as refusal:
        return show(call, flow.after_a_try(), problem=refusal.error, username=name)
    if user.has_mfa:
        return show(call, flow.at("second_factor", user_id=user.object_id, amr="pwd"))
    return _signed_in(call, flow.at("device", user_id=user.object_id, amr="pwd"))


def _second_factor_step(call: SignInCall, flow: Flow, form: Form) -> Response:
    match form.get("answer"):
        case "approve":
            return _signed_in(call, flow.at("device", amr="pwd mfa"))
        case "deny":
            return _end_without(call, flow, PageFault.SECOND_FACTOR_DENIED.about())
        case _:
            return show(call, flow)


def _device_step(call: SignInCall, flow: Flow, form: Form) -> Response:
    answer = form.get("answer")
    if answer not in {"approve", "decline"}:
        return show(call, flow)
    user, device = _present_user(call, flow), waiting_device(call, flow.user_code or "")
    approved = answer == "approve"

    def decide(connection: Connection) -> bool:
        check_still_there(call, connection, device.client_id, user.object_id)
        return decide_device_code(
            connection,
            device.device_code_hash,
            "approved" if approved else "declined",
            user.object_id if approved else None,
            flow.amr,
        )

    if not call.write(decide):
        raise EntraRefusedError(PageFault.EXPIRED_USER_CODE.about())
    return ended(call, flow, page("ended", approved=approved))


_STEPS: Final[Mapping[Step, Callable[[SignInCall, Flow, Form], Response]]] = {
    "user_code": _user_code_step,
    "password": _password_step,
    "second_factor": _second_factor_step,
    "device": _device_step,
}


def _signed_in(call: SignInCall, flow: Flow) -> Response:
    """What follows when every factor was right: the code, or the question whether it was meant for that device."""
    if flow.request is None:
        return show(call, flow)
    return ended(call, flow, give_code(call, flow, flow.request, _present_user(call, flow).object_id))


def _end_without(call: SignInCall, flow: Flow, error: EntraError) -> Response:
    if flow.request is None:
        raise EntraRefusedError(error)
    asked = flow.request
    return ended(call, flow, tell(call, asked.redirect_uri, asked.response_mode, asked.state, error))


def _user(call: SignInCall, asker: Asker, name: str, password: str) -> PartnerUser:
    """The user of a name and a password in the tenant of the application; refuses with Entra's reason why not."""
    user = call.state.database.read(lambda connection: find_partner_user_named(connection, name))
    if user is None:
        raise EntraRefusedError(unknown_user(asker.partner))
    check_password(call, user, password)
    if user.tenant_id != asker.partner.tenant_id:
        tenant, application = asker.partner.company_name, asker.application.client_id
        raise EntraRefusedError(UserFault.FOREIGN_USER.about(name, tenant=tenant, resource=application))
    if not user.is_enabled:
        raise EntraRefusedError(UserFault.DISABLED_USER.about())
    if not user.has_mfa and call.settings.flag("sign_in_requires_mfa"):
        raise EntraRefusedError(UserFault.MFA_ENROLMENT_REQUIRED.about())
    return user


def _present_user(call: SignInCall, flow: Flow) -> PartnerUser:
    """The user who has given the password, if still there and enabled."""
    user = call.state.directory.user(flow.user_id or "")
    if user is None or not user.is_enabled:
        raise EntraRefusedError(UserFault.DISABLED_USER.about())
    return user
