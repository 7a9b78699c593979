"""The operations of the REST API, each declared once.

The client sends what stands here, the sandbox serves it, and the OpenAPI document, the fuzz tests
and the coverage table of the docs are made from it. To add an operation: declare it, give the client
a method, the sandbox a handler. The table is checked when it is built.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import quote, urlencode

from partnercenter.contract.audit import AuditRecord
from partnercenter.contract.commerce import Order, Subscription
from partnercenter.contract.customers import (
    CountryValidationRules,
    Customer,
    CustomerBillingProfile,
    CustomerCompanyProfile,
    CustomerRelationshipChange,
)
from partnercenter.contract.identifiers import require_guid, require_segment
from partnercenter.contract.resource import Resource


class Paging(Enum):
    """How a list is read on. `NONE` also stands for collections that come whole."""

    NONE = "none"
    SEEK = "seek"
    CONTINUATION_TOKEN = "continuation_token"


class TokenKind(Enum):
    """With which kind of token an operation may be called."""

    APP = "app"
    APP_USER = "app_user"


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A name of the query string; matched without case."""

    name: str
    description: str
    schema: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path.

    `request` and `response` are resource types; with `collection` the answer is a collection of
    `response`. `success` are the statuses that mean it was done: the archived description lists 200
    beside 204 for a delete, so a client accepts both (behaviour.md 1.1).
    """

    name: str
    method: str
    path: str
    summary: str
    documentation: str
    query: tuple[QueryParameter, ...] = ()
    request: type[Resource] | None = None
    response: type[Resource] | None = None
    collection: bool = False
    paging: Paging = Paging.NONE
    tokens: frozenset[TokenKind] = frozenset({TokenKind.APP, TokenKind.APP_USER})
    sandbox_only: bool = False
    if_match: bool = False
    success: tuple[int, ...] = (200,)
    errors: tuple[int, ...] = (400, 401, 403, 404, 409, 429, 500)

    @property
    def writes(self) -> bool:
        """Whether the operation changes something, so that its answer is kept for a replay (behaviour.md 10.1)."""
        return self.method not in {"GET", "HEAD"}

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The names in braces, in the order of the path."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    def url_path(self, ids: Mapping[str, str], query: Mapping[str, str | int | None] | None = None) -> str:
        """The path, from `/v1` on, with its ids and its query.

        Raises `ValueError` when an id is empty or malformed: such an id would name another resource.
        """
        path = self.path
        for name in self.path_parameters:
            path = path.replace("{" + name + "}", PATH_PARAMETERS[name](ids[name], name))
        given = {name: str(value) for name, value in (query or {}).items() if value is not None}
        return f"{path}?{urlencode(given, quote_via=quote)}" if given else path


PATH_PARAMETERS: Final[Mapping[str, Callable[[str, str], str]]] = {
    "customer_id": require_guid,
    "domain": require_segment,
    "country": require_segment,
    "order_id": require_segment,
}

_STRING: Final = {"type": "string"}
_SIZE = QueryParameter(
    "size", "Items of a page; 0 or absent is the service's own choice, 500 is the most.", {"type": "integer"}
)
_FILTER = QueryParameter("filter", "A URL-encoded JSON object with Field, Value and Operator.", _STRING)
_SEEK = QueryParameter(
    "seekOperation",
    "Next, Previous, First, Last or PageIndex, together with the header MS-ContinuationToken.",
    _STRING,
)

_TABLE: Final = (
    Operation(
        name="customers.list",
        method="GET",
        path="/v1/customers",
        summary="List the partner's customers.",
        documentation="Get a list of customers",
        query=(_SIZE, _FILTER, _SEEK),
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
    Operation(
        name="customer_billing_profile.get",
        method="GET",
        path="/v1/customers/{customer_id}/profiles/billing",
        summary="Read a customer's billing profile.",
        documentation="Get a customer's billing profile",
        response=CustomerBillingProfile,
    ),
    Operation(
        name="customer_billing_profile.update",
        method="PUT",
        path="/v1/customers/{customer_id}/profiles/billing",
        summary="Replace a customer's billing profile.",
        documentation="Update a customer's billing profile",
        request=CustomerBillingProfile,
        response=CustomerBillingProfile,
        if_match=True,
        errors=(400, 401, 403, 404, 409, 412, 429, 500),
    ),
    Operation(
        name="customer_company_profile.get",
        method="GET",
        path="/v1/customers/{customer_id}/profiles/company",
        summary="Read a customer's company profile.",
        documentation="Get a customer's company profile",
        response=CustomerCompanyProfile,
    ),
    Operation(
        name="orders.list",
        method="GET",
        path="/v1/customers/{customer_id}/orders",
        summary="List a customer's orders.",
        documentation="Get all of a customer's orders",
        query=(
            QueryParameter(
                "billingType", "monthly, annual, one_time or none: orders of this cycle only.", _STRING
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
    Operation(
        name="subscriptions.list",
        method="GET",
        path="/v1/customers/{customer_id}/subscriptions",
        summary="List a customer's subscriptions.",
        documentation="Get all of a customer's subscriptions",
        query=(QueryParameter("order_id", "Subscriptions of this order only.", _STRING),),
        response=Subscription,
        collection=True,
    ),
    Operation(
        name="domains.exists",
        method="HEAD",
        path="/v1/domains/{domain}",
        summary="Tell whether a domain is taken: 200 when it is, 404 when it is free.",
        documentation="Verify domain availability",
        errors=(400, 401, 403, 404, 429, 500),
    ),
    Operation(
        name="country_validation_rules.get",
        method="GET",
        path="/v1/countryvalidationrules/{country}",
        summary="Read what an address of a country must look like.",
        documentation="Get address formatting rules by market",
        response=CountryValidationRules,
    ),
    Operation(
        name="audit_records.list",
        method="GET",
        path="/v1/auditrecords",
        summary="List what was done in the partner's account.",
        documentation="Get a record of Partner Center activity",
        query=(
            QueryParameter("startDate", "First day, yyyy-mm-dd; at most 90 days back.", _STRING),
            QueryParameter("endDate", "Last day, yyyy-mm-dd.", _STRING),
            _SIZE,
            _FILTER,
            _SEEK,
        ),
        response=AuditRecord,
        collection=True,
        paging=Paging.CONTINUATION_TOKEN,
        errors=(400, 401, 403, 429, 500),
    ),
)


def _checked(table: tuple[Operation, ...]) -> dict[str, Operation]:
    seen: dict[tuple[str, str], str] = {}
    for operation in table:
        address = (operation.method, re.sub(r"{\w+}", "{}", operation.path.lower()))
        if address in seen:
            raise ValueError(f"{operation.name} and {seen[address]} have the same method and path.")
        seen[address] = operation.name
        unknown = set(operation.path_parameters) - set(PATH_PARAMETERS)
        if unknown:
            raise ValueError(f"{operation.name} has path parameters of no known kind: {', '.join(unknown)}.")
    names = {operation.name: operation for operation in table}
    if len(names) != len(table):
        raise ValueError("Two operations have the same name.")
    return names


OPERATIONS: Final[Mapping[str, Operation]] = _checked(_TABLE)
