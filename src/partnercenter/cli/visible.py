"""Names of customers on a terminal: whatever could move its cursor, colour it or turn its text is shown escaped."""

from __future__ import annotations

import re
import unicodedata

_HARMLESS = re.compile(r"[ -~]*")
_ESCAPED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible(text: str) -> str:
    """The text with control and formatting characters written as escapes, such as x1b after a backslash."""
    if _HARMLESS.fullmatch(text):
        return text
    return "".join(
        _escape(character) if unicodedata.category(character) in _ESCAPED_CATEGORIES else character
        for character in text
    )


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible_json(text: str) -> str:
    """JSON text with the same characters as JSON escapes; it means the same as before."""
    return "".join(
        _json_escape(character)
        if character not in "\n " and unicodedata.category(character) in _ESCAPED_CATEGORIES
        else character
        for character in text
    )


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
