"""What a subscription can become: upgrades, transitions, a trial paid for; resources.md "Subscriptions"."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.operation import TEXT, Operation, QueryParameter, TokenKind
from partnercenter.contract.subscription_changes import (
    Conversion,
    ConversionResult,
    Transition,
    TransitionEligibility,
    Upgrade,
    UpgradeResult,
)

_ONE: Final = "/v1/customers/{customer_id}/subscriptions/{subscription_id}"

TABLE: Final = (
    Operation(
        name="subscriptions.list_upgrades",
        method="GET",
        path=_ONE + "/upgrades",
        summary="List what a subscription can be upgraded to.",
        documentation="Transition a subscription",
        response=Upgrade,
        collection=True,
    ),
    Operation(
        name="subscriptions.create_upgrade",
        method="POST",
        path=_ONE + "/upgrades",
        summary="Upgrade a subscription.",
        documentation="Transition a subscription",
        request=Upgrade,
        response=UpgradeResult,
        success=(200, 201),
    ),
    Operation(
        name="subscriptions.list_transition_eligibilities",
        method="GET",
        path=_ONE + "/transitioneligibilities",
        summary="List the products that a subscription could move to.",
        documentation="Get the transition eligibilities of a subscription",
        query=(QueryParameter("eligibilityType", "Eligibilities of this kind only.", TEXT),),
        response=TransitionEligibility,
        collection=True,
    ),
    Operation(
        name="subscriptions.list_transitions",
        method="GET",
        path=_ONE + "/transitions",
        summary="List the moves of a subscription to another product.",
        documentation="Get the transitions of a subscription",
        query=(QueryParameter("operationId", "The transition with this operation id only.", TEXT),),
        response=Transition,
        collection=True,
    ),
    Operation(
        name="subscriptions.create_transition",
        method="POST",
        path=_ONE + "/transitions",
        summary="Move a subscription to another product.",
        documentation="Transition a subscription to another product",
        request=Transition,
        response=Transition,
        success=(200, 201, 202),
    ),
    Operation(
        name="subscriptions.list_conversions",
        method="GET",
        path=_ONE + "/conversions",
        summary="List the paid offers that a trial can become.",
        documentation="Get a list of trial conversion offers",
        response=Conversion,
        collection=True,
        tokens=frozenset({TokenKind.APP_USER}),
    ),
    Operation(
        name="subscriptions.create_conversion",
        method="POST",
        path=_ONE + "/conversions",
        summary="Turn a trial into a paid subscription.",
        documentation="Convert a trial subscription to paid",
        request=Conversion,
        response=ConversionResult,
        success=(200, 201),
        tokens=frozenset({TokenKind.APP_USER}),
    ),
)
