"""The kinds of purchase that the service treats differently; behaviour.md 1.2."""

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
