"""Orders and subscriptions: what can stand in the way of a customer's deletion.

behaviour.md 4.2 and 5.1; resources.md "Orders" and "Subscriptions".
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from partnercenter.contract.collection import (
    READ_ONLY,
    ItemType,
    Link,
    ResourceAttributes,
    StandardResourceLinks,
)
from partnercenter.contract.enums import BillingCycleType, BillingType, OrderStatus, SubscriptionStatus
from partnercenter.contract.resource import Member, Resource


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
    """One line of an order; its quantity becomes 0 when it is cancelled."""

    line_item_number: Annotated[int | None, Member(required=True)] = None
    offer_id: Annotated[str | None, Member(required=True)] = None
    subscription_id: Annotated[str | None, READ_ONLY] = None
    parent_subscription_id: str | None = None
    term_duration: str | None = None
    transaction_type: Annotated[str | None, READ_ONLY] = None
    promotion_id: str | None = None
    custom_term_end_date: datetime | None = None
    friendly_name: str | None = None
    quantity: Annotated[int | None, Member(required=True)] = None
    partner_id_on_record: str | None = None
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
    line_items: list[OrderLineItem] | None = None
    creation_date: Annotated[datetime | None, READ_ONLY] = None
    status: OrderStatus | str | None = None
    transaction_type: Annotated[str | None, READ_ONLY] = None
    total_price: Annotated[float | None, READ_ONLY] = None
    partner_on_record_attestation_accepted: bool | None = None
    links: Annotated[OrderLinks | None, READ_ONLY] = None
    client: Annotated[dict[str, Any] | None, READ_ONLY] = None
    attributes: ResourceAttributes | None = None


class RefundOption(Resource):
    """What is paid back, and until when."""

    type: Annotated[str | None, READ_ONLY] = None
    expires_at: Annotated[datetime | None, READ_ONLY] = None


class SubscriptionLinks(StandardResourceLinks):
    """What a subscription leads to."""

    offer: Annotated[Link | None, READ_ONLY] = None
    entitlement: Annotated[Link | None, READ_ONLY] = None
    parent_subscription: Annotated[Link | None, READ_ONLY] = None
    product: Annotated[Link | None, READ_ONLY] = None
    sku: Annotated[Link | None, READ_ONLY] = None
    availability: Annotated[Link | None, READ_ONLY] = None
    activation_links: Annotated[Link | None, READ_ONLY] = None


class Subscription(Resource):
    """A subscription of a customer."""

    object_type = "Subscription"

    id: Annotated[str | None, READ_ONLY] = None
    entitlement_id: Annotated[str | None, READ_ONLY] = None
    offer_id: Annotated[str | None, READ_ONLY] = None
    offer_name: Annotated[str | None, READ_ONLY] = None
    friendly_name: str | None = None
    product_type: Annotated[ItemType | None, READ_ONLY] = None
    quantity: int | None = None
    unit_type: Annotated[str | None, READ_ONLY] = None
    parent_subscription_id: Annotated[str | None, READ_ONLY] = None
    consumption_type: Annotated[str | None, READ_ONLY] = None
    creation_date: Annotated[datetime | None, READ_ONLY] = None
    effective_start_date: Annotated[datetime | None, READ_ONLY] = None
    commitment_end_date: Annotated[datetime | None, READ_ONLY] = None
    commitment_end_date_time: Annotated[datetime | None, READ_ONLY] = None
    cancellation_allowed_until_date: Annotated[datetime | None, READ_ONLY] = None
    billing_cycle_end_date: Annotated[datetime | None, READ_ONLY] = None
    billing_cycle_end_date_time: Annotated[datetime | None, READ_ONLY] = None
    status: SubscriptionStatus | str | None = None
    auto_renew_enabled: bool | None = None
    billing_type: Annotated[BillingType | str | None, READ_ONLY] = None
    billing_cycle: Annotated[BillingCycleType | str | None, READ_ONLY] = None
    has_purchasable_addons: Annotated[bool | None, READ_ONLY] = None
    is_trial: Annotated[bool | None, READ_ONLY] = None
    actions: Annotated[list[str] | None, READ_ONLY] = None
    term_duration: Annotated[str | None, READ_ONLY] = None
    renewal_term_duration: Annotated[str | None, READ_ONLY] = None
    refund_options: Annotated[list[RefundOption] | None, READ_ONLY] = None
    is_microsoft_product: Annotated[bool | None, READ_ONLY] = None
    partner_id: str | None = None
    suspension_reasons: Annotated[list[str] | None, READ_ONLY] = None
    contract_type: Annotated[str | None, READ_ONLY] = None
    publisher_name: Annotated[str | None, READ_ONLY] = None
    promotion_id: Annotated[str | None, READ_ONLY] = None
    migrated_from_subscription_id: Annotated[str | None, READ_ONLY] = None
    order_id: Annotated[str | None, READ_ONLY] = None
    attention_needed: Annotated[bool | None, READ_ONLY] = None
    action_taken: Annotated[bool | None, READ_ONLY] = None
    links: Annotated[SubscriptionLinks | None, READ_ONLY] = None
    attributes: ResourceAttributes | None = None
