"""What the user has set down for clean-ups: tenants never touched, words that refuse, consent, what is kept.

    never = ["9f0d0c71-0000-4ca1-8ca1-00000000d003"]
    words = ["prod", "live"]

    [profiles.our-sandbox]
    unattended = true
    keep = ["demo-*", "Fabrikam,until=2026-12-31"]

Pure: decoded TOML to settings, or one sentence (S10). What is not understood is refused, never ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from partnercenter.cleanup.selection import KeepRule, parse_keep
from partnercenter.contract.identifiers import parse_guid

TOP_KEYS: Final = ("never", "words")
PROFILE_KEYS: Final = ("unattended", "keep")
_USUAL_WORDS: Final = ("prod", "live")


@dataclass(frozen=True, slots=True)
class SafetySettings:
    """The settings, with the name of the profile that they come from; empty when there is none."""

    profile: str = ""
    never: tuple[str, ...] = ()
    words: tuple[str, ...] = _USUAL_WORDS
    unattended: bool = False
    keep: tuple[KeepRule, ...] = ()


def read_safety(document: Mapping[str, Any], profile: str) -> SafetySettings:
    """The settings out of a decoded `config.toml`; raises `ValueError` for what cannot be meant."""
    members = document.get("profiles", {}).get(profile, {})
    unattended = members.get("unattended", False)
    if not isinstance(unattended, bool):
        raise ValueError(f"unattended of profile {profile!r} must be true or false")
    return SafetySettings(
        profile=profile if members else "",
        never=tuple(_tenant(text) for text in _texts(document, "never")),
        words=tuple(text.casefold() for text in _texts(document, "words"))
        if "words" in document
        else _USUAL_WORDS,
        unattended=unattended,
        keep=tuple(parse_keep(text) for text in _texts(members, "keep")),
    )


def _texts(members: Mapping[str, Any], name: str) -> list[str]:
    found = members.get(name, [])
    if not isinstance(found, list) or any(not isinstance(text, str) or not text.strip() for text in found):
        raise ValueError(f"{name} must be a list of texts")
    return [text.strip() for text in found]


def _tenant(text: str) -> str:
    tenant = parse_guid(text)
    if tenant is None:
        raise ValueError(f"never must hold tenant ids (GUIDs), not {text[:60]!r}")
    return tenant
