"""Carts and what checking one out gives; behaviour.md 4.4, resources.md "Carts"."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from partnercenter.contract.collection import READ_ONLY, ResourceAttributes, StandardResourceLinks
from partnercenter.contract.enums import BillingCycleType, CartErrorCode, CartStatus, ParticipantType
from partnercenter.contract.orders import Order, RenewsTo
from partnercenter.contract.resource import Member, Resource


class CartParticipant(Resource):
    """A reseller that takes part in a line, by its partner network id."""

    key: ParticipantType | str | None = None
    value: str | None = None


class CartError(Resource):
    """Why a line cannot be bought: creating a cart never fails for one bad line (behaviour.md 4.4)."""

    error_code: Annotated[CartErrorCode | str | None, READ_ONLY] = None
    error_description: Annotated[str | None, READ_ONLY] = None
    additional_information: Annotated[dict[str, Any] | None, READ_ONLY] = None


class CartLineItem(Resource):
    """One thing in a cart. Lines of one `order_group` end in one order."""

    id: Annotated[int | None, Member(description="from 0; given by the service when absent")] = None
    catalog_item_id: Annotated[
        str | None,
        Member(required=True, min_length=1, description="product:sku:availability, or a legacy offer"),
    ] = None
    friendly_name: str | None = None
    quantity: Annotated[int | None, Member(required=True)] = None
    currency_code: Annotated[str | None, READ_ONLY] = None
    billing_cycle: Annotated[BillingCycleType | str | None, Member(required=True)] = None
    term_duration: Annotated[
        str | None, Member(description="P1M, P1Y or P3Y; not for an Azure plan or perpetual software")
    ] = None
    promotion_id: str | None = None
    participants: list[CartParticipant] | None = None
    provisioning_context: Annotated[
        dict[str, Any] | None,
        Member(
            description="reservations: subscriptionId, scope, duration; "
            "an add-on on what is there: ParentSubscriptionId"
        ),
    ] = None
    order_group: Annotated[str | None, READ_ONLY] = None
    purchase_system: Annotated[str | None, READ_ONLY] = None
    addon_items: Annotated[
        list[CartLineItem] | None, Member(description="add-ons bought on top of this line")
    ] = None
    renews_to: RenewsTo | None = None
    error: Annotated[CartError | None, Member(read_only=True, description="only when the line failed")] = None
    custom_term_end_date: datetime | None = None
    attestation_accepted: bool | None = None


class Cart(Resource):
    """What is about to be bought; it expires at `expiration_timestamp`."""

    object_type = "Cart"

    id: Annotated[str | None, READ_ONLY] = None
    creation_timestamp: Annotated[datetime | None, READ_ONLY] = None
    last_modified_timestamp: Annotated[datetime | None, READ_ONLY] = None
    expiration_timestamp: Annotated[datetime | None, READ_ONLY] = None
    last_modified_user: Annotated[str | None, READ_ONLY] = None
    line_items: Annotated[list[CartLineItem] | None, Member(required=True, description="one or more")] = None
    status: Annotated[CartStatus | str | None, READ_ONLY] = None
    partner_on_record_attestation_accepted: bool | None = None
    links: Annotated[StandardResourceLinks | None, READ_ONLY] = None
    attributes: ResourceAttributes | None = None


class OrderError(Resource):
    """Why one group of a cart's lines became no order; `code` is that of a service error."""

    order_group_id: Annotated[str | None, READ_ONLY] = None
    code: Annotated[int | None, READ_ONLY] = None
    description: Annotated[str | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class CartCheckoutResult(Resource):
    """The orders that a cart became, and the groups that failed: some can succeed while others do not."""

    object_type = "CartCheckoutResult"

    orders: Annotated[list[Order] | None, READ_ONLY] = None
    order_errors: Annotated[list[OrderError] | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None
