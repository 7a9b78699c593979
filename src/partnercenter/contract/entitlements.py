"""Entitlements, and the reservations they lead to; behaviour.md 6, resources.md "Entitlements"."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from partnercenter.contract.collection import READ_ONLY, Link, ResourceAttributes, StandardResourceLinks
from partnercenter.contract.enums import EntitlementType
from partnercenter.contract.resource import Member, Resource


class ReferenceOrder(Resource):
    """The order that an entitlement comes from; cancelling that order clears it (behaviour.md 1.2)."""

    id: Annotated[str | None, READ_ONLY] = None
    line_item_id: Annotated[str | None, Member(read_only=True, description="the line's number, as text")] = (
        None
    )
    alternate_id: Annotated[str | None, READ_ONLY] = None
    links: Annotated[StandardResourceLinks | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class QuantityDetail(Resource):
    """How many units are in one state."""

    quantity: Annotated[int | None, READ_ONLY] = None
    status: Annotated[str | None, READ_ONLY] = None


class Artifact(Resource):
    """Something that an entitlement gives."""

    artifact_type: Annotated[str | None, READ_ONLY] = None
    dynamic_attributes: Annotated[
        dict[str, Any] | None,
        Member(read_only=True, description="reservationType: virtualmachines, sqldatabases"),
    ] = None
    links: Annotated[StandardResourceLinks | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class ReservedInstanceArtifact(Artifact):
    """A reservation; `link` leads to its `ReservedInstanceArtifactDetails`."""

    link: Annotated[Link | None, READ_ONLY] = None
    resource_id: Annotated[str | None, READ_ONLY] = None


class Entitlement(Resource):
    """Software or a reservation that a customer may use.

    `quantity` leaves out what is unfulfilled or transferred, so it can be 0. Artifacts are read as those of
    reservations: the members of other kinds are among them.
    """

    object_type = "Entitlement"

    included_entitlements: Annotated[list[Entitlement] | None, READ_ONLY] = None
    reference_order: Annotated[ReferenceOrder | None, READ_ONLY] = None
    product_id: Annotated[str | None, READ_ONLY] = None
    quantity: Annotated[int | None, READ_ONLY] = None
    quantity_details: Annotated[list[QuantityDetail] | None, READ_ONLY] = None
    entitled_artifacts: Annotated[list[ReservedInstanceArtifact] | None, READ_ONLY] = None
    dynamic_attributes: Annotated[
        dict[str, Any] | None,
        Member(read_only=True, description="in one sample here instead of in the artifact"),
    ] = None
    sku_id: Annotated[str | None, READ_ONLY] = None
    entitlement_type: Annotated[EntitlementType | str | None, READ_ONLY] = None
    fulfillment_state: Annotated[str | None, READ_ONLY] = None
    expiry_date: Annotated[
        datetime | None,
        Member(read_only=True, description="with showExpiry=true only; never for on-premises software"),
    ] = None
    links: Annotated[StandardResourceLinks | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class Reservation(Resource):
    """One Azure reservation; `applied_scopes` is absent when `scope_type` is `Shared`."""

    display_name: Annotated[str | None, READ_ONLY] = None
    reservation_id: Annotated[str | None, READ_ONLY] = None
    applied_scopes: Annotated[list[str] | None, READ_ONLY] = None
    scope_type: Annotated[str | None, READ_ONLY] = None
    quantity: Annotated[int | None, READ_ONLY] = None
    expiry_date_time: Annotated[datetime | None, READ_ONLY] = None
    effective_date_time: Annotated[datetime | None, READ_ONLY] = None
    provisioning_state: Annotated[str | None, READ_ONLY] = None
    links: Annotated[StandardResourceLinks | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class ReservedInstanceArtifactDetails(Resource):
    """The reservations behind an artifact.

    The service's own samples spell the list `virtualMachineReservations`, its table `reservations`: read the one
    that is there (behaviour.md 6).
    """

    object_type = "ReservedInstanceArtifactDetails"

    type: Annotated[str | None, READ_ONLY] = None
    reservations: Annotated[list[Reservation] | None, READ_ONLY] = None
    virtual_machine_reservations: Annotated[list[Reservation] | None, READ_ONLY] = None
    links: Annotated[StandardResourceLinks | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class VirtualMachineReservedInstanceArtifactDetails(Resource):
    """The same behind the old address; `type` is `virtual_machine_reserved_instance`."""

    object_type = "VirtualMachineReservedInstanceArtifactDetails"

    type: Annotated[str | None, READ_ONLY] = None
    virtual_machine_reservations: Annotated[list[Reservation] | None, READ_ONLY] = None
    links: Annotated[StandardResourceLinks | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None
