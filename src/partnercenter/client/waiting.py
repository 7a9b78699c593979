"""Waiting for what the service does later: how long between two looks, and what a look says. Pure.

The service answers before it is done, and lists lag by up to 15 minutes (behaviour.md 1.6). Microsoft's own
procedure reads every five seconds for ever; here the pauses double up to a longest one, what the service asks for
in `Retry-After` is kept, and a deadline ends it.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Final, Generic, TypeAlias, TypeVar

from azure.core.exceptions import AzureError

from partnercenter.client.durations import seconds
from partnercenter.client.errors import PartnerCenterError
from partnercenter.client.retrying import RETRIED_STATUSES, is_worth_retrying
from partnercenter.contract.service_error import parse_retry_after

R = TypeVar("R")

INTERVAL: Final = 5.0
LONGEST_INTERVAL: Final = 60.0
DEADLINE: Final = 1800.0
_NOT_VISIBLE_YET: Final = frozenset({20000, 20003})


class Progress(Enum):
    """How far something is, in azure-core's words for the status of a poller."""

    PENDING = "InProgress"
    DONE = "Succeeded"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one look says: how far it is, and in which state it was seen, in words."""

    progress: Progress
    state: str


@dataclass(frozen=True, slots=True)
class Seen(Generic[R]):
    """What one look found; `retry_after` are the seconds that the service asks to wait before the next."""

    resource: R
    retry_after: float | None = None


Read: TypeAlias = Callable[[], Seen[R]]
AsyncRead: TypeAlias = Callable[[], Awaitable[Seen[R]]]


@dataclass(frozen=True, slots=True)
class Goal(Generic[R]):
    """What is waited for: its name in messages, and how to judge what a look finds.

    With `is_new`, a thing that cannot be found counts as one that does not show yet: a new order or
    subscription takes up to 15 minutes to appear (behaviour.md 1.6, 11.2).
    """

    what: str
    judge: Callable[[R], Verdict]
    is_new: bool = False

    def may_pass(self, error: AzureError) -> bool:
        """Whether a look that failed says nothing, so that another one is worth it."""
        if not isinstance(error, PartnerCenterError):
            return is_worth_retrying(error)
        status = error.status_code
        not_yet = self.is_new and status == 404 and error.code in _NOT_VISIBLE_YET
        return not_yet or status in RETRIED_STATUSES


@dataclass(frozen=True, slots=True)
class WaitRules:
    """How long to wait, in seconds: before the second look, at most between two, and all in all."""

    interval: float
    longest_interval: float
    deadline: float


def wait_rules(
    interval: float | timedelta, longest_interval: float | timedelta, deadline: float | timedelta
) -> WaitRules:
    """The rules out of a caller's arguments; raises `ValueError` for one that is not a positive duration."""
    return WaitRules(
        seconds(interval, "interval"),
        seconds(longest_interval, "longest_interval"),
        seconds(deadline, "deadline"),
    )


class Pace:
    """The pauses between looks of one wait. The first look comes at once, unless the service asks for a pause."""

    def __init__(self, rules: WaitRules, clock: Callable[[], float] = time.monotonic) -> None:
        self.rules = rules
        self._clock = clock
        self._began = clock()
        self._waited = 0.0
        self._pause = 0.0

    def next_pause(self, retry_after: float | None) -> float | None:
        """Seconds before the next look; None when no look is left before the deadline."""
        rules = self.rules
        left = rules.deadline - max(self._clock() - self._began, self._waited)
        asked = retry_after or 0.0
        if left <= 0 or asked > left:
            return None
        pause = min(max(self._pause, asked), left)
        self._pause = min(self._pause * 2 or rules.interval, max(rules.interval, rules.longest_interval))
        self._waited += pause
        return pause


def asked_wait(response: Any) -> float | None:
    """Seconds out of the `Retry-After` of an answer."""
    return parse_retry_after(response.headers.get("Retry-After"))


def asked_by_refusal(error: AzureError) -> float | None:
    """Seconds out of the `Retry-After` of a refusal."""
    return error.service_error.retry_after if isinstance(error, PartnerCenterError) else None


def in_short(error: AzureError) -> str:
    """A failure as part of a sentence."""
    if isinstance(error, PartnerCenterError):
        return f"refused with {error.status_code}: {error.description}"
    return str(error.message or type(error).__name__)


def later(first: float | None, second: float | None) -> float | None:
    """The longer of two pauses that were asked for, if any was."""
    return max(filter(None, (first, second)), default=None)


def to_token(method: str, path: str, state: dict[str, Any]) -> str:
    """A text from which a wait can be taken up again, by another process too."""
    return base64.urlsafe_b64encode(json.dumps([method, path, state]).encode("ascii")).decode("ascii")


def from_token(token: str, method: str, path: str) -> dict[str, Any]:
    """The state out of a text that `to_token` made for this method and path; raises `ValueError` for any other."""
    try:
        found = json.loads(base64.urlsafe_b64decode(token.encode("ascii")))
        usable = isinstance(found, list) and len(found) == 3 and found[:2] == [method, path]
    except (ValueError, AttributeError, RecursionError):
        usable = False
    if not usable or not isinstance(found[2], dict):
        raise ValueError(f"The continuation token is not one that {method} gave out for {path}.")
    return dict(found[2])
