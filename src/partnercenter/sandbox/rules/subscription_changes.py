"""Changing a subscription: status, seats, name, renewal; behaviour.md 1.2, 5.2 and 5.3.

Pure: the subscription as it is now and the body of a PATCH, to the changed document or to a refusal. What depends on
other subscriptions (an add-on's base, what is below an Azure plan) is passed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from partnercenter.contract.enums import SubscriptionStatus
from partnercenter.contract.timestamps import parse_timestamp
from partnercenter.sandbox.rules.catalogue import CatalogueItem
from partnercenter.sandbox.rules.etags import with_next_etag
from partnercenter.sandbox.rules.next_terms import next_term
from partnercenter.sandbox.rules.order_cancelling import age_refusal
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.refusal import Refusal, Refused, RefusedBySetting
from partnercenter.sandbox.rules.terms import refundable, refundable_details, term_end
from partnercenter.sandbox.settings import Settings

Json = dict[str, Any]

_ENDED: Final = {"expired", "disabled"}
_ENDS_OR_PAUSES: Final = {SubscriptionStatus.SUSPENDED, SubscriptionStatus.DELETED}
_RENEWABLE: Final = {
    Product.NEW_COMMERCE,
    Product.MARKETPLACE,
    Product.LEGACY,
    Product.SOFTWARE_SUBSCRIPTION,
}
_YEAR: Final = {"P1Y", "P3Y"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What decides beside the subscription itself. `created` is when its order was made.

    `has_active_below` tells of active Azure subscriptions or reservations below an Azure plan, `has_active_add_ons`
    of add-ons, `parent_is_active` of an add-on's base. `item` is what was bought, None when it is sold no more.
    """

    is_sandbox: bool
    created: datetime
    item: CatalogueItem | None
    has_active_below: bool = False
    has_active_add_ons: bool = False
    parent_is_active: bool = True


@dataclass(frozen=True, slots=True)
class SubscriptionChange:
    """What a PATCH asks for; None where it leaves a member out, or sends what is there already."""

    status: SubscriptionStatus | None = None
    quantity: int | None = None
    friendly_name: str | None = None
    auto_renew: bool | None = None
    partner_id: str | None = None
    next_term: Json | None = None
    forgets_next_term: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be changed."""
        return self == SubscriptionChange()

    @property
    def beside_status(self) -> bool:
        """Whether anything but the status would be changed."""
        asked = (self.quantity, self.friendly_name, self.auto_renew, self.partner_id, self.next_term)
        return any(value is not None for value in asked)


def asked_change(current: Json, body: Mapping[str, Any], settings: Settings) -> SubscriptionChange:
    """What differs between the subscription and the body, which is the whole resource (behaviour.md 5.3)."""
    return SubscriptionChange(
        status=_status(current, body),
        quantity=_differing(current, body, "quantity"),
        friendly_name=_differing(current, body, "friendlyName"),
        auto_renew=_auto_renew(current, body, settings),
        partner_id=_differing(current, body, "partnerId"),
        next_term=_differing(current, body, "scheduledNextTermInstructions"),
        forgets_next_term="scheduledNextTermInstructions" in current
        and "scheduledNextTermInstructions" not in body,
    )


def _differing(current: Json, body: Mapping[str, Any], name: str) -> Any:
    return None if name not in body or body[name] == current.get(name) else body[name]


def _status(current: Json, body: Mapping[str, Any]) -> SubscriptionStatus | None:
    if "status" not in body:
        return None
    word = str(body["status"])
    wanted = SubscriptionStatus.from_word(word)
    if wanted is None:
        raise Refused(400, 900126, None, word[:60], "the list of subscription statuses")
    return None if wanted == current["status"] else wanted


def _auto_renew(current: Json, body: Mapping[str, Any], settings: Settings) -> bool | None:
    """A body without the member resets it (behaviour.md 5.3)."""
    if "autoRenewEnabled" in body:
        return None if body["autoRenewEnabled"] == current["autoRenewEnabled"] else body["autoRenewEnabled"]
    resets = settings.text("omitted_auto_renew") == "off" and current["autoRenewEnabled"]
    return False if resets else None


def changed_document(
    product: Product,
    current: Json,
    change: SubscriptionChange,
    around: Surroundings,
    *,
    now: datetime,
    settings: Settings,
) -> Json:
    """The subscription after the change; raises `Refused` or `RefusedBySetting` when it is not allowed."""
    _check_state(current, change)
    if change.status == SubscriptionStatus.SUSPENDED and change.quantity is not None:
        raise Refused(400, 2001)
    changed = dict(current)
    if change.status is not None:
        refusal = _status_refusal(product, current, change.status, around, now=now, settings=settings)
        if refusal is not None:
            raise refusal
        changed = with_status(product, current, change.status)
    if change.status not in _ENDS_OR_PAUSES:
        changed |= _other_members(product, current, change, around, now=now, settings=settings)
        if change.forgets_next_term:
            changed.pop("scheduledNextTermInstructions", None)
    return with_next_etag(changed)


def with_status(product: Product, current: Json, status: SubscriptionStatus) -> Json:
    """The subscription in another status, with what goes with it (behaviour.md 5.2)."""
    changed = {**current, **_status_members(product, current, status)}
    if status != SubscriptionStatus.SUSPENDED:
        changed.pop("suspensionReasons", None)
    if product is Product.NEW_COMMERCE and status in _ENDS_OR_PAUSES:
        changed.pop("scheduledNextTermInstructions", None)
    return changed


def _check_state(current: Json, change: SubscriptionChange) -> None:
    status = current["status"]
    if status == "deleted":
        raise Refused(400, 2011, None, current["id"])
    if status in _ENDED:
        if change.status is not None:
            raise RefusedBySetting("fault_ended_subscription", None, change.status.value, status)
        raise Refused(400, 900279)
    # Billing is put off until the publisher, or in a sandbox the partner, activates it.
    if status == "pending" and change.status != SubscriptionStatus.DELETED:
        raise Refused(400, 800081)
    if status == "suspended" and change.status is None and change.beside_status:
        raise Refused(400, 800091)


def _status_refusal(
    product: Product,
    current: Json,
    wanted: SubscriptionStatus,
    around: Surroundings,
    *,
    now: datetime,
    settings: Settings,
) -> Refusal | None:
    if wanted not in {
        SubscriptionStatus.ACTIVE,
        SubscriptionStatus.SUSPENDED,
        SubscriptionStatus.DELETED,
    }:
        return Refused(400, 800040, None, wanted.value, current["status"])
    if wanted == SubscriptionStatus.ACTIVE:
        return None if around.parent_is_active else Refused(409, 27009)
    if wanted == SubscriptionStatus.SUSPENDED:
        return _suspension_refusal(product, around, settings)
    return _cancellation_refusal(product, current, around, now=now, settings=settings)


def _suspension_refusal(product: Product, around: Surroundings, settings: Settings) -> Refusal | None:
    if product is Product.AZURE_PLAN and around.has_active_below:
        return Refused(403, 900115)
    if product is Product.SOFTWARE_SUBSCRIPTION and not settings.flag("software_can_be_suspended"):
        return RefusedBySetting("fault_status_locked")
    return None


def _cancellation_refusal(
    product: Product, current: Json, around: Surroundings, *, now: datetime, settings: Settings
) -> Refusal | None:
    if product is Product.AZURE_PLAN or product.is_legacy:
        # An Azure plan and what is older than new commerce can be suspended only (behaviour.md 5.2).
        return RefusedBySetting("fault_status_locked")
    if around.has_active_add_ons and settings.text("cancel_base_with_add_ons") == "refuse":
        return RefusedBySetting("fault_status_locked", "Cancel the add-ons of this subscription first.")
    if product is Product.NEW_COMMERCE:
        return _new_commerce_refusal(current, around, now=now, settings=settings)
    if product is Product.MARKETPLACE:
        return _marketplace_refusal(current, around, now=now, settings=settings)
    return age_refusal(
        product,
        [current["offerId"]],
        around.created,
        is_sandbox=around.is_sandbox,
        now=now,
        settings=settings,
    )


def _new_commerce_refusal(
    current: Json, around: Surroundings, *, now: datetime, settings: Settings
) -> Refusal | None:
    if around.is_sandbox and not settings.flag("sandbox_applies_new_commerce_window"):
        return None
    closes = current.get("cancellationAllowedUntilDate")
    # The text names a minute, and all of it still counts.
    if closes is None or now < parse_timestamp(closes) + timedelta(minutes=1):
        return None
    return RefusedBySetting("fault_window_closed", None, settings.number("new_commerce_window_days"))


def _marketplace_refusal(
    current: Json, around: Surroundings, *, now: datetime, settings: Settings
) -> Refusal | None:
    """In production 24 hours for a monthly term and 14 days for a year, renewed or not (behaviour.md 4.3)."""
    start = max(parse_timestamp(current[name]) for name in ("creationDate", "effectiveStartDate"))
    if around.is_sandbox:
        days = settings.number("marketplace_window_days")
        closed = now > _last_refund(current, start + timedelta(days=days))
        return RefusedBySetting("fault_window_closed", None, days) if closed else None
    if current["termDuration"] in _YEAR:
        return Refused(400, 900117, None, 14) if now > start + timedelta(days=14) else None
    return Refused(400, 900213, None, 24) if now > start + timedelta(hours=24) else None


def _last_refund(current: Json, otherwise: datetime) -> datetime:
    """When the last refund option expires; they are what a client reads the window from."""
    options = [parse_timestamp(option["expiresAt"]) for option in current.get("refundOptions", [])]
    return max(options, default=otherwise)


def _status_members(product: Product, current: Json, wanted: SubscriptionStatus) -> Json:
    members: Json = {"status": wanted.value}
    if "actions" in current:
        members["actions"] = ["Edit"] if wanted == SubscriptionStatus.SUSPENDED else ["Cancel", "Edit"]
    if wanted == SubscriptionStatus.SUSPENDED:
        members["suspensionReasons"] = ["CustomerCancellation"]
        if product is Product.NEW_COMMERCE:
            members["autoRenewEnabled"] = False
    elif wanted == SubscriptionStatus.DELETED:
        members["autoRenewEnabled"] = False
    return members


def _other_members(
    product: Product,
    current: Json,
    change: SubscriptionChange,
    around: Surroundings,
    *,
    now: datetime,
    settings: Settings,
) -> Json:
    members: Json = {}
    if change.friendly_name is not None:
        members["friendlyName"] = change.friendly_name
    if change.partner_id is not None:
        members["partnerId"] = change.partner_id
    if change.auto_renew is not None:
        if change.auto_renew and (product not in _RENEWABLE or term_end(current) is None):
            raise Refused(400, 800093)
        members["autoRenewEnabled"] = change.auto_renew
    if change.next_term is not None:
        if product is not Product.NEW_COMMERCE:
            raise Refused(403, 900263)
        if "quantity" in change.next_term:
            _check_seats(change.next_term["quantity"], around, settings)
        members["scheduledNextTermInstructions"] = next_term(current, around.item, change.next_term)
    if change.quantity is not None:
        members |= _quantity_members(product, current, change.quantity, around, now=now, settings=settings)
    return members


def _quantity_members(
    product: Product, current: Json, wanted: int, around: Surroundings, *, now: datetime, settings: Settings
) -> Json:
    if not product.has_seats or product is Product.SOFTWARE_SUBSCRIPTION:
        raise Refused(400, 800095)
    _check_seats(wanted, around, settings)
    if product is not Product.NEW_COMMERCE:
        return {"quantity": wanted}
    details = [part for part in refundable_details(current) if part[1] > now]
    more = wanted - current["quantity"]
    if more > 0:
        details.append((more, now + timedelta(days=settings.number("new_commerce_window_days"))))
    elif -more > sum(quantity for quantity, _ in details):
        raise Refused(400, 800090)
    else:
        details = _given_back(details, -more)
    return {"quantity": wanted, "refundableQuantity": refundable(details)}


def _check_seats(wanted: int, around: Surroundings, settings: Settings) -> None:
    if around.is_sandbox and wanted > settings.number("seat_quota"):
        raise RefusedBySetting("fault_seat_quota")
    item = around.item
    least, most = (1, wanted) if item is None else (item.minimum_quantity, item.maximum_quantity)
    if not least <= wanted <= most:
        raise Refused(400, 2002)


def _given_back(details: list[tuple[int, datetime]], count: int) -> list[tuple[int, datetime]]:
    """The parts that can still be given back after `count` were, those that expire first going first."""
    left = []
    for quantity, until in sorted(details, key=lambda part: part[1]):
        taken = min(quantity, count)
        count -= taken
        if quantity > taken:
            left.append((quantity - taken, until))
    return left
