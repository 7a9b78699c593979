"""The last stage of every answer: the headers that the service always sends; behaviour.md 10.2."""

from __future__ import annotations

import json
import re
from email.utils import formatdate
from functools import lru_cache
from typing import Final

from partnercenter.contract.headers import (
    CORRELATION_ID,
    DEFAULT_LOCALE,
    IS_MFA_COMPLIANT,
    LOCALE,
    REQUEST_CONTEXT,
    REQUEST_ID,
    SERVER_ID,
    TRACE_VECTOR,
    VALIDATE_MFA,
)
from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.identity.verification import VerifiedToken
from partnercenter.sandbox.nature import Nature
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.wire.message import Request, Response, json_text

_TRACE_IDS: Final = (REQUEST_ID.lower(), CORRELATION_ID.lower())
_SERVER: Final = "202010223"
_CONTEXT: Final = "appId=cid-v1:03ce8ca8-8373-4021-8f25-d5dd45c7b12f"
_LOCALE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
_TIMESTAMP: Final = re.compile(rb'(?<=")(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3})\d{4}Z(?=")')
_LINK: Final = re.compile(rb'(?<="uri":")/(?!v1/)')
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def trace_ids(request: Request, settings: Settings, nature: Nature) -> tuple[str, str]:
    """The request and correlation id of a call: those sent, or new ones (behaviour.md 1.5, 10.2)."""
    found = []
    for name in _TRACE_IDS:
        sent = request.headers.get(name, "").strip()
        if not sent:
            found.append(nature.ids.guid())
            continue
        usable = parse_guid(sent) is not None or settings.text("malformed_request_id") == "echo"
        found.append(sent if usable else nature.ids.guid())
    return found[0], found[1]


def finish(
    response: Response,
    request: Request,
    settings: Settings,
    request_id: str,
    correlation_id: str,
    nature: Nature,
    token: VerifiedToken | None,
) -> Response:
    """The answer with its trace headers, and with its body in the form that the settings ask for.

    `token` is the caller's, once it is verified: whoever sends `ValidateMfa: true` is told about it.
    """
    locale = request.headers.get(LOCALE.lower(), "")
    headers = dict(response.headers)
    # Clients judge by this time whether a window is still open, so it is the sandbox's own.
    headers["Date"] = _http_date(int(nature.clock.now().timestamp()))
    headers[REQUEST_ID] = request_id
    headers[CORRELATION_ID] = correlation_id
    headers[TRACE_VECTOR] = nature.ids.trace_vector()
    headers[SERVER_ID] = _SERVER
    headers[REQUEST_CONTEXT] = _CONTEXT
    headers[LOCALE] = locale if locale and _LOCALE.fullmatch(locale) else DEFAULT_LOCALE
    body = response.body
    if token is not None and VALIDATE_MFA.lower() in request.headers:
        body = _with_mfa_verdict(body, headers, request, settings, token)
    body = _shaped(body, settings) if body else b""
    return Response(response.status, body, headers)


def _with_mfa_verdict(
    body: bytes, headers: dict[str, str], request: Request, settings: Settings, token: VerifiedToken
) -> bytes:
    """The body, with the MFA verdict in it or among the headers; app-only tokens get none (behaviour.md 9.2)."""
    asked = request.headers[VALIDATE_MFA.lower()].strip().lower() == "true"
    if not asked or token.kind == "app":
        return body
    place = settings.text("mfa_verdict")
    if place == "header":
        headers[IS_MFA_COMPLIANT] = "true" if token.has_mfa else "false"
    elif place == "body" and body.startswith(b"{"):
        return json_text({**json.loads(body), IS_MFA_COMPLIANT: token.has_mfa}).encode("utf-8", "replace")
    return body


@lru_cache(maxsize=16)
def _http_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


def _shaped(body: bytes, settings: Settings) -> bytes:
    digits = settings.text("timestamp_digits")
    if digits == "3":
        body = _TIMESTAMP.sub(rb"\1.\2Z", body)
    elif digits == "0":
        body = _TIMESTAMP.sub(rb"\1Z", body)
    if settings.flag("links_with_version"):
        body = _LINK.sub(b"/v1/", body)
    return _BYTE_ORDER_MARK + body if settings.flag("byte_order_mark") else body
