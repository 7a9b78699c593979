"""What was asked of the service lately, and how it ended: bounded, and in memory (else in `shared.request_log`).

An entry holds what a person needs to follow a call and nothing that opens a door: no token, no header, no body. It is
written on the way of every answer, so writing is one tuple; what can wait is done when somebody reads.
"""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple

from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.operations import Operation
from partnercenter.contract.timestamps import format_timestamp
from partnercenter.sandbox.identity.verification import VerifiedToken
from partnercenter.sandbox.injected_faults import InjectedFault
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.wire.message import Request, Response

MOST_ENTRIES: Final = 10_000
_LONGEST_PATH: Final = 500
_LONGEST_TEXT: Final = 100
_SECRET_QUERY: Final = re.compile(
    r"((?:^|&)[^=&]*(?:token|secret|password|assertion|signature)[^=&]*=)[^&]*", re.IGNORECASE
)


@dataclass(slots=True)
class Exchange:
    """One request on its way through the service, with what is known of it so far.

    `let_in_by` is which of the changes about everything were known when it came, if nobody could tell whether there
    were more.
    """

    request: Request
    settings: Settings
    request_id: str
    correlation_id: str
    moment: datetime
    began: float
    operation: Operation | None = None
    customer_id: str | None = None
    token: VerifiedToken | None = None
    call: Call | None = None
    fault: InjectedFault | None = None
    let_in_by: int | None = None


class LoggedRequest(NamedTuple):
    """A request that was answered, or left without an answer on purpose: `status` is None then."""

    moment: datetime
    seconds: float
    method: str
    path: str
    operation: str | None
    status: int | None
    code: int | None
    request_id: str
    correlation_id: str
    customer_id: str | None
    partner_id: str | None
    application_id: str | None
    token_kind: str | None
    fault_id: str | None
    is_replay: bool

    def as_json(self) -> dict[str, Any]:
        """The entry as the control route shows it; what is not known is null."""
        return {
            "time": format_timestamp(self.moment),
            "milliseconds": round(self.seconds * 1000, 3),
            "method": self.method,
            "path": self.path,
            "operation": self.operation,
            "status": self.status,
            "code": self.code,
            "requestId": self.request_id,
            "correlationId": self.correlation_id,
            "customerId": self.customer_id and (parse_guid(self.customer_id) or self.customer_id),
            "partnerTenantId": self.partner_id,
            "applicationId": self.application_id,
            "tokenKind": self.token_kind,
            "faultId": self.fault_id,
            "replayed": self.is_replay,
        }


def entry_of(exchange: Exchange, answer: Response) -> tuple[Any, ...]:
    """How an exchange ended; the order of values is that of `LoggedRequest`.

    A plain tuple of plain values costs the least to make, and the garbage collector passes it by.
    """
    request, operation, token = exchange.request, exchange.operation, exchange.token
    status, fault, call = answer.status, exchange.fault, exchange.call
    return (
        exchange.moment,
        time.perf_counter() - exchange.began,
        request.method,
        _shown_path(request),
        operation and operation.name,
        status or None,
        _code(answer.body) if status >= 400 else None,
        exchange.request_id,
        exchange.correlation_id,
        exchange.customer_id and exchange.customer_id[:_LONGEST_TEXT],
        token and token.tenant_id[:_LONGEST_TEXT],
        token and token.client_id[:_LONGEST_TEXT],
        token and token.kind,
        fault and fault.id,
        call is not None and call.is_replay,
    )


class RequestLog:
    """The newest entries."""

    def __init__(self) -> None:
        self._entries: deque[tuple[Any, ...]] = deque(maxlen=MOST_ENTRIES)

    def add(self, exchange: Exchange, answer: Response) -> None:
        """Write down how an exchange ended."""
        self._entries.append(entry_of(exchange, answer))

    def newest(self, is_wanted: Callable[[LoggedRequest], bool], most: int) -> list[LoggedRequest]:
        """The newest entries that are wanted, oldest of them first."""
        entries = map(LoggedRequest._make, reversed(self._entries.copy()))
        return list(islice(filter(is_wanted, entries), most))[::-1]

    def clear(self) -> None:
        """Forget every entry."""
        self._entries.clear()


def _shown_path(request: Request) -> str:
    """Path and query, without the values of what is called a token or a secret."""
    if not request.query_string:
        return request.path[:_LONGEST_PATH]
    query = _SECRET_QUERY.sub(r"\1...", request.query_string)
    return f"{request.path}?{query}"[:_LONGEST_PATH]


def _code(body: bytes) -> int | None:
    """The code in the body of a refusal; looked for in refusals only, so that answers cost nothing."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    code = document.get("code") if isinstance(document, dict) else None
    return code if isinstance(code, int) else None
