# Generated from src/partnercenter/client/aio/subscriptions.py by tools/generate_sync.py; do not edit.
"""`client.customers.by_id(id).subscriptions`: read, change, cancel, activate, register; behaviour.md 5."""

from __future__ import annotations

from datetime import timedelta

from azure.core.paging import ItemPaged
from azure.core.polling import LROPoller
from azure.core.rest import HttpResponse

from partnercenter.client.arguments import require_own, require_type
from partnercenter.client.calls import etag_header, read_resource
from partnercenter.client.correlation import correlation, current_correlation_id
from partnercenter.client.outcomes import is_done, judge_change, judge_registration, wanted_of
from partnercenter.client.sync.azure_entitlements import AzureEntitlements
from partnercenter.client.sync.polling import begin
from partnercenter.client.sync.sender import Sender
from partnercenter.client.sync.subscription_changes import (
    Conversions,
    TransitionEligibilities,
    Transitions,
    Upgrades,
)
from partnercenter.client.waiting import (
    DEADLINE,
    INTERVAL,
    LONGEST_INTERVAL,
    Goal,
    Pace,
    Seen,
    Verdict,
    asked_wait,
    from_token,
    to_token,
    wait_rules,
)
from partnercenter.contract.identifiers import require_guid, require_segment
from partnercenter.contract.operations import OPERATIONS
from partnercenter.contract.orders import OrderLineItemActivationLink
from partnercenter.contract.subscriptions import (
    Subscription,
    SubscriptionActivationResult,
    SubscriptionProvisioningStatus,
    SubscriptionRegistrationStatus,
    SupportContact,
)


class Subscriptions:
    """The subscriptions of one customer."""

    def __init__(self, sender: Sender, customer_id: str) -> None:
        self._sender = sender
        self._ids = {"customer_id": customer_id}

    def list(self, *, order_id: str | None = None, mpn_id: str | None = None) -> ItemPaged[Subscription]:
        """All subscriptions, those that one order began, or those of the reseller with a partner network id.

        Raises `ValueError` for an empty id. A new one can take 15 minutes to appear (behaviour.md 1.6).
        """
        query = {"order_id": order_id, "mpn_id": mpn_id}
        for name, value in query.items():
            if value is not None:
                require_segment(value, name)
        return self._sender.pages("subscriptions.list", Subscription, self._ids, query)

    def by_id(self, subscription_id: str) -> SubscriptionOperations:
        """What can be done with one subscription; raises `ValueError` for an id that is not a GUID."""
        known = require_guid(subscription_id, "subscription_id")
        return SubscriptionOperations(self._sender, {**self._ids, "subscription_id": known})


class SubscriptionOperations:
    """One subscription."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids
        self.add_ons = SubscriptionAddOns(sender, ids)
        self.upgrades = Upgrades(sender, ids)
        self.transition_eligibilities = TransitionEligibilities(sender, ids)
        self.transitions = Transitions(sender, ids)
        self.conversions = Conversions(sender, ids)
        self.support_contact = SubscriptionSupportContact(sender, ids)
        self.provisioning_status = SubscriptionProvisioning(sender, ids)
        self.registration = SubscriptionRegistration(sender, ids)
        self.registration_status = SubscriptionRegistrationProgress(sender, ids)
        self.activation_links = SubscriptionActivationLinks(sender, ids)
        self.azure_entitlements = AzureEntitlements(sender, ids)

    def get(self) -> Subscription:
        """Read the subscription; raises `NotFoundError` when the customer has none of this id.

        A new subscription may not be found for up to 15 minutes (behaviour.md 1.6).
        """
        return self._sender.resource("subscriptions.get", Subscription, self._ids)

    def patch(self, subscription: Subscription) -> Subscription:
        """Change the subscription: send one that was read and changed, whole (behaviour.md 5.3).

        What is left out is reset: renewal, and what is scheduled for the next term. The status `deleted` cancels,
        `suspended` suspends, `active` takes up again; which product allows what, and until when, is told by
        behaviour.md 1.2 and 5.2. The etag goes along where there is one.

        Returns the changed subscription. Where the service only accepts the change (202), it is read once, and may
        still be the old one: `begin_patch` waits until it shows. Raises `ChangedMeanwhileError` when somebody
        else changed it since it was read, `TypeError` for what is no `Subscription`, `ValueError` for another one.
        """
        response, path = self._send_change(subscription)
        if response.status_code == 202 or not response.content.strip():
            return self.get()
        return read_resource(Subscription, response, OPERATIONS["subscriptions.update"], path)

    def begin_patch(
        self,
        subscription: Subscription,
        *,
        interval: float | timedelta = INTERVAL,
        longest_interval: float | timedelta = LONGEST_INTERVAL,
        deadline: float | timedelta = DEADLINE,
        continuation_token: str | None = None,
    ) -> LROPoller[Subscription]:
        """Change as `patch` does, and wait until the subscription shows it (behaviour.md 1.6).

        An answer with 200 is the change itself; after a 202 the subscription is read, which is where its `Location`
        leads. The arguments are those of an order's `begin_cancel`. The poller's result is the changed subscription.
        It raises `OperationFailedError` when the subscription ends in a status from which there is no way to the one
        that was asked for, `OperationTimeoutError` at the deadline.
        """
        rules = wait_rules(interval, longest_interval, deadline)
        path = OPERATIONS["subscriptions.update"].url_path(self._ids)
        state = wanted_of(require_type(subscription, Subscription, "subscription"))
        if continuation_token is not None:
            state = from_token(continuation_token, "begin_patch", path)
        what = f"subscription {self._ids['subscription_id']} to show its change"
        token = to_token("begin_patch", path, state)

        def read() -> Seen[Subscription]:
            return self._sender.look("subscriptions.get", Subscription, self._ids)

        def judge(seen: Subscription) -> Verdict:
            return judge_change(seen, state)

        with correlation(current_correlation_id()):
            goal, asked = Goal(what, judge), None
            if continuation_token is None:
                response, answered_at = self._send_change(subscription)
                asked = asked_wait(response)
                if response.status_code != 202 and response.content.strip():
                    operation = OPERATIONS["subscriptions.update"]
                    changed = read_resource(Subscription, response, operation, answered_at)
                    goal, first = Goal(what, is_done), Seen(changed)
                    return begin(self._sender, goal, read, Pace(rules), token, first=first)
            return begin(self._sender, goal, read, Pace(rules), token, asked=asked)

    def activate(self) -> SubscriptionActivationResult:
        """Activate a marketplace subscription of a sandbox; in production its publisher does (behaviour.md 5.4)."""
        return self._sender.resource("subscriptions.activate", SubscriptionActivationResult, self._ids)

    def begin_register(
        self,
        *,
        interval: float | timedelta = INTERVAL,
        longest_interval: float | timedelta = LONGEST_INTERVAL,
        deadline: float | timedelta = DEADLINE,
        continuation_token: str | None = None,
    ) -> LROPoller[SubscriptionRegistrationStatus]:
        """Register the subscription, and wait until reservations may be bought against it (behaviour.md 4.4).

        The arguments are those of an order's `begin_cancel`. The poller raises `OperationTimeoutError` at the
        deadline.
        """
        rules = wait_rules(interval, longest_interval, deadline)
        path = OPERATIONS["subscriptions.register"].url_path(self._ids)
        goal = Goal(
            f"subscription {self._ids['subscription_id']} to be registered", judge_registration, is_new=True
        )

        def read() -> Seen[SubscriptionRegistrationStatus]:
            name = "subscriptions.get_registration_status"
            return self._sender.look(name, SubscriptionRegistrationStatus, self._ids)

        with correlation(current_correlation_id()):
            asked = None
            if continuation_token is None:
                response, _ = self._sender.call("subscriptions.register", self._ids)
                asked = asked_wait(response)
            else:
                from_token(continuation_token, "begin_register", path)
            token = to_token("begin_register", path, {})
            return begin(self._sender, goal, read, Pace(rules), token, asked=asked)

    def _send_change(self, subscription: Subscription) -> tuple[HttpResponse, str]:
        require_own(
            require_type(subscription, Subscription, "subscription"),
            self._ids["subscription_id"],
            "subscription",
        )
        return self._sender.call(
            "subscriptions.update", self._ids, body=subscription, headers=etag_header(subscription)
        )


class SubscriptionAddOns:
    """The add-ons of one subscription."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def list(self) -> ItemPaged[Subscription]:
        """The subscriptions that stand on this one; they go before it when it is cleared (behaviour.md 1.3)."""
        return self._sender.pages("subscriptions.list_add_ons", Subscription, self._ids)


class SubscriptionSupportContact:
    """Who helps the customer with one subscription."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def get(self) -> SupportContact:
        """Read the contact; needs a user's token."""
        return self._sender.resource("subscriptions.get_support_contact", SupportContact, self._ids)

    def update(self, contact: SupportContact) -> SupportContact:
        """Replace the contact; needs a user's token. Raises `TypeError` for what is no `SupportContact`."""
        require_type(contact, SupportContact, "contact")
        name = "subscriptions.update_support_contact"
        return self._sender.resource(name, SupportContact, self._ids, body=contact)


class SubscriptionProvisioning:
    """Whether one subscription has been delivered."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def get(self) -> SubscriptionProvisioningStatus:
        """Read the state, which is renewed every 15 minutes (behaviour.md 1.6)."""
        name = "subscriptions.get_provisioning_status"
        return self._sender.resource(name, SubscriptionProvisioningStatus, self._ids)


class SubscriptionRegistration:
    """The registration of one subscription, without which no reservation can be bought against it."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def register(self) -> None:
        """Ask for the registration; `begin_register` of the subscription also waits for it (behaviour.md 4.4)."""
        self._sender.call("subscriptions.register", self._ids)


class SubscriptionRegistrationProgress:
    """How far the registration of one subscription is."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def get(self) -> SubscriptionRegistrationStatus:
        """Read the state: `registered`, `registering` or `notregistered`."""
        name = "subscriptions.get_registration_status"
        return self._sender.resource(name, SubscriptionRegistrationStatus, self._ids)


class SubscriptionActivationLinks:
    """Where one subscription is activated."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def list(self) -> ItemPaged[OrderLineItemActivationLink]:
        """The links; a sandbox gives dummies (behaviour.md 4.1)."""
        name = "subscriptions.list_activation_links"
        return self._sender.pages(name, OrderLineItemActivationLink, self._ids)
