"""A sign-in on its way from page to page, sealed into the form of each page; no process has to remember it.

The seal is a message authentication code, so a flow says what this sandbox has put into it. It is bound to a cookie
of the browser that began it, so that nobody completes a sign-in that somebody else has begun, and it ends after ten
minutes.
The invariant: a flow of a later step is made only after the step before has been passed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass, replace
from typing import Final, Literal

from partnercenter.sandbox.identity.authorization_request import AuthorizationRequest

Step = Literal["user_code", "password", "second_factor", "device"]

LIFETIME_SECONDS: Final = 600
# A sandbox keeps its secret when it gets a new version: whoever changes the form of a flow changes this as well.
_PURPOSE: Final = b"sign-in flow 1"
_CODE_PURPOSE: Final = b"authorization code 1"
_TAG_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class Flow:
    """Whose page comes next and what is known by now.

    `request` is what an application has asked for; without one it is a device that asks. `browser` is the digest of
    the cookie, `expires_at` in unix seconds. `user_id` has given the right password, `amr` are the methods so far.
    """

    flow_id: str
    browser: str
    expires_at: int
    step: Step
    request: AuthorizationRequest | None = None
    user_code: str | None = None
    user_id: str | None = None
    amr: str = ""
    tries: int = 0

    def at(
        self, step: Step, *, user_id: str | None = None, user_code: str | None = None, amr: str = ""
    ) -> Flow:
        """The same sign-in one step on, with what has become known."""
        return replace(
            self,
            step=step,
            user_id=user_id or self.user_id,
            user_code=user_code or self.user_code,
            amr=amr or self.amr,
            tries=0,
        )

    def after_a_try(self) -> Flow:
        """The same page after something wrong was typed."""
        return replace(self, tries=self.tries + 1)


def begin(step: Step, now: float, request: AuthorizationRequest | None = None) -> tuple[Flow, str]:
    """A new sign-in, and the cookie for the browser that it belongs to."""
    cookie = secrets.token_urlsafe(32)
    flow = Flow(secrets.token_hex(16), _digest(cookie), int(now) + LIFETIME_SECONDS, step, request)
    return flow, cookie


def seal(flow: Flow, secret: bytes) -> str:
    """The text that stands in a form for this flow."""
    payload = json.dumps(asdict(flow), separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(_tag(payload, secret) + payload).decode("ascii")


def unseal(text: str, secret: bytes, now: float) -> Flow | None:
    """The flow in a form; None when the text was not sealed with this secret, or its time is over."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:
        return None
    tag, payload = raw[:_TAG_LENGTH], raw[_TAG_LENGTH:]
    if not hmac.compare_digest(tag, _tag(payload, secret)):
        return None
    members = json.loads(payload)
    request = members.pop("request")
    flow = Flow(request=None if request is None else AuthorizationRequest(**request), **members)
    return flow if now < flow.expires_at else None


def belongs_to(flow: Flow, cookie: str) -> bool:
    """Whether this is the cookie of the browser that began the sign-in."""
    return hmac.compare_digest(flow.browser, _digest(cookie))


def code_of(flow: Flow, secret: bytes) -> str:
    """The authorization code of a sign-in: 256 bits that follow from it, so a form sent twice makes no second one."""
    digest = hmac.new(secret, _CODE_PURPOSE + flow.flow_id.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def _tag(payload: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, _PURPOSE + payload, hashlib.sha256).digest()


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()
