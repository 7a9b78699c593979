"""Writing down what was done: every change has its audit record, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.rules.audit_documents import AuditEvent, audit_document
from partnercenter.sandbox.store.audit import NewAuditRecord, add_audit_record
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.wire.message import json_text


@dataclass(frozen=True, slots=True)
class AuditedCustomer:
    """The customer that a record tells of."""

    id: str
    name: str
    domain: str


def record(
    call: Call,
    connection: Connection,
    customer: AuditedCustomer,
    operation_type: str,
    *,
    resource_type: str = "customer",
    succeeded: bool = True,
    customized_data: Sequence[tuple[str, str]] = (),
    new_value: Mapping[str, Any] | None = None,
) -> None:
    """Add the record of what this call did to a customer (behaviour.md 13.1)."""
    now = call.nature.clock.now()
    event = AuditEvent(
        partner_id=call.partner.tenant_id,
        customer_id=customer.id,
        customer_name=customer.name,
        resource_id=customer.id,
        resource_type=resource_type,
        operation_type=operation_type,
        succeeded=succeeded,
        moment=now,
        correlation_id=call.correlation_id,
        application_id=call.token.client_id,
        user_principal_name=call.token.upn,
        customized_data=customized_data,
        new_value=new_value,
    )
    # A claim of a token can hold half a character, which no database takes.
    text = json_text(audit_document(event)).encode("utf-8", "replace").decode("utf-8")
    new = NewAuditRecord(
        partner_id=call.partner.tenant_id,
        customer_id=customer.id,
        customer_name_folded=customer.name.casefold(),
        resource_type=resource_type,
        operation_type=operation_type,
        operated_at=to_micros(now),
        document=text,
    )
    add_audit_record(connection, new)


def relationship_data(domain: str, relationship: str = "Reseller") -> tuple[tuple[str, str], ...]:
    """The customized data of a customer's creation and deletion."""
    return (("PrimaryDomainName", domain), ("Relationship", relationship))


def _delete_operation(call: Call) -> tuple[str, str]:
    return call.settings.text("audit_delete_operation"), "customer"


def _end_operation(call: Call) -> tuple[str, str]:
    """What the PATCH is recorded as; a sandbox carries it out as its delete (behaviour.md 3.5)."""
    if call.partner.is_sandbox:
        return _delete_operation(call)
    return "remove_partner_customer_relationship", call.settings.text("audit_remove_relationship_resource")


_FAILED: Final[Mapping[str, Callable[[Call], tuple[str, str]]]] = {
    "customers.delete": _delete_operation,
    "customers.remove_reseller_relationship": _end_operation,
    "customer_billing_profile.update": lambda _: ("update_customer_billing_profile", "customer"),
}


def record_failure(call: Call, connection: Connection) -> None:
    """Add the record of a refused change, if the customer it was meant for is known."""
    describe = _FAILED.get(call.operation.name)
    if describe is None or call.customer is None or not call.settings.flag("audit_failed_attempts"):
        return
    operation_type, resource_type = describe(call)
    row = call.customer
    customer = AuditedCustomer(row.id, row.company_name, row.domain)
    record(call, connection, customer, operation_type, resource_type=resource_type, succeeded=False)
