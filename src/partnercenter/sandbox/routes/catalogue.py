"""The catalogue by country and by customer, and what is in stock; resources.md, "Products, SKUs, availabilities".

Both ways share their handlers: a call that names a customer takes the country of its billing address
(lifecycle.md 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sqlalchemy import Connection

from partnercenter.contract.enums import TargetView
from partnercenter.contract.products import InventoryCheckRequest
from partnercenter.sandbox.routes.call import Call, Handler
from partnercenter.sandbox.routes.page import linked_list
from partnercenter.sandbox.rules.catalogue import CatalogueProduct, CatalogueSku, products
from partnercenter.sandbox.rules.catalogue_documents import (
    Market,
    RefundDays,
    availability_document,
    inventory_document,
    product_document,
    sku_document,
)
from partnercenter.sandbox.rules.country_rules import find_country_rules
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.wire.message import Response, json_response

_SANDBOX_SEGMENTS: Final = ("commercial", "education")
_SEGMENTS: Final = (*_SANDBOX_SEGMENTS, "government", "nonprofit")
_AZURE_PLAN: Final = "azureplan"


def market_of(call: Call) -> Market:
    """For whom the catalogue is asked: a customer in its country, or the country of the query."""
    if "customer_id" in call.ids:
        address = call.customer_document["billingProfile"]["defaultAddress"]
        return Market(str(address["country"]).upper(), call.found_customer.id)
    text = call.query.get("country", "").strip()
    rules = find_country_rules(text)
    if rules is None:
        told = "must be an ISO 3166 code of two letters, such as US" if text else "is required, such as US"
        raise call.setting_fault("fault_catalogue_query", f"The query parameter country {told}.")
    return Market(rules.iso2_code)


def _list_products(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    market, view, segment = market_of(call), _view(call), _segment(call)
    shown = [
        product_document(product, market)
        for product in _in_scope(call)
        if view.value in product.views and any(_skus(product, segment))
    ]
    return linked_list(call, shown)


def _get_product(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    market = market_of(call)
    return json_response(200, product_document(_product(call), market))


def _list_skus(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    market, segment, product = market_of(call), _segment(call), _product(call)
    shown = [sku_document(product, sku, market) for sku in _skus(product, segment)]
    return linked_list(call, shown)


def _get_sku(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    market = market_of(call)
    product, sku = _sku(call)
    return json_response(200, sku_document(product, sku, market))


def _list_availabilities(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    market, segment = market_of(call), _segment(call)
    _, sku = _sku(call)
    shown = []
    if segment in {None, sku.item.segment}:
        shown.append(availability_document(sku.item, market, _refund_days(call)))
    return linked_list(call, shown)


def _get_availability(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    market = market_of(call)
    _, sku = _sku(call)
    if call.ids["availability_id"].upper() != sku.item.parts[2]:
        raise call.fault(404, 400019)
    return json_response(200, availability_document(sku.item, market, _refund_days(call)))


def _check_inventory(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    """Whether products or SKUs can be had; the answer is a bare list, and what is unknown is left out."""
    market_of(call)
    body = call.checked_body(InventoryCheckRequest)
    restricts = call.partner.is_sandbox and call.settings.flag("inventory_restricts_unsold")
    shown = [
        inventory_document(product, sku, is_restricted=restricts and not sku.item.sold_in_sandbox)
        for wanted in body["targetItems"]
        for product, sku in _wanted(wanted)
    ]
    return json_response(200, shown)


def _wanted(item: Mapping[str, str]) -> Iterator[tuple[CatalogueProduct, CatalogueSku]]:
    product_id, sku_id = item["productId"].upper(), item.get("skuId", "").upper()
    for product in products():
        if product.id == product_id:
            yield from ((product, sku) for sku in product.skus if sku_id in {"", sku.id})


def _product(call: Call) -> CatalogueProduct:
    wanted = call.ids["product_id"].upper()
    product = next((product for product in _in_scope(call) if product.id == wanted), None)
    if product is None:
        raise call.fault(404, 400013)
    return product


def _sku(call: Call) -> tuple[CatalogueProduct, CatalogueSku]:
    product, wanted = _product(call), call.ids["sku_id"].upper()
    sku = next((sku for sku in product.skus if sku.id == wanted), None)
    if sku is None:
        raise call.fault(404, 400018)
    return product, sku


def _skus(product: CatalogueProduct, segment: str | None) -> Iterator[CatalogueSku]:
    return (sku for sku in product.skus if segment in {None, sku.item.segment})


def _view(call: Call) -> TargetView:
    word = call.query.get("targetview", "").strip()
    words = ", ".join(view.value for view in TargetView)
    if not word:
        text = f"The query parameter targetView is required; it is one of {words}."
        raise call.setting_fault("fault_catalogue_query", text)
    view = TargetView.from_word(word)
    if view is None:
        raise call.fault(403, 400036, f"The target view is not allowed; use one of {words}.")
    return view


def _segment(call: Call) -> str | None:
    """The segment that is asked for; a sandbox has two of the four (behaviour.md 8)."""
    word = call.query.get("targetsegment", "").strip().lower()
    allowed = _SANDBOX_SEGMENTS if call.partner.is_sandbox else _SEGMENTS
    if word and word not in allowed:
        raise call.fault(403, 400030, f"The target segment is not allowed; use one of {', '.join(allowed)}.")
    return word or None


def _in_scope(call: Call) -> Iterable[CatalogueProduct]:
    """The products of the reservation scope that is asked for, of which there is one beside none."""
    word = call.query.get("reservationscope", "").strip().lower()
    if word not in {"", _AZURE_PLAN}:
        text = "The query parameter reservationScope is AzurePlan or left out."
        raise call.setting_fault("fault_catalogue_query", text)
    asks = any(parameter.name == "reservationScope" for parameter in call.operation.query)
    hides = asks and not word and call.settings.flag("reservations_need_scope")
    return (p for p in products() if not (hides and p.kind is Product.AZURE_RESERVATION))


def _refund_days(call: Call) -> RefundDays:
    number = call.settings.number
    return RefundDays(number("new_commerce_window_days"), number("marketplace_window_days"))


HANDLERS: Final[Mapping[str, Handler]] = {
    "products.list": _list_products,
    "products.get": _get_product,
    "skus.list": _list_skus,
    "skus.get": _get_sku,
    "availabilities.list": _list_availabilities,
    "availabilities.get": _get_availability,
    "customer_products.list": _list_products,
    "customer_products.get": _get_product,
    "customer_skus.list": _list_skus,
    "customer_skus.get": _get_sku,
    "customer_availabilities.list": _list_availabilities,
    "customer_availabilities.get": _get_availability,
    "products.check_inventory": _check_inventory,
}
