"""Request bodies as JSON objects; a byte order mark is dropped (client-quirks.md 1)."""

from __future__ import annotations

import json
import math
from typing import Any, Final

_DEEPEST: Final = 64
# More than any number of the contract has; reading one takes time that grows with the square of its digits.
_LONGEST_NUMBER: Final = 40


class BodyError(Exception):
    """The body is no JSON object; the text says why."""


def decode_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body; raises `BodyError` with a sentence."""
    if not body.strip():
        raise BodyError("The request has no body; send a JSON object.")
    try:
        value = json.loads(
            body.decode("utf-8-sig"), parse_constant=_no_constant, parse_int=_integer, parse_float=_float
        )
    except UnicodeDecodeError:
        raise BodyError("The body is not UTF-8 text; send JSON in UTF-8.") from None
    except (ValueError, RecursionError) as error:
        at = (
            f" near line {error.lineno}, column {error.colno}"
            if isinstance(error, json.JSONDecodeError)
            else ""
        )
        raise BodyError(f"The body is not valid JSON{at}.") from None
    if not isinstance(value, dict):
        raise BodyError("The body must be a JSON object in braces.")
    if _depth(value) > _DEEPEST:
        raise BodyError(f"The body is nested more than {_DEEPEST} levels deep.")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise BodyError(f"The body has a number of more than {_LONGEST_NUMBER} digits.")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise BodyError(f"The body has a number, {text[:_LONGEST_NUMBER]}, that is too large.")
    return value


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level and deepest <= _DEEPEST:
        deepest += 1
        level = [
            child
            for item in level
            if isinstance(item, (dict, list))
            for child in (item.values() if isinstance(item, dict) else item)
        ]
    return deepest
