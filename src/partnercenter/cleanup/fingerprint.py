"""What a customer has, as one short text that changes when somebody changes what it has; interlock S03.

Pure. Ids, statuses, quantities and order lines count. An order that the plan waits for is left out with everything
it begins: it changes by itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from typing import Any

from partnercenter.cleanup.blockers import Belongings
from partnercenter.cleanup.purchase_kinds import each, text, word
from partnercenter.cleanup.sweep_plan import PlannedStep, StepAction
from partnercenter.contract.entitlements import Entitlement, ReferenceOrder
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.orders import Order, OrderLineItem
from partnercenter.contract.subscriptions import Subscription


def awaited_orders(steps: Iterable[PlannedStep]) -> frozenset[str]:
    """The orders that steps wait for."""
    return frozenset(step.target for step in steps if step.action is StepAction.WAIT_FOR_ORDER)


def fingerprint(belongings: Belongings, awaited: Collection[str] = ()) -> str:
    """The fingerprint of what a customer has, in whatever order the service shows it.

    `awaited` are the orders that the plan waits for, which `awaited_orders` gives.
    """
    waiting = {_same(name) for name in awaited}
    orders = [order for order in belongings.orders if not _ids(order) & waiting]
    left_out = waiting | {
        name for order in belongings.orders if _ids(order) & waiting for name in _ids(order)
    }
    subscriptions = [one for one in belongings.subscriptions if _same(one.order_id) not in left_out]
    known = {_same(one.id) for one in subscriptions}
    shown = left_out | {name for order in orders for name in _ids(order)}
    facts = {
        "orders": _sorted(_of_order(order) for order in orders),
        "subscriptions": _sorted(_of_subscription(one) for one in subscriptions),
        "entitlements": _sorted(
            # One whose order shows says nothing new, and the list lags behind the orders (behaviour.md 1.6).
            _of_entitlement(one)
            for one in belongings.entitlements or ()
            if not _names(one) & shown
        ),
        "azure": _sorted(
            [_same(plan), _same(below.id), word(below.status)]
            for plan, entitled in belongings.azure_entitlements.items()
            for below in entitled or ()
            if _same(plan) in known
        ),
    }
    encoded = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(encoded.encode("ascii")).hexdigest()


def _sorted(facts: Iterable[list[Any]]) -> list[str]:
    """The facts, each once, in an order that depends on nothing but them: a list may show a thing twice."""
    return sorted({json.dumps(fact, default=str) for fact in facts})


def _same(name: Any) -> str:
    return parse_guid(text(name)) or text(name)


def _ids(order: Order) -> set[str]:
    return {_same(order.id), _same(order.alternate_id)} - {""}


def _of_order(order: Order) -> list[Any]:
    lines = [
        [str(line.line_item_number), text(line.offer_id), str(line.quantity), _same(line.subscription_id)]
        for line in each(OrderLineItem, order.line_items)
    ]
    return [_same(order.id), word(order.status), sorted(lines)]


def _of_subscription(subscription: Subscription) -> list[Any]:
    return [_same(subscription.id), word(subscription.status), subscription.quantity]


def _names(entitlement: Entitlement) -> set[str]:
    """The ids of the order that an entitlement comes from."""
    orders = each(ReferenceOrder, [entitlement.reference_order])
    return {_same(name) for order in orders for name in (order.id, order.alternate_id)} - {""}


def _of_entitlement(entitlement: Entitlement) -> list[Any]:
    product = (text(entitlement.product_id), text(entitlement.sku_id))
    return [sorted(_names(entitlement)), *product, entitlement.quantity]
