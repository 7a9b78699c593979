# Generated from src/partnercenter/client/aio/subscription_changes.py by tools/generate_sync.py; do not edit.
"""What one subscription can become: `.upgrades`, `.transitions`, `.conversions` of a subscription."""

from __future__ import annotations

from azure.core.paging import ItemPaged

from partnercenter.client.arguments import require_type
from partnercenter.client.sync.sender import Sender
from partnercenter.contract.identifiers import require_segment
from partnercenter.contract.subscription_changes import (
    Conversion,
    ConversionResult,
    Transition,
    TransitionEligibility,
    Upgrade,
    UpgradeResult,
)


class Upgrades:
    """What one legacy subscription can be upgraded to."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def list(self) -> ItemPaged[Upgrade]:
        """All upgrades, those that are not open with their reasons in `upgrade_errors`."""
        return self._sender.pages("subscriptions.list_upgrades", Upgrade, self._ids)

    def create(self, upgrade: Upgrade) -> UpgradeResult:
        """Upgrade; look at `upgrade_errors` and `license_errors` of the result, which are no exceptions.

        Raises `TypeError` for what is no `Upgrade`.
        """
        require_type(upgrade, Upgrade, "upgrade")
        name = "subscriptions.create_upgrade"
        return self._sender.resource(name, UpgradeResult, self._ids, body=upgrade)


class TransitionEligibilities:
    """The products that one subscription could move to."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def list(self, *, eligibility_type: str | None = None) -> ItemPaged[TransitionEligibility]:
        """All of them, or those of one kind; raises `ValueError` for an empty kind."""
        if eligibility_type is not None:
            require_segment(eligibility_type, "eligibility_type")
        return self._sender.pages(
            "subscriptions.list_transition_eligibilities",
            TransitionEligibility,
            self._ids,
            {"eligibilityType": eligibility_type},
        )


class Transitions:
    """The moves of one subscription to another product."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def list(self, *, operation_id: str | None = None) -> ItemPaged[Transition]:
        """All of them, or the one with an operation id; raises `ValueError` for an empty id."""
        if operation_id is not None:
            require_segment(operation_id, "operation_id")
        query = {"operationId": operation_id}
        return self._sender.pages("subscriptions.list_transitions", Transition, self._ids, query)

    def create(self, transition: Transition) -> Transition:
        """Move the subscription; its `events` tell how far it is. Raises `TypeError` for what is no `Transition`."""
        require_type(transition, Transition, "transition")
        name = "subscriptions.create_transition"
        return self._sender.resource(name, Transition, self._ids, body=transition)


class Conversions:
    """The paid offers that one trial can become."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def list(self) -> ItemPaged[Conversion]:
        """All of them; none for what is no trial. Needs a user's token."""
        return self._sender.pages("subscriptions.list_conversions", Conversion, self._ids)

    def create(self, conversion: Conversion) -> ConversionResult:
        """Turn the trial into a paid subscription; a failure is in `error` of the result. Needs a user's token.

        Raises `TypeError` for what is no `Conversion`.
        """
        require_type(conversion, Conversion, "conversion")
        name = "subscriptions.create_conversion"
        return self._sender.resource(name, ConversionResult, self._ids, body=conversion)
