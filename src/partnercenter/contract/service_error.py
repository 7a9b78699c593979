"""Service errors read and written: the shapes of behaviour.md 11.1.

`parse_service_error` understands whatever a refusal looks like and never raises, because the reader of an
error must not fail himself. `error_body` writes the standard shape A, `newer_error_body` shape B.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any, Final

from partnercenter.contract.resource import member_of
from partnercenter.contract.service_error_catalogue import ServiceErrorKind, find_kind

LONGEST_DESCRIPTION: Final = 1024
_LONGEST_BODY: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class ServiceError:
    """What the service said when it refused.

    `code` is None when no code was given, `retry_after` is in seconds. `name` and `advice` come from the
    catalogue.
    """

    status: int
    code: int | None
    description: str
    data: tuple[Any, ...] = ()
    source: str | None = None
    name: str | None = None
    advice: str | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class LineError:
    """An error inside a success: of a cart's line or of one order of a checkout (shape F)."""

    place: str
    code: str
    description: str


def parse_service_error(
    status: int, reason: str | None, headers: Mapping[str, str], body: bytes, *, now: datetime | None = None
) -> ServiceError:
    """Read a refusal of shape A to E out of status, reason phrase, headers and body.

    `now` is what a `Retry-After` date counts from; the current time unless given.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    members = _members(body)
    code = _code(members)
    kind = find_kind(status, code) if code is not None else None
    data = members.get("data")
    source = members.get("source")
    return ServiceError(
        status=status,
        code=code,
        description=_description(members, body, status, reason, lower),
        data=tuple(data) if isinstance(data, list) else (),
        source=source if isinstance(source, str) else None,
        name=kind.name if kind else None,
        advice=kind.advice if kind else _STATUS_ADVICE.get(status),
        retry_after=parse_retry_after(lower.get("retry-after"), now=now),
    )


def parse_retry_after(value: str | None, *, now: datetime | None = None) -> float | None:
    """Seconds to wait out of a `Retry-After` header: a number or an HTTP date; None when there is none."""
    if not value:
        return None
    try:
        seconds = float(value.strip())
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, IndexError, TypeError, OverflowError):
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return max(0.0, seconds) if isfinite(seconds) else None


def line_errors(document: Any) -> list[LineError]:
    """The errors inside a cart or a checkout result (shape F)."""
    if not isinstance(document, dict):
        return []
    found = []
    for item in _objects(member_of(document, "lineItems")):
        error = member_of(item, "error")
        if isinstance(error, dict):
            place = f"line {member_of(item, 'id')}"
            found.append(
                _line_error(place, member_of(error, "errorCode"), member_of(error, "errorDescription"))
            )
    for error in _objects(member_of(document, "orderErrors")):
        place = f"order group {member_of(error, 'orderGroupId')}"
        found.append(_line_error(place, member_of(error, "code"), member_of(error, "description")))
    return found


def error_body(
    kind: ServiceErrorKind,
    *arguments: object,
    data: Sequence[Any] = (),
    source: str = "PartnerFD",
    description: str | None = None,
) -> dict[str, Any]:
    """A refusal of shape A: `code` is a number, the description has at most 1024 characters."""
    text = description
    if text is None:
        given = {f"{{{place}}}": str(argument) for place, argument in enumerate(arguments)}
        text = re.sub(r"\{\d+\}", lambda match: given.get(match[0], match[0]), kind.template)
    return {
        "code": kind.code,
        "description": text[:LONGEST_DESCRIPTION],
        "data": list(data),
        "source": source,
    }


def newer_error_body(kind: ServiceErrorKind, error_name: str) -> dict[str, Any]:
    """A refusal of shape B, which newer parts of the service answer with."""
    return {
        "code": kind.code,
        "message": kind.template,
        "description": kind.template,
        "errorName": error_name,
        "isRetryable": False,
        "parameters": {},
        "errorMessageExtended": f"InternalErrorCode={kind.code}",
    }


_STATUS_ADVICE: Final = {
    401: "Get a new token for the scope https://api.partnercenter.microsoft.com/.default and repeat the call.",
    403: "Check that the customer belongs to the partner of the token and that the caller may do this.",
    404: "Check the id and the path.",
    429: "Wait as long as Retry-After says before the next call.",
    500: "Wait a few minutes and repeat the call under the same request id.",
    502: "Wait a few minutes and repeat the call under the same request id.",
    503: "Wait a few minutes and repeat the call under the same request id.",
    504: "Wait a few minutes and repeat the call under the same request id.",
}


def _members(body: bytes) -> dict[str, Any]:
    """The members of a JSON body by name in lower case; empty for anything else."""
    try:
        value = json.loads(body[:_LONGEST_BODY].decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {name.lower(): member for name, member in value.items()}


def _code(members: Mapping[str, Any]) -> int | None:
    value = members.get("code")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value) if value == value // 1 else None
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 10:
        return int(value)
    return None


def _description(
    members: Mapping[str, Any], body: bytes, status: int, reason: str | None, headers: Mapping[str, str]
) -> str:
    for name in ("description", "message", "error_description"):
        text = members.get(name)
        if isinstance(text, str) and text.strip():
            return _nested(text)[:LONGEST_DESCRIPTION]
    challenge = headers.get("www-authenticate", "")
    if status == 401 and "invalid_token" in challenge and reason in {None, "", "Unauthorized"}:
        return "The token is not valid or has expired."
    start = body[:200].removeprefix(BOM_UTF8).lstrip().lower()
    if start.startswith((b"<!doctype", b"<html")):
        return f"The answer is a web page, not Partner Center's (HTTP {status}); check the address and the proxy."
    if reason:
        return reason[:LONGEST_DESCRIPTION]
    return f"The service answered with HTTP {status} and no description."


def _nested(text: str) -> str:
    """Shape E: a description that is itself a JSON object, with the sentence inside."""
    if not text.lstrip().startswith("{"):
        return text
    members = _members(text.encode("utf-8", "replace"))
    inner = next((members[name] for name in ("description", "message", "reason") if members.get(name)), None)
    return str(inner) if inner is not None else text


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _line_error(place: str, code: Any, description: Any) -> LineError:
    return LineError(place, str(code), str(description or "")[:LONGEST_DESCRIPTION])
