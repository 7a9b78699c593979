"""Customers for everything that can stand in the way of a deletion, in each of its states; behaviour.md 1.2 and 5.2.

Each is named after what it has, so that a list of customers reads like the table it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from partnercenter.sandbox.rules.catalogue import items
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.worlds.document import WorldAzureSubscription, WorldCustomer, WorldPurchase

_DAY: Final = timedelta(days=1)
_YOUNG: Final = 2 * _DAY
_PAST_THE_WINDOW: Final = 20 * _DAY
_PAST_60_DAYS: Final = 61 * _DAY

_TITLES: Final = {
    Product.AZURE_RESERVATION: "Reservation",
    Product.PERPETUAL_SOFTWARE: "Perpetual software",
    Product.SOFTWARE_SUBSCRIPTION: "Software subscription",
    Product.AZURE_PLAN: "Azure plan",
    Product.AZURE_SAVINGS_PLAN: "Savings plan",
    Product.NEW_COMMERCE: "New commerce",
    Product.MARKETPLACE: "Marketplace",
    Product.LEGACY: "Legacy licence",
    Product.LEGACY_AZURE: "Legacy Azure",
}
_SETTLES_IN: Final = timedelta(seconds=30)
# Old enough for the term to be over: most are of a year, those of the marketplace of a month.
_AGES: Final[Mapping[object, timedelta]] = {
    ("expired", Product.MARKETPLACE): 40 * _DAY,
    "expired": 375 * _DAY,
    "disabled": 410 * _DAY,
}
_STATUSES: Final = {
    Product.SOFTWARE_SUBSCRIPTION: ("active", "expired", "disabled", "deleted"),
    Product.AZURE_PLAN: ("active", "suspended"),
    Product.NEW_COMMERCE: ("active", "suspended", "expired", "disabled", "deleted"),
    Product.MARKETPLACE: ("pending", "active", "suspended", "expired", "deleted"),
    Product.LEGACY: ("active", "suspended", "deleted"),
    Product.LEGACY_AZURE: ("active", "suspended", "deleted"),
}


def every_blocker() -> Iterator[WorldCustomer]:
    """A customer for each kind of purchase in each of its states, and for what hangs on another."""
    for product, title in _TITLES.items():
        pending = WorldPurchase(product, 1, "pending", age=timedelta(), settles_in=_SETTLES_IN)
        yield WorldCustomer(f"{title}, order pending", age=_DAY, purchases=(pending,))
        if not product.has_subscription:
            yield _one(f"{title}, order completed", product)
            yield _one(f"{title}, order cancelled", product, order_status="cancelled")
        for status in _STATUSES.get(product, ()):
            age = _AGES.get((status, product)) or _AGES.get(status, _YOUNG)
            yield _one(f"{title}, {status}", product, subscription_status=status, age=age)
    yield from _hanging_together()
    yield from every_stuck_customer()


def _one(
    name: str,
    product: Product,
    *,
    age: timedelta = _YOUNG,
    order_status: str = "completed",
    subscription_status: str = "active",
) -> WorldCustomer:
    purchase = WorldPurchase(product, 1, order_status, subscription_status, age)
    return WorldCustomer(name, age=age + _DAY, purchases=(purchase,))


def _hanging_together() -> Iterator[WorldCustomer]:
    """Purchases of which one must go before another."""
    add_on = next(item for item in items() if item.kind is Product.NEW_COMMERCE and item.is_add_on)
    trial = next(item for item in items() if item.kind is Product.NEW_COMMERCE and item.is_trial)
    base = next(i.catalog_item_id for i in items() if ":".join(i.parts[:2]) == add_on.bases[0])
    with_add_on = WorldPurchase(
        Product.NEW_COMMERCE, 5, age=_YOUNG, item=base, add_ons=(add_on.catalog_item_id,)
    )
    yield WorldCustomer("New commerce, with an add-on", age=3 * _DAY, purchases=(with_add_on,))
    on_trial = WorldPurchase(Product.NEW_COMMERCE, 5, age=_YOUNG, item=trial.catalog_item_id)
    yield WorldCustomer("New commerce, trial", age=3 * _DAY, purchases=(on_trial,))
    below = (WorldAzureSubscription("Web shop", "inactive"),)
    cleared = WorldPurchase(Product.AZURE_PLAN, age=_YOUNG, azure_subscriptions=below)
    yield WorldCustomer("Azure plan, nothing active below", age=3 * _DAY, purchases=(cleared,))
    several = (WorldAzureSubscription("Web shop"), WorldAzureSubscription("Data lake"))
    plan = WorldPurchase(Product.AZURE_PLAN, age=_YOUNG, azure_subscriptions=several, registered=True)
    reservation = WorldPurchase(Product.AZURE_RESERVATION, age=_DAY)
    yield WorldCustomer("Azure plan, with a reservation", age=3 * _DAY, purchases=(plan, reservation))
    everything = tuple(
        WorldPurchase(product, 1, age=_YOUNG)
        for product in (
            Product.AZURE_PLAN,
            Product.AZURE_RESERVATION,
            Product.PERPETUAL_SOFTWARE,
            Product.SOFTWARE_SUBSCRIPTION,
            Product.NEW_COMMERCE,
            Product.MARKETPLACE,
            Product.LEGACY,
        )
    )
    yield WorldCustomer("One of everything", age=3 * _DAY, purchases=everything)


def every_stuck_customer() -> Iterator[WorldCustomer]:
    """Customers whose windows have closed, and one that nothing could ever have deleted."""
    for product in (Product.AZURE_RESERVATION, Product.PERPETUAL_SOFTWARE, Product.SOFTWARE_SUBSCRIPTION):
        yield _one(f"{_TITLES[product]}, older than 60 days", product, age=_PAST_60_DAYS)
    yield _one("Savings plan, for the portal only", Product.AZURE_SAVINGS_PLAN, age=_PAST_THE_WINDOW)
    for product in (Product.NEW_COMMERCE, Product.MARKETPLACE):
        yield _one(f"{_TITLES[product]}, past its window", product, age=_PAST_THE_WINDOW)
    yield WorldCustomer(
        "Bad address",
        age=8 * _DAY,
        undeletable_reason="The postal code 00000 does not belong to the city Bend.",
    )
