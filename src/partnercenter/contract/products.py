"""The catalogue: products, their SKUs, the availabilities of those, and the inventory check.

resources.md, "Products, SKUs, availabilities".
"""

from __future__ import annotations

from typing import Annotated, Any

from partnercenter.contract.collection import (
    READ_ONLY,
    ItemType,
    Link,
    ResourceAttributes,
    StandardResourceLinks,
)
from partnercenter.contract.resource import Member, Resource


class ProductLinks(StandardResourceLinks):
    """What a product leads to."""

    skus: Annotated[Link | None, READ_ONLY] = None


class Product(Resource):
    """Something that is sold, in one or more SKUs."""

    object_type = "Product"

    id: Annotated[str | None, Member(read_only=True, description="12 characters")] = None
    title: Annotated[str | None, READ_ONLY] = None
    description: Annotated[str | None, READ_ONLY] = None
    product_type: Annotated[ItemType | None, READ_ONLY] = None
    is_microsoft_product: Annotated[bool | None, READ_ONLY] = None
    publisher_name: Annotated[str | None, READ_ONLY] = None
    links: Annotated[ProductLinks | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class Constraint(Resource):
    """A limit of a SKU, by name."""

    constraint_name: Annotated[str | None, READ_ONLY] = None
    constraint_value: Annotated[float | None, READ_ONLY] = None
    constraint_type: Annotated[str | None, READ_ONLY] = None


class SkuAttestationProperties(Resource):
    """Whether a purchase needs the customer's attestation, and of what."""

    enforce_attestation: Annotated[
        bool | None, Member(read_only=True, description="true: a cart's line must send attestationAccepted")
    ] = None
    attestation_type: Annotated[str | None, READ_ONLY] = None


class SpecializedOfferPricingPolicy(Resource):
    """How a specialised offer is priced."""

    policy_type: Annotated[str | None, READ_ONLY] = None
    value: Annotated[str | None, READ_ONLY] = None


class SpecializedOfferProperties(Resource):
    """From when to when a specialised offer holds."""

    start_date: Annotated[str | None, READ_ONLY] = None
    end_date: Annotated[str | None, READ_ONLY] = None
    pricing_policies: Annotated[list[SpecializedOfferPricingPolicy] | None, READ_ONLY] = None


class SkuLinks(StandardResourceLinks):
    """What a SKU leads to."""

    availabilities: Annotated[Link | None, READ_ONLY] = None


class Sku(Resource):
    """One form of a product, with its limits and with what a purchase of it must name."""

    object_type = "Sku"

    id: Annotated[
        str | None, Member(read_only=True, description="4 characters, unique inside its product")
    ] = None
    product_id: Annotated[str | None, READ_ONLY] = None
    title: Annotated[str | None, READ_ONLY] = None
    description: Annotated[str | None, READ_ONLY] = None
    minimum_quantity: Annotated[int | None, READ_ONLY] = None
    maximum_quantity: Annotated[int | None, READ_ONLY] = None
    is_trial: Annotated[bool | None, READ_ONLY] = None
    terms_of_use_uri: Annotated[str | None, READ_ONLY] = None
    supported_billing_cycles: Annotated[list[str] | None, READ_ONLY] = None
    purchase_prerequisites: Annotated[list[str] | None, READ_ONLY] = None
    inventory_variables: Annotated[
        list[str] | None, Member(read_only=True, description="keys that an inventory check names")
    ] = None
    provisioning_variables: Annotated[
        list[str] | None,
        Member(read_only=True, description="keys that a cart's line names in provisioningContext"),
    ] = None
    constraints: Annotated[list[Constraint] | None, READ_ONLY] = None
    dynamic_attributes: Annotated[
        dict[str, Any] | None, Member(read_only=True, description="free keys, which may change")
    ] = None
    attestation_properties: Annotated[SkuAttestationProperties | None, READ_ONLY] = None
    consumption_type: Annotated[str | None, READ_ONLY] = None
    specialized_offer_properties: Annotated[SpecializedOfferProperties | None, READ_ONLY] = None
    actions: Annotated[list[str] | None, READ_ONLY] = None
    links: Annotated[SkuLinks | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class CurrencyInfo(Resource):
    """A currency: its ISO 4217 code and its sign."""

    code: Annotated[str | None, READ_ONLY] = None
    symbol: Annotated[str | None, READ_ONLY] = None


class CancellationRefundOption(Resource):
    """What is paid back, and how long after the purchase."""

    sequence_id: Annotated[int | None, READ_ONLY] = None
    type: Annotated[str | None, Member(read_only=True, description="Full or Partial")] = None
    expires_after: Annotated[str | None, Member(read_only=True, description="an ISO 8601 duration")] = None


class CancellationPolicy(Resource):
    """How a term can be taken back."""

    refund_options: Annotated[list[CancellationRefundOption] | None, READ_ONLY] = None


class RenewalOption(Resource):
    """A term that another can be renewed for."""

    term_duration: Annotated[str | None, READ_ONLY] = None
    description: Annotated[str | None, READ_ONLY] = None


class AvailabilityTerm(Resource):
    """How long a purchase lasts and how often it is billed; `duration` is empty where there is no end."""

    id: Annotated[str | None, READ_ONLY] = None
    duration: Annotated[str | None, Member(read_only=True, description="P1M, P1Y or P3Y")] = None
    description: Annotated[str | None, READ_ONLY] = None
    billing_cycle: Annotated[str | None, READ_ONLY] = None
    renewal_options: Annotated[list[RenewalOption] | None, READ_ONLY] = None
    cancellation_policies: Annotated[list[CancellationPolicy] | None, READ_ONLY] = None


class RenewalInstructionOption(Resource):
    """What a purchase can be renewed to."""

    renew_to_id: Annotated[str | None, READ_ONLY] = None
    is_auto_renewable: Annotated[bool | None, READ_ONLY] = None


class RenewalInstruction(Resource):
    """To what purchases of some of the terms are renewed."""

    applicable_term_ids: Annotated[list[str] | None, READ_ONLY] = None
    renewal_options: Annotated[list[RenewalInstructionOption] | None, READ_ONLY] = None


class AvailabilityIncludedQuantity(Resource):
    """A quantity that is included in the price."""

    units: Annotated[str | None, READ_ONLY] = None
    description: Annotated[str | None, READ_ONLY] = None


class Availability(Resource):
    """What can be bought of a SKU in a country and segment, and for which terms.

    `catalog_item_id` goes into a cart's line or an order's; it is short-lived, so take it right before the purchase.
    """

    object_type = "Availability"

    id: Annotated[
        str | None, Member(read_only=True, description="unique inside product and SKU; short-lived")
    ] = None
    product_id: Annotated[str | None, READ_ONLY] = None
    sku_id: Annotated[str | None, READ_ONLY] = None
    catalog_item_id: Annotated[str | None, Member(read_only=True, description="product:sku:availability")] = (
        None
    )
    default_currency: Annotated[CurrencyInfo | None, READ_ONLY] = None
    segment: Annotated[str | None, READ_ONLY] = None
    country: Annotated[str | None, READ_ONLY] = None
    is_purchasable: Annotated[bool | None, READ_ONLY] = None
    is_renewable: Annotated[bool | None, READ_ONLY] = None
    renewal_instructions: Annotated[list[RenewalInstruction] | None, READ_ONLY] = None
    terms: Annotated[list[AvailabilityTerm] | None, READ_ONLY] = None
    included_quantity_options: Annotated[list[AvailabilityIncludedQuantity] | None, READ_ONLY] = None
    product: Annotated[Product | None, READ_ONLY] = None
    sku: Annotated[Sku | None, READ_ONLY] = None
    links: Annotated[StandardResourceLinks | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class InventoryRestriction(Resource):
    """Why something cannot be bought."""

    reason_code: Annotated[str | None, READ_ONLY] = None
    description: Annotated[str | None, READ_ONLY] = None
    properties: Annotated[dict[str, Any] | None, READ_ONLY] = None


class InventoryItem(Resource):
    """A product or SKU whose inventory is asked for, and in the answer whether it is restricted."""

    product_id: Annotated[str | None, Member(required=True)] = None
    sku_id: Annotated[str | None, Member(description="absent: every SKU of the product")] = None
    is_restricted: Annotated[bool | None, READ_ONLY] = None
    restrictions: Annotated[
        list[InventoryRestriction] | None, Member(read_only=True, description="only when it is restricted")
    ] = None


class InventoryCheckRequest(Resource):
    """What to look for in the inventory, and for whom."""

    target_items: Annotated[list[InventoryItem] | None, Member(required=True)] = None
    inventory_context: Annotated[
        dict[str, Any] | None,
        Member(description="values for the SKU's inventoryVariables, such as customerId"),
    ] = None
