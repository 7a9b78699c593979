"""From method and path to an operation: a tree of path segments, built once from the contract.

Segments match without case, `/v1` and `/v1.0` are the same, doubled slashes count once and a GUID may
stand in braces (behaviour.md 14, client-quirks.md 1). The number of operations costs no time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote

from partnercenter.contract.operations import Operation

_VERSIONS = {"v1.0": "v1"}
_LONGEST_REMEMBERED = 200


@dataclass(slots=True)
class _Node:
    literal: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    operations: dict[str, Operation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """What a path leads to: the operations by method, and the values of its parameters in order."""

    operations: dict[str, Operation]
    values: tuple[str, ...]
    trailing_slash: bool


class Router:
    """The compiled tree."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            self._add(operation)
        self._remembered = lru_cache(maxsize=4096)(self._match)

    def _add(self, operation: Operation) -> None:
        node = self._root
        for segment in operation.path.strip("/").split("/"):
            if segment.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literal.setdefault(segment.lower(), _Node())
        node.operations[operation.method] = operation

    def match(self, path: str) -> Match | None:
        """The operations behind a percent-encoded path, or None when the gateway knows none."""
        return self._remembered(path) if len(path) <= _LONGEST_REMEMBERED else self._match(path)

    def _match(self, path: str) -> Match | None:
        segments = [unquote(segment) for segment in path.split("/") if segment]
        if segments:
            segments[0] = _VERSIONS.get(segments[0].lower(), segments[0])
        found = self._walk(self._root, segments, ())
        if found is None or not found[0].operations:
            return None
        node, values = found
        return Match(node.operations, values, path.endswith("/") and len(path) > 1)

    def _walk(
        self, node: _Node, segments: list[str], values: tuple[str, ...]
    ) -> tuple[_Node, tuple[str, ...]] | None:
        if not segments:
            return node, values
        head, rest = segments[0], segments[1:]
        literal = node.literal.get(head.lower())
        found = self._walk(literal, rest, values) if literal else None
        if found is None and node.parameter is not None:
            found = self._walk(node.parameter, rest, (*values, head))
        return found
