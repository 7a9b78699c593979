"""The operations of the REST API, each declared once.

The client sends what stands here, the sandbox serves it, and the OpenAPI document, the fuzz tests
and the coverage table of the docs are made from it. To add an operation: declare it in the module of its area, give
the client a method, the sandbox a handler. The table is checked when it is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from partnercenter.contract.operation import PATH_PARAMETERS, Operation, Paging, QueryParameter, TokenKind
from partnercenter.contract.operations import (
    agreements,
    audit,
    carts,
    customers,
    entitlements,
    markets,
    offers,
    orders,
    products,
    profiles,
    subscription_changes,
    subscriptions,
    users,
)

__all__ = ["OPERATIONS", "PATH_PARAMETERS", "Operation", "Paging", "QueryParameter", "TokenKind"]


def _checked(table: Iterable[Operation]) -> dict[str, Operation]:
    names: dict[str, Operation] = {}
    addresses: dict[tuple[str, str], str] = {}
    for operation in table:
        if operation.name in names:
            raise ValueError("Two operations have the same name.")
        address = (operation.method, re.sub(r"{\w+}", "{}", operation.path.lower()))
        if address in addresses:
            raise ValueError(f"{operation.name} and {addresses[address]} have the same method and path.")
        unknown = set(operation.path_parameters) - set(PATH_PARAMETERS)
        if unknown:
            raise ValueError(f"{operation.name} has path parameters of no known kind: {', '.join(unknown)}.")
        names[operation.name] = operation
        addresses[address] = operation.name
    return names


OPERATIONS: Final[Mapping[str, Operation]] = _checked(
    (
        *customers.TABLE,
        *profiles.TABLE,
        *agreements.TABLE,
        *users.TABLE,
        *orders.TABLE,
        *carts.TABLE,
        *subscriptions.TABLE,
        *subscription_changes.TABLE,
        *entitlements.TABLE,
        *products.TABLE,
        *offers.TABLE,
        *markets.TABLE,
        *audit.TABLE,
    )
)
