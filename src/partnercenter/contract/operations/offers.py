"""Offers of the time before new commerce: list, read, add-ons, categories, by country and by customer."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.offers import Offer, OfferCategory
from partnercenter.contract.operation import COUNTRY, OFFSET, SIZE, TEXT, Operation, Paging, QueryParameter

_CATEGORY: Final = QueryParameter("offer_category_id", "Offers of this category only.", TEXT)
_PRODUCT: Final = QueryParameter("product_id", "Offers of this product only.", TEXT)
_LIST: Final = "Get a list of offers for a market"
_ADD_ONS: Final = "Get add-ons for an offer ID"
_CATEGORIES: Final = "Get a list of offer categories by market"

TABLE: Final[tuple[Operation, ...]] = (
    Operation(
        name="offers.list",
        method="GET",
        path="/v1/offers",
        summary="List the offers of a country.",
        documentation=_LIST,
        query=(COUNTRY, _CATEGORY, OFFSET, SIZE, _PRODUCT),
        response=Offer,
        collection=True,
        paging=Paging.SIZE_OFFSET,
    ),
    Operation(
        name="offers.get",
        method="GET",
        path="/v1/offers/{offer_id}",
        summary="Read an offer as it is in a country.",
        documentation="Get an offer by ID",
        query=(COUNTRY,),
        response=Offer,
    ),
    Operation(
        name="offers.list_add_ons",
        method="GET",
        path="/v1/offers/{offer_id}/addons",
        summary="List the add-ons that an offer can have in a country.",
        documentation=_ADD_ONS,
        query=(COUNTRY, OFFSET, SIZE),
        response=Offer,
        collection=True,
        paging=Paging.SIZE_OFFSET,
    ),
    Operation(
        name="offer_categories.list",
        method="GET",
        path="/v1/offercategories",
        summary="List the categories of a country's offers.",
        documentation=_CATEGORIES,
        query=(COUNTRY,),
        response=OfferCategory,
        collection=True,
    ),
    Operation(
        name="customer_offers.list",
        method="GET",
        path="/v1/customers/{customer_id}/offers",
        summary="List the offers for a customer.",
        documentation=_LIST,
        query=(_CATEGORY, OFFSET, SIZE),
        response=Offer,
        collection=True,
        paging=Paging.SIZE_OFFSET,
    ),
    Operation(
        name="customer_offers.list_add_ons",
        method="GET",
        path="/v1/customers/{customer_id}/offers/{offer_id}/addons",
        summary="List the add-ons that an offer can have for a customer.",
        documentation=_ADD_ONS,
        response=Offer,
        collection=True,
    ),
    Operation(
        name="customer_offer_categories.list",
        method="GET",
        path="/v1/customers/{customer_id}/offercategories",
        summary="List the categories of the offers for a customer.",
        documentation=_CATEGORIES,
        response=OfferCategory,
        collection=True,
    ),
)
