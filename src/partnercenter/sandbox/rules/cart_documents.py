"""Carts as the service shows them; behaviour.md 4.4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from partnercenter.contract.enums import CartErrorCode
from partnercenter.contract.timestamps import format_timestamp
from partnercenter.sandbox.rules.buying import LineProblem, WantedLine
from partnercenter.sandbox.rules.customer_documents import self_links
from partnercenter.sandbox.rules.product import Product

Json = dict[str, Any]

LIFE: Final = timedelta(days=7)
_REPEATED: Final = (
    "friendlyName",
    "promotionId",
    "participants",
    "provisioningContext",
    "renewsTo",
    "customTermEndDate",
    "attestationAccepted",
)


@dataclass(frozen=True, slots=True)
class CartLine:
    """A line with what was found out about it, and those that are bought on top of it. `body` is what was sent."""

    wanted: WantedLine
    body: Mapping[str, Any]
    problem: tuple[LineProblem, str] | None
    group: str
    add_ons: tuple[CartLine, ...] = ()

    def with_add_ons(self, add_ons: Sequence[CartLine]) -> CartLine:
        """The line with what is bought on top of it."""
        return replace(self, add_ons=tuple(add_ons))


@dataclass(frozen=True, slots=True)
class CartTimes:
    """When a cart was made, changed last, and by whom."""

    created: datetime
    modified: datetime
    user: str

    @property
    def expires(self) -> datetime:
        """When it can no longer be used."""
        return self.created + LIFE


def cart_document(
    cart_id: str,
    customer_id: str,
    lines: Sequence[CartLine],
    times: CartTimes,
    currency: str,
    *,
    ordered: bool,
) -> Json:
    """The cart."""
    return {
        "id": cart_id,
        "creationTimestamp": format_timestamp(times.created),
        "lastModifiedTimestamp": format_timestamp(times.modified),
        "expirationTimestamp": format_timestamp(times.expires),
        "lastModifiedUser": times.user,
        "status": "Ordered" if ordered else "Active",
        "lineItems": [_line(line, currency) for line in lines],
        "links": self_links(f"/customers/{customer_id}/carts/{cart_id}"),
        "attributes": {"objectType": "Cart"},
    }


def _line(line: CartLine, currency: str) -> Json:
    wanted = line.wanted
    document: Json = {
        "id": wanted.number,
        "catalogItemId": wanted.item.catalog_item_id if wanted.item else wanted.catalog_item_id,
        "quantity": wanted.quantity,
        "currencyCode": currency if _is_priced(line) else wanted.currency,
        "billingCycle": wanted.term.billing_cycle if wanted.term else wanted.billing_cycle or "unknown",
    }
    if wanted.term_duration:
        document["termDuration"] = wanted.term_duration
    document |= {name: line.body[name] for name in _REPEATED if name in line.body}
    document["orderGroup"] = line.group
    if line.add_ons:
        document["addonItems"] = [_line(add_on, currency) for add_on in line.add_ons]
    if line.problem is not None:
        document["error"] = _error(*line.problem)
    return document


def _is_priced(line: CartLine) -> bool:
    """Whether the line has a currency; one that is not taken stands there as it was sent."""
    return line.problem is None or line.problem[0].cart_code is not CartErrorCode.CURRENCY_IS_NOT_SUPPORTED


def _error(problem: LineProblem, description: str) -> Json:
    error: Json = {"errorCode": problem.cart_code.value, "errorDescription": description}
    if problem.quantities is not None:
        available, purchased = problem.quantities
        error["additionalInformation"] = {"availableQuantity": available, "purchasedQuantity": purchased}
    return error


class OrderGroups:
    """Which lines end in one order: those of one kind of product with one billing cycle (behaviour.md 4.4)."""

    def __init__(self) -> None:
        self._names: dict[tuple[object, str], str] = {}

    def name_of(self, wanted: WantedLine) -> str:
        """The group of a line; legacy Azure has a name of its own."""
        if wanted.item is not None and wanted.item.kind is Product.LEGACY_AZURE:
            return "OMS-0"
        kind = wanted.item.kind if wanted.item is not None else None
        cycle = wanted.term.billing_cycle if wanted.term else wanted.billing_cycle
        return self._names.setdefault((kind, cycle), str(len(self._names)))
