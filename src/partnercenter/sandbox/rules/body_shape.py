"""The shape of a body: its members in the contract's spelling, and what they lack or have wrong.

Keys come in any case, twice, with members nobody knows (client-quirks.md 1). `canonical` gives every known
member its wire name and every enum its wire word, and drops the rest; `find_problems` checks what the contract
declares: presence, type and length.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partnercenter.contract.resource import (
    MemberShape,
    OpenEnum,
    Resource,
    shapes_by_wire_name,
    shapes_of,
)
from partnercenter.contract.timestamps import parse_timestamp

_IGNORED = frozenset({"links", "attributes"})
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class ShapeProblem:
    """What is wrong with one member of a body; `member` is its dotted wire name."""

    member: str
    description: str


def canonical(resource: type[Resource], body: dict[str, Any]) -> dict[str, Any]:
    """The body with known members only, in wire spelling; nulls, links and what is read-only are left out."""
    shapes = shapes_by_wire_name(resource)
    result: dict[str, Any] = {}
    for key, value in body.items():
        name = key.strip().lower()
        shape = shapes.get(name)
        if shape is not None and value is not None and not shape.member.read_only and name not in _IGNORED:
            result[shape.wire] = _canonical_value(shape, value)
    return result


def _canonical_value(shape: MemberShape, value: Any) -> Any:
    if shape.many and isinstance(value, list):
        return [_canonical_one(shape.kind, item) for item in value]
    return _canonical_one(shape.kind, value)


def _canonical_one(kind: type[Any], value: Any) -> Any:
    if isinstance(value, dict) and issubclass(kind, Resource):
        return canonical(kind, value)
    if isinstance(value, str) and issubclass(kind, OpenEnum):
        found = kind.from_word(value)
        return found.value if found else value
    return value


def sent_member(body: Any, wire: str) -> Any:
    """What a body as it came holds under a name in any case; of several the one that `canonical` keeps."""
    if not isinstance(body, Mapping):
        return None
    folded = wire.lower()
    found = [value for key, value in body.items() if key.strip().lower() == folded and value is not None]
    return found[-1] if found else None


def find_problems(resource: type[Resource], body: dict[str, Any], prefix: str = "") -> Iterator[ShapeProblem]:
    """What a canonical body lacks or has wrong, in the order of the contract's declarations."""
    for shape in shapes_of(resource).values():
        if shape.member.read_only:
            continue
        name = prefix + shape.wire
        if shape.wire in body:
            yield from _member_problems(shape, body[shape.wire], name)
        elif shape.member.required:
            yield ShapeProblem(name, f"{name} is required.")


def _member_problems(shape: MemberShape, value: Any, name: str) -> Iterator[ShapeProblem]:
    values = value if shape.many and isinstance(value, list) else [value]
    if shape.many and not isinstance(value, list):
        yield ShapeProblem(name, f"{name} must be a list.")
        return
    for item in values:
        if issubclass(shape.kind, Resource) and isinstance(item, dict):
            yield from find_problems(shape.kind, item, name + ".")
        elif not _is(shape.kind, item):
            yield ShapeProblem(name, f"{name} must be {_EXPECTED.get(shape.kind, _expected(shape.kind))}.")
        elif isinstance(item, str):
            yield from _text_problems(shape, item, name)
        elif any(map(_has_unprintable, _texts(item))):
            yield _unprintable_problem(name)


def _text_problems(shape: MemberShape, text: str, name: str) -> Iterator[ShapeProblem]:
    least, most = shape.member.min_length, shape.member.max_length
    if shape.member.required and not text.strip():
        yield ShapeProblem(name, f"{name} is required and must not be blank.")
    elif least is not None and least == most and len(text) != most:
        yield ShapeProblem(name, f"{name} must have exactly {most} characters.")
    elif most is not None and len(text) > most:
        yield ShapeProblem(name, f"{name} must have at most {most} characters, not {len(text)}.")
    elif _has_unprintable(text):
        yield _unprintable_problem(name)


def _has_unprintable(text: str) -> bool:
    # Most texts are printable, which is known in a fraction of the time.
    return not text.isprintable() and any(unicodedata.category(letter) in _UNPRINTABLE for letter in text)


def _unprintable_problem(name: str) -> ShapeProblem:
    return ShapeProblem(name, f"{name} must not contain control characters.")


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value that has no declared shape, such as a map."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield key
            yield from _texts(below)
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below)


def _is(kind: type[Any], value: Any) -> bool:
    if kind is datetime:
        return isinstance(value, str) and _parses(value)
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if issubclass(kind, OpenEnum):
        return isinstance(value, str)
    if issubclass(kind, Resource):
        return isinstance(value, dict)
    return isinstance(value, kind)


def _parses(text: str) -> bool:
    try:
        parse_timestamp(text)
    except ValueError:
        return False
    return True


_EXPECTED: dict[type[Any], str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    datetime: "a time such as 2026-11-23T12:00:00Z",
}


def _expected(kind: type[Any]) -> str:
    return "one of the documented words" if issubclass(kind, OpenEnum) else "an object"
