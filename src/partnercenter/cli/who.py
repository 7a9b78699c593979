"""What a token says of who is signed in, in words for people; behaviour.md 9.2. Decoded, never verified. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from partnercenter.cleanup.token_claims import identity_of

NOT_TOLD: Final = "not told by the token"


def user_of(claims: Mapping[str, Any]) -> str | None:
    """The user's name, or None when the application signed in alone."""
    return identity_of(claims).user or None


def domain_of(claims: Mapping[str, Any]) -> str | None:
    """The domain of the user's name, or None: nothing else in a token tells it."""
    _, at, domain = (user_of(claims) or "").rpartition("@")
    return domain if at and domain else None


def is_user(claims: Mapping[str, Any]) -> bool:
    """Whether the token is app+user."""
    return "scp" in claims or user_of(claims) is not None


def has_mfa(claims: Mapping[str, Any]) -> bool | None:
    """Whether the user has proven who it is twice; None for an application, which is never asked for MFA."""
    if not is_user(claims):
        return None
    methods = claims.get("amr")
    return isinstance(methods, list) and "mfa" in methods


def roles_of(claims: Mapping[str, Any]) -> list[str] | None:
    """The roles that the token carries (`roles`, or the ids of `wids`); None when it carries none."""
    found: list[str] = []
    for name in ("roles", "wids"):
        carried = claims.get(name)
        found += [str(role) for role in carried] if isinstance(carried, list) else []
    return found or None
