"""How long lists still show a customer that is gone; behaviour.md 1.6."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.store.departures import Departure, add_departure
from partnercenter.sandbox.store.times import to_micros


def shown_since(call: Call) -> int | None:
    """The time in microseconds after which a customer must have left to be shown still; None when none is."""
    lag = call.settings.number("customer_list_lag_seconds")
    return to_micros(call.nature.clock.now() - timedelta(seconds=lag)) if lag else None


def depart(call: Call, connection: Connection) -> None:
    """Let the customer of this call stay in the list for a while, if lists lag."""
    since = shown_since(call)
    if since is None:
        return
    row = call.found_customer
    left_at = to_micros(call.nature.clock.now())
    left = Departure(row.partner_id, row.key, row.id, row.domain, row.company_name, left_at)
    add_departure(connection, left, since)
