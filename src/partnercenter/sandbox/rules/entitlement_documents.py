"""Entitlements: what an order of software or of reservations gives its customer; behaviour.md 6.

They are derived from the orders, so nothing has to be kept in step: a cancelled line gives nothing, one that is still
on its way gives a quantity of 0. Ids of artifacts are made from the order's, so that they are the same each time.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from partnercenter.contract.timestamps import format_timestamp, parse_timestamp
from partnercenter.sandbox.rules.blockers import PENDING
from partnercenter.sandbox.rules.catalogue import find_item
from partnercenter.sandbox.rules.customer_documents import link
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.terms import after, midnight, term_end

Json = dict[str, Any]

SOFTWARE: Final = "software"
RESERVED_INSTANCE: Final = "reservedinstance"
OLD_RESERVED_INSTANCE: Final = "virtualmachinereservedinstance"
TYPES: Final = frozenset({SOFTWARE, RESERVED_INSTANCE, OLD_RESERVED_INSTANCE})
_IDS: Final = uuid.UUID("6f1c2b1e-6f0a-5a55-9a39-0c7c5f1b9d11")


@dataclass(frozen=True, slots=True)
class EntitledLine:
    """A line of an order that entitles to something; `ends` when its term is over, None for what never ends."""

    product: Product
    order: Json
    line: Json
    ends: datetime | None

    @property
    def group_id(self) -> str:
        """The first part of an artifact's address."""
        return uuid.uuid5(_IDS, f"group {self.order['id']}").hex[:20]

    @property
    def line_item_id(self) -> str:
        """The second part."""
        return str(uuid.uuid5(_IDS, f"line {self.order['id']} {self.line['lineItemNumber']}"))

    @property
    def resource_id(self) -> str:
        """The third part, which is also the id of what was reserved."""
        return str(uuid.uuid5(_IDS, f"resource {self.order['id']} {self.line['lineItemNumber']}"))

    @property
    def kind(self) -> str:
        """The type of the entitlement."""
        return SOFTWARE if self.product.is_software else RESERVED_INSTANCE


def term_over(order: Json, line: Json) -> datetime | None:
    """When the term of an order's line is over, by its item; None for what never ends."""
    item = find_item(line["offerId"])
    if item is None or item.kind is Product.PERPETUAL_SOFTWARE:
        return None
    durations = [t.duration for t in item.terms if t.billing_cycle == order["billingCycle"] and t.duration]
    duration = line.get("termDuration") or (durations[0] if durations else "")
    return after(midnight(parse_timestamp(order["creationDate"])), duration) if duration else None


def entitled_lines(
    product: Product, order: Json, now: datetime, subscriptions: Mapping[str, Json] = MappingProxyType({})
) -> Iterator[EntitledLine]:
    """The lines of an order that entitle to something at a moment.

    `subscriptions` are those of the customer by their id in lower case: software that has one lasts as long as it.
    """
    if product is not Product.AZURE_RESERVATION and not product.is_software:
        return
    if order["status"] == "cancelled":
        return
    for line in order["lineItems"]:
        subscription = subscriptions.get(str(line.get("subscriptionId", "")).lower())
        if subscription is not None and subscription["status"] == "deleted":
            continue
        ends = term_over(order, line) if subscription is None else term_end(subscription)
        if line["quantity"] > 0 and (ends is None or ends > now):
            yield EntitledLine(product, order, line, ends)


def entitlement_document(entitled: EntitledLine, customer_id: str, *, show_expiry: bool) -> Json:
    """One entitlement; software has those that come with it inside, under the same order (behaviour.md 6)."""
    document = _entitlement(entitled, entitled.line["offerId"], show_expiry=show_expiry)
    if entitled.kind == RESERVED_INSTANCE:
        document["entitledArtifacts"] = [_artifact(entitled, customer_id)]
    item = find_item(entitled.line["offerId"])
    included = item.includes if item is not None else ()
    document["includedEntitlements"] = [
        {**_entitlement(entitled, other, show_expiry=show_expiry), "includedEntitlements": []}
        for other in included
    ]
    return document


def _entitlement(entitled: EntitledLine, item_id: str, *, show_expiry: bool) -> Json:
    product_id, sku_id = item_id.split(":")[:2]
    quantity = entitled.line["quantity"]
    is_there = entitled.order["status"] not in PENDING
    document: Json = {
        "includedEntitlements": [],
        "referenceOrder": {
            "id": entitled.order["id"],
            "lineItemId": str(entitled.line["lineItemNumber"]),
            "alternateId": entitled.order["alternateId"],
        },
        "productId": product_id,
        "skuId": sku_id,
        "quantity": quantity if is_there else 0,
        "quantityDetails": [{"quantity": quantity, "status": "Fulfilled" if is_there else "Unfulfilled"}],
        "entitledArtifacts": [],
        "entitlementType": entitled.kind,
    }
    if show_expiry and entitled.ends is not None:
        document["expiryDate"] = format_timestamp(entitled.ends)
    return document


def _artifact(entitled: EntitledLine, customer_id: str) -> Json:
    uri = (
        f"/customers/{customer_id}/artifacts/{RESERVED_INSTANCE}/groups/{entitled.group_id}"
        f"/lineitems/{entitled.line_item_id}/resource/{entitled.resource_id}"
    )
    return {
        "link": link(uri),
        "resourceId": entitled.resource_id,
        "artifactType": RESERVED_INSTANCE,
        "dynamicAttributes": {"reservationType": _reservation_type(entitled)},
    }


def _reservation_type(entitled: EntitledLine) -> str:
    return "sqldatabases" if "sql" in str(entitled.line["friendlyName"]).lower() else "virtualmachines"


def artifact_document(entitled: EntitledLine, *, old: bool) -> Json:
    """What an artifact's link leads to; the list has two names, at its old address the old one (behaviour.md 6)."""
    context = {str(k).lower(): v for k, v in entitled.line.get("provisioningContext", {}).items()}
    single = str(context.get("scope", "shared")).lower() == "single"
    created = parse_timestamp(entitled.order["creationDate"])
    reservation: Json = {
        "reservationId": entitled.resource_id,
        "scopeType": "Single" if single else "Shared",
        "displayName": entitled.line["friendlyName"],
        "quantity": entitled.line["quantity"],
        "effectiveDateTime": format_timestamp(created),
        "expiryDateTime": format_timestamp(entitled.ends or created),
        "provisioningState": "Creating" if entitled.order["status"] in PENDING else "Created",
    }
    if single:
        reservation["appliedScopes"] = [context.get("subscriptionid")]
    if old:
        return {"type": "virtual_machine_reserved_instance", "virtualMachineReservations": [reservation]}
    return {
        "type": RESERVED_INSTANCE,
        "reservations": [reservation],
        "virtualMachineReservations": [reservation],
    }
