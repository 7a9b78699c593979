"""Azure subscriptions below an Azure plan: list, read, cancel; behaviour.md 7."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection

from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.subscriptions import AzureEntitlementCancellationRequestContent
from partnercenter.sandbox.purchase_rows import Current, document_values
from partnercenter.sandbox.routes.audited import audited_customer, record
from partnercenter.sandbox.routes.call import Call, Handler
from partnercenter.sandbox.routes.holdings import azure_entitlements
from partnercenter.sandbox.routes.orders import collection
from partnercenter.sandbox.routes.subscriptions import found
from partnercenter.sandbox.rules.azure_entitlement_documents import ACTIVE, INACTIVE
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.rules.refusal import Refused
from partnercenter.sandbox.store import commerce as store
from partnercenter.sandbox.wire.message import Response, json_response, json_text

_DOCUMENTED_REASON: Final = "compromise"


def list_entitlements(call: Call, connection: Connection) -> Response:
    """The Azure subscriptions below a plan."""
    below = _below(call, connection)
    return collection(json_text(entitlement.document) for entitlement in below)


def get_entitlement(call: Call, connection: Connection) -> Response:
    """One Azure subscription."""
    return json_response(200, _found(call, connection).document)


def cancel(call: Call, connection: Connection) -> Response:
    """Cancel an Azure subscription: the answer still says active, some minutes later it is not (behaviour.md 7)."""
    _check_ids(call)
    reason = str(call.checked_body(AzureEntitlementCancellationRequestContent)["cancellationReason"])
    known = reason.strip().lower() == _DOCUMENTED_REASON
    if not known and not call.settings.flag("any_cancellation_reason"):
        raise Refused(400, 900307, None, reason[:60])
    entitlement = _found(call, connection)
    if entitlement.status == ACTIVE and not entitlement.is_changing:
        _begin_cancelling(call, connection, entitlement)
    return json_response(200, entitlement.document)


def _check_ids(call: Call) -> None:
    for name in ("subscription_id", "azure_entitlement_id"):
        if parse_guid(call.ids[name]) is None:
            raise Refused(
                400, 800002, f"{name} should have GUID format (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)."
            )


def _begin_cancelling(call: Call, connection: Connection, entitlement: Current) -> None:
    seconds = call.settings.number("azure_cancel_seconds")
    moment = call.nature.clock.now() + timedelta(seconds=seconds)
    later = {**entitlement.document, "status": INACTIVE}
    values = document_values(entitlement.document, later, moment)
    store.update_azure_entitlement(connection, call.found_customer.key, entitlement.row.id, values)
    record(
        call,
        connection,
        audited_customer(call.found_customer),
        call.settings.text("audit_azure_cancel_operation"),
        resource_type="azure_entitlement",
        resource_id=entitlement.row.id,
        old_value=entitlement.document,
        new_value=later,
    )


def _below(call: Call, connection: Connection) -> list[Current]:
    row, stored = found(call, connection)
    if stored.product is not Product.AZURE_PLAN:
        return []
    return azure_entitlements(call, connection, row.id)


def _found(call: Call, connection: Connection) -> Current:
    wanted: Any = parse_guid(call.ids["azure_entitlement_id"])
    for entitlement in _below(call, connection):
        if entitlement.row.id == wanted:
            return entitlement
    raise Refused(404, 800111)


HANDLERS: Final[Mapping[str, Handler]] = {
    "azure_entitlements.list": list_entitlements,
    "azure_entitlements.get": get_entitlement,
    "azure_entitlements.cancel": cancel,
}
