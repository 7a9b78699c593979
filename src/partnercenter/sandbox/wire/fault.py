"""Faults: how the service says no.

Handlers raise `Fault`; the service turns it into an answer. The shapes are those of behaviour.md 11.1:
A with code and description, B from newer parts of the service, C from the gateway, D without a body.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from partnercenter.contract.service_error import error_body, newer_error_body
from partnercenter.contract.service_error_catalogue import SERVICE_ERRORS, ServiceErrorKind, find_kind
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.wire.message import Response, json_response

INVALID_TOKEN = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class Fault(Exception):  # noqa: N818 - the service's own word for its refusals
    """A refusal. `response` is what the caller gets."""

    def __init__(self, response: Response, description: str) -> None:
        super().__init__(description)
        self.response = response


def setting_fault(
    settings: Settings,
    name: str,
    description: str | None = None,
    *,
    arguments: Sequence[object] = (),
    headers: Mapping[str, str] | None = None,
) -> Fault:
    """The fault that a setting names as `status/code`, or as `status` alone for an empty body."""
    status, _, code = settings.text(name).partition("/")
    if not code:
        return empty_fault(int(status), headers)
    return fault(settings, int(status), int(code), description, arguments=arguments, headers=headers)


def fault(
    settings: Settings,
    status: int,
    code: int,
    description: str | None = None,
    *,
    arguments: Sequence[object] = (),
    data: Sequence[object] = (),
    headers: Mapping[str, str] | None = None,
) -> Fault:
    """A fault of shape A; without a description the catalogue's text is filled with `arguments`."""
    body = error_body(_kind(status, code), *arguments, data=data, description=description)
    _end(body, settings, "description")
    return Fault(json_response(status, body, headers), str(body["description"]))


def newer_fault(settings: Settings, status: int, code: int, error_name: str) -> Fault:
    """A fault of shape B, with the catalogue's text."""
    body = newer_error_body(_kind(status, code), error_name)
    _end(body, settings, "description", "message")
    return Fault(json_response(status, body), str(body["description"]))


def _kind(status: int, code: int) -> ServiceErrorKind:
    unnamed = ServiceErrorKind(status, code, "unnamed", "Refused.", "")
    return find_kind(status, code) or _any_status(code) or unnamed


def _end(body: dict[str, Any], settings: Settings, *names: str) -> None:
    """Take the full stop away where the settings say so."""
    if settings.text("error_full_stop") == "off":
        for name in names:
            body[name] = str(body[name]).rstrip(".") or "Refused"


def _any_status(code: int) -> ServiceErrorKind | None:
    return next((kind for (_, known), kind in SERVICE_ERRORS.items() if known == code), None)


def empty_fault(status: int, headers: Mapping[str, str] | None = None) -> Fault:
    """A fault of shape D: headers, no body."""
    return Fault(Response(status, b"", dict(headers or {})), f"HTTP {status}")


def gateway_fault(status: int, message: str, headers: Mapping[str, str] | None = None) -> Fault:
    """A fault of shape C, which the gateway answers before the service sees the call."""
    return Fault(json_response(status, {"statusCode": status, "message": message}, headers), message)


def throttled_fault(seconds: int) -> Fault:
    """The refusal of a call that is one too many (behaviour.md 12)."""
    sentence = f"Rate limit is exceeded. Try again in {seconds} seconds."
    return gateway_fault(429, sentence, {"Retry-After": str(seconds)})
