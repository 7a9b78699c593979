"""Faults made to order: which calls they hit, and what becomes of those calls.

What an order says is read in `control.faults`; here it is carried out: `is_due` decides whether a call that matches
is hit, `refusal` is an answer in place of the true one, and `delivered` is what becomes of the true one on its way to
the caller. `InjectedFaults` live in the running process and nowhere else; `shared.faults` are those of several.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from sqlalchemy import Connection

from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.errors import SandboxError, UnknownNameError
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.wire.fault import (
    INVALID_TOKEN,
    Fault,
    empty_fault,
    fault,
    gateway_fault,
    throttled_fault,
)
from partnercenter.sandbox.wire.message import Delivery, Response

Malformed = Literal["torn", "html"]

MOST_FAULTS: Final = 100
_FROM_THE_GATEWAY: Final = {429, 502, 503, 504}
_MESSAGES: Final = {
    429: "Rate limit is exceeded.",
    502: "Bad gateway",
    503: "The service is unavailable.",
    504: "The gateway has timed out.",
}
# What a status without a code stands for.
_USUAL_CODES: Final = {
    400: 800002,
    403: 600006,
    404: 1000,
    405: 900141,
    409: 800060,
    412: 2055,
    417: 800036,
    500: 800003,
    501: 0,
}
_PAGE: Final = (
    b"<!DOCTYPE html>\r\n<html><head><title>Error</title></head><body>Something went wrong</body></html>\r\n"
)


@dataclass(frozen=True, slots=True)
class FaultOrder:
    """What a fault hits, and what it does. None is any call, or without end for `times`."""

    operations: frozenset[str] | None = None
    method: str | None = None
    customer_id: str | None = None
    partner_id: str | None = None
    times: int | None = 1
    skip: int = 0
    probability: float | None = None
    seed: int | None = None
    status: int | None = None
    code: int | None = None
    description: str | None = None
    retry_after: int | None = None
    delay_seconds: float = 0
    lost: bool = False
    reset: bool = False
    malformed: Malformed | None = None

    def matches(self, call: Call) -> bool:
        """Whether a call is one of those that the fault is for."""
        operation = call.operation
        return (
            (self.operations is None or operation.name in self.operations)
            and (self.method is None or operation.method == self.method)
            and (self.partner_id is None or call.partner.tenant_id == self.partner_id)
            and (self.customer_id is None or parse_guid(call.ids.get("customer_id", "")) == self.customer_id)
        )


@dataclass(slots=True)
class InjectedFault:
    """A fault on its post. `said` are the members of the order as they were sent."""

    id: str
    order: FaultOrder
    said: Mapping[str, Any]
    seed: int
    matched: int = 0
    hits: int = 0

    @property
    def is_used_up(self) -> bool:
        """Whether it has hit as many calls as it was to."""
        return self.order.times is not None and self.hits >= self.order.times

    def strikes(self, call: Call) -> bool:
        """Whether it hits this call; counts the call."""
        if not self.order.matches(call):
            return False
        self.matched += 1
        if not self.is_due(self.matched):
            return False
        self.hits += 1
        return True

    def is_due(self, number: int) -> bool:
        """Whether the call with this number, counted from 1, is one to hit: the same for each seed, and by chance."""
        if number <= self.order.skip:
            return False
        chance = self.order.probability
        return chance is None or random.Random(f"{self.seed} {number}").random() < chance

    def refusal(self, settings: Settings) -> Response | None:
        """What is answered instead of doing anything; None when the call goes its way."""
        if self.order.reset:
            return Response(0, delivery=Delivery.RESET)
        if self.order.status is None:
            return None
        response = _refused(self.order, self.order.status, settings).response
        if self.order.retry_after is not None:
            response.headers["Retry-After"] = str(self.order.retry_after)
        return response

    def delivered(self, answer: Response, *, is_head: bool) -> Response:
        """What the caller gets of the true answer."""
        if self.order.lost:
            return replace(answer, delivery=Delivery.LOST)
        if self.order.reset:
            return replace(answer, delivery=Delivery.RESET)
        if self.order.malformed is None or is_head:
            return answer
        if self.order.malformed == "torn" and len(answer.body) > 1:
            return replace(answer, delivery=Delivery.TORN)
        headers = {**answer.headers, "Content-Type": "text/html"}
        return Response(200 if answer.status == 204 else answer.status, _PAGE, headers)

    def as_json(self) -> dict[str, Any]:
        """The order with how often it has matched and hit, and how many hits are left."""
        left = None if self.order.times is None else self.order.times - self.hits
        return {"id": self.id, **self.said, "matched": self.matched, "hits": self.hits, "left": left}


def _refused(order: FaultOrder, status: int, settings: Settings) -> Fault:
    if order.code is not None:
        headers = INVALID_TOKEN if status == 401 else None
        return fault(settings, status, order.code, order.description, headers=headers)
    if status == 401:
        return empty_fault(401, INVALID_TOKEN)
    if status in _FROM_THE_GATEWAY:
        if status == 429 and order.retry_after is not None and order.description is None:
            return throttled_fault(order.retry_after)
        return gateway_fault(status, order.description or _MESSAGES[status])
    if status in _USUAL_CODES:
        return fault(settings, status, _USUAL_CODES[status], order.description)
    return empty_fault(status) if order.description is None else gateway_fault(status, order.description)


def seed_of(order: FaultOrder) -> int:
    """The seed that an order says, or one by chance."""
    return random.getrandbits(63) if order.seed is None else order.seed


def too_many_faults() -> SandboxError:
    """The refusal of one more."""
    return SandboxError(f"There are {MOST_FAULTS} faults already; remove some first.")


def unknown_fault(fault_id: str, known: Iterable[str]) -> UnknownNameError:
    """The refusal of an id that no fault has."""
    return UnknownNameError(
        f"There is no fault {fault_id[:20]!r}; the faults are {', '.join(known) or 'none'}."
    )


class InjectedFaults:
    """The faults that wait for their calls, in the order they were added; the first that hits a call counts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made = 0
        self._waiting: tuple[InjectedFault, ...] = ()

    def strike(self, call: Call) -> InjectedFault | None:
        """The fault that hits a call, if there is one."""
        if not self._waiting:
            return None
        with self._lock:
            struck = next((waiting for waiting in self._waiting if waiting.strikes(call)), None)
            if struck is not None and struck.is_used_up:
                self._waiting = tuple(waiting for waiting in self._waiting if waiting is not struck)
            return struck

    def add(self, order: FaultOrder, said: Mapping[str, Any]) -> InjectedFault:
        """Post a fault; raises `SandboxError` when there are too many."""
        with self._lock:
            if len(self._waiting) >= MOST_FAULTS:
                raise too_many_faults()
            self._made += 1
            added = InjectedFault(str(self._made), order, said, seed_of(order))
            self._waiting = (*self._waiting, added)
            return added

    def all(self) -> list[dict[str, Any]]:
        """Every fault that waits, as JSON."""
        with self._lock:
            return [waiting.as_json() for waiting in self._waiting]

    def remove(self, fault_id: str) -> None:
        """Take one away; raises `UnknownNameError` when it is not there."""
        with self._lock:
            kept = tuple(waiting for waiting in self._waiting if waiting.id != fault_id)
            if len(kept) == len(self._waiting):
                raise unknown_fault(fault_id, (waiting.id for waiting in kept))
            self._waiting = kept

    def read_anew(self, connection: Connection) -> None:
        """Learn which there are: nothing to learn, they are here."""

    def clear(self) -> None:
        """Take all away."""
        with self._lock:
            self._waiting = ()
