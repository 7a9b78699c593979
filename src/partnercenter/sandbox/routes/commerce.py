"""What a customer has bought: orders and subscriptions; behaviour.md 4.1 and 5."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row

from partnercenter.contract.enums import BillingCycleType
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.store import commerce as store
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.wire.message import Response, text_response


def list_orders(call: Call, connection: Connection) -> Response:
    """A customer's orders, all of them or those of one billing cycle."""
    rows = _listed(call, store.list_orders(connection, call.found_customer.key))
    word = call.query.get("billingtype", "").strip()
    if word:
        cycle = BillingCycleType.from_word(word)
        if cycle is None:
            raise call.fault(400, 900126, None, word[:60], "the list of billing cycles.")
        rows = [row for row in rows if row.billing_cycle == cycle.value]
    return _collection(row.document for row in rows)


def get_order(call: Call, connection: Connection) -> Response:
    """One order; ids are opaque and compare exactly."""
    row = store.find_order(connection, call.found_customer.key, call.ids["order_id"])
    if row is None:
        raise call.fault(404, 20000)
    return text_response(200, row.document)


def list_subscriptions(call: Call, connection: Connection) -> Response:
    """A customer's subscriptions, all of them or those of one order."""
    rows = _listed(call, store.list_subscriptions(connection, call.found_customer.key))
    order_id = call.query.get("order_id", "").strip()
    if order_id:
        rows = [row for row in rows if row.order_id == order_id]
    return _collection(row.document for row in rows)


def _listed(call: Call, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """The rows old enough to show in lists (behaviour.md 1.6)."""
    delay = call.settings.number("order_list_delay_seconds")
    latest = to_micros(call.nature.clock.now() - timedelta(seconds=delay))
    return rows if not delay else [row for row in rows if row.created_at <= latest]


def _collection(documents: Iterable[str]) -> Response:
    """A collection without links, joined from texts that are stored as they are sent."""
    items = list(documents)
    text = f'{{"totalCount":{len(items)},"items":[{",".join(items)}],"attributes":{{"objectType":"Collection"}}}}'
    return text_response(200, text)
