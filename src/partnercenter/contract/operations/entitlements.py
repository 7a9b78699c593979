"""Entitlements and the artifacts of reservations; behaviour.md 6.

Microsoft's page lists them for app+user only, the newer knowledge base for both kinds of token: both are taken,
and a setting of the sandbox refuses application tokens.
"""

from __future__ import annotations

from typing import Final

from partnercenter.contract.entitlements import (
    Entitlement,
    ReservedInstanceArtifactDetails,
    VirtualMachineReservedInstanceArtifactDetails,
)
from partnercenter.contract.operation import BOOLEAN, TEXT, Operation, QueryParameter

_ARTIFACT: Final = "/groups/{group_id}/lineitems/{line_item_id}/resource/{resource_id}"

TABLE: Final = (
    Operation(
        name="entitlements.list",
        method="GET",
        path="/v1/customers/{customer_id}/entitlements",
        summary="List the software and the reservations of a customer.",
        documentation="Get a collection of entitlements",
        query=(
            QueryParameter(
                "entitlementType", "software or reservedinstance: entitlements of this kind only.", TEXT
            ),
            QueryParameter("showExpiry", "true: with the day on which each expires.", BOOLEAN),
        ),
        response=Entitlement,
        collection=True,
    ),
    Operation(
        name="artifacts.get_reserved_instance",
        method="GET",
        path="/v1/customers/{customer_id}/artifacts/reservedinstance" + _ARTIFACT,
        summary="Read the reservations behind an artifact of an entitlement.",
        documentation="Get a collection of entitlements",
        response=ReservedInstanceArtifactDetails,
    ),
    Operation(
        name="artifacts.get_virtual_machine_reserved_instance",
        method="GET",
        path="/v1/customers/{customer_id}/artifacts/virtualmachinereservedinstance" + _ARTIFACT,
        summary="Read the reservations behind an artifact, at the old address.",
        documentation="Get a collection of entitlements",
        response=VirtualMachineReservedInstanceArtifactDetails,
    ),
)
