"""A customer's orders; behaviour.md 4.1."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.commerce import Order
from partnercenter.contract.operation import TEXT, Operation, QueryParameter

TABLE: Final = (
    Operation(
        name="orders.list",
        method="GET",
        path="/v1/customers/{customer_id}/orders",
        summary="List a customer's orders.",
        documentation="Get all of a customer's orders",
        query=(
            QueryParameter(
                "billingType", "monthly, annual, one_time or none: orders of this cycle only.", TEXT
            ),
        ),
        response=Order,
        collection=True,
    ),
    Operation(
        name="orders.get",
        method="GET",
        path="/v1/customers/{customer_id}/orders/{order_id}",
        summary="Read one order.",
        documentation="Get an order by ID",
        response=Order,
    ),
)
