"""From the purchases of a world's customer to rows of the tables, the same that buying makes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.nature import Identifiers
from partnercenter.sandbox.purchase_rows import azure_values, order_values, subscriptions_of
from partnercenter.sandbox.rules.buying import sku_of
from partnercenter.sandbox.rules.catalogue import CatalogueItem, Term, default_item, find_item, items
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.purchase_documents import (
    Purchase,
    PurchaseLine,
    new_order_ids,
    new_subscription_id,
)
from partnercenter.sandbox.rules.terms import NO_END
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.worlds.document import WorldPurchase

Values = dict[str, Any]
TableRow = tuple[str, Values]


@dataclass(frozen=True, slots=True)
class Buying:
    """What the purchases of one customer have in common; `customer_name` is for messages."""

    customer_id: str
    customer_name: str
    country: str
    now: datetime
    settings: Settings
    ids: Identifiers


def purchase_rows(purchases: Sequence[WorldPurchase], buying: Buying) -> Iterator[TableRow]:
    """The rows of a customer's purchases, each with the name of its table.

    Raises `SandboxError` for an item, a term or an add-on that the catalogue does not have, and for what does not
    belong to the product.
    """
    azure_ids: list[str] = []
    for wanted in purchases:
        _check(wanted, buying)
        made = _purchase(wanted, buying, azure_ids)
        settles = _settles(wanted, made, buying)
        order = order_values(made, settles)
        if wanted.settles_in is None:
            order |= {"next_document": None, "due_at": None}
        yield "orders", order
        for values in subscriptions_of(made, wanted.subscription_status, buying.settings, settles):
            yield "subscriptions", values
            if made.kind.is_azure:
                azure_ids.append(values["id"])
                yield from _below(wanted, made, values["id"], buying)


def _wrong(buying: Buying, text: str) -> SandboxError:
    name = buying.customer_name[:60]
    return SandboxError(f"In the world, a purchase of the customer {name!r} is not valid: {text}")


def _check(wanted: WorldPurchase, buying: Buying) -> None:
    if wanted.azure_subscriptions and wanted.product is not Product.AZURE_PLAN:
        raise _wrong(buying, "azureSubscriptions are what an azure_plan has.")
    if wanted.registered and not wanted.product.is_azure:
        raise _wrong(buying, "only an azure_plan and a legacy_azure are registered.")
    if wanted.settles_in is not None and wanted.order_status != "pending":
        raise _wrong(buying, "settlesInSeconds is for an order that is pending.")


def _settles(wanted: WorldPurchase, made: Purchase, buying: Buying) -> datetime:
    """When the order was, or will be, completed, and its subscriptions begin; a pending one may never be."""
    if wanted.settles_in is not None:
        return buying.now + wanted.settles_in
    return NO_END if made.status == "pending" else made.created


def _purchase(wanted: WorldPurchase, buying: Buying, azure_ids: list[str]) -> Purchase:
    item = _item(wanted, buying)
    term = _term(item, wanted, buying)
    order_id, alternate_id = new_order_ids(item.kind, buying.ids)
    base = PurchaseLine(
        item=item,
        term=term,
        quantity=wanted.quantity,
        subscription_id=new_subscription_id(item.kind, buying.ids),
        extra=_reserved_for(item, azure_ids, buying),
        renews=wanted.auto_renew,
    )
    return Purchase(
        customer_id=buying.customer_id,
        country=buying.country,
        order_id=order_id,
        alternate_id=alternate_id,
        lines=(base, *(_add_on(name, item, base, wanted, buying) for name in wanted.add_ons)),
        created=buying.now - wanted.age,
        status=wanted.order_status,
    )


def _item(wanted: WorldPurchase, buying: Buying) -> CatalogueItem:
    if wanted.item is None:
        return default_item(wanted.product)
    item = _known(wanted.item, buying)
    if item.kind is not wanted.product:
        raise _wrong(
            buying, f"the item {item.catalog_item_id} is {item.kind.value}, not {wanted.product.value}."
        )
    return item


def _known(name: str, buying: Buying) -> CatalogueItem:
    item = find_item(name)
    if item is None:
        near = difflib.get_close_matches(name.upper(), [i.catalog_item_id for i in items()], n=1)
        hint = f"; did you mean {near[0]}?" if near else "."
        raise _wrong(buying, f"the catalogue has no item {name[:60]!r}{hint}")
    return item


def _term(item: CatalogueItem, wanted: WorldPurchase, buying: Buying) -> Term:
    for term in item.terms:
        if wanted.term in {None, term.duration} and wanted.billing_cycle in {None, term.billing_cycle}:
            return term
    offered = ", ".join(f"{term.duration or 'none'} {term.billing_cycle}" for term in item.terms)
    raise _wrong(buying, f"the item {item.catalog_item_id} has these terms only: {offered}.")


def _reserved_for(item: CatalogueItem, azure_ids: list[str], buying: Buying) -> dict[str, Any]:
    """A reservation names the Azure subscription it is for: the customer's own where it has one."""
    if item.kind is not Product.AZURE_RESERVATION:
        return {}
    subscription_id = azure_ids[-1] if azure_ids else buying.ids.guid()
    return {
        "provisioningContext": {"subscriptionId": subscription_id, "scope": "shared", "duration": "1Year"}
    }


def _add_on(
    name: str, item: CatalogueItem, base: PurchaseLine, wanted: WorldPurchase, buying: Buying
) -> PurchaseLine:
    add_on = _known(name, buying)
    if sku_of(item) not in {known.lower() for known in add_on.bases}:
        raise _wrong(buying, f"{add_on.catalog_item_id} is no add-on of {item.catalog_item_id}.")
    of_cycle = [term for term in add_on.terms if term.billing_cycle == base.term.billing_cycle]
    like_base = [term for term in of_cycle if term.duration == base.term.duration]
    term = next(iter([*like_base, *of_cycle, *add_on.terms]))
    return PurchaseLine(
        item=add_on,
        term=term,
        quantity=wanted.quantity,
        subscription_id=new_subscription_id(add_on.kind, buying.ids),
        parent_id=base.subscription_id,
        renews=wanted.auto_renew,
    )


def _below(wanted: WorldPurchase, made: Purchase, plan_id: str, buying: Buying) -> Iterator[TableRow]:
    """The Azure subscriptions below a plan, one unless the world names others, and the registration."""
    if made.kind is Product.AZURE_PLAN:
        named = [(below.name, below.status) for below in wanted.azure_subscriptions]
        for name, status in named or [("Azure subscription 1", _alone(wanted))]:
            values = azure_values(buying.customer_id, plan_id, buying.ids, made.created, name, status)
            yield "azure_entitlements", values
    if wanted.registered:
        registered_at = to_micros(made.created)
        yield "registrations", {"subscription_id": plan_id, "registered_at": registered_at}


def _alone(wanted: WorldPurchase) -> str:
    """A plan that is not active has nothing active below it (behaviour.md 5.2)."""
    return "active" if wanted.subscription_status == "active" else "inactive"
