"""Licences of a customer and of its users; behaviour.md 3.6, resources.md "Licenses"."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import Connection

from partnercenter.contract.enums import LicenseGroupId
from partnercenter.contract.users import LicenseUpdate
from partnercenter.sandbox.routes.audited import audited_customer, record
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.routes.customer_users import document_of, find_active_user, store_administrator
from partnercenter.sandbox.routes.holdings import subscriptions
from partnercenter.sandbox.routes.page import whole_list
from partnercenter.sandbox.rules.licenses import (
    GROUP,
    Change,
    HeldSubscription,
    Units,
    license_document,
    no_seat_text,
    read_change,
    refusal_text,
    sku_without_seat,
    subscribed_sku_document,
    units_by_sku,
    update_problems,
    updated_document,
)
from partnercenter.sandbox.store import licenses as store
from partnercenter.sandbox.wire.fault import fault
from partnercenter.sandbox.wire.message import Response, json_response


def list_subscribed(call: Call, connection: Connection) -> Response:
    """The licences that the customer's subscriptions give, and how many nobody has."""
    if GROUP not in _groups(call):
        return whole_list([])
    consumed = store.count_licenses(connection, call.found_customer.key)
    units = _units(call, connection)
    return whole_list(subscribed_sku_document(sku, units[sku], consumed.get(sku, 0)) for sku in units)


def list_of_user(call: Call, connection: Connection) -> Response:
    """The licences that a user has; one whose subscription is no more is none."""
    user = find_active_user(call, connection, call.ids["user_id"])
    if GROUP not in _groups(call):
        return whole_list([])
    units = _units(call, connection)
    rows = store.list_licenses(connection, user.customer_key, user.id)
    return whole_list(
        license_document(row.sku_id, units[row.sku_id], json.loads(row.excluded_plans))
        for row in rows
        if row.sku_id in units
    )


def update(call: Call, connection: Connection) -> Response:
    """Give licences to a user and take others away, all of it or nothing."""
    body = call.body(LicenseUpdate)
    for problem in update_problems(body):
        raise call.problem_fault(problem)
    store_administrator(call, connection)
    user = find_active_user(call, connection, call.ids["user_id"])
    change = read_change(body)
    if change.given and "usageLocation" not in document_of(user):
        text = "The user has no usageLocation; set one before assigning a licence."
        raise call.setting_fault("fault_no_usage_location", text)
    had = {row.sku_id for row in store.list_licenses(connection, user.customer_key, user.id)}
    _check_change(call, connection, change, had)
    given = {sku: json.dumps(plans) for sku, plans in change.given.items()}
    store.take_licenses(connection, user.customer_key, user.id, change.taken)
    store.put_licenses(connection, user.customer_key, user.id, given)
    document = updated_document(change)
    record(
        call,
        connection,
        audited_customer(call.found_customer),
        "update_customer_user_licenses",
        resource_type="license",
        resource_id=user.id,
        new_value=document,
    )
    return json_response(201, document)


def _check_change(call: Call, connection: Connection, change: Change, had: Collection[str]) -> None:
    units = _units(call, connection)
    refusal = refusal_text(change, units, had)
    if refusal is not None:
        raise call.setting_fault("fault_license_sku", refusal)
    consumed = store.count_licenses(connection, call.found_customer.key)
    full = sku_without_seat(change, units, consumed, had)
    if full is not None:
        raise fault(call.settings, 400, 60012, data=[no_seat_text(full)])


def _units(call: Call, connection: Connection) -> dict[str, Units]:
    """The licences that the customer has now, in the order of their purchase."""
    held = [
        HeldSubscription(stored.document["offerId"], stored.status, stored.document["quantity"])
        for _, stored in subscriptions(call, connection)
    ]
    return units_by_sku(held, expired_warn=call.settings.text("expired_units") == "warning")


def _groups(call: Call) -> set[LicenseGroupId]:
    """The groups that the query asks for, named once or several times."""
    words = [word.strip() for word in call.request.query_values("licenseGroupIds") if word.strip()]
    groups = {word: LicenseGroupId.from_word(word) for word in words}
    for word, group in groups.items():
        if group is None:
            raise call.fault(400, 900126, None, word[:60], "the list of licence groups")
    return {group for group in groups.values() if group is not None} or {GROUP}
