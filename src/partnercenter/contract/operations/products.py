"""The catalogue: products, SKUs, availabilities, inventory; resources.md, "Products, SKUs, availabilities".

Each level can be asked by country, or by a customer whose country counts (lifecycle.md 7).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from partnercenter.contract.enums import TargetView
from partnercenter.contract.operation import COUNTRY, TEXT, Operation, QueryParameter
from partnercenter.contract.products import (
    Availability,
    InventoryCheckRequest,
    InventoryItem,
    Product,
    Sku,
)
from partnercenter.contract.resource import Resource

_VIEW: Final = QueryParameter(
    "targetView",
    f"What kind of products: {', '.join(view.value for view in TargetView)}.",
    TEXT,
    required=True,
)
_SEGMENT: Final = QueryParameter(
    "targetSegment",
    "commercial, education, government or nonprofit: what is sold in this segment only.",
    TEXT,
)
_SCOPE: Final = QueryParameter(
    "reservationScope", "AzurePlan: reservations that can be bought for an Azure plan.", TEXT
)
_PRODUCTS: Final = "/products"
_SKUS: Final = "/products/{product_id}/skus"
_AVAILABILITIES: Final = "/products/{product_id}/skus/{sku_id}/availabilities"


def _list(
    name: str, path: str, response: type[Resource], what: str, documentation: str, *query: QueryParameter
) -> Iterator[Operation]:
    yield Operation(
        name=f"{name}.list",
        method="GET",
        path=f"/v1{path}",
        summary=f"List {what} of a country.",
        documentation=f"{documentation} (by country)",
        query=(COUNTRY, *query),
        response=response,
        collection=True,
    )
    yield Operation(
        name=f"customer_{name}.list",
        method="GET",
        path="/v1/customers/{customer_id}" + path,
        summary=f"List {what} for a customer.",
        documentation=f"{documentation} (by customer)",
        query=query,
        response=response,
        collection=True,
    )


def _get(
    name: str, path: str, response: type[Resource], what: str, documentation: str, *query: QueryParameter
) -> Iterator[Operation]:
    yield Operation(
        name=f"{name}.get",
        method="GET",
        path=f"/v1{path}",
        summary=f"Read {what} as it is in a country.",
        documentation=documentation,
        query=(COUNTRY, *query),
        response=response,
    )
    yield Operation(
        name=f"customer_{name}.get",
        method="GET",
        path="/v1/customers/{customer_id}" + path,
        summary=f"Read {what} as it is for a customer.",
        documentation=documentation,
        query=query,
        response=response,
    )


TABLE: Final[tuple[Operation, ...]] = (
    *_list("products", _PRODUCTS, Product, "products", "Get a list of products", _VIEW, _SEGMENT, _SCOPE),
    *_get("products", _PRODUCTS + "/{product_id}", Product, "a product", "Get a product by ID", _SCOPE),
    *_list("skus", _SKUS, Sku, "a product's SKUs", "Get a list of SKUs for a product", _SEGMENT, _SCOPE),
    *_get("skus", _SKUS + "/{sku_id}", Sku, "a SKU", "Get a SKU by ID", _SCOPE),
    *_list(
        "availabilities",
        _AVAILABILITIES,
        Availability,
        "a SKU's availabilities",
        "Get a list of availabilities for a SKU",
        _SEGMENT,
        _SCOPE,
    ),
    *_get(
        "availabilities",
        _AVAILABILITIES + "/{availability_id}",
        Availability,
        "an availability",
        "Get an availability by ID",
    ),
    Operation(
        name="products.check_inventory",
        method="POST",
        path="/v1/extensions/product/checkInventory",
        summary="Tell which of some products or SKUs can be had.",
        documentation="Check inventory",
        query=(COUNTRY,),
        request=InventoryCheckRequest,
        response=InventoryItem,
        array=True,
    ),
)
