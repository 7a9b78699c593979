"""Orders: list, read, create, cancel, and what became of each line; behaviour.md 4.1 to 4.3."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row

from partnercenter.contract.enums import BillingCycleType, OrderStatus, SubscriptionStatus
from partnercenter.contract.orders import Order
from partnercenter.contract.timestamps import parse_timestamp
from partnercenter.sandbox.purchase_rows import (
    Current,
    current,
    current_text,
    document_values,
    subscription_values,
)
from partnercenter.sandbox.routes.audited import audited_customer, record
from partnercenter.sandbox.routes.call import Call, Handler
from partnercenter.sandbox.routes.holdings import subscriptions
from partnercenter.sandbox.routes.purchasing import (
    LineToBuy,
    check_agreement,
    check_lines,
    extend_order,
    find_problems,
    line_to_buy,
    order_data,
    place_order,
    wanted_line,
)
from partnercenter.sandbox.rules.body_shape import sent_member
from partnercenter.sandbox.rules.catalogue import find_item
from partnercenter.sandbox.rules.customer_documents import link, self_links
from partnercenter.sandbox.rules.etags import with_next_etag
from partnercenter.sandbox.rules.order_cancelling import (
    OrderState,
    age_refusal,
    cancellation_refusal,
    cancelled_document,
    cancelled_subscriptions,
    chosen_lines,
    offers_of,
)
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.purchase_documents import with_prices
from partnercenter.sandbox.rules.refusal import Refused, RefusedBySetting
from partnercenter.sandbox.rules.subscription_changes import with_status
from partnercenter.sandbox.store import commerce as store
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.wire.message import Response, json_response, json_text, text_response

Json = dict[str, Any]

_TRUE: Final = {"true", "1"}


def list_orders(call: Call, connection: Connection) -> Response:
    """A customer's orders, all of them or those of one billing cycle."""
    rows = listed(call, store.list_orders(connection, call.found_customer.key))
    word = call.query.get("billingtype", "").strip()
    if word:
        cycle = BillingCycleType.from_word(word)
        if cycle is None:
            raise call.fault(400, 900126, None, word[:60], "the list of billing cycles")
        rows = [row for row in rows if row.billing_cycle == cycle.value]
    now = to_micros(call.nature.clock.now())
    return collection(_shown(call, current_text(row, now)) for row in rows)


def get_order(call: Call, connection: Connection) -> Response:
    """One order; ids are opaque and compare exactly."""
    row = _found_row(call, connection)
    return text_response(200, _shown(call, current_text(row, to_micros(call.nature.clock.now()))))


def _shown(call: Call, text: str) -> str:
    """The order with its prices, when they were asked for."""
    if call.query.get("include_price", "").strip().lower() not in _TRUE:
        return text
    return json_text(with_prices(json.loads(text)))


def _found_row(call: Call, connection: Connection) -> Row[Any]:
    row = store.find_order(connection, call.found_customer.key, call.ids["order_id"])
    if row is None:
        raise call.fault(404, 20000)
    return row


def _found(call: Call, connection: Connection) -> Current:
    return current(_found_row(call, connection), call.nature.clock.now())


def listed(call: Call, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """The rows old enough to show in lists (behaviour.md 1.6)."""
    delay = call.settings.number("order_list_delay_seconds")
    latest = to_micros(call.nature.clock.now() - timedelta(seconds=delay))
    return [row for row in rows if row.created_at <= latest]


def collection(documents: Iterable[str], uri: str | None = None) -> Response:
    """A collection joined from texts that are stored as they are sent; with an address it links to itself."""
    items = list(documents)
    links = "" if uri is None else f'"links":{json_text(self_links(uri))},'
    text = (
        f'{{"totalCount":{len(items)},"items":[{",".join(items)}],'
        f'{links}"attributes":{{"objectType":"Collection"}}}}'
    )
    return text_response(200, text)


def create_order(call: Call, connection: Connection) -> Response:
    """A new order without a cart, of items of one kind (behaviour.md 4.1)."""
    body = call.checked_body(Order)
    check_agreement(call, connection)
    return json_response(201, place_order(call, connection, _lines_to_buy(call, connection, body)))


def _lines_to_buy(call: Call, connection: Connection, body: Mapping[str, Any]) -> list[LineToBuy]:
    """The lines of an order's body; raises the fault of the first that cannot be bought."""
    check_lines(call, body.get("lineItems", []))
    cycle = str(body.get("billingCycle", ""))
    bodies = _with_currency(call, body["lineItems"])
    wanted = [wanted_line(place, line, cycle) for place, line in enumerate(bodies)]
    for problem in find_problems(call, connection, wanted):
        if problem is not None:
            raise problem.refusal
    to_buy = [line_to_buy(line, sent) for line, sent in zip(wanted, bodies, strict=True)]
    if len({(line.item.kind, line.term.billing_cycle) for line in to_buy}) != 1:
        text = "The lines of an order must be of one kind of product and have one billing cycle."
        raise RefusedBySetting("fault_mixed_order", text)
    return to_buy


def _with_currency(call: Call, lines: list[Json]) -> list[Json]:
    """The lines with the currency that the order names for all of them, which is not its to choose."""
    currency = sent_member(call.json_object(), "currencyCode")
    return [{**line, "currencyCode": currency} for line in lines] if isinstance(currency, str) else lines


def update_order(call: Call, connection: Connection) -> Response:
    """Cancel an order or lines of it, change a legacy billing cycle, add add-ons (behaviour.md 4.1, 4.3)."""
    order = _found(call, connection)
    body = call.body(Order)
    lines = body.get("lineItems", [])
    if not isinstance(lines, list):
        raise call.setting_fault("fault_missing_field", "lineItems must be a list.")
    if "status" in body and str(body["status"]).lower() != order.status:
        _check_status_word(body["status"])
        return _cancel(call, connection, order, lines)
    if str(body.get("status", "")).lower() == "cancelled":
        return _cancel(call, connection, order, lines)
    new_lines = _added_lines(order, lines)
    if new_lines:
        return _add_lines(call, connection, order, body, new_lines)
    if "billingCycle" in body and body["billingCycle"] != order.document["billingCycle"]:
        return _change_billing_cycle(call, connection, order, str(body["billingCycle"]))
    return json_response(200, order.document)


def _check_status_word(word: Any) -> None:
    known = OrderStatus.from_word(str(word))
    if known is None:
        text = f"The provided value '{str(word)[:60]}' is not a valid OrderStatus."
        raise RefusedBySetting("fault_unknown_order_status", text)
    if known != OrderStatus.CANCELLED:
        raise Refused(400, 3000, "The status of an order can be changed to cancelled only.")


def _cancel(call: Call, connection: Connection, order: Current, sent: list[Any]) -> Response:
    is_sandbox, settings = call.partner.is_sandbox, call.settings
    created = parse_timestamp(order.document["creationDate"])
    state = OrderState(
        customer_id=call.found_customer.id,
        product=order.product,
        document=order.document,
        is_cancelling=order.is_changing and not _is_settling(order),
    )
    refusal = cancellation_refusal(state, is_sandbox=is_sandbox, settings=settings)
    if refusal is not None:
        raise refusal
    if order.status == "cancelled":
        return json_response(200, order.document)
    lines = chosen_lines(order.document, sent)
    offers = offers_of(order.document, lines)
    now = call.nature.clock.now()
    refusal = age_refusal(order.product, offers, created, is_sandbox=is_sandbox, now=now, settings=settings)
    if refusal is not None:
        raise refusal
    return _carry_out(call, connection, order, lines)


def _is_settling(order: Current) -> bool:
    later = json.loads(order.row.next_document)
    return order.status == "pending" and later["status"] == "completed"


def _carry_out(call: Call, connection: Connection, order: Current, lines: set[int] | None) -> Response:
    """Cancel the lines, at once or after a while; the subscriptions that they began end with them."""
    now = call.nature.clock.now()
    cancelled = with_next_etag(cancelled_document(order.document, lines))
    seconds = call.settings.number("order_cancel_seconds")
    answer, values = cancelled, document_values(cancelled)
    if seconds:
        word = call.settings.text("cancelling_order_status")
        whole = cancelled["status"] == "cancelled"
        answer = {**order.document, "status": word} if whole else order.document
        values = document_values(answer, cancelled, now + timedelta(seconds=seconds))
    key = call.found_customer.key
    store.update_order(connection, key, order.row.id, values)
    ended = cancelled_subscriptions(order.document, lines)
    for row, stored in subscriptions(call, connection):
        if row.id in ended and stored.status != "deleted":
            later = with_status(stored.product, stored.document, SubscriptionStatus.DELETED)
            changed = stored.becoming(with_next_etag(later), now, now + timedelta(seconds=seconds))
            store.update_subscription(connection, key, row.id, subscription_values(changed))
    _record_update(call, connection, order.document, cancelled)
    return json_response(200, answer)


def _record_update(call: Call, connection: Connection, before: Json, after: Json) -> None:
    record(
        call,
        connection,
        audited_customer(call.found_customer),
        "update_order",
        resource_type="order",
        resource_id=after["id"],
        customized_data=order_data(after),
        old_value=before,
        new_value=after,
    )


def _added_lines(order: Current, lines: list[Any]) -> list[Any]:
    """The lines that the order does not have yet."""
    known = [line["lineItemNumber"] for line in order.document["lineItems"]]
    return [line for line in lines if not isinstance(line, dict) or line.get("lineItemNumber") not in known]


def _add_lines(
    call: Call, connection: Connection, order: Current, body: Mapping[str, Any], new: list[Any]
) -> Response:
    """Buy add-ons in the order of their base, as legacy offers are (behaviour.md 4.1)."""
    if not order.product.is_legacy:
        raise Refused(400, 900141, "Add-ons of new commerce are bought by a cart or a new order.")
    added = {"billingCycle": order.document["billingCycle"], **body, "lineItems": new}
    call.check_body(Order, added)
    check_agreement(call, connection)
    lines = _lines_to_buy(call, connection, added)
    if any(line.item.kind is not order.product or not line.item.is_add_on for line in lines):
        text = "Only add-ons of the order's own kind of offer can be put into it."
        raise RefusedBySetting("fault_mixed_order", text)
    return json_response(200, extend_order(call, connection, order, lines))


def _change_billing_cycle(call: Call, connection: Connection, order: Current, cycle: str) -> Response:
    """Between monthly and annual, of legacy licences (behaviour.md 11.2, codes 6000 and 6001)."""
    if order.product is not Product.LEGACY or not _have_cycle(order, cycle):
        raise Refused(400, 6001)
    members = [
        (row, stored) for row, stored in subscriptions(call, connection) if row.order_id == order.row.id
    ]
    if any(stored.status != "active" for _, stored in members):
        raise Refused(400, 6000)
    if any(stored.next_document is not None for _, stored in members):
        raise RefusedBySetting("fault_subscription_busy")
    changed = with_next_etag({**order.document, "billingCycle": cycle})
    key = call.found_customer.key
    store.update_order(connection, key, order.row.id, {**document_values(changed), "billing_cycle": cycle})
    now = call.nature.clock.now()
    for row, stored in members:
        later = with_next_etag({**stored.document, "billingCycle": cycle})
        values = subscription_values(stored.becoming(later, now, now))
        store.update_subscription(connection, key, row.id, values)
    _record_update(call, connection, order.document, changed)
    return json_response(200, changed)


def _have_cycle(order: Current, cycle: str) -> bool:
    """Whether every offer of an order is sold in a billing cycle."""
    offers = [find_item(line["offerId"]) for line in order.document["lineItems"]]
    return all(
        item is not None and any(term.billing_cycle == cycle for term in item.terms) for item in offers
    )


def get_provisioning_status(call: Call, connection: Connection) -> Response:
    """What became of each line (behaviour.md 4.2)."""
    order = _found(call, connection)
    status = "Fulfilled" if order.status in {"completed", "cancelled"} else "Unfulfilled"
    items = [
        {
            "orderLineItemId": str(line["lineItemNumber"]),
            "lineItemNumber": line["lineItemNumber"],
            "status": status,
            "quantityProvisioningInformation": [{"quantity": line["quantity"], "status": status}],
            "attributes": {"objectType": "OrderLineItemProvisioningStatus"},
        }
        for line in order.document["lineItems"]
    ]
    return collection(json_text(item) for item in items)


def list_activation_links(call: Call, connection: Connection) -> Response:
    """The activation links of all lines; in a sandbox they lead nowhere (behaviour.md 4.1)."""
    lines = _found(call, connection).document["lineItems"]
    return collection(json_text(activation_link(line["lineItemNumber"])) for line in _activated(lines))


def get_line_activation_links(call: Call, connection: Connection) -> Response:
    """The activation links of one line."""
    lines = _found(call, connection).document["lineItems"]
    line = next((x for x in lines if str(x["lineItemNumber"]) == call.ids["line_item_number"].strip()), None)
    if line is None:
        raise Refused(400, 800071)
    return collection(json_text(activation_link(line["lineItemNumber"])) for line in _activated([line]))


def _activated(lines: list[Json]) -> list[Json]:
    """The lines of marketplace products; nothing else is activated."""
    return [line for line in lines if "activationLinks" in line["links"]]


def activation_link(number: int) -> Json:
    """A dummy, as a sandbox answers."""
    return {"lineItemNumber": number, "link": link("https://sandbox.invalid/activate")}


HANDLERS: Final[Mapping[str, Handler]] = {
    "orders.list": list_orders,
    "orders.get": get_order,
    "orders.create": create_order,
    "orders.update": update_order,
    "orders.get_provisioning_status": get_provisioning_status,
    "orders.list_activation_links": list_activation_links,
    "orders.get_line_item_activation_links": get_line_activation_links,
}
