"""Entitlements, and what reservations give; behaviour.md 6."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import Connection

from partnercenter.sandbox.routes.call import Call, Handler
from partnercenter.sandbox.routes.holdings import orders, subscriptions
from partnercenter.sandbox.routes.orders import collection, listed
from partnercenter.sandbox.rules.entitlement_documents import (
    OLD_RESERVED_INSTANCE,
    RESERVED_INSTANCE,
    TYPES,
    EntitledLine,
    artifact_document,
    entitled_lines,
    entitlement_document,
)
from partnercenter.sandbox.rules.refusal import Refused
from partnercenter.sandbox.wire.message import Response, json_response, json_text

_TRUE: Final = {"true", "1"}


def list_entitlements(call: Call, connection: Connection) -> Response:
    """What the customer is entitled to by its orders of software and reservations."""
    _check_token(call)
    wanted = call.query.get("entitlementtype", "").strip().lower()
    if wanted and wanted not in TYPES:
        raise Refused(400, 900126, None, wanted[:60], "the list of entitlement types")
    if wanted == OLD_RESERVED_INSTANCE:
        wanted = RESERVED_INSTANCE
    show_expiry = call.query.get("showexpiry", "").strip().lower() in _TRUE
    documents = (
        entitlement_document(line, call.found_customer.id, show_expiry=show_expiry)
        for line in _lines(call, connection)
        if wanted in {"", line.kind}
    )
    return collection(json_text(document) for document in documents)


def get_artifact(call: Call, connection: Connection) -> Response:
    """The reservation that an artifact's link leads to."""
    return _artifact(call, connection, old=False)


def get_old_artifact(call: Call, connection: Connection) -> Response:
    """The same at its old address, with the old names."""
    return _artifact(call, connection, old=True)


def _artifact(call: Call, connection: Connection, *, old: bool) -> Response:
    _check_token(call)
    wanted = tuple(call.ids[name].lower() for name in ("group_id", "line_item_id", "resource_id"))
    for line in _lines(call, connection):
        if line.kind == RESERVED_INSTANCE and wanted == (
            line.group_id,
            line.line_item_id,
            line.resource_id,
        ):
            return json_response(200, artifact_document(line, old=old))
    raise Refused(404, 1000)


def _check_token(call: Call) -> None:
    """Pages say that entitlements need a user, newer facts that they do not (behaviour.md 6)."""
    if call.token.kind == "app" and not call.settings.flag("entitlements_app_only"):
        raise Refused(403, 900329)


def _lines(call: Call, connection: Connection) -> Iterator[EntitledLine]:
    now = call.nature.clock.now()
    everything = orders(call, connection)
    visible = {row.id for row in listed(call, [order.row for order in everything])}
    begun = {row.id: stored.document for row, stored in subscriptions(call, connection)}
    for order in everything:
        if order.row.id in visible:
            yield from entitled_lines(order.product, order.document, now, begun)


HANDLERS: Final[Mapping[str, Handler]] = {
    "entitlements.list": list_entitlements,
    "artifacts.get_reserved_instance": get_artifact,
    "artifacts.get_virtual_machine_reserved_instance": get_old_artifact,
}
