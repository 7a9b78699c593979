"""The forms of a sign-in: each step checks what was typed and leads to the next page, or back to the application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from partnercenter.sandbox.identity.entra_errors import EntraError, EntraFault
from partnercenter.sandbox.identity.passwords import password_matches
from partnercenter.sandbox.identity.sign_in_flows import Flow, Step
from partnercenter.sandbox.identity.user_codes import typed_user_code
from partnercenter.sandbox.sign_in.answers import give_code, tell
from partnercenter.sandbox.sign_in.flow_forms import Asker, find_asker, show, take_back, waiting_device
from partnercenter.sandbox.sign_in.pages import error_page, page
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.store.partner_users import PartnerUser, find_partner_user_named
from partnercenter.sandbox.store.sign_ins import decide_device_code
from partnercenter.sandbox.wire.message import Response

Form = Mapping[str, str]
_CODES: Final = "user codes"


def login(call: SignInCall) -> Response:
    """`POST /common/login`: the form of whichever page was shown."""
    sent = take_back(call)
    if isinstance(sent, EntraError):
        return error_page(call, sent)
    flow, form = sent
    return _STEPS[flow.step](call, flow, form)


def _user_code_step(call: SignInCall, flow: Flow, form: Form) -> Response:
    guesses, now = call.state.guesses, call.now
    if guesses.were_wrong(_CODES, now) >= call.settings.number("sign_in_tries"):
        return show(call, flow, problem=EntraFault.TOO_MANY_GUESSES.about())
    code = typed_user_code(form.get("user_code", ""))
    device = EntraFault.BAD_USER_CODE.about() if code is None else waiting_device(call, code)
    if isinstance(device, EntraError):
        guesses.add_wrong(_CODES, now)
        return show(call, flow, problem=device)
    return show(call, flow.at("password", user_code=code))


def _password_step(call: SignInCall, flow: Flow, form: Form) -> Response:
    if form.get("answer") == "cancel":
        return _end_without(call, flow, EntraFault.SIGN_IN_CANCELLED.about())
    asker = find_asker(call, flow)
    if isinstance(asker, EntraError):
        return error_page(call, asker)
    if flow.tries >= call.settings.number("sign_in_tries"):
        return error_page(call, EntraFault.TOO_MANY_GUESSES.about())
    name = form.get("username", "").strip()
    user = _user(call, asker, name, form.get("password", ""))
    if isinstance(user, EntraError):
        return show(call, flow.after_a_try(), problem=user, username=name)
    if user.has_mfa:
        return show(call, flow.at("second_factor", user_id=user.object_id, amr="pwd"))
    return _signed_in(call, flow.at("device", user_id=user.object_id, amr="pwd"))


def _second_factor_step(call: SignInCall, flow: Flow, form: Form) -> Response:
    match form.get("answer"):
        case "approve":
            return _signed_in(call, flow.at("device", amr="pwd mfa"))
        case "deny":
            return _end_without(call, flow, EntraFault.SECOND_FACTOR_DENIED.about())
        case _:
            return show(call, flow)


def _device_step(call: SignInCall, flow: Flow, form: Form) -> Response:
    answer = form.get("answer")
    if answer not in {"approve", "decline"}:
        return show(call, flow)
    user = _present_user(call, flow)
    device = waiting_device(call, flow.user_code or "")
    if isinstance(user, EntraError):
        return error_page(call, user)
    if isinstance(device, EntraError):
        return error_page(call, device)
    approved = answer == "approve"
    decided = call.state.database.write(
        lambda connection: decide_device_code(
            connection,
            device.device_code_hash,
            "approved" if approved else "declined",
            user.object_id if approved else None,
            flow.amr,
        )
    ).result()
    if not decided:
        return error_page(call, EntraFault.EXPIRED_USER_CODE.about())
    return page("ended", approved=approved)


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
    user = _present_user(call, flow)
    if isinstance(user, EntraError):
        return error_page(call, user)
    return give_code(call, flow, flow.request, user.object_id)


def _end_without(call: SignInCall, flow: Flow, error: EntraError) -> Response:
    if flow.request is None:
        return error_page(call, error)
    asked = flow.request
    return tell(call, asked.redirect_uri, asked.response_mode, asked.state, error)


def _user(call: SignInCall, asker: Asker, name: str, password: str) -> PartnerUser | EntraError:
    """The user of a name and a password in the tenant of the application, or Entra's reason why not."""
    guesses, now = call.state.guesses, call.now
    user = call.state.database.read(lambda connection: find_partner_user_named(connection, name))
    if user is None:
        return EntraFault.UNKNOWN_USER.about(name, tenant=asker.partner.company_name)
    if guesses.were_wrong(user.object_id, now) >= call.settings.number("sign_in_tries"):
        return EntraFault.TOO_MANY_GUESSES.about()
    if not password_matches(password, user.password_hash):
        guesses.add_wrong(user.object_id, now)
        return EntraFault.WRONG_PASSWORD.about()
    guesses.was_right(user.object_id)
    if user.tenant_id != asker.partner.tenant_id:
        tenant, application = asker.partner.company_name, asker.application.client_id
        return EntraFault.FOREIGN_USER.about(name, tenant=tenant, resource=application)
    return user if user.is_enabled else EntraFault.DISABLED_USER.about()


def _present_user(call: SignInCall, flow: Flow) -> PartnerUser | EntraError:
    """The user who has given the password, if still there and enabled."""
    user = call.state.directory.user(flow.user_id or "")
    return user if user is not None and user.is_enabled else EntraFault.DISABLED_USER.about()
