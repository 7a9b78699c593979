# Generated from src/partnercenter/client/aio/azure_entitlements.py by tools/generate_sync.py; do not edit.
"""`….subscriptions.by_id(id).azure_entitlements`: the Azure subscriptions below an Azure plan; behaviour.md 7."""

from __future__ import annotations

from datetime import timedelta

from azure.core.paging import ItemPaged
from azure.core.polling import LROPoller
from azure.core.rest import HttpResponse

from partnercenter.client.arguments import require_type
from partnercenter.client.calls import read_resource
from partnercenter.client.correlation import correlation, current_correlation_id
from partnercenter.client.outcomes import judge_azure_cancellation
from partnercenter.client.sync.polling import begin
from partnercenter.client.sync.sender import Sender
from partnercenter.client.waiting import (
    DEADLINE,
    INTERVAL,
    LONGEST_INTERVAL,
    Goal,
    Pace,
    Seen,
    asked_wait,
    from_token,
    to_token,
    wait_rules,
)
from partnercenter.contract.identifiers import require_guid
from partnercenter.contract.operations import OPERATIONS
from partnercenter.contract.subscriptions import AzureEntitlement, AzureEntitlementCancellationRequestContent

COMPROMISE = "compromise"


class AzureEntitlements:
    """The Azure subscriptions below one Azure plan."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def list(self) -> ItemPaged[AzureEntitlement]:
        """All of them; each active one keeps the plan from being suspended (behaviour.md 7)."""
        return self._sender.pages("azure_entitlements.list", AzureEntitlement, self._ids)

    def by_id(self, azure_entitlement_id: str) -> AzureEntitlementOperations:
        """What can be done with one of them; raises `ValueError` for an id that is not a GUID."""
        known = require_guid(azure_entitlement_id, "azure_entitlement_id")
        return AzureEntitlementOperations(self._sender, {**self._ids, "azure_entitlement_id": known})


class AzureEntitlementOperations:
    """One Azure subscription below an Azure plan."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def get(self) -> AzureEntitlement:
        """Read it; raises `NotFoundError` when the plan has none of this id."""
        return self._sender.resource("azure_entitlements.get", AzureEntitlement, self._ids)

    def cancel(self, reason: str = COMPROMISE) -> AzureEntitlement:
        """Cancel it; `compromise` is the only reason that is documented (behaviour.md 7).

        The answer still says `active`, and it takes about ten minutes until it is `inactive`: `begin_cancel` waits.
        The customer may reactivate it while the plan is active, so suspend the plan afterwards. Raises `TypeError`
        for a reason that is no text, `ValueError` for an empty one.
        """
        response, path = self._send_cancellation(reason)
        return read_resource(AzureEntitlement, response, OPERATIONS["azure_entitlements.cancel"], path)

    def begin_cancel(
        self,
        reason: str = COMPROMISE,
        *,
        interval: float | timedelta = INTERVAL,
        longest_interval: float | timedelta = LONGEST_INTERVAL,
        deadline: float | timedelta = DEADLINE,
        continuation_token: str | None = None,
    ) -> LROPoller[AzureEntitlement]:
        """Cancel as `cancel` does, and wait until it is `inactive` (behaviour.md 7).

        The arguments are those of an order's `begin_cancel`. The poller raises `OperationTimeoutError` at the
        deadline.
        """
        rules = wait_rules(interval, longest_interval, deadline)
        path = OPERATIONS["azure_entitlements.cancel"].url_path(self._ids)
        goal = Goal(
            f"Azure subscription {self._ids['azure_entitlement_id']} to be inactive", judge_azure_cancellation
        )

        def read() -> Seen[AzureEntitlement]:
            return self._sender.look("azure_entitlements.get", AzureEntitlement, self._ids)

        with correlation(current_correlation_id()):
            asked = None
            if continuation_token is None:
                response, _ = self._send_cancellation(reason)
                asked = asked_wait(response)
            else:
                from_token(continuation_token, "begin_cancel", path)
            token = to_token("begin_cancel", path, {})
            return begin(self._sender, goal, read, Pace(rules), token, asked=asked)

    def _send_cancellation(self, reason: str) -> tuple[HttpResponse, str]:
        if not require_type(reason, str, "reason").strip():
            raise ValueError("reason must not be empty.")
        body = AzureEntitlementCancellationRequestContent(cancellation_reason=reason)
        return self._sender.call("azure_entitlements.cancel", self._ids, body=body)
