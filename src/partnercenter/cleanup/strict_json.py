"""JSON in which no name stands twice: of two values, another reader may believe the other one."""

from __future__ import annotations

import json
from typing import Any


def decode_strictly(text: str) -> Any:
    """The value of a JSON text; `ValueError` when it is none, or when an object has a member twice."""
    return json.loads(text, object_pairs_hook=_without_repetition)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members
