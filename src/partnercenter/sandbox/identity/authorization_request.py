"""Reading what an application sends a browser to the authorization endpoint with; client-quirks.md 2.

An application that is unknown, or an address that is not its own, must never be redirected to, so those two are read
first and apart: `read_parameters`, then `redirect_uris.is_registered`. What else is wrong is told to the application
at its address. The invariant: an `AuthorizationRequest` can be answered with a code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from partnercenter.contract.clouds import PARTNER_CENTER_AUDIENCE
from partnercenter.sandbox.identity.entra_errors import EntraError, EntraFault
from partnercenter.sandbox.identity.page_errors import PageFault
from partnercenter.sandbox.identity.redirect_uris import RESPONSE_MODES, ResponseMode
from partnercenter.sandbox.identity.scopes import requested_scope
from partnercenter.sandbox.identity.tokens import ProtocolVersion

_MOST_PARAMETERS: Final = 100
_LONGEST: Final = 64 * 1024
# All of a request goes along in the form of each page, where it takes up to five times the room.
LONGEST_REQUEST: Final = 8 * 1024
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CHALLENGE_METHODS: Final = ("S256", "plain")
_PROMPTS: Final = frozenset({"none", "login", "select_account", "consent", "admin_consent"})


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A complete request for a code.

    `scope` is as sent: the scopes, or for version 1 the resource, which may be empty. `may_ask` tells whether
    somebody may be asked anything, which `prompt=none` forbids.
    """

    client_id: str
    redirect_uri: str
    response_mode: ResponseMode
    scope: str
    state: str | None = None
    nonce: str | None = None
    code_challenge: str | None = None
    code_challenge_method: str | None = None
    login_hint: str = ""
    may_ask: bool = True


def read_parameters(text: str, longest: int = _LONGEST) -> dict[str, str] | EntraError:
    """The parameters of a query or a form; a blank one counts as missing, one that stands there twice is refused."""
    if len(text) > longest:
        return EntraFault.MALFORMED_REQUEST.about(f"The parameters are longer than {longest // 1024} KiB.")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        return EntraFault.MALFORMED_REQUEST.about("The parameters are not a form in UTF-8.")
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        return EntraFault.MALFORMED_REQUEST.about(f"The parameter '{twice}' stands there more than once.")
    return {name: value for name, value in pairs if value.strip()}


def response_mode_of(parameters: Mapping[str, str]) -> ResponseMode:
    """How the application is answered: in the query, unless it asks for another way that there is."""
    asked = parameters.get("response_mode")
    return next((mode for mode in RESPONSE_MODES if mode == asked), "query")


def parse_authorization_request(
    parameters: Mapping[str, str], client_id: str, version: ProtocolVersion
) -> AuthorizationRequest | EntraError:
    """Read a request of a known application for an address of its own, or say what Entra would tell it.

    AADSTS900144 for a missing parameter, 70005 for another response type than `code`, 70007 for a response mode that
    is none, 90023 for a prompt that is none, 501491 for a code challenge of a wrong form, and those of scopes.
    """
    scope = _scope(parameters, version)
    if isinstance(scope, EntraError):
        return scope
    refused = _response_error(parameters) or _prompt_error(parameters) or _challenge_error(parameters)
    if refused is not None:
        return refused
    challenge = parameters.get("code_challenge")
    return AuthorizationRequest(
        client_id=client_id,
        redirect_uri=parameters["redirect_uri"],
        response_mode=response_mode_of(parameters),
        scope=scope,
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        code_challenge=challenge,
        code_challenge_method=parameters.get("code_challenge_method", "plain") if challenge else None,
        login_hint=parameters.get("login_hint", ""),
        may_ask=parameters.get("prompt") != "none",
    )


def _response_error(parameters: Mapping[str, str]) -> EntraError | None:
    kind = parameters.get("response_type")
    if kind is None:
        return EntraFault.MISSING_PARAMETER.about("response_type")
    if kind != "code":
        return PageFault.UNSUPPORTED_RESPONSE_TYPE.about(kind)
    mode = parameters.get("response_mode", "query")
    return None if mode in RESPONSE_MODES else PageFault.UNSUPPORTED_RESPONSE_MODE.about(mode)


def _prompt_error(parameters: Mapping[str, str]) -> EntraError | None:
    words = parameters.get("prompt", "").split()
    unknown = next((word for word in words if word not in _PROMPTS), None)
    if unknown is None and "none" in words and len(words) > 1:
        unknown = " ".join(words)
    return None if unknown is None else PageFault.UNSUPPORTED_PROMPT.about(unknown)


def _challenge_error(parameters: Mapping[str, str]) -> EntraError | None:
    challenge, method = parameters.get("code_challenge"), parameters.get("code_challenge_method")
    if method is not None and method not in _CHALLENGE_METHODS:
        return EntraFault.MALFORMED_REQUEST.about("The 'code_challenge_method' must be 'S256' or 'plain'.")
    if challenge is None:
        return None if method is None else EntraFault.MISSING_PARAMETER.about("code_challenge")
    return None if _CHALLENGE.fullmatch(challenge) else PageFault.BAD_CODE_CHALLENGE.about()


def _scope(parameters: Mapping[str, str], version: ProtocolVersion) -> str | EntraError:
    if version == 1:
        # The resource may as well be named when the code is exchanged.
        return parameters.get("resource", "").strip()
    if "resource" in parameters:
        return EntraFault.RESOURCE_ON_V2.about(PARTNER_CENTER_AUDIENCE)
    scope = parameters.get("scope", "")
    read = requested_scope(scope)
    return read if isinstance(read, EntraError) else scope
