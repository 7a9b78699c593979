"""What a token says of itself, decoded and never verified: that is the service's part; behaviour.md 9.2."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from partnercenter.cleanup.strict_json import decode_strictly
from partnercenter.cleanup.sweep_plan import Identity

_LONGEST_TOKEN: Final = 65_536


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The partner that is signed in to, as what the user trusts it, where, and by whom."""

    tenant_id: str
    alias: str
    endpoint: str
    identity: Identity


def claims_of(token: object) -> Mapping[str, Any] | None:
    """The claims of a JWT, or None for what is none, or names a claim twice."""
    if not isinstance(token, str) or len(token) > _LONGEST_TOKEN or token.count(".") != 2:
        return None
    payload = token.split(".")[1]
    try:
        decoded = base64.b64decode(payload + "=" * (-len(payload) % 4), altchars=b"-_", validate=True)
        claims = decode_strictly(decoded.decode("utf-8"))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def identity_of(claims: Mapping[str, Any]) -> Identity:
    """The application, and the user where there is one."""
    return Identity(
        _first_text(claims, "appid", "azp"), _first_text(claims, "upn", "unique_name", "preferred_username")
    )


def audience_of(claims: Mapping[str, Any]) -> str:
    """Whom the token is for."""
    return _first_text(claims, "aud").lower().removesuffix("/")


def _first_text(claims: Mapping[str, Any], *names: str) -> str:
    found = (claims.get(name) for name in names)
    return next((text for text in found if isinstance(text, str) and text), "")
