"""Customers: list, create, read, delete, end the relationship; behaviour.md 1 and 3."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.customers import Customer, CustomerRelationshipChange
from partnercenter.contract.operation import FILTER, SEEK, SIZE, Operation, Paging, TokenKind

TABLE: Final = (
    Operation(
        name="customers.list",
        method="GET",
        path="/v1/customers",
        summary="List the partner's customers.",
        documentation="Get a list of customers",
        query=(SIZE, FILTER, SEEK),
        response=Customer,
        collection=True,
        paging=Paging.SEEK,
        errors=(400, 401, 403, 429, 500),
    ),
    Operation(
        name="customers.create",
        method="POST",
        path="/v1/customers",
        summary="Create a customer with a new tenant.",
        documentation="Create a customer",
        request=Customer,
        response=Customer,
        success=(201,),
        errors=(400, 401, 403, 409, 429, 500),
    ),
    Operation(
        name="customers.get",
        method="GET",
        path="/v1/customers/{customer_id}",
        summary="Read one customer.",
        documentation="Get a customer by ID",
        response=Customer,
    ),
    Operation(
        name="customers.delete",
        method="DELETE",
        path="/v1/customers/{customer_id}",
        summary="Delete a customer of the integration sandbox and everything it has.",
        documentation="Delete a customer account from the integration sandbox",
        sandbox_only=True,
        success=(204, 200),
    ),
    Operation(
        name="customers.remove_reseller_relationship",
        method="PATCH",
        path="/v1/customers/{customer_id}",
        summary="End the reseller relationship; in a sandbox this deletes the customer.",
        documentation="Remove a reseller relationship with a customer",
        request=CustomerRelationshipChange,
        response=Customer,
        tokens=frozenset({TokenKind.APP_USER}),
    ),
)
