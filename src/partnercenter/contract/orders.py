"""Orders, their lines, and what has become of each line; behaviour.md 4.1 to 4.3, resources.md "Orders"."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from partnercenter.contract.collection import READ_ONLY, Link, ResourceAttributes, StandardResourceLinks
from partnercenter.contract.enums import BillingCycleType, OrderStatus
from partnercenter.contract.resource import Member, Resource


class RenewsTo(Resource):
    """The term that follows a free trial."""

    term_duration: Annotated[str | None, Member(description="P1M or P1Y")] = None


class Pricing(Resource):
    """What one line costs; there only when the order was read with its prices."""

    list_price: Annotated[float | None, READ_ONLY] = None
    discounted_price: Annotated[float | None, READ_ONLY] = None
    prorated_price: Annotated[float | None, READ_ONLY] = None
    price: Annotated[float | None, READ_ONLY] = None
    extended_price: Annotated[float | None, READ_ONLY] = None


class OrderLineItemLinks(Resource):
    """What an order's line leads to."""

    subscription: Annotated[Link | None, READ_ONLY] = None
    offer: Annotated[Link | None, READ_ONLY] = None
    product: Annotated[Link | None, READ_ONLY] = None
    sku: Annotated[Link | None, READ_ONLY] = None
    availability: Annotated[Link | None, READ_ONLY] = None
    provisioning_status: Annotated[Link | None, READ_ONLY] = None
    activation_links: Annotated[Link | None, READ_ONLY] = None


class OrderLineItem(Resource):
    """One line of an order; its quantity becomes 0 when it is cancelled.

    A line that asks for its own cancellation names `line_item_number` and `offer_id` only (behaviour.md 4.3).
    """

    line_item_number: Annotated[int | None, Member(required=True, description="from 0")] = None
    offer_id: Annotated[
        str | None, Member(required=True, description="a catalogue item, or a legacy offer")
    ] = None
    subscription_id: Annotated[
        str | None, Member(read_only=True, description="may come later than the order")
    ] = None
    parent_subscription_id: Annotated[str | None, Member(description="add-ons: what they go on")] = None
    term_duration: str | None = None
    renews_to: RenewsTo | None = None
    transaction_type: Annotated[str | None, READ_ONLY] = None
    promotion_id: str | None = None
    custom_term_end_date: datetime | None = None
    friendly_name: str | None = None
    quantity: Annotated[int | None, Member(description="required in a new order")] = None
    pricing: Annotated[Pricing | None, Member(read_only=True, description="with include_price only")] = None
    partner_id_on_record: Annotated[
        str | None, Member(description="partner network id of the indirect reseller")
    ] = None
    additional_partner_ids_on_record: list[str] | None = None
    provisioning_context: dict[str, Any] | None = None
    attestation_accepted: bool | None = None
    links: Annotated[OrderLineItemLinks | None, READ_ONLY] = None
    attributes: ResourceAttributes | None = None


class OrderLinks(StandardResourceLinks):
    """What an order leads to."""

    provisioning_status: Annotated[Link | None, READ_ONLY] = None
    patch_operation: Annotated[Link | None, READ_ONLY] = None


class Order(Resource):
    """A purchase. `id` is opaque; faults may name the shorter `alternate_id` instead (behaviour.md 4.2)."""

    object_type = "Order"

    id: Annotated[str | None, READ_ONLY] = None
    alternate_id: Annotated[str | None, READ_ONLY] = None
    reference_customer_id: str | None = None
    billing_cycle: BillingCycleType | str | None = None
    currency_code: Annotated[str | None, READ_ONLY] = None
    currency_symbol: Annotated[str | None, READ_ONLY] = None
    line_items: Annotated[
        list[OrderLineItem] | None,
        Member(description="required in a new order; in a change they name what is changed"),
    ] = None
    creation_date: Annotated[datetime | None, READ_ONLY] = None
    status: Annotated[
        OrderStatus | str | None, Member(description="only cancelled may be sent, and only in a change")
    ] = None
    transaction_type: Annotated[str | None, READ_ONLY] = None
    total_price: Annotated[
        float | None, Member(read_only=True, description="with include_price only, before tax")
    ] = None
    partner_on_record_attestation_accepted: bool | None = None
    links: Annotated[OrderLinks | None, READ_ONLY] = None
    client: Annotated[dict[str, Any] | None, READ_ONLY] = None
    attributes: ResourceAttributes | None = None


class QuantityProvisioningStatus(Resource):
    """How many units of a line are in one state."""

    quantity: Annotated[int | None, READ_ONLY] = None
    status: Annotated[str | None, READ_ONLY] = None


class OrderLineItemProvisioningStatus(Resource):
    """Whether what a line bought has been delivered: `Fulfilled`, `Unfulfilled` or `PrefulfillmentPending`."""

    object_type = "OrderLineItemProvisioningStatus"

    order_line_item_id: Annotated[str | None, READ_ONLY] = None
    line_item_number: Annotated[int | None, READ_ONLY] = None
    status: Annotated[str | None, READ_ONLY] = None
    quantity_provisioning_information: Annotated[list[QuantityProvisioningStatus] | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class OrderLineItemActivationLink(Resource):
    """Where what a line bought is activated; a dummy in the sandbox (behaviour.md 4.1)."""

    line_item_number: Annotated[int | None, READ_ONLY] = None
    link: Annotated[Link | None, READ_ONLY] = None
