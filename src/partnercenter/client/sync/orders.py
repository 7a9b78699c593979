# Generated from src/partnercenter/client/aio/orders.py by tools/generate_sync.py; do not edit.
"""`client.customers.by_id(id).orders`: what a customer has bought; behaviour.md 4."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from azure.core.paging import ItemPaged
from azure.core.polling import LROPoller

from partnercenter.client.arguments import flag_query, require_own, require_type, word_query
from partnercenter.client.correlation import correlation, current_correlation_id
from partnercenter.client.errors import PartnerCenterError
from partnercenter.client.order_cancellation import (
    cancellation,
    in_words,
    judge_cancellation,
    line_numbers,
    may_be_done_already,
    wanted_lines,
)
from partnercenter.client.sync.polling import begin
from partnercenter.client.sync.sender import Sender
from partnercenter.client.waiting import (
    DEADLINE,
    INTERVAL,
    LONGEST_INTERVAL,
    Goal,
    Pace,
    Progress,
    Seen,
    Verdict,
    asked_wait,
    from_token,
    to_token,
    wait_rules,
)
from partnercenter.contract.enums import BillingCycleType
from partnercenter.contract.identifiers import require_segment
from partnercenter.contract.operations import OPERATIONS
from partnercenter.contract.orders import (
    Order,
    OrderLineItem,
    OrderLineItemActivationLink,
    OrderLineItemProvisioningStatus,
)


class Orders:
    """The orders of one customer."""

    def __init__(self, sender: Sender, customer_id: str) -> None:
        self._sender = sender
        self._ids = {"customer_id": customer_id}

    def list(
        self, *, billing_cycle: BillingCycleType | str | None = None, include_price: bool = False
    ) -> ItemPaged[Order]:
        """All orders, or those of one billing cycle; a new one can take 15 minutes to appear (behaviour.md 1.6).

        With `include_price` they carry `total_price`, and their lines `pricing`.
        """
        query = {
            "billingType": word_query(billing_cycle, "billing_cycle"),
            "include_price": flag_query(include_price, "include_price"),
        }
        return self._sender.pages("orders.list", Order, self._ids, query)

    def create(self, order: Order) -> Order:
        """Buy without a cart (behaviour.md 4.1). Raises `TypeError` for what is no `Order`."""
        require_type(order, Order, "order")
        return self._sender.resource("orders.create", Order, self._ids, body=order)

    def by_id(self, order_id: str) -> OrderOperations:
        """What can be done with one order; raises `ValueError` for an id that cannot be one."""
        require_segment(order_id, "order_id")
        return OrderOperations(self._sender, {**self._ids, "order_id": order_id})


class OrderOperations:
    """One order."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids
        self.provisioning_status = OrderProvisioningStatus(sender, ids)
        self.order_activation_links = OrderActivationLinks(sender, ids)
        self.order_line_items = OrderLineItems(sender, ids)

    def get(self, *, include_price: bool = False) -> Order:
        """Read the order; raises `NotFoundError` when the customer has none of this id (behaviour.md 4.1).

        A new order may not be found for up to 15 minutes.
        """
        query = {"include_price": flag_query(include_price, "include_price")}
        return self._sender.resource("orders.get", Order, self._ids, query=query)

    def patch(self, order: Order) -> Order:
        """Change the order: buy an add-on, change the billing cycle; to cancel it there is `cancel`.

        What is sent says what changes: lines that are sent with the status `cancelled` are those that are cancelled
        (behaviour.md 4.3). Raises `TypeError` for what is no `Order`, `ValueError` for one with another id.
        """
        require_own(require_type(order, Order, "order"), self._ids["order_id"], "order")
        return self._sender.resource("orders.update", Order, self._ids, body=order)

    def cancel(self, *, line_items: Sequence[OrderLineItem] | None = None) -> Order:
        """Cancel the order, or only these lines of it (behaviour.md 4.3).

        A full cancellation sends nothing but the id and the status, because lines that are sent along would be
        taken for the ones to cancel (behaviour.md 2 row 5). The answer may still show the old status;
        `begin_cancel` waits for the new one. Which products are cancelled by order, and until when, is told by
        behaviour.md 1.2. Raises `PartnerCenterError` with code 800061 or 800063 where it is not possible.
        """
        body = cancellation(self._ids["order_id"], line_items)
        return self._sender.resource("orders.update", Order, self._ids, body=body)

    def begin_cancel(
        self,
        *,
        line_items: Sequence[OrderLineItem] | None = None,
        interval: float | timedelta = INTERVAL,
        longest_interval: float | timedelta = LONGEST_INTERVAL,
        deadline: float | timedelta = DEADLINE,
        continuation_token: str | None = None,
    ) -> LROPoller[Order]:
        """Cancel as `cancel` does, and wait until the order shows it (behaviour.md 1.6 and 2).

        An order that was cancelled before counts as done. `interval` is the pause after the first look, the next ones
        double up to `longest_interval`; no look is begun after `deadline`. Durations are seconds or `timedelta`. With
        `continuation_token` nothing is sent: the wait of an earlier poller is taken up again.

        The poller's result is the cancelled order. It raises `OperationFailedError` when the order ends as `error`,
        `po_review_rejected`, `partial_success` or `suspended`, `OperationTimeoutError` at the deadline.
        """
        rules = wait_rules(interval, longest_interval, deadline)
        path = OPERATIONS["orders.update"].url_path(self._ids)
        body = cancellation(self._ids["order_id"], line_items)
        state: dict[str, Any] = {"lines": line_items and line_numbers(body)}
        if continuation_token is not None:
            state = from_token(continuation_token, "begin_cancel", path)
        wanted = wanted_lines(state)

        def judge(order: Order) -> Verdict:
            return judge_cancellation(order, wanted)

        def read() -> Seen[Order]:
            return self._sender.look("orders.get", Order, self._ids)

        with correlation(current_correlation_id()):
            asked = None
            if continuation_token is None:
                asked = self._cancel_unless_done(body, wanted)
            goal = Goal(in_words(self._ids["order_id"], wanted), judge)
            token = to_token("begin_cancel", path, state)
            return begin(self._sender, goal, read, Pace(rules), token, asked=asked)

    def _cancel_unless_done(self, body: Order, wanted: Sequence[int] | None) -> float | None:
        """Cancel, and give the seconds that the answer asks to wait.

        A refusal counts as done when the order turns out to be cancelled already.
        """
        try:
            response, _ = self._sender.call("orders.update", self._ids, body=body)
            return asked_wait(response)
        except PartnerCenterError as refusal:
            if not may_be_done_already(refusal):
                raise
            if judge_cancellation(self.get(), wanted).progress is not Progress.DONE:
                raise
            return None


class OrderProvisioningStatus:
    """Whether what an order bought has been delivered."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def list(self) -> ItemPaged[OrderLineItemProvisioningStatus]:
        """The state of each line (behaviour.md 4.2)."""
        name = "orders.get_provisioning_status"
        return self._sender.pages(name, OrderLineItemProvisioningStatus, self._ids)


class OrderActivationLinks:
    """Where what an order bought is activated."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def list(self) -> ItemPaged[OrderLineItemActivationLink]:
        """The links of all lines; a sandbox gives dummies (behaviour.md 4.1)."""
        return self._sender.pages("orders.list_activation_links", OrderLineItemActivationLink, self._ids)


class OrderLineItems:
    """The lines of one order."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def by_id(self, line_item_number: int | str) -> OrderLineItemOperations:
        """What can be asked about one line; raises `ValueError` for a number that cannot be one."""
        number = str(line_item_number)
        require_segment(number, "line_item_number")
        return OrderLineItemOperations(self._sender, {**self._ids, "line_item_number": number})


class OrderLineItemOperations:
    """One line of an order."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self.activation_link = LineItemActivationLink(sender, ids)


class LineItemActivationLink:
    """Where what one line bought is activated."""

    def __init__(self, sender: Sender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def list(self) -> ItemPaged[OrderLineItemActivationLink]:
        """The links of the line; a sandbox gives dummies (behaviour.md 4.1)."""
        name = "orders.get_line_item_activation_links"
        return self._sender.pages(name, OrderLineItemActivationLink, self._ids)
