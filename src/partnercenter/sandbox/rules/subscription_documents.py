"""What is told beside a subscription: how far its provisioning and its registration are; behaviour.md 5.4."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from partnercenter.sandbox.rules.catalogue import find_item

Json = dict[str, Any]

_SKUS: Final = uuid.UUID("0e3b1f5c-3c1d-5b0e-9d52-7d2b2a0c5e11")


def provisioning_status(subscription: Json, *, is_ready: bool) -> Json:
    """The provisioning status; the SKU is that under which seats are assigned to users, where there is one."""
    item = find_item(subscription["offerId"])
    sku = item.license_sku if item is not None else ""
    return {
        "skuId": sku or str(uuid.uuid5(_SKUS, subscription["offerId"])),
        "status": "success" if is_ready else "pending",
        "quantity": subscription["quantity"],
        "endDate": subscription["commitmentEndDate"],
        "attributes": {"objectType": "SubscriptionProvisioningStatus"},
    }


def registration_status(subscription_id: str, registered: datetime | None, now: datetime) -> Json:
    """The registration status: `registered` is when it is, or will be."""
    word = "notregistered" if registered is None else "registered" if registered <= now else "registering"
    return {
        "subscriptionId": subscription_id,
        "status": word,
        "attributes": {"objectType": "SubscriptionRegistrationStatus"},
    }
