"""The pages of a sign-in: shown for a flow, and taken back only from the browser that they were shown to.

A form that comes back must carry the sealed flow and the cookie that belongs to it, and must not come from a page of
another site. Each sign-in has a cookie of its own, so that several can be under way in one browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from partnercenter.contract import development_partner
from partnercenter.sandbox.identity.authorization_request import read_parameters
from partnercenter.sandbox.identity.entra_errors import EntraError, EntraRefusedError, granted
from partnercenter.sandbox.identity.page_errors import PageFault
from partnercenter.sandbox.identity.redirect_uris import form_targets
from partnercenter.sandbox.identity.sign_in_flows import LIFETIME_SECONDS, Flow, belongs_to, seal, unseal
from partnercenter.sandbox.identity.token_request import unknown_application
from partnercenter.sandbox.sign_in.pages import page
from partnercenter.sandbox.sign_in.sign_in_call import SignInCall
from partnercenter.sandbox.store.applications import Application
from partnercenter.sandbox.store.partners import Partner
from partnercenter.sandbox.store.sign_ins import DeviceCode, find_user_code
from partnercenter.sandbox.store.times import from_micros, to_micros
from partnercenter.sandbox.wire.message import Response

LOGIN_ADDRESS: Final = "/common/login"
_BEGIN_AGAIN: Final = "Go back to the application, or to the device, and begin again."


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants somebody to sign in, and for what; with `device` it is one that shows a code."""

    application: Application
    partner: Partner
    scope: str
    redirect_uri: str | None = None
    device: DeviceCode | None = None

    @property
    def asked_at(self) -> datetime | None:
        """When a device asked."""
        return None if self.device is None else from_micros(self.device.created_at)


def show(
    call: SignInCall,
    flow: Flow,
    *,
    problem: EntraError | None = None,
    username: str = "",
    cookie: str | None = None,
) -> Response:
    """The page of a flow's step, with what was wrong on the last one; refuses when nobody asks any more."""
    asker = None if flow.step == "user_code" else find_asker(call, flow)
    hint = flow.request.login_hint if flow.request is not None else ""
    user = call.state.directory.user(flow.user_id or "")
    return page(
        flow.step,
        cookie=cookie,
        leads_to=() if flow.request is None else form_targets(flow.request.redirect_uri),
        action=LOGIN_ADDRESS,
        flow=seal(flow, call.state.page_secret),
        asker=asker,
        username=username or hint,
        user_name=user.user_principal_name if user is not None else "",
        problem=None if problem is None else f"AADSTS{problem.code}: {problem.description}",
        well_known=_well_known_user(asker),
        number=_number(flow),
    )


def take_back(call: SignInCall) -> tuple[Flow, dict[str, str]]:
    """The flow and the fields of a form that was sent; AADSTS165000 for one that is not of a page shown here."""
    origin = call.request.headers.get("origin")
    if origin is not None and origin.lower() != call.request.origin.lower():
        raise _not_ours("It comes from a page of another site.")
    form = granted(read_parameters(call.request.body.decode("utf-8", "replace")))
    flow = unseal(form.get("flow", ""), call.state.page_secret, call.now)
    if flow is None:
        raise _not_ours(f"The page has expired, or is not of this sandbox. {_BEGIN_AGAIN}")
    cookie = _cookies(call.request.headers.get("cookie", "")).get(_cookie_name(flow))
    if cookie is None or not belongs_to(flow, cookie):
        raise _not_ours(f"The sign-in was begun in another browser. {_BEGIN_AGAIN}")
    return flow, form


def find_asker(call: SignInCall, flow: Flow) -> Asker:
    """Who asks in a flow; refuses when the application is gone, or the device's code is good no more."""
    if flow.request is not None:
        client_id, scope, redirect_uri = flow.request.client_id, flow.request.scope, flow.request.redirect_uri
        return _asker(call, client_id, scope, redirect_uri=redirect_uri)
    device = waiting_device(call, flow.user_code or "")
    return _asker(call, device.client_id, device.scope, device=device)


def waiting_device(call: SignInCall, user_code: str) -> DeviceCode:
    """The device code that waits behind a user code; AADSTS70018 when there is none, 70019 when it is over."""
    found = call.state.database.read(lambda connection: find_user_code(connection, user_code))
    if found is None:
        raise EntraRefusedError(PageFault.BAD_USER_CODE.about())
    is_over = found.expires_at <= to_micros(call.state.nature.real.now())
    if is_over or found.state != "pending":
        raise EntraRefusedError(PageFault.EXPIRED_USER_CODE.about())
    return found


def new_cookie(call: SignInCall, flow: Flow, value: str) -> str:
    """The header that gives a browser the cookie of a flow, for as long as the flow lasts."""
    return _cookie(call, flow, value, LIFETIME_SECONDS)


def ended(call: SignInCall, flow: Flow, answer: Response) -> Response:
    """The last answer of a flow, with which the browser forgets its cookie."""
    answer.headers["Set-Cookie"] = _cookie(call, flow, "", 0)
    return answer


def _asker(
    call: SignInCall,
    client_id: str,
    scope: str,
    *,
    redirect_uri: str | None = None,
    device: DeviceCode | None = None,
) -> Asker:
    application = call.state.directory.application(client_id)
    partner = None if application is None else call.state.directory.partner(application.tenant_id)
    if application is None or partner is None:
        raise EntraRefusedError(unknown_application(client_id, call.tenant))
    return Asker(application, partner, scope, redirect_uri, device)


def _well_known_user(asker: Asker | None) -> dict[str, str] | None:
    """The development partner's user, whose password everybody may know."""
    if asker is None or asker.partner.tenant_id != development_partner.TENANT_ID:
        return None
    return {"name": development_partner.USER_PRINCIPAL_NAME, "password": development_partner.USER_PASSWORD}


def _number(flow: Flow) -> int:
    """Two digits that a telephone would show; simulated, so they follow from the flow."""
    return 10 + int(flow.flow_id[:8], 16) % 90


def _not_ours(why: str) -> EntraRefusedError:
    return EntraRefusedError(PageFault.NOT_THIS_BROWSERS_FORM.about(why))


def _cookie(call: SignInCall, flow: Flow, value: str, seconds: int) -> str:
    secure = "; Secure" if call.request.origin.startswith("https:") else ""
    return (
        f"{_cookie_name(flow)}={value}; Path={LOGIN_ADDRESS}; Max-Age={seconds}; HttpOnly; "
        f"SameSite=Lax{secure}"
    )


def _cookie_name(flow: Flow) -> str:
    return f"sign-in-{flow.flow_id[:16]}"


def _cookies(header: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, _, value in pairs}
