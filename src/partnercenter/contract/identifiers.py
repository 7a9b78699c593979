"""Identifiers: GUIDs, and the ids that become part of a path.

GUIDs compare without case and may stand in braces (behaviour.md 14). An empty or malformed id never
forms a path: it would turn the address of one customer into the address of all of them.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_BRACED = {"{": "}", "(": ")"}


def parse_guid(text: str) -> str | None:
    """The GUID in lower case and without braces, or None when `text` is not one."""
    text = text.strip()
    if text[:1] in _BRACED and text.endswith(_BRACED[text[0]]):
        text = text[1:-1]
    text = text.lower()
    return text if _GUID.fullmatch(text) else None


def require_guid(value: str, name: str) -> str:
    """The GUID in lower case, or a `ValueError` that names the parameter."""
    guid = parse_guid(value) if isinstance(value, str) else None
    if guid is None:
        shown = repr(value)[:60]
        raise ValueError(f"{name} must be a GUID such as 5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11, not {shown}.")
    return guid


def require_segment(value: str, name: str) -> str:
    """The value, percent-encoded, as one segment of a path; `ValueError` when it is empty or a path itself."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} must not be empty.")
    if value in {".", ".."} or any(c in "/\\?#" or c.isspace() or not c.isprintable() for c in value):
        raise ValueError(
            f"{name} must be one id without blanks, slashes or question marks, not {value[:60]!r}."
        )
    return quote(value, safe="-._~")
