"""What a customer holds, as it is now: reading it, and writing down what time has done to it.

Reads work it out and leave the rows alone. A write settles first, so that it and every later query see rows that are
up to date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from partnercenter.sandbox.purchase_rows import (
    Current,
    current,
    current_subscription,
    document_values,
    subscription_values,
)
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.rules.buying import (
    AzureSubscription,
    Buyer,
    HeldSubscription,
    Holdings,
    assets_of,
    sku_of,
)
from partnercenter.sandbox.rules.catalogue import CatalogueItem, find_item
from partnercenter.sandbox.rules.entitlement_documents import term_over
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.purchase_documents import currency_codes
from partnercenter.sandbox.rules.subscription_life import StoredSubscription
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.store import commerce as store
from partnercenter.sandbox.store.times import to_micros


def settle(connection: Connection, customer_key: int, now: datetime, settings: Settings) -> None:
    """Write down what has changed by itself since the customer's rows were written."""
    moment = to_micros(now)
    if not store.has_due(connection, customer_key, moment):
        return
    for row in _due(store.list_orders(connection, customer_key), moment):
        values = document_values(current(row, now).document)
        store.update_order(connection, customer_key, row.id, values)
    for row in _due(store.list_azure_entitlements(connection, customer_key), moment):
        values = document_values(current(row, now).document)
        store.update_azure_entitlement(connection, customer_key, row.id, values)
    for row in _due(store.list_subscriptions(connection, customer_key), moment):
        values = subscription_values(current_subscription(row, now, settings))
        store.update_subscription(connection, customer_key, row.id, values)


def _due(rows: Iterable[Row[Any]], now: int) -> list[Row[Any]]:
    return [row for row in rows if row.due_at is not None and row.due_at <= now]


def orders(call: Call, connection: Connection) -> list[Current]:
    """The customer's orders, oldest first."""
    now = call.nature.clock.now()
    return [current(row, now) for row in store.list_orders(connection, call.found_customer.key)]


def azure_entitlements(call: Call, connection: Connection, plan_id: str | None = None) -> list[Current]:
    """The Azure subscriptions below one plan, or below all; `plan_id` is in lower case."""
    now = call.nature.clock.now()
    rows = store.list_azure_entitlements(connection, call.found_customer.key)
    return [current(row, now) for row in rows if plan_id in {None, row.subscription_id}]


def subscriptions(call: Call, connection: Connection) -> list[tuple[Row[Any], StoredSubscription]]:
    """The customer's subscriptions, oldest first, each with its row."""
    now = call.nature.clock.now()
    rows = store.list_subscriptions(connection, call.found_customer.key)
    return [(row, current_subscription(row, now, call.settings)) for row in rows]


def reservation_is_over(order: Current, now: datetime) -> bool:
    """Whether the terms of all lines of an order are over, or the lines cancelled."""
    ends = [term_over(order.document, line) for line in order.document["lineItems"] if line["quantity"]]
    return all(end is not None and end <= now for end in ends)


def holdings(call: Call, connection: Connection) -> Holdings:
    """What decides what else the customer can buy (behaviour.md 8)."""
    held = [stored for _, stored in subscriptions(call, connection) if stored.status != "deleted"]
    plans = sum(stored.product is Product.AZURE_PLAN for stored in held)
    by_product = _partner_counts(call, connection)
    bought = _bought(call, connection)
    return Holdings(
        subscriptions={str(stored.document["id"]).lower(): _held(stored) for stored in held},
        azure=_azure(call, connection, held),
        assets=_assets(bought, held),
        reservations=sum(quantity for item, quantity in bought if item.kind is Product.AZURE_RESERVATION),
        subscriptions_of_customer=len(held),
        subscriptions_of_partner=sum(by_product.values()),
        azure_plans_of_customer=plans,
        azure_plans_of_partner=by_product.get(Product.AZURE_PLAN.value, 0),
        legacy_azure_of_partner=by_product.get(Product.LEGACY_AZURE.value, 0),
    )


def _partner_counts(call: Call, connection: Connection) -> dict[str, int]:
    """Subscriptions of the partner by product; those of other customers may have ended by themselves meanwhile."""
    now = call.nature.clock.now()
    for row in store.customers_with_due(connection, call.partner.tenant_id, to_micros(now)):
        settle(connection, row.key, now, call.settings)
    return store.count_subscriptions(connection, call.partner.tenant_id)


def _held(stored: StoredSubscription) -> HeldSubscription:
    document = stored.document
    item = find_item(document["offerId"])
    return HeldSubscription(
        id=document["id"],
        kind=stored.product,
        item=document["offerId"].lower() if item is None else sku_of(item),
        status=stored.status,
        billing_cycle=document["billingCycle"],
    )


def _azure(
    call: Call, connection: Connection, held: list[StoredSubscription]
) -> dict[str, AzureSubscription]:
    now = to_micros(call.nature.clock.now())
    registered = store.list_registrations(connection, call.found_customer.key)
    active = {
        str(stored.document["id"]).lower(): stored.status == "active"
        for stored in held
        if stored.product.is_azure
    }
    active |= {
        entitlement.row.id: entitlement.status == "active"
        for entitlement in azure_entitlements(call, connection)
    }
    return {
        subscription_id: AzureSubscription(is_active, registered.get(subscription_id, now + 1) <= now)
        for subscription_id, is_active in active.items()
    }


def _bought(call: Call, connection: Connection) -> list[tuple[CatalogueItem, int]]:
    """Item and quantity of every line without a subscription that is neither cancelled nor over."""
    now = call.nature.clock.now()
    bought = []
    for order in orders(call, connection):
        if order.status == "cancelled" or order.product.has_subscription:
            continue
        for line in order.document["lineItems"]:
            end = term_over(order.document, line)
            item = find_item(line["offerId"])
            if item is not None and (end is None or end > now):
                bought.append((item, line["quantity"]))
    return bought


def _assets(bought: list[tuple[CatalogueItem, int]], held: list[StoredSubscription]) -> dict[str, int]:
    subscribed = ((find_item(stored.document["offerId"]), stored.document["quantity"]) for stored in held)
    assets: Counter[str] = Counter()
    for item, quantity in (*bought, *subscribed):
        if item is not None:
            assets[sku_of(item)] += assets_of(item, quantity)
    return assets


def buyer(call: Call, country: str) -> Buyer:
    """For whom, and in which currencies, is bought (behaviour.md 8)."""
    _, currencies = currency_codes(country, call.partner.country)
    is_provider = call.partner.kind == "indirect_provider"
    return Buyer(
        is_sandbox=call.partner.is_sandbox,
        azure_plans_each=3 if is_provider else 1,
        can_name_participants=is_provider,
        currencies=frozenset(currencies),
    )
