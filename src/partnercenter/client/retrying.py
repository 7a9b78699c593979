"""When a call is tried again, as rules over azure-core's retry policies.

Every method is retried, POST and PATCH too, because each attempt carries the same request id and the service
does a thing once for one id (behaviour.md 10.1). `Retry-After` is honoured up to a cap; when the service asks for
more than that, or than is left until the deadline, waiting is the caller's decision and the error is raised at once.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from azure.core.exceptions import (
    IncompleteReadError,
    ServiceRequestError,
    ServiceRequestTimeoutError,
    ServiceResponseError,
    ServiceResponseTimeoutError,
)
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncRetryPolicy, RetryPolicy

from partnercenter.client.errors import HopelessRequestError
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


def should_retry(status: int, retry_after: str | None, rules: RetryRules, left: float = math.inf) -> bool:
    """Whether an answer with this status is worth another attempt; `left` are the seconds until the deadline."""
    if status not in RETRIED_STATUSES:
        return False
    wait = parse_retry_after(retry_after)
    return wait is None or wait <= min(rules.longest_wait, left)


def is_worth_retrying(error: Exception) -> bool:
    """Whether a failure without an answer may pass: no connection, or an answer that was lost."""
    lost = isinstance(error, (ServiceRequestError, ServiceResponseError, IncompleteReadError))
    return lost and not isinstance(error, HopelessRequestError)


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
        wait = answer.headers.get("Retry-After")
        return bool(settings["total"]) and should_retry(
            answer.status_code, wait, self._rules, self._left(settings)
        )

    def increment(
        self, settings: dict[str, Any], response: Any = None, error: Exception | None = None
    ) -> bool:
        """Count an attempt; whether another one may follow."""
        if error is not None and not is_worth_retrying(error):
            return False
        if self._left(settings) <= 0:
            return False
        return bool(super().increment(settings, response=response, error=error))  # type: ignore[misc]

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
        settings["ends"] = time.monotonic() + self._rules.deadline
        return settings

    def _left(self, settings: dict[str, Any]) -> float:
        """Seconds until the deadline, less the wait that comes before another attempt."""
        attempt = len(settings["history"]) + 1
        return float(settings["ends"]) - time.monotonic() - wait_before(attempt, self._rules, lambda: 1.0)

    def _configure_timeout(
        self, request: PipelineRequest[Any], absolute_timeout: float, is_response_error: bool
    ) -> None:
        """Bound an attempt by what is left of the call."""
        if absolute_timeout <= 0:
            kind = ServiceResponseTimeoutError if is_response_error else ServiceRequestTimeoutError
            what = f"{request.http_request.method} {request.http_request.url.partition('?')[0]}"
            raise kind(f"{what}: no answer within {self._rules.deadline:g} seconds.")
        if getattr(request.context.transport, "takes_time_left", False):
            request.context.options["time_left"] = absolute_timeout
        else:
            super()._configure_timeout(request, absolute_timeout, is_response_error)  # type: ignore[misc]


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
