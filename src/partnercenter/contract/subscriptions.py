"""Subscriptions, what hangs on them, and the Azure subscriptions below a plan.

behaviour.md 5 and 7; resources.md "Subscriptions". Upgrades, transitions and conversions are in
`subscription_changes`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from partnercenter.contract.collection import (
    READ_ONLY,
    ItemType,
    Link,
    ResourceAttributes,
    StandardResourceLinks,
)
from partnercenter.contract.enums import (
    BillingCycleType,
    BillingType,
    ContractType,
    ProvisioningStatus,
    SubscriptionStatus,
)
from partnercenter.contract.resource import Member, Resource


class RefundOption(Resource):
    """What is paid back, `Full` or `Partial`, and until when; without an `expires_at` for ever."""

    type: Annotated[str | None, READ_ONLY] = None
    expires_at: Annotated[datetime | None, READ_ONLY] = None


class RefundableQuantityDetail(Resource):
    """How many seats can still be given back until when."""

    quantity: Annotated[int | None, READ_ONLY] = None
    allowed_until_date_time: Annotated[datetime | None, READ_ONLY] = None


class RefundableQuantity(Resource):
    """How many seats can still be given back."""

    total_quantity: Annotated[int | None, READ_ONLY] = None
    details: Annotated[list[RefundableQuantityDetail] | None, READ_ONLY] = None


class ProductTerm(Resource):
    """A product and the term it is bought for."""

    product_id: str | None = None
    sku_id: str | None = None
    availability_id: str | None = None
    billing_cycle: BillingCycleType | str | None = None
    term_duration: str | None = None
    promotion_id: str | None = None


class ScheduledNextTermInstructions(Resource):
    """What the subscription becomes when it renews; leaving it out of a change resets it (behaviour.md 5.3)."""

    product: ProductTerm | None = None
    quantity: int | None = None
    custom_term_end_date: datetime | None = None


class NextChargeInstructions(Resource):
    """What is billed next."""

    product: Annotated[ProductTerm | None, READ_ONLY] = None
    quantity: Annotated[int | None, READ_ONLY] = None


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
    """A subscription of a customer. A change sends the whole of it: read, change, send back (behaviour.md 5.3)."""

    object_type = "Subscription"

    id: Annotated[str | None, READ_ONLY] = None
    entitlement_id: Annotated[str | None, Member(read_only=True, description="the Azure subscription")] = None
    offer_id: Annotated[str | None, READ_ONLY] = None
    offer_name: Annotated[str | None, READ_ONLY] = None
    friendly_name: str | None = None
    product_type: Annotated[ItemType | None, READ_ONLY] = None
    quantity: int | None = None
    unit_type: Annotated[str | None, READ_ONLY] = None
    parent_subscription_id: Annotated[str | None, Member(read_only=True, description="add-ons")] = None
    consumption_type: Annotated[str | None, READ_ONLY] = None
    creation_date: Annotated[datetime | None, READ_ONLY] = None
    effective_start_date: Annotated[datetime | None, READ_ONLY] = None
    commitment_end_date: Annotated[
        datetime | None, Member(read_only=True, description="in the year 9999 when it does not end")
    ] = None
    commitment_end_date_time: Annotated[datetime | None, READ_ONLY] = None
    cancellation_allowed_until_date: Annotated[datetime | None, READ_ONLY] = None
    billing_cycle_end_date: Annotated[datetime | None, READ_ONLY] = None
    billing_cycle_end_date_time: Annotated[datetime | None, READ_ONLY] = None
    status: Annotated[
        SubscriptionStatus | str | None, Member(description="suspended, active or deleted may be sent")
    ] = None
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
    partner_id: Annotated[str | None, Member(description="partner network id of the reseller of record")] = (
        None
    )
    suspension_reasons: Annotated[list[str] | None, READ_ONLY] = None
    contract_type: Annotated[ContractType | str | None, READ_ONLY] = None
    links: Annotated[SubscriptionLinks | None, READ_ONLY] = None
    publisher_name: Annotated[str | None, READ_ONLY] = None
    promotion_id: Annotated[str | None, READ_ONLY] = None
    migrated_from_subscription_id: Annotated[str | None, READ_ONLY] = None
    refundable_quantity: Annotated[RefundableQuantity | None, READ_ONLY] = None
    scheduled_next_term_instructions: ScheduledNextTermInstructions | None = None
    next_charge_instructions: Annotated[NextChargeInstructions | None, READ_ONLY] = None
    order_id: Annotated[str | None, Member(read_only=True, description="the order that began it")] = None
    attention_needed: Annotated[bool | None, READ_ONLY] = None
    action_taken: Annotated[bool | None, READ_ONLY] = None
    attributes: ResourceAttributes | None = None


class SubscriptionProvisioningStatus(Resource):
    """Whether a subscription has been delivered; renewed every 15 minutes (behaviour.md 1.6)."""

    object_type = "SubscriptionProvisioningStatus"

    sku_id: Annotated[str | None, READ_ONLY] = None
    status: Annotated[ProvisioningStatus | str | None, READ_ONLY] = None
    quantity: Annotated[int | None, READ_ONLY] = None
    end_date: Annotated[datetime | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class SubscriptionRegistrationStatus(Resource):
    """Whether reservations may be bought against a subscription: `registered`, `registering` or `notregistered`."""

    object_type = "SubscriptionRegistrationStatus"

    subscription_id: Annotated[str | None, READ_ONLY] = None
    status: Annotated[str | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class SubscriptionActivationResult(Resource):
    """What activating a marketplace subscription gives; sandbox only (behaviour.md 5.4)."""

    subscription_id: Annotated[str | None, READ_ONLY] = None
    status: Annotated[str | None, READ_ONLY] = None


class SupportContact(Resource):
    """Who helps the customer with a subscription."""

    object_type = "SupportContact"

    support_tenant_id: Annotated[str | None, Member(required=True, min_length=1)] = None
    support_mpn_id: Annotated[str | None, Member(required=True, min_length=1)] = None
    name: str | None = None
    links: Annotated[StandardResourceLinks | None, READ_ONLY] = None
    attributes: ResourceAttributes | None = None


class AzureEntitlement(Resource):
    """An Azure subscription below an Azure plan (behaviour.md 7)."""

    id: Annotated[str | None, READ_ONLY] = None
    status: Annotated[str | None, READ_ONLY] = None
    friendly_name: Annotated[str | None, READ_ONLY] = None
    subscription_id: Annotated[str | None, READ_ONLY] = None
    links: Annotated[StandardResourceLinks | None, READ_ONLY] = None


class AzureEntitlementCancellationRequestContent(Resource):
    """Why an Azure subscription is cancelled; the one documented word is `compromise` (behaviour.md 7)."""

    cancellation_reason: Annotated[str | None, Member(required=True, min_length=1)] = None
