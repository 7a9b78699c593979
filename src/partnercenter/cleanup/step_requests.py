"""Which request a step is: operation, path, body, headers, whose limit it counts against. Pure; behaviour.md 1.2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from partnercenter.cleanup.sweep_plan import PlannedStep, StepAction
from partnercenter.client.calls import etag_header
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.operation import Operation
from partnercenter.contract.operations import OPERATIONS
from partnercenter.contract.orders import Order
from partnercenter.contract.resource import Resource
from partnercenter.contract.subscriptions import AzureEntitlement, Subscription

# Whose limit a call counts against (behaviour.md 12).
CUSTOMERS: Final = "customers"
ORDERS: Final = "orders"
SUBSCRIPTIONS: Final = "subscriptions"
OTHERS: Final = ""
_REASON: Final = "compromise"
_STATUSES: Final = {
    StepAction.CANCEL_SUBSCRIPTION: "deleted",
    StepAction.SUSPEND_SUBSCRIPTION: "suspended",
}


@dataclass(frozen=True, slots=True)
class StepRequest:
    """A step as it is sent. `answer` is the type of the resource in its answer, None where there is none."""

    operation: Operation
    path: str
    limited_by: str
    answer: type[Resource] | None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Kind:
    operation: str
    limited_by: str
    answer: type[Resource] | None
    target: str


_KINDS: Final[Mapping[StepAction, _Kind]] = {
    StepAction.CANCEL_ORDER: _Kind("orders.update", ORDERS, Order, "order_id"),
    StepAction.CANCEL_SUBSCRIPTION: _Kind(
        "subscriptions.update", SUBSCRIPTIONS, Subscription, "subscription_id"
    ),
    StepAction.SUSPEND_SUBSCRIPTION: _Kind(
        "subscriptions.update", SUBSCRIPTIONS, Subscription, "subscription_id"
    ),
    StepAction.ACTIVATE_SUBSCRIPTION: _Kind("subscriptions.activate", OTHERS, None, "subscription_id"),
    StepAction.CANCEL_AZURE_SUBSCRIPTION: _Kind(
        "azure_entitlements.cancel", OTHERS, AzureEntitlement, "azure_entitlement_id"
    ),
    StepAction.DELETE_CUSTOMER: _Kind("customers.delete", CUSTOMERS, None, "customer_id"),
}


def step_request(customer_id: str, step: PlannedStep, seen: Resource | None) -> StepRequest:
    """The request of a step; `seen` is its target as it was read, which a change of a subscription needs.

    Raises `ValueError` for an id that cannot form a path, and for a deletion of another customer than this one.
    """
    if step.action is StepAction.DELETE_CUSTOMER and parse_guid(step.target) != parse_guid(customer_id):
        raise ValueError(f"The step deletes {step.target[:60]!r}, which is another customer.")
    kind = _KINDS[step.action]
    ids = {"subscription_id": step.plan_id, kind.target: step.target, "customer_id": customer_id}
    operation = OPERATIONS[kind.operation]
    path = operation.url_path(ids)
    body, headers = _sent(step, seen)
    return StepRequest(operation, path, kind.limited_by, kind.answer, body, headers)


def _sent(step: PlannedStep, seen: Resource | None) -> tuple[Any, dict[str, str]]:
    status = _STATUSES.get(step.action)
    if status is not None:
        if seen is None:
            raise ValueError(f"Subscription {step.target} was not read, so it cannot be changed.")
        # What is left out would be reset, and so the whole of it is sent back (behaviour.md 5.3).
        others = {name: value for name, value in seen.to_json().items() if name.lower() != "status"}
        return {**others, "status": status}, etag_header(seen)
    match step.action:
        case StepAction.CANCEL_ORDER:
            # Nothing else: lines that are sent name what is cancelled (behaviour.md 2 row 5).
            return {"id": step.target, "status": "cancelled"}, {}
        case StepAction.CANCEL_AZURE_SUBSCRIPTION:
            return {"cancellationReason": _REASON}, {}
    return None, {}
