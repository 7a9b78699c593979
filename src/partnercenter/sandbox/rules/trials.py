"""What a trial becomes, by its conversion or by its renewal; behaviour.md 5.4."""

from __future__ import annotations

from typing import Any

from partnercenter.sandbox.rules.catalogue import CatalogueItem, find_item
from partnercenter.sandbox.rules.catalogue_links import catalogue_links

Json = dict[str, Any]


def paid_items(subscription: Json) -> list[CatalogueItem]:
    """The items that a trial can become; none for anything else."""
    item = find_item(subscription["offerId"])
    if item is None or not subscription["isTrial"]:
        return []
    return [target for target in map(find_item, item.converts_to) if target is not None]


def as_paid(trial: Json, target: CatalogueItem) -> Json:
    """The subscription of a trial as one of a paid item; its term is for the caller to say."""
    return {
        **trial,
        "offerId": target.catalog_item_id,
        "offerName": target.title,
        "hasPurchasableAddons": target.has_add_ons,
        "isTrial": False,
        "renewalTermDuration": "",
        "links": {**trial["links"], **catalogue_links(target, _country(trial))},
    }


def _country(subscription: Json) -> str:
    """The country in whose catalogue it was bought."""
    links = subscription["links"]
    uri = str(links.get("product", links.get("offer"))["uri"])
    return uri.rpartition("country=")[2]
