# Generated from src/partnercenter/client/aio/entitlements.py by tools/generate_sync.py; do not edit.
"""`client.customers.by_id(id).entitlements` and `.artifacts`: software and reservations; behaviour.md 6."""

from __future__ import annotations

from azure.core.paging import ItemPaged

from partnercenter.client.arguments import flag_query, require_type, word_query
from partnercenter.client.artifact_links import artifact_address
from partnercenter.client.sync.sender import Sender
from partnercenter.contract.entitlements import (
    Entitlement,
    ReservedInstanceArtifact,
    ReservedInstanceArtifactDetails,
    VirtualMachineReservedInstanceArtifactDetails,
)
from partnercenter.contract.enums import EntitlementType


class Entitlements:
    """The software and the reservations of one customer."""

    def __init__(self, sender: Sender, customer_id: str) -> None:
        self._sender = sender
        self._ids = {"customer_id": customer_id}

    def list(
        self, *, entitlement_type: EntitlementType | str | None = None, show_expiry: bool = False
    ) -> ItemPaged[Entitlement]:
        """All entitlements, or those of one type; with `show_expiry` they carry `expiry_date`.

        Azure plans, new commerce, marketplace and legacy purchases are none. The list can lag behind the orders by 15
        minutes, and may be refused to an application's token with code 900329 (behaviour.md 1.3 and 6).
        """
        query = {
            "entitlementType": word_query(entitlement_type, "entitlement_type"),
            "showExpiry": flag_query(show_expiry, "show_expiry"),
        }
        return self._sender.pages("entitlements.list", Entitlement, self._ids, query)


class Artifacts:
    """What the artifacts of one customer's entitlements lead to."""

    def __init__(self, sender: Sender, customer_id: str) -> None:
        self._sender = sender
        self._ids = {"customer_id": customer_id}

    def get_reserved_instance(
        self, group_id: str, line_item_id: str, resource_id: str
    ) -> ReservedInstanceArtifactDetails:
        """The reservations behind an artifact, by the ids in its link; mostly `follow` is what you want."""
        return self._sender.resource(
            "artifacts.get_reserved_instance",
            ReservedInstanceArtifactDetails,
            {**self._ids, "group_id": group_id, "line_item_id": line_item_id, "resource_id": resource_id},
        )

    def get_virtual_machine_reserved_instance(
        self, group_id: str, line_item_id: str, resource_id: str
    ) -> VirtualMachineReservedInstanceArtifactDetails:
        """The same at the old address."""
        return self._sender.resource(
            "artifacts.get_virtual_machine_reserved_instance",
            VirtualMachineReservedInstanceArtifactDetails,
            {**self._ids, "group_id": group_id, "line_item_id": line_item_id, "resource_id": resource_id},
        )

    def follow(self, artifact: ReservedInstanceArtifact) -> ReservedInstanceArtifactDetails:
        """The reservations that an artifact's link leads to (behaviour.md 6).

        Raises `ValueError` for a link that leads to no reservation of this customer: a token goes nowhere else.
        """
        require_type(artifact, ReservedInstanceArtifact, "artifact")
        name, ids = artifact_address(artifact, self._ids["customer_id"], self._sender.base)
        return self._sender.resource(name, ReservedInstanceArtifactDetails, ids)
