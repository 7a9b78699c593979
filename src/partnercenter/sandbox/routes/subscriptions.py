"""Subscriptions: read, change, cancel, activate, register; behaviour.md 5."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row

from partnercenter.contract.enums import SubscriptionStatus
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.resource import member_of
from partnercenter.contract.subscriptions import Subscription, SupportContact
from partnercenter.contract.timestamps import parse_timestamp
from partnercenter.sandbox.purchase_rows import (
    current_subscription,
    subscription_text,
    subscription_values,
)
from partnercenter.sandbox.routes.audited import audited_customer, record
from partnercenter.sandbox.routes.call import Call, Handler
from partnercenter.sandbox.routes.holdings import azure_entitlements, orders, subscriptions
from partnercenter.sandbox.routes.orders import activation_link, collection, listed
from partnercenter.sandbox.routes.page import own_uri
from partnercenter.sandbox.rules.body_shape import sent_member
from partnercenter.sandbox.rules.catalogue import find_item
from partnercenter.sandbox.rules.customer_documents import self_links
from partnercenter.sandbox.rules.entitlement_documents import entitled_lines
from partnercenter.sandbox.rules.etags import with_next_etag
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.refusal import Refused, RefusedBySetting
from partnercenter.sandbox.rules.subscription_changes import (
    SubscriptionChange,
    Surroundings,
    asked_change,
    changed_document,
    with_status,
)
from partnercenter.sandbox.rules.subscription_documents import provisioning_status, registration_status
from partnercenter.sandbox.rules.subscription_life import StoredSubscription
from partnercenter.sandbox.store import commerce as store
from partnercenter.sandbox.store.times import from_micros, to_micros
from partnercenter.sandbox.wire.message import Response, json_response, json_text, text_response

Json = dict[str, Any]
Found = tuple[Row[Any], StoredSubscription]

_GOES_WITH_ITS_BASE: Final = {SubscriptionStatus.SUSPENDED, SubscriptionStatus.DELETED}


def list_subscriptions(call: Call, connection: Connection) -> Response:
    """A customer's subscriptions, all of them or those of one order, or of one reseller."""
    rows = listed(call, store.list_subscriptions(connection, call.found_customer.key))
    order_id = call.query.get("order_id", "").strip()
    if order_id:
        rows = [row for row in rows if row.order_id == order_id]
    now = call.nature.clock.now()
    texts = [subscription_text(row, now, call.settings) for row in rows]
    partner_id = call.query.get("mpn_id", "").strip()
    if partner_id:
        texts = [text for text in texts if json.loads(text)["partnerId"] == partner_id]
    # Only a list that was asked for something names its own address (lifecycle.md 11, behaviour.md 14).
    return collection(texts, own_uri(call) if order_id or partner_id else None)


def get_subscription(call: Call, connection: Connection) -> Response:
    """One subscription."""
    row = _found_row(call, connection)
    return text_response(200, subscription_text(row, call.nature.clock.now(), call.settings))


def list_add_ons(call: Call, connection: Connection) -> Response:
    """The add-ons of a subscription."""
    base = _found_row(call, connection)
    rows = [
        row for row in store.list_subscriptions(connection, base.customer_key) if row.parent_id == base.id
    ]
    now = call.nature.clock.now()
    return collection(subscription_text(row, now, call.settings) for row in listed(call, rows))


def _found_row(call: Call, connection: Connection) -> Row[Any]:
    """The subscription of the path; one that its order has not begun yet is not there."""
    sent = call.ids["subscription_id"]
    subscription_id = parse_guid(sent)
    if subscription_id is not None:
        row = store.find_subscription(connection, call.found_customer.key, subscription_id)
        if row is not None and row.created_at <= to_micros(call.nature.clock.now()):
            return row
    raise Refused(404, 20003, None, sent[:100])


def found(call: Call, connection: Connection) -> Found:
    """The subscription of the path as it is now, with its row."""
    row = _found_row(call, connection)
    return row, current_subscription(row, call.nature.clock.now(), call.settings)


def update_subscription(call: Call, connection: Connection) -> Response:
    """Change what is sent differently from what is there: status, seats, names, renewal (behaviour.md 5.3)."""
    row, stored = found(call, connection)
    body = call.checked_body(Subscription)
    _check_etag(call, stored.document)
    check_idle(stored)
    _check_billing_cycle(call, stored.document)
    change = asked_change(stored.document, body, call.settings)
    if change.is_empty and stored.status != "deleted":
        return json_response(200, stored.document)
    changed = changed_document(
        stored.product,
        stored.document,
        change,
        _surroundings(call, connection, row, stored),
        now=call.nature.clock.now(),
        settings=call.settings,
    )
    return _carry_out(call, connection, row, stored, changed, change)


def check_idle(stored: StoredSubscription) -> None:
    """Raise the fault of a subscription that an earlier change is still on its way to."""
    if stored.next_document is not None:
        raise RefusedBySetting("fault_subscription_busy")


def _check_etag(call: Call, document: Json) -> None:
    """An etag that is sent must be the current one; none need be sent (behaviour.md 5.3)."""
    current = member_of(document["attributes"], "etag")
    body = sent_member(sent_member(call.json_object(), "attributes"), "etag")
    for sent in (call.request.headers.get("if-match"), body):
        bare = sent.strip().removeprefix("W/").strip('" ') if isinstance(sent, str) else ""
        if bare and current is not None and bare not in {current, "*"}:
            raise Refused(400, 2055)


def _check_billing_cycle(call: Call, document: Json) -> None:
    sent = sent_member(call.json_object(), "billingCycle")
    if isinstance(sent, str) and sent.replace("_", "").lower() != document["billingCycle"].replace("_", ""):
        raise Refused(400, 2054)


def _surroundings(
    call: Call, connection: Connection, row: Row[Any], stored: StoredSubscription
) -> Surroundings:
    everything = {other.id: state for other, state in subscriptions(call, connection)}
    parent = everything.get(row.parent_id) if row.parent_id else None
    add_ons = [state for other, state in subscriptions(call, connection) if other.parent_id == row.id]
    order = next((order for order in orders(call, connection) if order.row.id == row.order_id), None)
    made = stored.document["creationDate"] if order is None else order.document["creationDate"]
    return Surroundings(
        is_sandbox=call.partner.is_sandbox,
        created=parse_timestamp(made),
        item=find_item(stored.document["offerId"]),
        has_active_below=stored.product is Product.AZURE_PLAN and _active_below(call, connection, row.id),
        has_active_add_ons=any(state.status == "active" for state in add_ons),
        parent_is_active=parent is None or parent.status == "active",
    )


def _active_below(call: Call, connection: Connection, plan_id: str) -> bool:
    """Whether Azure subscriptions below a plan are active, or reservations were bought for it (behaviour.md 7)."""
    below = azure_entitlements(call, connection, plan_id)
    if any(entitlement.status == "active" for entitlement in below):
        return True
    ids = {plan_id, *(entitlement.row.id for entitlement in below)}
    now = call.nature.clock.now()
    reservations = (order for order in orders(call, connection) if order.product is Product.AZURE_RESERVATION)
    contexts = (
        entitled.line.get("provisioningContext", {})
        for order in reservations
        for entitled in entitled_lines(order.product, order.document, now)
    )
    return any(str(member_of(context, "subscriptionId")).strip("{} ").lower() in ids for context in contexts)


def _carry_out(
    call: Call,
    connection: Connection,
    row: Row[Any],
    stored: StoredSubscription,
    changed: Json,
    change: SubscriptionChange,
) -> Response:
    """Store the change, at once or after a while; add-ons are suspended and cancelled with their base."""
    now = call.nature.clock.now()
    seconds = call.settings.number("subscription_update_seconds")
    moment = now + timedelta(seconds=seconds)
    key = call.found_customer.key
    later = stored.becoming(changed, now, moment)
    store.update_subscription(connection, key, row.id, subscription_values(later))
    record_update(call, connection, stored.document, changed)
    if change.status in _GOES_WITH_ITS_BASE:
        for add_on, state in subscriptions(call, connection):
            if add_on.parent_id == row.id and state.status in {"active", "pending"}:
                with_base = with_next_etag(with_status(state.product, state.document, change.status))
                values = subscription_values(state.becoming(with_base, now, moment))
                store.update_subscription(connection, key, add_on.id, values)
                record_update(call, connection, state.document, with_base)
    if not seconds:
        return json_response(200, changed)
    location = f"/customers/{call.found_customer.id}/subscriptions/{changed['id']}"
    return Response(202, b"", {"Location": location})


def record_update(
    call: Call,
    connection: Connection,
    before: Json,
    after: Json,
    operation: str = "update_subscription",
) -> None:
    """Add the record of a changed subscription (behaviour.md 13.1)."""
    record(
        call,
        connection,
        audited_customer(call.found_customer),
        operation,
        resource_type="subscription",
        resource_id=after["id"],
        old_value=before,
        new_value=after,
    )


def activate(call: Call, connection: Connection) -> Response:
    """Activate a marketplace subscription, as its publisher does in production (behaviour.md 5.4)."""
    row, stored = found(call, connection)
    if stored.product is not Product.MARKETPLACE:
        raise Refused(400, 800042)
    if stored.status == "deleted":
        raise Refused(400, 2011, None, stored.document["id"])
    if stored.status != "pending":
        raise Refused(400, 800041)
    check_idle(stored)
    now = call.nature.clock.now()
    # The version stays: an etag that was read before the activation is good after it (lifecycle.md 11 to 14).
    changed = {**stored.document, "status": "active"}
    values = subscription_values(stored.becoming(changed, now, now))
    store.update_subscription(connection, call.found_customer.key, row.id, values)
    record_update(call, connection, stored.document, changed)
    return json_response(200, {"subscriptionId": stored.document["id"], "status": "Success"})


def register(call: Call, connection: Connection) -> Response:
    """Register an Azure subscription, so that reservations can be bought for it (behaviour.md 4.4)."""
    subscription_id = _azure_id(call, connection)
    key = call.found_customer.key
    if subscription_id not in store.list_registrations(connection, key):
        seconds = call.settings.number("registration_seconds")
        moment = call.nature.clock.now() + timedelta(seconds=seconds)
        store.add_registration(connection, key, subscription_id, to_micros(moment))
        told = {"id": subscription_id, "registration": "registering"}
        record_update(call, connection, {"id": subscription_id, "registration": "notregistered"}, told)
    location = f"/customers/{call.found_customer.id}/subscriptions/{subscription_id}/registrationstatus"
    return Response(202, b"", {"Location": location})


def get_registration_status(call: Call, connection: Connection) -> Response:
    """Whether reservations can be bought for an Azure subscription."""
    subscription_id = _azure_id(call, connection)
    registered = store.list_registrations(connection, call.found_customer.key).get(subscription_id)
    moment = None if registered is None else from_micros(registered)
    return json_response(200, registration_status(subscription_id, moment, call.nature.clock.now()))


def _azure_id(call: Call, connection: Connection) -> str:
    """The id of the path, which is that of an Azure plan, of an Azure subscription below one, or of a legacy one."""
    sent = parse_guid(call.ids["subscription_id"])
    below = {entitlement.row.id: entitlement for entitlement in azure_entitlements(call, connection)}
    if sent is not None and sent in below:
        if below[sent].status != "active":
            raise Refused(400, 800012)
        return sent
    row, stored = found(call, connection)
    if not stored.product.is_azure:
        raise Refused(400, 800011)
    if stored.status != "active":
        raise Refused(400, 800012)
    return str(row.id)


def get_provisioning_status(call: Call, connection: Connection) -> Response:
    """Whether what was bought has been provisioned (behaviour.md 5.4)."""
    row, stored = found(call, connection)
    seconds = call.settings.number("provisioning_seconds")
    ready = from_micros(row.created_at) + timedelta(seconds=seconds)
    is_ready = ready <= call.nature.clock.now() and stored.status != "pending"
    return json_response(200, provisioning_status(stored.document, is_ready=is_ready))


def list_activation_links(call: Call, connection: Connection) -> Response:
    """The activation link of a marketplace subscription; in a sandbox it leads nowhere (behaviour.md 4.1)."""
    _, stored = found(call, connection)
    is_activated = stored.product is Product.MARKETPLACE
    return collection([json_text(activation_link(0))] if is_activated else [])


def get_support_contact(call: Call, connection: Connection) -> Response:
    """Who supports a subscription: the partner, unless another was named."""
    row, stored = found(call, connection)
    kept = store.find_support_contact(connection, row.customer_key, row.id)
    return text_response(200, kept or json_text(_support_contact(call, stored.document, {})))


def update_support_contact(call: Call, connection: Connection) -> Response:
    """Name who supports a subscription."""
    row, stored = found(call, connection)
    text = json_text(_support_contact(call, stored.document, call.checked_body(SupportContact)))
    store.set_support_contact(connection, row.customer_key, row.id, text)
    return text_response(200, text)


def _support_contact(call: Call, subscription: Json, named: Mapping[str, Any]) -> Json:
    uri = f"/customers/{call.found_customer.id}/subscriptions/{subscription['id']}/supportcontact"
    return {
        "supportTenantId": named.get("supportTenantId", call.partner.tenant_id),
        "supportMpnId": named.get("supportMpnId", "0"),
        "name": named.get("name", call.partner.company_name),
        "links": self_links(uri),
        "attributes": {"objectType": "SupportContact"},
    }


HANDLERS: Final[Mapping[str, Handler]] = {
    "subscriptions.list": list_subscriptions,
    "subscriptions.get": get_subscription,
    "subscriptions.update": update_subscription,
    "subscriptions.list_add_ons": list_add_ons,
    "subscriptions.activate": activate,
    "subscriptions.register": register,
    "subscriptions.get_registration_status": get_registration_status,
    "subscriptions.get_provisioning_status": get_provisioning_status,
    "subscriptions.list_activation_links": list_activation_links,
    "subscriptions.get_support_contact": get_support_contact,
    "subscriptions.update_support_contact": update_support_contact,
}
