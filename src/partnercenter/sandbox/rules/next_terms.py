"""What a subscription is to become at its renewal: `scheduledNextTermInstructions`; behaviour.md 5.3.

Judged when it is scheduled, so that a renewal never meets a term or a number of seats that there is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from partnercenter.sandbox.rules.catalogue import CatalogueItem, following_terms
from partnercenter.sandbox.rules.refusal import Refused, RefusedBySetting

Json = dict[str, Any]

_IDS = ("productId", "skuId", "availabilityId")


def next_term(current: Json, item: CatalogueItem | None, sent: Mapping[str, Any]) -> Json:
    """The instructions as they are kept; raises what is refused of product, term or cycle."""
    product = dict(sent.get("product", {}))
    if item is None:
        raise RefusedBySetting("fault_transition_not_served", "What this subscription is of is sold no more.")
    for name, own in zip(_IDS, item.parts, strict=True):
        if str(product.get(name, own)).lower() != own.lower():
            text = "The sandbox renews a subscription for its own product only."
            raise RefusedBySetting("fault_transition_not_served", text)
    if "termDuration" in product:
        product["termDuration"] = str(product["termDuration"]).upper()
    if "termDuration" in product or "billingCycle" in product:
        _check_term(current, item, product)
    return {**sent, "product": product} if product else dict(sent)


def _check_term(current: Json, item: CatalogueItem, product: Mapping[str, Any]) -> None:
    usual = current.get("renewalTermDuration") or current["termDuration"]
    wanted = (product.get("termDuration", usual), product.get("billingCycle", current["billingCycle"]))
    terms = [(term.duration, term.billing_cycle) for term in following_terms(item)]
    if wanted not in terms:
        offered = ", ".join(" ".join(term) for term in dict.fromkeys(terms))
        raise Refused(
            400, 6001, f"The item does not renew for this term and billing cycle. It has {offered}."
        )
