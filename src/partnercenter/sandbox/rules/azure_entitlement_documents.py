"""Azure subscriptions below an Azure plan, as the service shows them; behaviour.md 7."""

from __future__ import annotations

from typing import Any, Final

from partnercenter.sandbox.rules.customer_documents import self_links

Json = dict[str, Any]

ACTIVE: Final = "active"
INACTIVE: Final = "inactive"


def azure_entitlement_document(
    customer_id: str, plan_id: str, entitlement_id: str, name: str, status: str
) -> Json:
    """One Azure subscription."""
    uri = f"/customers/{customer_id}/subscriptions/{plan_id}/azureEntitlements/{entitlement_id}"
    return {
        "id": entitlement_id,
        "friendlyName": name,
        "status": status,
        "subscriptionId": plan_id,
        "links": self_links(uri),
    }
