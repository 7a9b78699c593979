"""The requests that a local sandbox has answered, as a test looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partnercenter.contract.timestamps import parse_timestamp


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """One request and how it ended; `path` has the query, `status` is None when no answer was to reach the caller.

    `time` is the sandbox's own. What is not known is None: a request that was refused for its token has no partner.
    """

    time: datetime
    milliseconds: float
    method: str
    path: str
    operation: str | None
    status: int | None
    code: int | None
    request_id: str
    correlation_id: str
    customer_id: str | None
    partner_tenant_id: str | None
    application_id: str | None
    token_kind: str | None
    fault_id: str | None
    replayed: bool


def seen_request(shown: Mapping[str, Any]) -> SeenRequest:
    """An entry of `GET /_sandbox/requests`."""
    return SeenRequest(
        time=parse_timestamp(shown["time"]),
        milliseconds=shown["milliseconds"],
        method=shown["method"],
        path=shown["path"],
        operation=shown["operation"],
        status=shown["status"],
        code=shown["code"],
        request_id=shown["requestId"],
        correlation_id=shown["correlationId"],
        customer_id=shown["customerId"],
        partner_tenant_id=shown["partnerTenantId"],
        application_id=shown["applicationId"],
        token_kind=shown["tokenKind"],
        fault_id=shown["faultId"],
        replayed=shown["replayed"],
    )
