"""Purchases as rows of the tables, and rows as what has become of them.

This stands between the rules, which know no table, and the store, which knows no rule. A checkout and a seed make the
same rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from partnercenter.sandbox.nature import Identifiers
from partnercenter.sandbox.rules import subscription_life as life
from partnercenter.sandbox.rules.azure_entitlement_documents import azure_entitlement_document
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.purchase_documents import (
    Purchase,
    order_document,
    subscription_document,
)
from partnercenter.sandbox.rules.subscription_life import StoredSubscription, Windows
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.store.times import from_micros, to_micros
from partnercenter.sandbox.wire.message import json_text

Json = dict[str, Any]
Values = dict[str, Any]


def windows(settings: Settings) -> Windows:
    """How long purchases can be taken back, by the settings."""
    return Windows(settings.number("new_commerce_window_days"), settings.number("marketplace_window_days"))


def order_values(purchase: Purchase, settles: datetime) -> Values:
    """The columns of an order; one that is pending is completed at `settles`."""
    document = order_document(purchase, show_subscriptions=settles <= purchase.created)
    values = {
        "id": purchase.order_id,
        "alternate_id": purchase.alternate_id,
        "product": purchase.kind.value,
        "billing_cycle": purchase.billing_cycle,
        "created_at": to_micros(purchase.created),
        **document_values(document),
    }
    if purchase.status == "pending":
        completed = order_document(replace(purchase, status="completed"))
        values |= {"next_document": json_text(completed), "due_at": to_micros(settles)}
    return values


def document_values(document: Json, later: Json | None = None, due: datetime | None = None) -> Values:
    """The columns of an order, or of an Azure subscription, that change with it."""
    return {
        "status": document["status"],
        "document": json_text(document),
        "next_document": None if later is None else json_text(later),
        "due_at": None if due is None else to_micros(due),
    }


def subscriptions_of(
    purchase: Purchase, status: str, settings: Settings, visible: datetime
) -> Iterator[Values]:
    """The columns of the subscriptions that an order begins; they are seen from `visible` on."""
    for line in purchase.lines:
        if line.subscription_id is None:
            continue
        document = subscription_document(purchase, line, status, windows(settings))
        stored = StoredSubscription(purchase.kind, document, purchase.created)
        yield {
            "id": line.subscription_id.lower(),
            "order_id": purchase.order_id,
            "parent_id": None if line.parent_id is None else line.parent_id.lower(),
            "product": purchase.kind.value,
            "created_at": to_micros(visible),
            **subscription_values(stored),
        }


def subscription_values(stored: StoredSubscription) -> Values:
    """The columns of a subscription that change with it."""
    due = life.due(stored)
    later = stored.next_document
    return {
        "status": stored.status,
        "status_since": to_micros(stored.status_since),
        "document": json_text(stored.document),
        "next_document": None if later is None else json_text(later),
        "next_at": None if stored.next_at is None else to_micros(stored.next_at),
        "due_at": None if due is None else to_micros(due),
    }


def azure_values(
    customer_id: str, plan_id: str, ids: Identifiers, created: datetime, name: str, status: str = "active"
) -> Values:
    """The columns of an Azure subscription below a plan."""
    document = azure_entitlement_document(customer_id, plan_id, ids.guid(), name, status)
    return {
        "id": document["id"],
        "subscription_id": plan_id.lower(),
        "created_at": to_micros(created),
        **document_values(document),
    }


@dataclass(frozen=True, slots=True)
class Current:
    """An order or an Azure subscription as it is now. `is_changing` while a change of it is on its way."""

    row: Row[Any]
    document: Json
    is_changing: bool

    @property
    def product(self) -> Product:
        """What kind of purchase it is; of an order only."""
        return Product(self.row.product)

    @property
    def status(self) -> str:
        """Its status."""
        return str(self.document["status"])


def current(row: Row[Any], now: datetime) -> Current:
    """What has become of an order, or of an Azure subscription, by now."""
    if row.next_document is None:
        return Current(row, json.loads(row.document), is_changing=False)
    if row.due_at <= to_micros(now):
        return Current(row, json.loads(row.next_document), is_changing=False)
    return Current(row, json.loads(row.document), is_changing=True)


def current_text(row: Row[Any], now: int) -> str:
    """The same as JSON text, without reading it."""
    is_over = row.next_document is not None and row.due_at <= now
    return str(row.next_document if is_over else row.document)


def stored_subscription(row: Row[Any]) -> StoredSubscription:
    """The subscription of a row, as it was written."""
    return StoredSubscription(
        product=Product(row.product),
        document=json.loads(row.document),
        status_since=from_micros(row.status_since),
        next_document=None if row.next_document is None else json.loads(row.next_document),
        next_at=None if row.next_at is None else from_micros(row.next_at),
    )


def current_subscription(row: Row[Any], now: datetime, settings: Settings) -> StoredSubscription:
    """What has become of a subscription by now."""
    return life.at(stored_subscription(row), now, windows(settings))


def subscription_text(row: Row[Any], now: datetime, settings: Settings) -> str:
    """The same as JSON text; the stored text while nothing has changed."""
    if row.due_at is None or row.due_at > to_micros(now):
        return str(row.document)
    return json_text(current_subscription(row, now, settings).document)
