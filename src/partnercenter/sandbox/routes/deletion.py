"""Deleting a customer, and ending the relationship with one; behaviour.md 1 and 3.5."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection

from partnercenter.contract.customers import CustomerRelationshipChange
from partnercenter.contract.enums import CustomerPartnerRelationship
from partnercenter.sandbox.purchase_rows import current
from partnercenter.sandbox.routes.audited import audited_customer, record, relationship_data
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.routes.departed import depart
from partnercenter.sandbox.routes.holdings import reservation_is_over
from partnercenter.sandbox.rules.blockers import PurchaseState, blocking_ids, refusal_text
from partnercenter.sandbox.rules.customer_documents import ended_relationship_document
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.store import audit as audit_store
from partnercenter.sandbox.store import commerce
from partnercenter.sandbox.store import customers as store
from partnercenter.sandbox.store.times import from_micros
from partnercenter.sandbox.wire.message import Response, json_response, json_text

_SHORTEST_TERM: Final = timedelta(days=364)


def delete(call: Call, connection: Connection) -> Response:
    """Delete a customer of a sandbox with everything it has: `204`, no body (behaviour.md 1.1, 1.4)."""
    _check_deletable(call, connection)
    _purge(call, connection)
    return Response(204)


def remove_relationship(call: Call, connection: Connection) -> Response:
    """End the relationship; in a sandbox this is carried out as the delete (behaviour.md 3.5)."""
    _check_change(call)
    row = call.found_customer
    if row.relationship == CustomerPartnerRelationship.NONE:
        raise call.setting_fault(
            "fault_relationship_ended", "The relationship between the partner and customer does not exist."
        )
    if call.partner.is_sandbox:
        _check_deletable(call, connection)
        _purge(call, connection)
    else:
        _check_blockers(call, connection)
        _check_no_active_subscription(call, connection)
        _end_relationship(call, connection)
    return json_response(200, ended_relationship_document())


def _check_change(call: Call) -> None:
    body = call.body(CustomerRelationshipChange)
    word = body.get("relationshipToPartner")
    if word is None:
        raise call.setting_fault("fault_missing_field", "relationshipToPartner is required.")
    if word != CustomerPartnerRelationship.NONE:
        raise call.setting_fault(
            "fault_relationship_value", "relationshipToPartner can be changed to none only."
        )


def _check_deletable(call: Call, connection: Connection) -> None:
    reason = call.found_customer.undeletable_reason
    if reason is not None:
        text = f"The customer cannot be deleted because its postal address is not valid. {reason}"
        raise call.setting_fault("fault_undeletable_customer", text)
    _check_blockers(call, connection)


def _check_blockers(call: Call, connection: Connection) -> None:
    ids = blocking_ids(_purchases(call, connection), call.settings)
    if ids:
        raise call.setting_fault("fault_active_orders", refusal_text(ids, call.settings))


def _purchases(call: Call, connection: Connection) -> list[PurchaseState]:
    purchases: dict[str, PurchaseState] = {}
    for row in commerce.list_states(connection, call.found_customer.key):
        if row.id not in purchases:
            is_over = _is_over(call, connection, row)
            product = Product(row.product)
            purchases[row.id] = PurchaseState(row.id, row.alternate_id, product, row.status, [], is_over)
        if row.subscription_status is not None:
            purchases[row.id].subscription_statuses.append(row.subscription_status)
    return list(purchases.values())


def _is_over(call: Call, connection: Connection, state: Any) -> bool:
    """Whether the term of an order without a subscription has ended; none is shorter than a year."""
    now = call.nature.clock.now()
    is_young = from_micros(state.created_at) > now - _SHORTEST_TERM
    if Product(state.product).has_subscription or is_young:
        return False
    row = commerce.find_order(connection, call.found_customer.key, state.id)
    return row is not None and reservation_is_over(current(row, now), now)


def _check_no_active_subscription(call: Call, connection: Connection) -> None:
    """In production every subscription must have been suspended before (behaviour.md 3.5)."""
    rows = commerce.list_subscriptions(connection, call.found_customer.key)
    if any(row.status == "active" for row in rows):
        raise call.setting_fault(
            "fault_active_orders", "The customer has active subscriptions. Suspend every subscription first."
        )


def _purge(call: Call, connection: Connection) -> None:
    row = call.found_customer
    keep = call.settings.flag("deleted_domain_stays_reserved")
    store.delete_customer(connection, row.key, row.domain, keep_domain=keep)
    depart(call, connection)
    call.customer_key = None
    if not call.settings.flag("audit_survives_deletion"):
        audit_store.delete_audit_records(connection, row.id)
    operation = call.settings.text("audit_delete_operation")
    record(call, connection, audited_customer(row), operation, customized_data=relationship_data(row.domain))


def _end_relationship(call: Call, connection: Connection) -> None:
    row = call.found_customer
    document = {**json.loads(row.document), "relationshipToPartner": "none", "allowDelegatedAccess": False}
    store.end_relationship(connection, row.key, json_text(document))
    depart(call, connection)
    record(
        call,
        connection,
        audited_customer(row),
        "remove_partner_customer_relationship",
        resource_type=call.settings.text("audit_remove_relationship_resource"),
        customized_data=relationship_data(row.domain, "None"),
    )
