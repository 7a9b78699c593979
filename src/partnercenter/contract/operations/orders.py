"""A customer's orders: list, create, read, change, what became of their lines; behaviour.md 4.1."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.operation import BOOLEAN, TEXT, Operation, QueryParameter
from partnercenter.contract.orders import (
    Order,
    OrderLineItemActivationLink,
    OrderLineItemProvisioningStatus,
)

_PRICE: Final = QueryParameter(
    "include_price", "true: with the prices of the lines and their total, before tax.", BOOLEAN
)

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
            _PRICE,
        ),
        response=Order,
        collection=True,
    ),
    Operation(
        name="orders.create",
        method="POST",
        path="/v1/customers/{customer_id}/orders",
        summary="Buy without a cart.",
        documentation="Create an order",
        request=Order,
        response=Order,
        success=(201,),
    ),
    Operation(
        name="orders.get",
        method="GET",
        path="/v1/customers/{customer_id}/orders/{order_id}",
        summary="Read one order.",
        documentation="Get an order by ID",
        query=(_PRICE,),
        response=Order,
    ),
    Operation(
        name="orders.update",
        method="PATCH",
        path="/v1/customers/{customer_id}/orders/{order_id}",
        summary="Cancel an order or some of its lines, buy an add-on, or change the billing cycle.",
        documentation="Cancel an order from the integration sandbox",
        request=Order,
        response=Order,
    ),
    Operation(
        name="orders.get_provisioning_status",
        method="GET",
        path="/v1/customers/{customer_id}/orders/{order_id}/provisioningstatus",
        summary="Read whether what each line bought has been delivered.",
        documentation="Get the provisioning status of an order",
        response=OrderLineItemProvisioningStatus,
        collection=True,
    ),
    Operation(
        name="orders.list_activation_links",
        method="GET",
        path="/v1/customers/{customer_id}/orders/{order_id}/activationlinks",
        summary="List where what an order bought is activated.",
        documentation="Get the activation links of an order",
        response=OrderLineItemActivationLink,
        collection=True,
    ),
    Operation(
        name="orders.get_line_item_activation_links",
        method="GET",
        path="/v1/customers/{customer_id}/orders/{order_id}/lineitems/{line_item_number}/activationlinks",
        summary="List where what one line bought is activated.",
        documentation="Get activation link by order line item",
        response=OrderLineItemActivationLink,
        collection=True,
    ),
)
