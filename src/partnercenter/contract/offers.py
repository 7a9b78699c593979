"""Offers of the time before new commerce, and their categories."""

from __future__ import annotations

from typing import Annotated

from partnercenter.contract.collection import READ_ONLY, Link, ResourceAttributes, StandardResourceLinks
from partnercenter.contract.enums import BillingType
from partnercenter.contract.resource import Member, Resource


class OfferCategory(Resource):
    """A group of offers."""

    object_type = "OfferCategory"

    id: Annotated[str | None, READ_ONLY] = None
    name: Annotated[str | None, READ_ONLY] = None
    rank: Annotated[int | None, READ_ONLY] = None
    locale: Annotated[str | None, READ_ONLY] = None
    country: Annotated[str | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class OfferProduct(Resource):
    """The product that an offer is of."""

    id: Annotated[str | None, READ_ONLY] = None
    name: Annotated[str | None, READ_ONLY] = None
    unit: Annotated[str | None, READ_ONLY] = None


class OfferLinks(StandardResourceLinks):
    """What an offer leads to."""

    learn_more: Annotated[Link | None, READ_ONLY] = None
    add_ons: Annotated[Link | None, READ_ONLY] = None


class Offer(Resource):
    """Something that is sold by its offer id. An add-on names its bases in `prerequisite_offers`."""

    object_type = "Offer"

    id: Annotated[str | None, READ_ONLY] = None
    name: Annotated[str | None, READ_ONLY] = None
    description: Annotated[str | None, READ_ONLY] = None
    minimum_quantity: Annotated[int | None, READ_ONLY] = None
    maximum_quantity: Annotated[int | None, READ_ONLY] = None
    rank: Annotated[int | None, READ_ONLY] = None
    uri: Annotated[str | None, READ_ONLY] = None
    locale: Annotated[str | None, READ_ONLY] = None
    country: Annotated[str | None, READ_ONLY] = None
    category: Annotated[OfferCategory | None, READ_ONLY] = None
    prerequisite_offers: Annotated[list[str] | None, READ_ONLY] = None
    is_add_on: Annotated[bool | None, READ_ONLY] = None
    has_add_ons: Annotated[bool | None, READ_ONLY] = None
    is_available_for_purchase: Annotated[bool | None, READ_ONLY] = None
    billing: Annotated[BillingType | str | None, READ_ONLY] = None
    supported_billing_cycles: Annotated[list[str] | None, READ_ONLY] = None
    is_auto_renewable: Annotated[bool | None, READ_ONLY] = None
    is_internal: Annotated[bool | None, READ_ONLY] = None
    is_trial: Annotated[bool | None, READ_ONLY] = None
    partner_qualifications: Annotated[list[str] | None, READ_ONLY] = None
    reseller_qualifications: Annotated[list[str] | None, READ_ONLY] = None
    resellee_qualifications: Annotated[list[str] | None, READ_ONLY] = None
    upgrade_target_offers: Annotated[list[str] | None, READ_ONLY] = None
    conversion_target_offers: Annotated[
        list[str] | None, Member(read_only=True, description="what a trial can become")
    ] = None
    sales_group_id: Annotated[str | None, READ_ONLY] = None
    limit_unit_of_measure: Annotated[str | None, READ_ONLY] = None
    product: Annotated[OfferProduct | None, READ_ONLY] = None
    unit_type: Annotated[str | None, READ_ONLY] = None
    links: Annotated[OfferLinks | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None
