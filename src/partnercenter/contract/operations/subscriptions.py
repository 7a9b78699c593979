"""A customer's subscriptions and what hangs on them; behaviour.md 5 and 7."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.commerce import Subscription
from partnercenter.contract.operation import TEXT, Operation, QueryParameter

TABLE: Final = (
    Operation(
        name="subscriptions.list",
        method="GET",
        path="/v1/customers/{customer_id}/subscriptions",
        summary="List a customer's subscriptions.",
        documentation="Get all of a customer's subscriptions",
        query=(QueryParameter("order_id", "Subscriptions of this order only.", TEXT),),
        response=Subscription,
        collection=True,
    ),
)
