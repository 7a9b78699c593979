"""`client.customers.by_id(id).carts`: what is about to be bought; behaviour.md 4.4."""

from __future__ import annotations

from datetime import timedelta

from azure.core.polling import AsyncLROPoller

from partnercenter.client.aio.polling import begin
from partnercenter.client.aio.sender import AsyncSender
from partnercenter.client.arguments import require_own, require_type
from partnercenter.client.correlation import correlation, current_correlation_id
from partnercenter.client.outcomes import judge_checkout, pending_orders
from partnercenter.client.waiting import (
    DEADLINE,
    INTERVAL,
    LONGEST_INTERVAL,
    Goal,
    Pace,
    Seen,
    from_token,
    later,
    to_token,
    wait_rules,
)
from partnercenter.contract.carts import Cart, CartCheckoutResult
from partnercenter.contract.identifiers import require_guid
from partnercenter.contract.operations import OPERATIONS
from partnercenter.contract.orders import Order


class Carts:
    """The carts of one customer. The service lists none: whoever makes one keeps its id."""

    def __init__(self, sender: AsyncSender, customer_id: str) -> None:
        self._sender = sender
        self._ids = {"customer_id": customer_id}

    async def create(self, cart: Cart) -> Cart:
        """Put things into a new cart, which expires after seven days.

        A line that cannot be bought fails nothing: it comes back with an `error`, and checking out leaves it out.
        Catalogue items change, so take a fresh availability (behaviour.md 4.4). Raises `TypeError` for what is no
        `Cart`.
        """
        require_type(cart, Cart, "cart")
        return await self._sender.resource("carts.create", Cart, self._ids, body=cart)

    def by_id(self, cart_id: str) -> CartOperations:
        """What can be done with one cart; raises `ValueError` for an id that is not a GUID."""
        return CartOperations(self._sender, {**self._ids, "cart_id": require_guid(cart_id, "cart_id")})


class CartOperations:
    """One cart."""

    def __init__(self, sender: AsyncSender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    async def get(self) -> Cart:
        """Read the cart; raises `NotFoundError` when there is none of this id."""
        return await self._sender.resource("carts.get", Cart, self._ids)

    async def put(self, cart: Cart) -> Cart:
        """Replace what is in the cart by one that was read and changed (behaviour.md 4.4).

        Raises `TypeError` for what is no `Cart`, `ValueError` for one with another id.
        """
        require_own(require_type(cart, Cart, "cart"), self._ids["cart_id"], "cart")
        return await self._sender.resource("carts.update", Cart, self._ids, body=cart)

    async def checkout(self) -> CartCheckoutResult:
        """Turn the cart into orders, one for each group of lines (behaviour.md 4.4).

        Some groups can succeed while others do not: look at `order_errors` too. New orders are mostly `pending`;
        `begin_checkout` waits for them.
        """
        return await self._sender.resource("carts.checkout", CartCheckoutResult, self._ids)

    async def begin_checkout(
        self,
        *,
        interval: float | timedelta = INTERVAL,
        longest_interval: float | timedelta = LONGEST_INTERVAL,
        deadline: float | timedelta = DEADLINE,
        continuation_token: str | None = None,
    ) -> AsyncLROPoller[CartCheckoutResult]:
        """Check out as `checkout` does, and wait until every order has left `pending`.

        A new order that cannot be found counts as one that does not show yet (behaviour.md 1.6). The arguments are
        those of an order's `begin_cancel`. The poller's result is that of the checkout with its orders as they were
        read last, those that failed and the `order_errors` included. It raises `OperationTimeoutError` at the
        deadline.
        """
        rules = wait_rules(interval, longest_interval, deadline)
        path = OPERATIONS["carts.checkout"].url_path(self._ids)
        with correlation(current_correlation_id()):
            if continuation_token is None:
                result = await self.checkout()
            else:
                kept = from_token(continuation_token, "begin_checkout", path)
                result = CartCheckoutResult.from_json(kept)

            async def read() -> Seen[CartCheckoutResult]:
                return await self._read_pending(result)

            goal = Goal(
                f"the orders of cart {self._ids['cart_id']} to leave pending", judge_checkout, is_new=True
            )
            token = to_token("begin_checkout", path, result.to_json())
            return begin(self._sender, goal, read, Pace(rules), token, first=Seen(result))

    async def _read_pending(self, result: CartCheckoutResult) -> Seen[CartCheckoutResult]:
        """Read the orders of a checkout again that were pending."""
        asked: float | None = None
        orders = result.orders
        for place, order_id in pending_orders(result).items():
            ids = {"customer_id": self._ids["customer_id"], "order_id": order_id}
            seen = await self._sender.look("orders.get", Order, ids)
            if orders is not None:
                orders[place] = seen.resource
            asked = later(asked, seen.retry_after)
        return Seen(result, asked)
