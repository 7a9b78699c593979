"""Cancelling an order, or some of its lines; behaviour.md 1.2 and 4.3.

Pure: an order's document, what the caller asks, and who he is, to the changed document or to a refusal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from partnercenter.sandbox.rules.catalogue import find_item
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.refusal import Refusal, Refused, RefusedBySetting
from partnercenter.sandbox.settings import Settings

Json = dict[str, Any]

CANCELLED: Final = "cancelled"
# A purchase order that nobody has uploaded yet is nothing that runs; it can be taken back.
_IN_PROGRESS: Final = {"pending", "po_upload_complete", "pending_review"}
_PRODUCTION_DAYS: Final[Mapping[Product, int]] = {
    Product.PERPETUAL_SOFTWARE: 30,
    Product.SOFTWARE_SUBSCRIPTION: 7,
}


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order as it is now. `is_cancelling` while an earlier cancellation is on its way."""

    customer_id: str
    product: Product
    document: Json
    is_cancelling: bool

    @property
    def status(self) -> str:
        """Its status."""
        return str(self.document["status"])


def cancellation_refusal(order: OrderState, *, is_sandbox: bool, settings: Settings) -> Refusal | None:
    """Why an order of this kind, in this state, cannot be cancelled by PATCH on it, or None when it can."""
    if order.is_cancelling:
        return Refused(409, 800014)
    by_kind = _refusal_by_kind(order, is_sandbox=is_sandbox)
    if by_kind is not None:
        return by_kind
    if order.status == CANCELLED:
        again = settings.text("cancel_again") == "refuse"
        return RefusedBySetting("fault_cancel_again") if again else None
    return RefusedBySetting("fault_order_in_progress") if order.status in _IN_PROGRESS else None


def _refusal_by_kind(order: OrderState, *, is_sandbox: bool) -> Refusal | None:
    match order.product:
        case Product.AZURE_SAVINGS_PLAN:
            return Refused(403, 900321)
        case Product.AZURE_PLAN:
            return RefusedBySetting("fault_cancel_azure_plan_order")
        case Product.NEW_COMMERCE | Product.LEGACY | Product.LEGACY_AZURE:
            order_id = order.document["id"]
            return RefusedBySetting("fault_cancel_by_subscription", None, order_id, order.customer_id)
        case Product.AZURE_RESERVATION | Product.MARKETPLACE if not is_sandbox:
            return RefusedBySetting("fault_production_order_cancel")
        case Product.MARKETPLACE:
            return Refused(403, 800077)
    return None


def age_refusal(
    product: Product,
    offers: Iterable[str],
    created: datetime,
    *,
    is_sandbox: bool,
    now: datetime,
    settings: Settings,
) -> Refusal | None:
    """Why a reservation or software, bought as these offers, can no longer be cancelled, or None.

    In a sandbox 60 days after its purchase, in production after the window of its kind (behaviour.md 1.2, 4.3).
    """
    if product is not Product.AZURE_RESERVATION and not product.is_software:
        return None
    days = settings.number("order_cancel_days")
    if is_sandbox and now > created + timedelta(days=days):
        return RefusedBySetting("fault_order_too_old", None, days)
    if is_sandbox and not settings.flag("sandbox_applies_windows"):
        return None
    if not all(_is_taken_back(offer) for offer in offers):
        return RefusedBySetting("fault_never_cancelled")
    window = _PRODUCTION_DAYS.get(product)
    if window is not None and now > created + timedelta(days=window):
        return Refused(400, 900117, None, window)
    return None


def _is_taken_back(offer: str) -> bool:
    item = find_item(offer)
    return item is None or item.taken_back_in_production


def chosen_lines(order: Json, sent: Any) -> set[int] | None:
    """The numbers of the lines that a request names, or None for the whole order.

    Raises `Refused` for a line that the order does not have, or that is another item.
    """
    if sent is None or sent == []:
        return None
    if not isinstance(sent, list):
        raise Refused(400, 800071)
    lines = {line["lineItemNumber"]: line for line in order["lineItems"]}
    chosen: set[int] = set()
    for item in sent:
        number = item.get("lineItemNumber") if isinstance(item, dict) else None
        if not isinstance(number, int) or isinstance(number, bool) or number not in lines:
            raise Refused(400, 800071)
        offer = item.get("offerId")
        if offer is not None and str(offer).lower() != lines[number]["offerId"].lower():
            raise Refused(400, 800004)
        chosen.add(number)
    return chosen


def offers_of(order: Json, lines: Collection[int] | None) -> list[str]:
    """What the lines are of."""
    items = order["lineItems"]
    return [line["offerId"] for line in items if lines is None or line["lineItemNumber"] in lines]


def cancelled_document(order: Json, lines: Collection[int] | None) -> Json:
    """The order once it, or some of its lines, are cancelled: such lines have no quantity (behaviour.md 4.3)."""
    if lines is None:
        return {**order, "status": CANCELLED}
    items = [
        {**line, "quantity": 0} if line["lineItemNumber"] in lines else line for line in order["lineItems"]
    ]
    is_over = all(line["quantity"] == 0 for line in items)
    return {**order, "lineItems": items, "status": CANCELLED if is_over else order["status"]}


def cancelled_subscriptions(order: Json, lines: Collection[int] | None) -> set[str]:
    """The subscriptions, in lower case, that end with the cancelled lines."""
    return {
        line["subscriptionId"].lower()
        for line in order["lineItems"]
        if "subscriptionId" in line and (lines is None or line["lineItemNumber"] in lines)
    }
