"""What the service shows of legacy offers and their categories."""

from __future__ import annotations

from typing import Any, Final

from partnercenter.sandbox.rules.catalogue import CatalogueOffer, OfferCategory
from partnercenter.sandbox.rules.catalogue_documents import Market, billing_cycles
from partnercenter.sandbox.rules.customer_documents import link

Json = dict[str, Any]

_LOCALE: Final = "en-us"


def category_document(category: OfferCategory, market: Market) -> Json:
    """A category of offers."""
    return {
        "id": category.id,
        "name": category.name,
        "rank": category.rank,
        "locale": _LOCALE,
        "country": market.country,
        "attributes": {"objectType": "OfferCategory"},
    }


def offer_document(offer: CatalogueOffer, market: Market, *, can_be_bought: bool) -> Json:
    """An offer. One offer can be read by country only, so its own link always says the country."""
    item = offer.item
    path = f"/offers/{item.catalog_item_id}"
    links: Json = {"self": link(f"{path}?country={market.country}")}
    if item.has_add_ons:
        links["addOns"] = link(market.uri(f"{path}/addons"))
    return {
        "id": item.catalog_item_id,
        "name": item.title,
        "description": offer.description,
        "minimumQuantity": item.minimum_quantity,
        "maximumQuantity": item.maximum_quantity,
        "rank": offer.rank,
        "uri": path,
        "locale": _LOCALE,
        "country": market.country,
        "category": category_document(offer.category, market),
        "prerequisiteOffers": list(item.bases),
        "isAddOn": item.is_add_on,
        "hasAddOns": item.has_add_ons,
        "isAvailableForPurchase": can_be_bought,
        "billing": item.billing_type,
        "supportedBillingCycles": billing_cycles(item),
        "isAutoRenewable": not item.is_trial,
        "isInternal": False,
        "isTrial": item.is_trial,
        "partnerQualifications": ["none"],
        "resellerQualifications": [],
        "reselleeQualifications": ["none"],
        "upgradeTargetOffers": [],
        "conversionTargetOffers": list(item.converts_to),
        "product": {"id": offer.product_id, "name": item.title, "unit": item.unit_type},
        "unitType": item.unit_type,
        "links": links,
        "attributes": {"objectType": "Offer"},
    }
