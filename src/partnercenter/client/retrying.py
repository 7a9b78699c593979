"""When a call is tried again, as rules over azure-core's retry policies.

Every method is retried, POST and PATCH too, because each attempt carries the same request id and the service
does a thing once for one id (behaviour.md 10.1). `Retry-After` is honoured up to a cap; when the service asks for
more than that, waiting is the caller's decision and the error is raised at once.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from azure.core.pipeline import PipelineResponse
from azure.core.pipeline.policies import AsyncRetryPolicy, RetryPolicy

from partnercenter.contract.service_error import parse_retry_after

RETRIED_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504})
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class RetryRules:
    """How often and how long; times are in seconds.

    `total` counts the attempts after the first. `longest_wait` caps what `Retry-After` may ask for, `deadline` the
    whole call with its waits.
    """

    total: int = 3
    first_wait: float = 0.5
    longest_wait: float = 60.0
    deadline: float = 300.0


def should_retry(status: int, retry_after: str | None, rules: RetryRules) -> bool:
    """Whether an answer with this status is worth another attempt."""
    if status not in RETRIED_STATUSES:
        return False
    wait = parse_retry_after(retry_after)
    return wait is None or wait <= rules.longest_wait


def wait_before(attempt: int, rules: RetryRules, chance: Callable[[], float] = random.random) -> float:
    """Seconds before an attempt when the service named none: doubling, with jitter; `attempt` counts from 1."""
    longest = min(rules.first_wait * 2.0 ** (attempt - 1), rules.longest_wait)
    return longest * (0.5 + chance() / 2)


class _Rules:
    """The rules as azure-core's policies ask for them."""

    _rules: RetryRules

    def is_retry(self, settings: dict[str, Any], response: PipelineResponse[Any, Any]) -> bool:
        """Whether to try again after this answer."""
        answer = response.http_response
        return bool(settings["total"]) and should_retry(
            answer.status_code, answer.headers.get("Retry-After"), self._rules
        )

    def get_retry_after(self, response: PipelineResponse[Any, Any]) -> float | None:
        """Seconds that the service asks for."""
        return parse_retry_after(response.http_response.headers.get("Retry-After"))

    def get_backoff_time(self, settings: dict[str, Any]) -> float:
        """Seconds to wait otherwise."""
        return wait_before(max(1, len(settings["history"])), self._rules)

    def configure_retries(self, options: dict[str, Any]) -> dict[str, Any]:
        """The counters of one call."""
        settings: dict[str, Any] = super().configure_retries(options)  # type: ignore[misc]
        settings["methods"] = _METHODS
        return settings


def _counters(rules: RetryRules) -> dict[str, Any]:
    return {
        "retry_total": rules.total,
        "retry_connect": rules.total,
        "retry_read": rules.total,
        "retry_status": rules.total,
        "timeout": rules.deadline,
    }


class RequestRetryPolicy(_Rules, RetryPolicy[Any, Any]):
    """Tries again, in the synchronous world."""

    def __init__(self, rules: RetryRules) -> None:
        super().__init__(**_counters(rules))
        self._rules = rules


class AsyncRequestRetryPolicy(_Rules, AsyncRetryPolicy[Any, Any]):
    """Tries again, in the asynchronous world."""

    def __init__(self, rules: RetryRules) -> None:
        super().__init__(**_counters(rules))
        self._rules = rules
