"""Licences: how many a customer has, what may be given to a user, and how it is shown; behaviour.md 3.6.

resources.md, "Licenses". Pure: subscriptions and assignments are passed in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from partnercenter.contract.enums import LicenseGroupId, SubscriptionStatus
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.users import LicenseUpdate
from partnercenter.sandbox.rules.body_shape import find_problems
from partnercenter.sandbox.rules.catalogue import find_item
from partnercenter.sandbox.rules.country_rules import PROPERTY_INVALID, Problem
from partnercenter.sandbox.rules.customer_documents import Json
from partnercenter.sandbox.rules.license_skus import LICENSE_SKUS, LicenseSku, Plan

GROUP: Final = LicenseGroupId.GROUP1
_USER: Final = "User"


@dataclass(frozen=True, slots=True)
class Units:
    """Licences of one SKU, by what the subscriptions that they come from are."""

    active: int = 0
    warning: int = 0
    suspended: int = 0

    def __add__(self, other: Units) -> Units:
        return Units(
            self.active + other.active, self.warning + other.warning, self.suspended + other.suspended
        )

    @property
    def total(self) -> int:
        """Those that users can have."""
        return self.active + self.warning

    @property
    def status(self) -> str:
        """What the SKU shows as its capability."""
        return "Enabled" if self.active else "Warning" if self.warning else "Suspended"


@dataclass(frozen=True, slots=True)
class HeldSubscription:
    """A subscription as far as licences go."""

    offer_id: str
    status: str
    quantity: int


def units_by_sku(held: Iterable[HeldSubscription], *, expired_warn: bool) -> dict[str, Units]:
    """The licences that a customer has, by SKU; what is cancelled or pending gives none."""
    found: dict[str, Units] = {}
    for subscription in held:
        item = find_item(subscription.offer_id)
        units = _units(subscription, expired_warn=expired_warn)
        if item is not None and item.license_sku in LICENSE_SKUS and units is not None:
            found[item.license_sku] = found.get(item.license_sku, Units()) + units
    return found


def _units(subscription: HeldSubscription, *, expired_warn: bool) -> Units | None:
    match subscription.status:
        case SubscriptionStatus.ACTIVE:
            return Units(active=subscription.quantity)
        case SubscriptionStatus.SUSPENDED | SubscriptionStatus.DISABLED:
            return Units(suspended=subscription.quantity)
        case SubscriptionStatus.EXPIRED if expired_warn:
            return Units(warning=subscription.quantity)
    return None


def subscribed_sku_document(sku_id: str, units: Units, consumed: int) -> Json:
    """A SKU that the customer has; what is available can be less than nothing after a reduction of seats."""
    sku = LICENSE_SKUS[sku_id]
    return {
        "availableUnits": units.total - consumed,
        "activeUnits": units.active,
        "consumedUnits": consumed,
        "suspendedUnits": units.suspended,
        "totalUnits": units.total,
        "warningUnits": units.warning,
        "productSku": _product_sku(sku),
        "servicePlans": [_service_plan(plan, units.status) for plan in sku.plans],
        "capabilityStatus": units.status,
        "attributes": {"objectType": "SubscribedSku"},
    }


def license_document(sku_id: str, units: Units, excluded: Collection[str]) -> Json:
    """A licence that a user has; a service that is excluded shows as disabled."""
    sku = LICENSE_SKUS[sku_id]
    return {
        "servicePlans": [
            _service_plan(plan, "Disabled" if plan.id in excluded else units.status) for plan in sku.plans
        ],
        "productSku": _product_sku(sku),
        "attributes": {"objectType": "License"},
    }


def _product_sku(sku: LicenseSku) -> Json:
    return {
        "id": sku.id,
        "name": sku.name,
        "skuPartNumber": sku.part_number,
        "targetType": _USER,
        "licenseGroupId": GROUP.value,
    }


def _service_plan(plan: Plan, status: str) -> Json:
    return {
        "displayName": plan.display_name,
        "serviceName": plan.service_name,
        "id": plan.id,
        "capabilityStatus": status,
        "targetType": _USER,
    }


@dataclass(frozen=True, slots=True)
class Change:
    """What a licence update asks for: excluded plans by SKU to give, and SKUs to take away."""

    given: Mapping[str, tuple[str, ...]]
    taken: tuple[str, ...]


def update_problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the form of the canonical body of a licence update."""
    for found in find_problems(LicenseUpdate, dict(body)):
        yield Problem(found.member, PROPERTY_INVALID, found.description)
    if not body.get("licensesToAssign") and not body.get("licensesToRemove"):
        text = "licensesToAssign or licensesToRemove must name a licence."
        yield Problem("licensesToAssign", PROPERTY_INVALID, text)


def read_change(body: Mapping[str, Any]) -> Change:
    """The change of a body of the right form; of a SKU that is named twice the last assignment counts."""
    given = {
        _id(assignment["skuId"]): tuple(_id(plan) for plan in assignment.get("excludedPlans", ()))
        for assignment in body.get("licensesToAssign", ())
    }
    return Change(given, tuple(dict.fromkeys(map(_id, body.get("licensesToRemove", ())))))


def _id(text: str) -> str:
    return parse_guid(text) or text


def refusal_text(change: Change, units: Mapping[str, Units], had: Collection[str]) -> str | None:
    """Why a change makes no sense for a user that had these SKUs, or None."""
    for sku, excluded in change.given.items():
        if sku not in units:
            return f"skuId {_shown(sku)} is not a licence of this customer; GET …/subscribedskus lists those it has."
        if sku in change.taken:
            return f"skuId {sku} is both to be assigned and to be removed."
        plans = {plan.id for plan in LICENSE_SKUS[sku].plans}
        unknown = next((plan for plan in excluded if plan not in plans), None)
        if unknown is not None:
            return f"excludedPlans names {_shown(unknown)}, which is not a service plan of {sku}."
    missing = next((sku for sku in change.taken if sku not in had), None)
    return None if missing is None else f"The user does not have the licence {_shown(missing)}."


def _shown(text: str) -> str:
    return text[:60]


def sku_without_seat(
    change: Change, units: Mapping[str, Units], consumed: Mapping[str, int], had: Collection[str]
) -> str | None:
    """The first SKU that the user does not have yet and of which no licence is free, or None."""
    new = (sku for sku in change.given if sku not in had)
    return next((sku for sku in new if consumed.get(sku, 0) >= units[sku].total), None)


def updated_document(change: Change) -> Json:
    """The answer to a licence update: what was done, without warnings."""
    document: Json = {}
    if change.given:
        document["licensesToAssign"] = [
            {"excludedPlans": list(excluded), "skuId": sku} for sku, excluded in change.given.items()
        ]
    if change.taken:
        document["licensesToRemove"] = list(change.taken)
    return {**document, "licenseWarnings": [], "attributes": {"objectType": "LicenseUpdate"}}


def no_seat_text(sku_id: str) -> str:
    """The exception that the `data` of fault 60012 names."""
    return (
        f"LicenseQuotaExceededException: Subscription with SKU {sku_id} does not have any available licenses."
    )
