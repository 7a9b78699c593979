"""Who may use the control routes: anybody on this machine, or whoever has the control token.

Without a token the caller must come from a loopback address and name a loopback host, and must not be a
page of another site: a browser on the same machine would otherwise let any web page reset the sandbox.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from partnercenter.contract.loopback import is_loopback_host
from partnercenter.sandbox.wire.message import Request


def refusal(request: Request, control_token: str | None) -> str | None:
    """Why this request may not control the sandbox, or None when it may."""
    if control_token is not None:
        sent = request.headers.get("authorization", "").partition(" ")[2].strip()
        # Header texts are bytes read as latin-1.
        if hmac.compare_digest(sent.encode("latin-1", "replace"), control_token.encode("utf-8")):
            return None
        return "Control routes need the control token in the header Authorization: Bearer."
    if not request.from_loopback or not is_loopback_host(urlsplit(request.origin).hostname):
        return "Control routes answer on loopback only; from elsewhere they need a control token."
    origin = request.headers.get("origin")
    if origin is not None and origin.rstrip("/") != request.origin:
        return "Control routes do not answer pages of other sites."
    return None
