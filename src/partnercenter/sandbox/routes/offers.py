"""The catalogue of legacy offers, by country and by customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection

from partnercenter.sandbox.routes.call import Call, Handler
from partnercenter.sandbox.routes.catalogue import market_of
from partnercenter.sandbox.routes.page import (
    linked_list,
    own_path,
    own_uri,
    page_size,
    query_parts,
    whole_number,
)
from partnercenter.sandbox.rules.catalogue import CatalogueOffer, offer_categories, offers
from partnercenter.sandbox.rules.offer_documents import category_document, offer_document
from partnercenter.sandbox.rules.paging import offset_collection
from partnercenter.sandbox.wire.message import Response, json_response


def _list_offers(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    category = call.query.get("offer_category_id", "").strip().lower()
    product = call.query.get("product_id", "").strip().lower()
    found = (
        offer
        for offer in offers()
        if category in {"", offer.category.id.lower()} and product in {"", offer.product_id}
    )
    return json_response(200, _page(call, _documents(call, found)))


def _get_offer(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    (document,) = _documents(call, [_offer(call)])
    return json_response(200, document)


def _list_add_ons(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    return json_response(200, _page(call, _add_ons(call)))


def _list_customer_add_ons(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    return linked_list(call, _add_ons(call))


def _list_categories(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    market = market_of(call)
    shown = [category_document(category, market) for category in offer_categories()]
    return linked_list(call, shown)


def _add_ons(call: Call) -> list[dict[str, Any]]:
    base = _offer(call).item.catalog_item_id
    return _documents(call, (offer for offer in offers() if base in offer.item.bases))


def _offer(call: Call) -> CatalogueOffer:
    wanted = call.ids["offer_id"].upper()
    offer = next((offer for offer in offers() if offer.item.catalog_item_id == wanted), None)
    if offer is None:
        raise call.setting_fault("fault_unknown_offer", "There is no offer of this id.")
    return offer


def _documents(call: Call, found: Iterable[CatalogueOffer]) -> list[dict[str, Any]]:
    market, sold = market_of(call), call.settings.text("legacy_purchase") == "allow"
    return [offer_document(offer, market, can_be_bought=sold) for offer in found]


def _page(call: Call, items: list[dict[str, Any]]) -> dict[str, Any]:
    """The part of a list that size and offset ask for."""
    offset = whole_number(call, "offset")
    if offset < 0:
        raise call.setting_fault("fault_catalogue_query", "offset must not be negative.")
    others = query_parts(call, "size", "offset")
    return offset_collection(
        items, own_uri(call), f"{own_path(call)}?{'&'.join(others)}", size=page_size(call), offset=offset
    )


HANDLERS: Final[Mapping[str, Handler]] = {
    "offers.list": _list_offers,
    "offers.get": _get_offer,
    "offers.list_add_ons": _list_add_ons,
    "offer_categories.list": _list_categories,
    "customer_offers.list": _list_offers,
    "customer_offers.list_add_ons": _list_customer_add_ons,
    "customer_offer_categories.list": _list_categories,
}
