"""What a subscription can become: upgrades, transitions, and a trial that is paid for.

resources.md "Subscriptions". Their error codes are whole numbers without words.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from partnercenter.contract.collection import READ_ONLY, ResourceAttributes
from partnercenter.contract.enums import BillingCycleType, TransitionType, UpgradeType
from partnercenter.contract.resource import Member, Resource


class ConversionError(Resource):
    """Why a trial was not converted; `code` is a `ConversionErrorCode`."""

    code: Annotated[int | None, READ_ONLY] = None
    description: Annotated[str | None, READ_ONLY] = None


class Conversion(Resource):
    """A paid offer that a trial can become."""

    object_type = "Conversion"

    offer_id: Annotated[str | None, Member(required=True, min_length=1)] = None
    target_offer_id: Annotated[str | None, Member(required=True, min_length=1)] = None
    order_id: str | None = None
    quantity: int | None = None
    billing_cycle: BillingCycleType | str | None = None
    attributes: ResourceAttributes | None = None


class ConversionResult(Resource):
    """What became of a trial, or in `error` why nothing did."""

    object_type = "ConversionResult"

    subscription_id: Annotated[str | None, READ_ONLY] = None
    offer_id: Annotated[str | None, READ_ONLY] = None
    target_offer_id: Annotated[str | None, READ_ONLY] = None
    error: Annotated[ConversionError | None, READ_ONLY] = None


class UpgradeError(Resource):
    """Why an upgrade is not possible; `code` is an `UpgradeErrorCode`."""

    code: Annotated[int | None, READ_ONLY] = None
    description: Annotated[str | None, READ_ONLY] = None
    additional_details: Annotated[str | None, READ_ONLY] = None


class UserLicenseError(Resource):
    """A user whose licence did not move; `errors` are error bodies."""

    user_object_id: Annotated[str | None, READ_ONLY] = None
    name: Annotated[str | None, READ_ONLY] = None
    email: Annotated[str | None, READ_ONLY] = None
    errors: Annotated[list[dict[str, Any]] | None, READ_ONLY] = None


class UpgradeOffer(Resource):
    """The offer that an upgrade leads to, as far as an upgrade needs it."""

    id: Annotated[str | None, Member(required=True, min_length=1)] = None
    name: str | None = None
    description: str | None = None


class Upgrade(Resource):
    """A way to upgrade a subscription, and whether it is open."""

    object_type = "Upgrade"

    target_offer: Annotated[UpgradeOffer | None, Member(required=True)] = None
    upgrade_type: Annotated[UpgradeType | str | None, Member(required=True)] = None
    is_eligible: Annotated[bool | None, READ_ONLY] = None
    quantity: int | None = None
    upgrade_errors: Annotated[list[UpgradeError] | None, READ_ONLY] = None
    attributes: ResourceAttributes | None = None


class UpgradeResult(Resource):
    """What an upgrade did."""

    object_type = "UpgradeResult"

    source_subscription_id: Annotated[str | None, READ_ONLY] = None
    target_subscription_id: Annotated[str | None, READ_ONLY] = None
    upgrade_type: Annotated[
        UpgradeType | str | None, Member(read_only=True, description="a number in Microsoft's sample")
    ] = None
    upgrade_errors: Annotated[list[UpgradeError] | None, READ_ONLY] = None
    license_errors: Annotated[list[UserLicenseError] | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class TransitionError(Resource):
    """Why a transition is not possible; `code` is a `TransitionErrorCode`."""

    code: Annotated[int | None, READ_ONLY] = None
    description: Annotated[str | None, READ_ONLY] = None


class TransitionEvent(Resource):
    """A step of a transition."""

    name: Annotated[str | None, READ_ONLY] = None
    status: Annotated[str | None, READ_ONLY] = None
    timestamp: Annotated[datetime | None, READ_ONLY] = None
    errors: Annotated[list[TransitionError] | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class Transition(Resource):
    """The move of a subscription to another product."""

    object_type = "Transition"

    operation_id: Annotated[str | None, READ_ONLY] = None
    from_catalog_item_id: Annotated[str | None, READ_ONLY] = None
    from_subscription_id: Annotated[str | None, READ_ONLY] = None
    to_catalog_item_id: Annotated[str | None, Member(required=True, min_length=1)] = None
    to_subscription_id: str | None = None
    quantity: int | None = None
    term_duration: str | None = None
    billing_cycle: BillingCycleType | str | None = None
    transition_type: Annotated[TransitionType | str | None, Member(required=True)] = None
    promotion_id: str | None = None
    events: Annotated[list[TransitionEvent] | None, READ_ONLY] = None
    attributes: ResourceAttributes | None = None


class TransitionEligibilityDetail(Resource):
    """Whether one kind of transition is open, and why not."""

    is_eligible: Annotated[bool | None, READ_ONLY] = None
    transition_type: Annotated[TransitionType | str | None, READ_ONLY] = None
    errors: Annotated[list[TransitionError] | None, READ_ONLY] = None


class TransitionEligibility(Resource):
    """A product that a subscription could move to."""

    object_type = "TransitionEligibility"

    catalog_item_id: Annotated[str | None, READ_ONLY] = None
    title: Annotated[str | None, READ_ONLY] = None
    description: Annotated[str | None, READ_ONLY] = None
    quantity: Annotated[int | None, READ_ONLY] = None
    eligibilities: Annotated[list[TransitionEligibilityDetail] | None, READ_ONLY] = None
