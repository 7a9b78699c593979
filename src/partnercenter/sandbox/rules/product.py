"""The kinds of purchase that the service treats differently; behaviour.md 1.2, 4.2 and 5.1."""

from __future__ import annotations

from enum import Enum


class Product(Enum):
    """What decides how a purchase is cancelled, and whether it blocks a deletion."""

    AZURE_RESERVATION = "azure_reservation"
    PERPETUAL_SOFTWARE = "perpetual_software"
    SOFTWARE_SUBSCRIPTION = "software_subscription"
    AZURE_PLAN = "azure_plan"
    AZURE_SAVINGS_PLAN = "azure_savings_plan"
    NEW_COMMERCE = "new_commerce"
    MARKETPLACE = "marketplace"
    LEGACY = "legacy"
    LEGACY_AZURE = "legacy_azure"

    @property
    def has_subscription(self) -> bool:
        """Whether an order begins a subscription; the others show as orders and entitlements only."""
        return self not in _WITHOUT_SUBSCRIPTION

    @property
    def is_legacy(self) -> bool:
        """Whether it is of the time before new commerce, with GUIDs in upper case."""
        return self in {Product.LEGACY, Product.LEGACY_AZURE}

    @property
    def is_azure(self) -> bool:
        """Whether reservations can be bought for its subscription."""
        return self in {Product.AZURE_PLAN, Product.LEGACY_AZURE}

    @property
    def is_software(self) -> bool:
        """Whether it is software, which shows as an entitlement."""
        return self in {Product.PERPETUAL_SOFTWARE, Product.SOFTWARE_SUBSCRIPTION}

    @property
    def has_seats(self) -> bool:
        """Whether its quantity is a number of licences, which a sandbox limits."""
        return self in _WITH_SEATS

    @property
    def has_etag(self) -> bool:
        """Whether its subscription carries an etag; those of new commerce never do."""
        return self in _WITH_ETAG


_WITHOUT_SUBSCRIPTION = {Product.AZURE_RESERVATION, Product.PERPETUAL_SOFTWARE, Product.AZURE_SAVINGS_PLAN}
_WITH_SEATS = {
    Product.PERPETUAL_SOFTWARE,
    Product.SOFTWARE_SUBSCRIPTION,
    Product.NEW_COMMERCE,
    Product.MARKETPLACE,
    Product.LEGACY,
}
_WITH_ETAG = {
    Product.SOFTWARE_SUBSCRIPTION,
    Product.MARKETPLACE,
    Product.LEGACY,
    Product.LEGACY_AZURE,
}
