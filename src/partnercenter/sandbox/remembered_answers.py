"""Answers that stay as they are until something is written, kept until then.

The invariant: an answer from here is the one that the database would give now. It is kept with the number of commits
before it was read, and it is good while that number is the same; while a commit is being made nothing is good.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.wire.message import Response

_MOST: Final = 4096
# Nothing but the database, the settings and the path decides about these: neither time nor chance nor a header.
_OPERATIONS: Final = frozenset({"customers.get"})


class _Kept(NamedTuple):
    commits: int
    settings: Settings
    answers: dict[tuple[str, ...], Response]


class RememberedAnswers:
    """The answers to reads since the last commit; `commits` counts them, and is odd while one is being made."""

    def __init__(self, commits: Callable[[], int]) -> None:
        self._commits = commits
        self._kept = _Kept(-1, Settings.of({}), {})

    def recall(self, call: Call, read: Callable[[], Response]) -> Response:
        """The answer to a call: remembered, or read now. What `read` raises is not remembered."""
        commits = self._commits()
        if call.operation.name not in _OPERATIONS or commits % 2:
            return read()
        kept = self._kept
        if kept.commits != commits or kept.settings is not call.settings or len(kept.answers) >= _MOST:
            self._kept = kept = _Kept(commits, call.settings, {})
        key = (call.operation.name, call.partner.tenant_id, *call.ids.values())
        answer = kept.answers.get(key)
        if answer is None:
            answer = kept.answers[key] = read()
        return answer
