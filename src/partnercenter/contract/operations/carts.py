"""Carts: create, read, change, check out; behaviour.md 4.4."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.carts import Cart, CartCheckoutResult
from partnercenter.contract.operation import Operation

TABLE: Final = (
    Operation(
        name="carts.create",
        method="POST",
        path="/v1/customers/{customer_id}/carts",
        summary="Put things into a new cart.",
        documentation="Create a cart",
        request=Cart,
        response=Cart,
        success=(201,),
    ),
    Operation(
        name="carts.get",
        method="GET",
        path="/v1/customers/{customer_id}/carts/{cart_id}",
        summary="Read a cart.",
        documentation="Get a cart",
        response=Cart,
    ),
    Operation(
        name="carts.update",
        method="PUT",
        path="/v1/customers/{customer_id}/carts/{cart_id}",
        summary="Replace what is in a cart.",
        documentation="Update a cart",
        request=Cart,
        response=Cart,
        success=(200, 201),
    ),
    Operation(
        name="carts.checkout",
        method="POST",
        path="/v1/customers/{customer_id}/carts/{cart_id}/checkout",
        summary="Turn a cart into orders.",
        documentation="Check out a cart",
        response=CartCheckoutResult,
        success=(201, 200),
    ),
)
