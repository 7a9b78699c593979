"""A request as it came and an answer as it goes, free of any server library."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl

_JSON_TYPE = "application/json; charset=utf-8"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(slots=True)
class Request:
    """An HTTP request. Header names are in lower case; `path` is percent-encoded as it came.

    `origin` is scheme and host as the caller wrote them, from which the addresses in answers are built. Nobody
    changes a request; to have it frozen would cost each call some microseconds.
    """

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    origin: str
    from_loopback: bool

    def query(self) -> dict[str, str]:
        """The query's values by name in lower case; the first of a repeated name counts."""
        values: dict[str, str] = {}
        if not self.query_string:
            return values
        for name, value in parse_qsl(self.query_string, keep_blank_values=True):
            values.setdefault(name.lower(), value)
        return values

    def query_values(self, name: str) -> list[str]:
        """Every value of a name of the query, which is matched without case."""
        pairs = parse_qsl(self.query_string, keep_blank_values=True)
        return [value for key, value in pairs if key.lower() == name.lower()]


class Delivery(Enum):
    """How much of an answer reaches the caller."""

    WHOLE = "whole"
    TORN = "torn"
    LOST = "lost"
    RESET = "reset"


@dataclass(slots=True)
class Response:
    """An HTTP answer.

    With another `delivery` than whole its connection ends in the middle of the body (torn), or before the first byte,
    in good order (lost) or by a reset.
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE


def json_text(value: Any) -> str:
    """A value as the JSON text that answers carry: no blanks, every letter as itself."""
    return _ENCODER.encode(value)


def json_response(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with a JSON body."""
    return text_response(status, json_text(value), headers)


def text_response(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """An answer whose JSON is already text."""
    return Response(status, text.encode("utf-8", "replace"), {"Content-Type": _JSON_TYPE, **(headers or {})})
