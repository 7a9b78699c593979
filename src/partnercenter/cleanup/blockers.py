"""What is attached to a customer, what of it blocks a deletion, how it is cleared, and until when.

Pure: from what the service shows to a list in the order in which things are cleared (behaviour.md 1.3 and 7). Data of
any shape is taken, and what cannot be judged is `unknown`: unknown data keeps a customer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, TypeVar

from partnercenter.cleanup.clearing import Action, Step
from partnercenter.cleanup.judgement import Blocks, Facts, Judgement, judge, judge_azure_subscription
from partnercenter.cleanup.purchase_kinds import (
    Kind,
    each,
    kind_of_offer,
    kind_of_order,
    kind_of_subscription,
    moment,
    reserved_for,
    term_end,
    text,
    word,
)
from partnercenter.contract.entitlements import Entitlement, ReferenceOrder
from partnercenter.contract.enums import SubscriptionStatus
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.orders import Order, OrderLineItem
from partnercenter.contract.subscriptions import AzureEntitlement, RefundOption, Subscription

R = TypeVar("R", Order, Subscription)

_CLEARING_ORDER: Final = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Belongings:
    """What the service shows of a customer.

    `entitlements` are None where they cannot be read, as are those of a plan in `azure_entitlements`, which are by
    the plan's subscription id.
    """

    subscriptions: Sequence[Subscription] = ()
    orders: Sequence[Order] = ()
    entitlements: Sequence[Entitlement] | None = None
    azure_entitlements: Mapping[str, Sequence[AzureEntitlement] | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attachment:
    """One thing that a customer has.

    `product` is the kind whose rules hold: that of the product for an add-on or a trial. `id` names the thing itself:
    a subscription, an order, an Azure subscription. `below` is the subscription it stands on.
    """

    kind: Kind
    product: Kind
    id: str
    name: str
    status: str
    judgement: Judgement
    order_id: str = ""
    alternate_id: str = ""
    subscription_id: str = ""
    below: str = ""

    @property
    def blocks(self) -> Blocks:
        """Whether it stands in the way of a deletion."""
        return self.judgement.blocks

    @property
    def steps(self) -> tuple[Step, ...]:
        """What clears it, in order; nothing when it does not block or when nothing is known to."""
        return self.judgement.steps

    @property
    def is_stuck(self) -> bool:
        """Whether it blocks and the API cannot clear it any more."""
        return self.blocks is Blocks.YES and any(not step.action.is_call for step in self.steps)


def attachments(belongings: Belongings, now: datetime) -> list[Attachment]:
    """Everything that a customer has, in the order in which it is cleared: add-ons before bases, plans last."""
    orders = _once(belongings.orders)
    subscriptions = _once(belongings.subscriptions)
    entitled = _by_order(belongings.entitlements or ())
    found = [_of_subscription(subscription, orders, now) for subscription in subscriptions]
    begun = {_same(attachment.order_id) for attachment in found}
    shown = {_same(attachment.subscription_id) for attachment in found}
    for order in orders:
        if begun & _ids_of(order) or _shows_subscription(order, subscriptions):
            found += [_of_line(order, line, now) for line in _hidden_lines(order, shown)]
        else:
            found.append(_of_order(order, entitled, now))
    known = {name for order in orders for name in _ids_of(order)}
    found += [_of_entitlement(first, now) for name, first in entitled.items() if name not in known]
    found = _plans_after_reservations(found, orders)
    found = [_unread(plan, belongings.azure_entitlements) for plan in found]
    found += [below for plan in found for below in _below(plan, belongings.azure_entitlements)]
    return sorted(found, key=_place)


def azure_plans(subscriptions: Iterable[Subscription]) -> list[str]:
    """The ids of the plans below which Azure subscriptions may stand."""
    return [
        str(subscription.id)
        for subscription in subscriptions
        if kind_of_subscription(subscription) is Kind.AZURE_PLAN
        and parse_guid(str(subscription.id)) is not None
        and subscription.status != SubscriptionStatus.DELETED
    ]


def _place(attachment: Attachment) -> tuple[int, str, str, str]:
    return _CLEARING_ORDER[attachment.kind], attachment.name, attachment.id, attachment.order_id


def _same(name: str) -> str:
    """An id for comparison: GUIDs compare without case, other ids exactly (behaviour.md 4.2 and 14)."""
    return parse_guid(name) or name


def _ids_of(order: Order) -> set[str]:
    """The ids by which an order is named: its own and the short one."""
    return {_same(name) for name in (text(order.id), text(order.alternate_id)) if name}


def _once(resources: Iterable[R]) -> list[R]:
    """The resources, each id once, in the order of their ids."""
    found: dict[str, R] = {}
    for place, resource in enumerate(resources):
        name = _same(text(resource.to_json().get("id"))) or f"without an id, {place}"
        found.setdefault(name, resource)
    return [found[name] for name in sorted(found)]


def _of_subscription(subscription: Subscription, orders: Sequence[Order], now: datetime) -> Attachment:
    known = text(subscription.id)
    order = next((order for order in orders if _began(order, subscription)), None)
    product = kind_of_subscription(subscription)
    facts = Facts(
        kind=product,
        order_id=text(subscription.order_id) if order is None else text(order.id),
        order_status="" if order is None else _status(order),
        subscription_id=known,
        subscription_status=word(subscription.status),
        created=(order and moment(order.creation_date)) or moment(subscription.creation_date),
        window=_window(subscription),
    )
    return Attachment(
        kind=_shown_kind(subscription, product),
        product=product,
        id=known,
        name=text(subscription.friendly_name) or text(subscription.offer_name) or text(subscription.offer_id),
        status=facts.subscription_status,
        judgement=judge(facts, now),
        order_id=facts.order_id,
        alternate_id="" if order is None else text(order.alternate_id),
        subscription_id=known,
        below=text(subscription.parent_subscription_id),
    )


def _shown_kind(subscription: Subscription, product: Kind) -> Kind:
    if text(subscription.parent_subscription_id):
        return Kind.ADD_ON
    return Kind.TRIAL if subscription.is_trial is True else product


def _window(subscription: Subscription) -> datetime | None:
    """Until when a subscription can be deleted: as the service shows it, never counted (behaviour.md 5.3)."""
    allowed = moment(subscription.cancellation_allowed_until_date)
    ends = [moment(option.expires_at) for option in each(RefundOption, subscription.refund_options)]
    known = [end for end in ends if end is not None]
    return allowed or (max(known) if known and len(known) == len(ends) else None)


def _began(order: Order, subscription: Subscription) -> bool:
    """Whether an order began a subscription."""
    if _same(text(subscription.order_id)) in _ids_of(order):
        return True
    return _shows_subscription(order, [subscription])


def _shows_subscription(order: Order, subscriptions: Iterable[Subscription]) -> bool:
    """Whether a line of an order names one of the subscriptions."""
    named = {_same(text(line.subscription_id)) for line in each(OrderLineItem, order.line_items)}
    return bool((named - {""}) & {_same(text(subscription.id)) for subscription in subscriptions})


def _status(order: Order) -> str:
    """The status of an order; one whose lines are all cancelled is, whatever it says (behaviour.md 4.3)."""
    quantities = [line.quantity for line in each(OrderLineItem, order.line_items)]
    return "cancelled" if quantities and not any(q != 0 for q in quantities) else word(order.status)


def _of_order(order: Order, entitled: Mapping[str, Entitlement], now: datetime) -> Attachment:
    """An order that began no subscription, or none that shows."""
    lines = each(OrderLineItem, order.line_items)
    entitlement = next((entitled[name] for name in sorted(_ids_of(order)) if name in entitled), None)
    created = moment(order.creation_date)
    product = kind_of_order(order, "" if entitlement is None else word(entitlement.entitlement_type))
    ends = [term_end(created, line.term_duration) for line in lines]
    facts = Facts(
        kind=product,
        order_id=text(order.id),
        order_status=_status(order),
        created=created,
        has_ended=_is_past(ends, now) or (entitlement is not None and _is_past([_expiry(entitlement)], now)),
    )
    names = [text(line.friendly_name) or text(line.offer_id) for line in lines]
    return Attachment(
        kind=product,
        product=product,
        id=facts.order_id,
        name=", ".join(name for name in names if name),
        status=facts.order_status,
        judgement=judge(facts, now),
        order_id=facts.order_id,
        alternate_id=text(order.alternate_id),
    )


def _hidden_lines(order: Order, shown: Collection[str]) -> list[OrderLineItem]:
    """The lines of an order whose subscriptions do not show, while others of it do."""
    lines = [line for line in each(OrderLineItem, order.line_items) if line.quantity != 0]
    return [line for line in lines if _same(text(line.subscription_id)) not in {"", *shown}]


def _of_line(order: Order, line: OrderLineItem, now: datetime) -> Attachment:
    """A line whose subscription does not show (yet): lists lag behind each other (behaviour.md 1.6)."""
    product = kind_of_offer(line.offer_id)
    facts = Facts(kind=product, order_id=text(order.id), order_status=_status(order))
    return Attachment(
        kind=product,
        product=product,
        id=text(line.subscription_id),
        name=text(line.friendly_name) or text(line.offer_id),
        status="",
        judgement=judge(facts, now),
        order_id=facts.order_id,
        alternate_id=text(order.alternate_id),
        subscription_id=text(line.subscription_id),
    )


def _is_past(ends: Sequence[datetime | None], now: datetime) -> bool:
    """Whether all of these times are known and past."""
    return bool(ends) and all(end is not None and end < now for end in ends)


def _expiry(entitlement: Entitlement) -> datetime | None:
    return moment(entitlement.expiry_date)


def _by_order(entitlements: Iterable[Entitlement]) -> dict[str, Entitlement]:
    """The first entitlement of each order, included ones too (behaviour.md 2 row 3)."""
    found: dict[str, Entitlement] = {}
    ahead = list(entitlements)
    while ahead:
        one = ahead.pop(0)
        ahead += each(Entitlement, one.included_entitlements)
        name = _same(_referenced(one))
        if name:
            found.setdefault(name, one)
    return found


def _referenced(entitlement: Entitlement) -> str:
    """The id of the order that an entitlement comes from."""
    orders = each(ReferenceOrder, [entitlement.reference_order])
    return next((text(order.id) or text(order.alternate_id) for order in orders), "")


def _of_entitlement(entitlement: Entitlement, now: datetime) -> Attachment:
    """An entitlement whose order does not show: lists lag behind each other (behaviour.md 1.6)."""
    order_id = _referenced(entitlement)
    product = kind_of_order(Order(), word(entitlement.entitlement_type))
    judgement = Judgement(Blocks.UNKNOWN, "its order does not show")
    if _is_past([_expiry(entitlement)], now):
        judgement = Judgement(Blocks.NO, "its term has ended")
    elif product is not Kind.UNKNOWN and entitlement.quantity != 0:
        judgement = replace(judgement, blocks=Blocks.YES, steps=(Step(Action.CANCEL_ORDER, order_id),))
    parts = (text(entitlement.product_id), text(entitlement.sku_id))
    return Attachment(
        kind=product,
        product=product,
        id=order_id,
        name=":".join(part for part in parts if part),
        status="",
        judgement=judgement,
        order_id=order_id,
    )


def _plans_after_reservations(found: Sequence[Attachment], orders: Sequence[Order]) -> list[Attachment]:
    """Reservations bought against a plan go before it; one that cannot go keeps it, too (behaviour.md 7)."""
    reserved = {
        _same(reserved_for(line)): text(order.id)
        for order in orders
        for line in each(OrderLineItem, order.line_items)
        if reserved_for(line)
    }
    blocking = {a.order_id: a for a in found if a.kind is Kind.AZURE_RESERVATION and a.blocks is Blocks.YES}
    return [_after(plan, blocking.get(reserved.get(_same(plan.subscription_id), ""))) for plan in found]


def _after(plan: Attachment, reservation: Attachment | None) -> Attachment:
    if plan.product is not Kind.AZURE_PLAN or plan.blocks is not Blocks.YES or reservation is None:
        return plan
    steps = reservation.steps + plan.steps if reservation.is_stuck else plan.steps
    judgement = replace(plan.judgement, steps=steps)
    return _because(replace(plan, judgement=judgement), f"order {reservation.order_id} goes first")


def _unread(plan: Attachment, azure: Mapping[str, Sequence[AzureEntitlement] | None]) -> Attachment:
    if plan.blocks is not Blocks.YES or azure.get(plan.subscription_id, ()) is not None:
        return plan
    return _because(plan, "the Azure subscriptions below it cannot be read")


def _because(attachment: Attachment, more: str) -> Attachment:
    reason = f"{attachment.judgement.reason}, and {more}"
    return replace(attachment, judgement=replace(attachment.judgement, reason=reason))


def _below(
    plan: Attachment, azure_entitlements: Mapping[str, Sequence[AzureEntitlement] | None]
) -> Iterator[Attachment]:
    """The Azure subscriptions below a plan."""
    for azure in azure_entitlements.get(plan.subscription_id) or ():
        status = word(azure.status)
        yield Attachment(
            kind=Kind.AZURE_SUBSCRIPTION,
            product=Kind.AZURE_SUBSCRIPTION,
            id=text(azure.id),
            name=text(azure.friendly_name),
            status=status,
            judgement=judge_azure_subscription(text(azure.id), status, plan.judgement),
            subscription_id=plan.subscription_id,
            below=plan.subscription_id,
        )
