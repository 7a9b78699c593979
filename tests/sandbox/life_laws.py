"""What is allowed in customers' lives: buying, cancelling, changing, deleting.

It is told what the sandbox answered, and tells which refusals would have been right, which orders block a deletion,
and what everything should look like now. The sections in brackets are those of behaviour.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.sandbox.life_model import (
    AZURE,
    LEGACY,
    LEGACY_AZURE,
    MARKETPLACE,
    NEW_COMMERCE,
    OLD,
    PERPETUAL,
    PLAN,
    RESERVATION,
    SAVINGS_PLAN,
    SOFTWARE,
    Customer,
    Item,
    Line,
    Order,
    Quotas,
    Subscription,
    Wanted,
    midnight,
    months_later,
)

Codes = set[int]

WITHOUT_SUBSCRIPTION = {RESERVATION, PERPETUAL, SAVINGS_PLAN}
WITH_SEATS = {PERPETUAL, SOFTWARE, NEW_COMMERCE, MARKETPLACE, LEGACY}
SEATS_CHANGE = {NEW_COMMERCE, MARKETPLACE, LEGACY}
CANCELLED_BY_ORDER = {RESERVATION, PERPETUAL, SOFTWARE}

# What an order of each other kind answers to its cancellation (4.3).
NOT_CANCELLED_BY_ORDER = {
    NEW_COMMERCE: 800063,
    LEGACY: 800063,
    LEGACY_AZURE: 800063,
    MARKETPLACE: 800077,
    SAVINGS_PLAN: 900321,
    PLAN: 800061,
}


@dataclass
class Life:
    """All customers of one sandbox, at a time of the sandbox."""

    now: datetime
    quotas: Quotas = field(default_factory=Quotas)
    customers: dict[str, Customer] = field(default_factory=dict)

    def advance(self, now: datetime) -> None:
        """Let time do what it does."""
        self.now = now
        for customer in self.customers.values():
            for subscription in customer.subscriptions.values():
                subscription.live(now)

    # Buying

    def objections(self, customer: Customer, lines: Iterable[Wanted]) -> list[Codes]:
        """Every refusal that would be right for each line; what can be bought counts for the lines after it."""
        counts = Counts.of(self, customer)
        found = []
        for line in lines:
            codes = set(self._objections(customer, line, counts))
            if not codes:
                counts.add(line)
            found.append(codes)
        return found

    def group_objections(self, customer: Customer, groups: Iterable[list[Wanted]]) -> list[Codes]:
        """The same for groups of lines, of which each is bought whole or not at all (4.4)."""
        counts = Counts.of(self, customer)
        found = []
        for group in groups:
            after, codes = replace(counts, once=set(counts.once)), set()
            for line in group:
                codes |= set(self._objections(customer, line, after))
                after.add(line)
            counts = counts if codes else after
            found.append(codes)
        return found

    def _objections(self, customer: Customer, line: Wanted, counts: Counts) -> Iterator[int]:
        item, quotas = line.item, self.quotas
        if item.needs_attestation and not line.attested:
            yield 900203
        if not item.least <= line.quantity <= item.most:
            yield 900275
        if item.kind in WITH_SEATS and max(line.quantity, item.least) > quotas.seats:
            yield 800067
        if not item.in_sandbox:
            yield 900322
        if item.kind not in WITHOUT_SUBSCRIPTION and (
            counts.subscriptions_here >= quotas.subscriptions_each
            or counts.subscriptions >= quotas.subscriptions
        ):
            yield 800066
        if item.kind == PLAN and (counts.plans_here >= quotas.plans_each or counts.plans >= quotas.plans):
            yield 900116
        if item.kind == LEGACY_AZURE and counts.legacy_azure >= quotas.legacy_azure:
            yield 800068
        if item.kind == SAVINGS_PLAN and not counts.plans_here:
            yield 800020
        if item.once and item.sku in counts.once:
            yield 800089
        yield from self._base_objections(customer, line)
        if item.kind == RESERVATION:
            if counts.reservations + line.quantity > quotas.reservations:
                yield 800018
            yield from self._reservation_objections(customer, line)

    def _base_objections(self, customer: Customer, line: Wanted) -> Iterator[int]:
        bases = line.item.bases
        if line.parent is not None:
            base = next((s for s in customer.held() if s.id == line.parent), None)
            if base is None:
                yield 20003
            elif bases and base.item.sku not in bases:
                yield 800020
            elif base.status != "active":
                yield 800012
            elif base.kind == LEGACY and base.item.cycle != line.item.cycle:
                yield 800085
        elif (line.base is not None and line.base.sku not in bases) or (line.base is None and bases):
            yield 800020

    def _reservation_objections(self, customer: Customer, line: Wanted) -> Iterator[int]:
        """A reservation is for a registered, active Azure subscription (4.4)."""
        state = self.azure_state(customer, line.azure or "")
        if line.azure is None:
            yield 800002
        elif state is None:
            yield 800011
        elif not state:
            yield 800012
        elif line.azure not in customer.registered:
            yield 800030

    def azure_state(self, customer: Customer, azure_id: str) -> bool | None:
        """Whether something reservations can be bought for is active; None for anything else."""
        if azure_id in customer.azure:
            return customer.azure[azure_id][1]
        found = [s for s in customer.held() if s.id == azure_id and s.kind in AZURE]
        return found[0].status == "active" if found else None

    def buy(
        self, customer: Customer, order: Order, wanted: Sequence[Wanted], renewing: Mapping[str, bool]
    ) -> None:
        """Put in an order that the service has taken; `renewing` tells which subscriptions renew by themselves."""
        customer.orders[order.id] = order
        if any(line.item.waits_for_purchase_order for line in order.lines):
            order.status = "pending_po_upload"
        begun: dict[str, str] = {}
        for line, asked in zip(order.lines, wanted, strict=True):
            if line.subscription is None:
                continue
            parent = begun.get(asked.base.id) if asked.base is not None else asked.parent
            subscription = Subscription(
                id=line.subscription,
                item=line.item,
                quantity=line.quantity,
                status="pending" if line.item.kind == MARKETPLACE else "active",
                order_id=order.id,
                made=order.made,
                renews=renewing[line.subscription],
                parent=parent,
            )
            subscription.begin_term(order.made)
            begun[line.item.id] = line.subscription
            customer.subscriptions[line.subscription] = subscription

    # Cancelling orders

    def cancel_order_objections(self, order: Order, lines: set[int] | None) -> Codes:
        """Why an order, or some of its lines, cannot be cancelled by PATCH (4.3)."""
        if order.kind in NOT_CANCELLED_BY_ORDER:
            return {NOT_CANCELLED_BY_ORDER[order.kind]}
        codes = set()
        if order.status == "cancelled":
            codes.add(800061)
        if self.now > order.made + timedelta(days=60):
            codes.add(900117)
        if lines is not None and not lines <= set(range(len(order.lines))):
            codes.add(800071)
        return codes

    def cancel_order(self, customer: Customer, order: Order, lines: set[int] | None) -> None:
        """Cancel an order, or some of its lines."""
        for number, line in enumerate(order.lines):
            if lines is None or number in lines:
                if lines is not None:
                    line.quantity = 0
                if line.subscription is not None:
                    ended = customer.subscriptions[line.subscription]
                    ended.status, ended.renews = "deleted", False
        if lines is None or all(line.quantity == 0 for line in order.lines):
            order.status = "cancelled"

    # Changing subscriptions

    def status_objections(self, customer: Customer, subscription: Subscription, wanted: str) -> Codes:
        """Why a subscription cannot be given a status (5.2, 5.3)."""
        if subscription.status in {"expired", "disabled"}:
            return {800040}
        if subscription.status == "deleted":
            return {2011}
        if subscription.status == "pending" and wanted != "deleted":
            return {800081}
        if wanted == "active":
            parent = customer.subscriptions.get(subscription.parent or "")
            return set() if parent is None or parent.status == "active" else {27009}
        if wanted == "suspended":
            if subscription.kind == SOFTWARE:
                return {800096}
            return {900115} if self.is_used(customer, subscription) else set()
        if wanted != "deleted":
            return {800040}
        if subscription.kind in {PLAN, *OLD}:
            return {800096}
        return {900117} if self._is_closed(subscription) else set()

    def _is_closed(self, subscription: Subscription) -> bool:
        if subscription.kind == SOFTWARE:
            return self.now > subscription.made + timedelta(days=60)
        return subscription.closes is not None and self.now >= subscription.closes

    def is_used(self, customer: Customer, plan: Subscription) -> bool:
        """Whether an Azure plan has something active below it, or reservations (7)."""
        below = {azure_id for azure_id, (plan_id, _) in customer.azure.items() if plan_id == plan.id}
        if plan.kind != PLAN:
            return False
        reserved = {
            line.azure for order in customer.orders.values() for line in self.entitled(customer, order)
        }
        return any(customer.azure[azure_id][1] for azure_id in below) or bool(reserved & {plan.id, *below})

    def set_status(self, customer: Customer, subscription: Subscription, wanted: str) -> list[Subscription]:
        """Give a subscription a status; returns everything that has changed, its add-ons too."""
        changed = [subscription]
        if wanted in {"suspended", "deleted"}:
            changed += customer.add_ons(subscription.id)
        for one in changed:
            one.status = wanted
            one.suspended = self.now if wanted == "suspended" else None
            if wanted == "deleted" or (wanted == "suspended" and one.kind == NEW_COMMERCE):
                one.renews, one.next_quantity = False, None
        return changed

    def change_objections(self, subscription: Subscription) -> Codes:
        """Why nothing but the status of a subscription could be changed."""
        codes = {
            "deleted": 2011,
            "expired": 900279,
            "disabled": 900279,
            "pending": 800081,
            "suspended": 800091,
        }
        return {codes[subscription.status]} if subscription.status in codes else set()

    def quantity_objections(self, subscription: Subscription, wanted: int) -> Codes:
        """Why a subscription cannot have so many seats (5.3, 8)."""
        codes = self.change_objections(subscription)
        if subscription.kind not in SEATS_CHANGE:
            return codes | {800095}
        codes |= self.seats_objections(subscription, wanted)
        fewer = subscription.quantity - wanted
        if subscription.kind == NEW_COMMERCE and fewer > subscription.returnable_at(self.now):
            codes.add(800090)
        return codes

    def seats_objections(self, subscription: Subscription, wanted: int) -> Codes:
        """Which limits of seats a number is outside of."""
        codes = {800067} if wanted > self.quotas.seats else set()
        return codes if subscription.item.least <= wanted <= subscription.item.most else codes | {2002}

    def set_quantity(self, subscription: Subscription, wanted: int) -> None:
        """Change the number of seats; those that can be given back the shortest time go first (5.3)."""
        more = wanted - subscription.quantity
        subscription.quantity = wanted
        left = [part for part in subscription.returnable if part[1] > self.now]
        if more > 0:
            left.append((more, self.now + timedelta(days=7)))
        for place, (quantity, until) in enumerate(left):
            taken = min(quantity, max(0, -more))
            more += taken
            left[place] = (quantity - taken, until)
        subscription.returnable = left if subscription.kind == NEW_COMMERCE else []

    def activate(self, subscription: Subscription) -> None:
        """Activate what waited for it; its term began with the purchase, and may be over already."""
        subscription.status = "active"
        subscription.live(self.now)

    def convert(self, subscription: Subscription, target: Item) -> None:
        """Make a trial a paid subscription."""
        subscription.item, subscription.renews = target, True
        subscription.begin_term(self.now)

    # Entitlements and deletion

    def entitled(self, customer: Customer, order: Order) -> Iterator[Line]:
        """The lines of an order that entitle to something (6)."""
        if order.kind not in CANCELLED_BY_ORDER or order.status == "cancelled":
            return
        for line in order.lines:
            subscription = customer.subscriptions.get(line.subscription or "")
            over = order.kind != PERPETUAL and self._is_over(order, line)
            if subscription is not None:
                assert subscription.ends is not None
                over = subscription.status == "deleted" or subscription.ends <= self.now
            if line.quantity and not over:
                yield line

    def _is_over(self, order: Order, line: Line) -> bool:
        months = line.item.months
        return bool(months) and months_later(midnight(order.made), months) <= self.now

    def blockers(self, customer: Customer) -> set[str]:
        """The short ids of the orders that block the customer's deletion (1.2)."""
        return {order.short_id for order in customer.orders.values() if self._blocks(customer, order)}

    def _blocks(self, customer: Customer, order: Order) -> bool:
        if order.status == "cancelled":
            return False
        if order.status != "completed":
            return True
        if order.kind in {RESERVATION, SAVINGS_PLAN}:
            return any(line.quantity and not self._is_over(order, line) for line in order.lines)
        if order.kind == PERPETUAL:
            return True
        begun = (s for s in customer.subscriptions.values() if s.order_id == order.id)
        return order.kind not in OLD and any(s.status in {"active", "pending"} for s in begun)


@dataclass
class Counts:
    """What is used up of the quotas (8)."""

    subscriptions_here: int
    subscriptions: int
    plans_here: int
    plans: int
    legacy_azure: int
    reservations: int
    once: set[str]

    @staticmethod
    def of(life: Life, customer: Customer) -> Counts:
        """As it is before a purchase."""
        everywhere = [s for one in life.customers.values() for s in one.held()]
        here = list(customer.held())
        reserved = [
            line
            for o in customer.orders.values()
            if o.kind == RESERVATION
            for line in life.entitled(customer, o)
        ]
        return Counts(
            subscriptions_here=len(here),
            subscriptions=len(everywhere),
            plans_here=sum(s.kind == PLAN for s in here),
            plans=sum(s.kind == PLAN for s in everywhere),
            legacy_azure=sum(s.kind == LEGACY_AZURE for s in everywhere),
            reservations=sum(line.quantity for line in reserved),
            once={s.item.sku for s in here if s.item.once},
        )

    def add(self, line: Wanted) -> None:
        """As it is once a line was bought."""
        kind = line.item.kind
        begun = kind not in WITHOUT_SUBSCRIPTION
        self.subscriptions_here += begun
        self.subscriptions += begun
        self.plans_here += kind == PLAN
        self.plans += kind == PLAN
        self.legacy_azure += kind == LEGACY_AZURE
        self.reservations += line.quantity if kind == RESERVATION else 0
        self.once |= {line.item.sku} if line.item.once else set()
