"""A small model of customers' lives: what they have, and what time does to it.

Made from behaviour.md alone, as are the laws beside it (life_laws.py). It knows no HTTP and makes no ids. The
sections in brackets are those of behaviour.md.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

RESERVATION = "azure_reservation"
PERPETUAL = "perpetual_software"
SOFTWARE = "software_subscription"
PLAN = "azure_plan"
SAVINGS_PLAN = "azure_savings_plan"
NEW_COMMERCE = "new_commerce"
MARKETPLACE = "marketplace"
LEGACY = "legacy"
LEGACY_AZURE = "legacy_azure"

OLD = {LEGACY, LEGACY_AZURE}
AZURE = {PLAN, LEGACY_AZURE}


@dataclass(frozen=True)
class Quotas:
    """The limits of a sandbox (8), those of the partner small enough to be reached."""

    customers: int = 3
    subscriptions_each: int = 5
    subscriptions: int = 8
    seats: int = 25
    plans_each: int = 1
    plans: int = 2
    legacy_azure: int = 1
    reservations: int = 2


@dataclass(frozen=True)
class Item:
    """Something that is sold, for one of its terms; `months` is 0 without an end."""

    id: str
    kind: str
    months: int
    cycle: str
    least: int
    most: int
    bases: frozenset[str] = frozenset()
    once: bool = False
    in_sandbox: bool = True
    needs_attestation: bool = False
    waits_for_purchase_order: bool = False
    becomes: tuple[Item, ...] = ()

    @property
    def sku(self) -> str:
        """Product and SKU, or the legacy offer."""
        return ":".join(self.id.split(":")[:2])


@dataclass(frozen=True)
class Wanted:
    """A line that somebody wants to buy."""

    item: Item
    quantity: int
    parent: str | None = None
    base: Item | None = None
    azure: str | None = None
    attested: bool = False


@dataclass
class Line:
    """A line of an order; `azure` is what a reservation was bought for."""

    item: Item
    quantity: int
    subscription: str | None = None
    azure: str | None = None


@dataclass
class Order:
    """An order: lines of one kind."""

    id: str
    short_id: str
    made: datetime
    lines: list[Line]
    status: str = "completed"

    @property
    def kind(self) -> str:
        """The kind of all lines."""
        return self.lines[0].item.kind


@dataclass
class Subscription:
    """A subscription. `returnable` are seats that can be given back until when, `next_quantity` was scheduled."""

    id: str
    item: Item
    quantity: int
    status: str
    order_id: str
    made: datetime
    renews: bool
    parent: str | None = None
    ends: datetime | None = None
    closes: datetime | None = None
    suspended: datetime | None = None
    returnable: list[tuple[int, datetime]] = field(default_factory=list)
    next_quantity: int | None = None

    @property
    def kind(self) -> str:
        """The kind of what it is of."""
        return self.item.kind

    def begin_term(self, start: datetime) -> None:
        """A term and its windows, which a purchase, a renewal and a conversion begin (5.1, 5.3)."""
        self.ends = midnight(months_later(start, self.item.months)) if self.item.months else None
        week = timedelta(days=7)
        if self.kind == NEW_COMMERCE:
            # Seven days, counted to the end of the day.
            self.closes = midnight(start + week) + timedelta(days=1)
            self.returnable = [(self.quantity, start + week)]
        elif self.kind == MARKETPLACE:
            self.closes = midnight(start) + week

    def returnable_at(self, now: datetime) -> int:
        """How many seats can be given back."""
        return sum(quantity for quantity, until in self.returnable if until > now)

    def live(self, now: datetime) -> None:
        """What time has done to it by now (5.2)."""
        while (step := self._next_step()) is not None and step[0] <= now:
            moment, status = step
            if status == "active":
                self._renew(moment)
                continue
            self.status, self.suspended = status, moment
            self.renews = False

    def _next_step(self) -> tuple[datetime, str] | None:
        if self.kind in OLD and self.status == "suspended":
            assert self.suspended is not None
            return self.suspended + timedelta(days=90), "deleted"
        if self.ends is None:
            return None
        if self.status == "active":
            over = "suspended" if self.kind in OLD else "expired"
            return self.ends, "active" if self.renews else over
        steps = {"suspended": (0, "disabled"), "expired": (30, "disabled"), "disabled": (120, "deleted")}
        if self.status not in steps:
            return None
        days, status = steps[self.status]
        return self.ends + timedelta(days=days), status

    def _renew(self, start: datetime) -> None:
        self.quantity = self.next_quantity or self.quantity
        self.next_quantity = None
        # A trial is paid for from then on.
        self.item = next(iter(self.item.becomes), self.item)
        self.begin_term(start)


@dataclass
class Cart:
    """A cart; `wanted` by line id, each with its add-ons, `groups` as the service told them."""

    id: str
    expires: datetime
    lines: list[list[Wanted]]
    groups: list[str]
    had_errors: bool
    orders: list[str] = field(default_factory=list)
    failed: list[str] | None = None

    @property
    def is_ordered(self) -> bool:
        """Whether something was bought out of it."""
        return bool(self.orders)


@dataclass
class Customer:
    """A customer with everything it has."""

    id: str
    has_bad_address: bool
    agreed: bool = False
    has_supporter: bool = False
    orders: dict[str, Order] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    azure: dict[str, tuple[str, bool]] = field(default_factory=dict)
    registered: set[str] = field(default_factory=set)
    carts: dict[str, Cart] = field(default_factory=dict)

    def held(self) -> Iterator[Subscription]:
        """The subscriptions that count: all but those that are deleted (8)."""
        return (
            subscription for subscription in self.subscriptions.values() if subscription.status != "deleted"
        )

    def add_ons(self, base: str) -> list[Subscription]:
        """The add-ons of a subscription that go where it goes."""
        return [
            s for s in self.subscriptions.values() if s.parent == base and s.status in {"active", "pending"}
        ]


def midnight(moment: datetime) -> datetime:
    """The beginning of a day."""
    return datetime.combine(moment.date(), time(), UTC)


def months_later(moment: datetime, months: int) -> datetime:
    """The same day some months later, or the last one of that month."""
    year, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + year, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))
