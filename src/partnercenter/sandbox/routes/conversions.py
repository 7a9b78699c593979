"""What a subscription can become: a trial a paid one; upgrades and transitions are refused; behaviour.md 5.4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from partnercenter.contract.enums import ConversionErrorCode
from partnercenter.contract.subscription_changes import Conversion, Transition, Upgrade
from partnercenter.contract.timestamps import format_timestamp
from partnercenter.sandbox.purchase_rows import subscription_values, windows
from partnercenter.sandbox.routes.audited import record_failure
from partnercenter.sandbox.routes.call import Call, Handler
from partnercenter.sandbox.routes.orders import collection
from partnercenter.sandbox.routes.subscriptions import check_idle, found, record_update
from partnercenter.sandbox.rules.catalogue import CatalogueItem, Term
from partnercenter.sandbox.rules.etags import with_next_etag
from partnercenter.sandbox.rules.refusal import Refused, RefusedBySetting
from partnercenter.sandbox.rules.subscription_life import StoredSubscription, first_window
from partnercenter.sandbox.rules.terms import term_members
from partnercenter.sandbox.rules.trials import as_paid, paid_items
from partnercenter.sandbox.store import commerce as store
from partnercenter.sandbox.wire.message import Response, json_response, json_text

Json = dict[str, Any]

_NOT_FOUND: Final = ConversionErrorCode.CONVERSIONS_NOT_FOUND.value


def list_conversions(call: Call, connection: Connection) -> Response:
    """The paid offers that a trial can become."""
    _, stored = found(call, connection)
    return collection(json_text(_conversion(stored, target)) for target in _targets(stored))


def create_conversion(call: Call, connection: Connection) -> Response:
    """Make a trial a paid subscription; what cannot be done is told inside the answer (resources.md)."""
    row, stored = found(call, connection)
    body = call.checked_body(Conversion)
    target = next(
        (t for t in _targets(stored) if t.catalog_item_id.lower() == body["targetOfferId"].lower()), None
    )
    term = None if target is None else _term(target, body.get("billingCycle"))
    result: Json = {
        "subscriptionId": stored.document["id"],
        "offerId": stored.document["offerId"],
        "targetOfferId": body["targetOfferId"],
    }
    if target is None or term is None:
        record_failure(call, connection)
        description = "The trial cannot become that offer, or not with that billing cycle."
        return json_response(200, {**result, "error": {"code": _NOT_FOUND, "description": description}})
    check_idle(stored)
    now = call.nature.clock.now()
    quantity: int = body["quantity"] if "quantity" in body else stored.document["quantity"]
    changed = _converted(call, stored, target, term, quantity)
    values = subscription_values(stored.becoming(changed, now, now))
    store.update_subscription(connection, call.found_customer.key, row.id, values)
    record_update(call, connection, stored.document, changed, "convert_trial_subscription")
    return json_response(200, {**result, "targetOfferId": target.catalog_item_id})


def _targets(stored: StoredSubscription) -> list[CatalogueItem]:
    """The items that an active trial can become; none for anything else."""
    return paid_items(stored.document) if stored.status == "active" else []


def _term(target: CatalogueItem, cycle: str | None) -> Term | None:
    """The term that a conversion asks for: the first that is billed so."""
    return next((term for term in target.terms if cycle in {None, term.billing_cycle}), None)


def _conversion(stored: StoredSubscription, target: CatalogueItem) -> Json:
    return {
        "offerId": stored.document["offerId"],
        "targetOfferId": target.catalog_item_id,
        "orderId": stored.document["orderId"],
        "quantity": stored.document["quantity"],
        "billingCycle": target.terms[0].billing_cycle,
        "attributes": {"objectType": "Conversion"},
    }


def _converted(
    call: Call, stored: StoredSubscription, target: CatalogueItem, term: Term, quantity: int
) -> Json:
    now = call.nature.clock.now()
    if call.partner.is_sandbox and quantity > call.settings.number("seat_quota"):
        raise RefusedBySetting("fault_seat_quota")
    if not target.minimum_quantity <= quantity <= target.maximum_quantity:
        raise Refused(400, 2002)
    document = {
        **as_paid(stored.document, target),
        "quantity": quantity,
        "effectiveStartDate": format_timestamp(now),
        "autoRenewEnabled": True,
        "billingCycle": term.billing_cycle,
        "termDuration": term.duration,
        **term_members(now, term.duration, with_time="commitmentEndDateTime" in stored.document),
        **first_window(stored.product, now, quantity, windows(call.settings)),
    }
    return with_next_etag(document)


def list_none(call: Call, connection: Connection) -> Response:
    """No subscription of the sandbox can be upgraded or moved to another product."""
    found(call, connection)
    return collection([])


def refuse_upgrade(call: Call, connection: Connection) -> Response:
    """The refusal of an upgrade."""
    return _refuse(call, connection, Upgrade)


def refuse_transition(call: Call, connection: Connection) -> Response:
    """The refusal of a transition."""
    return _refuse(call, connection, Transition)


def _refuse(call: Call, connection: Connection, resource: type[Upgrade | Transition]) -> Response:
    found(call, connection)
    call.checked_body(resource)
    raise RefusedBySetting(
        "fault_transition_not_served", "The sandbox carries out no upgrades and no transitions."
    )


HANDLERS: Final[Mapping[str, Handler]] = {
    "subscriptions.list_conversions": list_conversions,
    "subscriptions.create_conversion": create_conversion,
    "subscriptions.list_upgrades": list_none,
    "subscriptions.create_upgrade": refuse_upgrade,
    "subscriptions.list_transition_eligibilities": list_none,
    "subscriptions.list_transitions": list_none,
    "subscriptions.create_transition": refuse_transition,
}
