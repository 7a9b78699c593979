"""What Entra ID says when it refuses, as exceptions of azure-core; behaviour.md 9.1. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from azure.core.exceptions import ClientAuthenticationError

_LONGEST: Final = 600
_TRAILER: Final = re.compile(r"\s*Trace ID:.*", re.DOTALL)


def refusal(
    document: Mapping[str, Any],
    advice: str = "",
    *,
    status: int | None = None,
    secrets: Iterable[str] = (),
) -> ClientAuthenticationError:
    """The exception for an error answer: Entra's sentence with its AADSTS number, the correlation id, and `advice`.

    The HTTP status stands in for a sentence where there is none.

    None of `secrets` is shown, not even when the other side repeats it.
    """
    silence = "no reason was given" if status is None else f"no reason was given with the status {status}"
    parts = [f"Signing in was refused: {(sentence_of(document) or silence).rstrip('.')}."]
    correlation_id = _text(document.get("correlation_id"))
    if correlation_id:
        parts.append(f"Correlation id {correlation_id[:60]}.")
    if advice:
        parts.append(advice)
    return ClientAuthenticationError(message=without_secrets(" ".join(parts), secrets))


def sentence_of(document: Mapping[str, Any]) -> str:
    """Entra's sentence without its ids, in one line; where it has none, its word for the error, or nothing."""
    description = _TRAILER.sub("", _text(document.get("error_description")))
    return description[:_LONGEST] or _text(document.get("error"))[:_LONGEST]


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """The text with each of the secrets blotted out."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "…")
    return text


def _text(value: Any) -> str:
    """The value as one printable line; nothing for what is no text."""
    if not isinstance(value, str):
        return ""
    return "".join(c if c.isprintable() else " " for c in value).strip()
