"""What stands in the way of deleting a customer; behaviour.md 1.2.

Pure functions over what the store knows of the customer's orders and subscriptions. An order blocks by
itself (reservations, perpetual software, savings plans, anything still pending) or through its subscriptions (Azure
plans, new commerce, marketplace, software subscriptions).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.settings import Settings


@dataclass(frozen=True, slots=True)
class PurchaseState:
    """An order with the states of the subscriptions that it began; `is_over` when its term has ended."""

    order_id: str
    alternate_id: str
    product: Product
    order_status: str
    subscription_statuses: list[str]
    is_over: bool = False


_SWITCHES = {
    Product.AZURE_SAVINGS_PLAN: "blocks_azure_savings_plan",
    Product.NEW_COMMERCE: "blocks_new_commerce",
    Product.MARKETPLACE: "blocks_marketplace",
    Product.LEGACY: "blocks_legacy",
    Product.LEGACY_AZURE: "blocks_legacy",
}
SETTLED = frozenset({"suspended", "deleted", "expired", "disabled"})
PENDING = frozenset({"pending", "pending_po_upload", "po_upload_complete", "pending_review"})


def blocks(purchase: PurchaseState, settings: Settings) -> bool:
    """Whether this purchase stops the customer from being deleted."""
    if purchase.order_status == "cancelled":
        return False
    if purchase.order_status in PENDING:
        return settings.flag("blocks_pending_orders")
    switch = _SWITCHES.get(purchase.product)
    if switch is not None and not settings.flag(switch):
        return False
    if not purchase.product.has_subscription:
        return not purchase.is_over or settings.flag("settled_blocks")
    live = [status for status in purchase.subscription_statuses if status not in SETTLED]
    return bool(live) or settings.flag("settled_blocks")


def blocking_ids(purchases: Iterable[PurchaseState], settings: Settings) -> list[str]:
    """The short ids of the orders that block, as the service's refusal names them."""
    return [purchase.alternate_id for purchase in purchases if blocks(purchase, settings)]


def refusal_text(ids: Sequence[str], settings: Settings) -> str:
    """The service's words, which speak of reserved instances whatever it is that blocks (behaviour.md 1.5)."""
    listed = settings.text("active_orders_separator").join(ids)
    return (
        "Customer relationship cannot be removed due to active Azure reserved instances."
        f"Please cancel the following orders: {listed}"
    )
