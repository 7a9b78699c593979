"""What a journal tells of a run that is to go on: what was intended, what of it is settled, who is finished. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from partnercenter.cleanup.events import (
    CustomerFinished,
    Event,
    Fate,
    StepIntended,
    StepSettled,
    event_from_json,
)
from partnercenter.cleanup.sweep_plan import Plan, StepAction

# What is over for good; everybody else is looked at again when a run goes on.
FINAL: Final = frozenset({Fate.DELETED, Fate.ALREADY_GONE, Fate.KEPT, Fate.STUCK, Fate.STALE})
LOST: Final = "lost"
REFUSED: Final = "refused"

Call = tuple[StepAction, str]


@dataclass(slots=True)
class PastCustomer:
    """What is known of one customer.

    `open` are the calls that nobody knows the outcome of, each with the intent that names its request id.
    """

    rounds: int = 0
    open: dict[Call, StepIntended] = field(default_factory=dict)
    has_asked_deletion: bool = False
    finished: CustomerFinished | None = None

    @property
    def was_begun(self) -> bool:
        """Whether a call that changes something was intended, so that the customer differs from the plan."""
        return self.rounds > 0


@dataclass(slots=True)
class Past:
    """What a journal says."""

    run_id: str
    plan: Plan
    events: list[Event] = field(default_factory=list)
    customers: dict[str, PastCustomer] = field(default_factory=dict)

    def of(self, customer_id: str) -> PastCustomer:
        """What is known of a customer."""
        return self.customers.setdefault(customer_id, PastCustomer())

    @property
    def finished(self) -> dict[str, CustomerFinished]:
        """The customers that are finished for good."""
        return {
            customer_id: customer.finished
            for customer_id, customer in self.customers.items()
            if customer.finished is not None and customer.finished.fate in FINAL
        }

    @property
    def has_verified(self) -> bool:
        """Whether a customer was deleted, and read to be gone."""
        return any(finished.fate is Fate.DELETED for finished in self.finished.values())


def past_of(run_id: str, plan: Plan, records: Iterable[Mapping[str, Any]]) -> Past:
    """The past out of a journal's records; raises `KeyError`, `TypeError` or `ValueError` for what is no event."""
    past = Past(run_id, plan)
    for record in records:
        event = event_from_json(record)
        past.events.append(event)
        _learn(past, event)
    return past


def _learn(past: Past, event: Event) -> None:
    if isinstance(event, StepIntended):
        customer = past.of(event.customer_id)
        action = StepAction(event.action)
        customer.rounds = max(customer.rounds, event.round)
        customer.open[action, event.target] = event
        customer.has_asked_deletion |= action is StepAction.DELETE_CUSTOMER
    elif isinstance(event, StepSettled) and event.outcome != LOST:
        customer = past.of(event.customer_id)
        settled = [call for call, intent in customer.open.items() if intent.request_id == event.request_id]
        for call in settled:
            del customer.open[call]
            if call[0] is StepAction.DELETE_CUSTOMER:
                customer.has_asked_deletion = event.outcome != REFUSED
    elif isinstance(event, CustomerFinished):
        past.of(event.customer_id).finished = event
