"""What can be asked of a local sandbox and of its clients, member by member, for type checkers.

The members of orders are those of the control routes (docs/control.md), which check them; they are written here as
Python writes names, and there as JSON does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, TypedDict

from partnercenter.contract.clouds import Cloud


class ClientOptions(TypedDict, total=False):
    """Options of `PartnerCenterClient`; those about the network have no meaning here."""

    cloud: Cloud
    scope: str
    retry_total: int
    longest_retry_wait: float | timedelta
    deadline: float | timedelta
    application_name: str
    locale: str


class TokenOrder(TypedDict, total=False):
    """A token made to order: of whom, for what, for how long; the development partner's application by default."""

    tenant_id: str
    client_id: str
    kind: Literal["app", "app_user"]
    audience: str
    user_principal_name: str
    mfa: bool
    roles: Sequence[str]
    expires_in_seconds: int
    claims: Mapping[str, Any]


class FaultOrder(TypedDict, total=False):
    """Which calls a fault hits, and what becomes of them; `times` is 1 unless it is said, and None is every call."""

    operation: str
    method: str
    customer_id: str
    partner_id: str
    times: int | None
    skip: int
    probability: float
    seed: int
    status: int
    code: int
    description: str
    retry_after: int
    delay_seconds: float
    lost: bool
    reset: bool
    malformed: bool | Literal["torn", "html"]


class RequestFilter(TypedDict, total=False):
    """Which requests are to be shown: those that are like all of this, and no more than the newest `limit`."""

    correlation_id: str
    request_id: str
    customer_id: str
    method: str
    status: int
    operation: str
    limit: int


def in_json(order: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an order under the names that they have in JSON."""
    return {_camel(name): value for name, value in order.items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
