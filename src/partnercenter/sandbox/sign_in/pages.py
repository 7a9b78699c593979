"""What every page of a sign-in has in common: the template, and the headers that keep it from being misused.

The invariant: text of a caller or of the store reaches a page only through a template that escapes it. No page can be
framed, kept or read by another site, and none runs a script but the one line that sends a form on.

The policy for referrers is not the strictest there is: under `no-referrer` a browser says `Origin: null` with a form,
and the form could not be told from one of another site. The page that sends itself says where it comes from, as
Entra's does, for applications that look at it.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING, Final

from partnercenter.sandbox.identity.entra_errors import EntraError
from partnercenter.sandbox.sign_in.sign_in_call import NOT_CACHED, SignInCall
from partnercenter.sandbox.wire.message import Response

if TYPE_CHECKING:
    from jinja2 import Environment

STYLE_ADDRESS: Final = "/common/sign-in.css"
_SEND_FORM: Final = "document.forms[0].submit()"
_SCRIPT_DIGEST: Final = base64.b64encode(hashlib.sha256(_SEND_FORM.encode()).digest()).decode("ascii")


def page(
    template: str,
    *,
    status: int = 200,
    leads_to: tuple[str, ...] = (),
    sends_itself: bool = False,
    cookie: str | None = None,
    **values: object,
) -> Response:
    """A page of a template; `leads_to` are the places outside of the sandbox that its forms may lead to."""
    text = (
        _templates()
        .get_template(f"{template}.html")
        .render(**values, style=STYLE_ADDRESS, send_form=_SEND_FORM)
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": _policy(leads_to, sends_itself=sends_itself),
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "origin" if sends_itself else "same-origin",
        **NOT_CACHED,
    }
    if cookie is not None:
        headers["Set-Cookie"] = cookie
    return Response(status, text.encode("utf-8", "replace"), headers)


def error_page(call: SignInCall, error: EntraError) -> Response:
    """The page for whom nobody can be told what is wrong but the person at the browser."""
    return page("error", status=error.status, error=call.error_body(error))


def style(_call: SignInCall) -> Response:
    """The style sheet of all pages."""
    text = _templates().get_template("sign-in.css").render()
    return Response(
        200,
        text.encode(),
        {"Content-Type": "text/css; charset=utf-8", "X-Content-Type-Options": "nosniff", **NOT_CACHED},
    )


def _policy(leads_to: tuple[str, ...], *, sends_itself: bool) -> str:
    script = f"; script-src 'sha256-{_SCRIPT_DIGEST}'" if sends_itself else ""
    targets = " ".join(("'self'", *leads_to))
    return (
        f"default-src 'none'; style-src 'self'; form-action {targets}; frame-ancestors 'none'; "
        f"base-uri 'none'{script}"
    )


@cache
def _templates() -> Environment:
    # Imported with the first page: a sandbox that only machines sign in to does without.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("partnercenter.sandbox.sign_in", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
