"""Strategies for JSON that is nearly right: a valid document with a few members replaced, removed or misspelled."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]

NASTY = ["", " ", "none", "US", "ZZ", "\ud800", "\0", "a\nb", "x" * 5000, 10**400, -1e308, 2**63, [], {}]

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(NASTY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def near_valid(valid: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The document with up to three changes."""
    kinds = st.sampled_from(["replace", "remove", "upper", "null", "twice"])
    change = st.tuples(st.sampled_from(list(places(valid))), kinds, JSON)
    return st.lists(change, max_size=3).map(lambda changes: changed(valid, changes))


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every member of an object and every item of a list, and of what is in them."""
    members = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in members:
        yield (*path, key)
        yield from places(inner, (*path, key))


def changed(valid: Mapping[str, Any], changes: list[tuple[Path, str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = copy.deepcopy(dict(valid))
    for path, kind, value in changes:
        parent = _find(result, path[:-1])
        key = path[-1]
        if isinstance(parent, dict) and key in parent:
            _change_member(parent, str(key), kind, value)
        elif isinstance(parent, list) and isinstance(key, int) and key < len(parent):
            _change_item(parent, key, kind, value)
    return result


def _find(value: Any, path: Path) -> Any:
    for key in path:
        if isinstance(value, dict):
            value = value.get(str(key))
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def _change_member(parent: dict[str, Any], key: str, kind: str, value: Any) -> None:
    old = parent.pop(key)
    if kind == "upper":
        parent[key.upper()] = old
    elif kind == "twice":
        parent[key], parent[key.upper()] = old, value
    elif kind != "remove":
        parent[key] = value if kind == "replace" else None


def _change_item(parent: list[Any], index: int, kind: str, value: Any) -> None:
    if kind == "remove":
        del parent[index]
    elif kind == "twice":
        parent.append(copy.deepcopy(parent[index]))
    else:
        parent[index] = value if kind == "replace" else None
