"""Writing down what was done: every change has its audit record, in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from partnercenter.sandbox.routes.attempts import ATTEMPTS
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


def audited_customer(row: Row[Any]) -> AuditedCustomer:
    """The customer of a row."""
    return AuditedCustomer(row.id, row.company_name, row.domain)


def record(
    call: Call,
    connection: Connection,
    customer: AuditedCustomer,
    operation_type: str,
    *,
    resource_type: str = "customer",
    resource_id: str | None = None,
    succeeded: bool = True,
    customized_data: Sequence[tuple[str, str | None]] = (),
    old_value: dict[str, Any] | None = None,
    new_value: dict[str, Any] | None = None,
) -> None:
    """Add the record of what this call did to a customer, or to something that the customer has (behaviour.md 13.1).

    Without a `resource_id` the resource is the customer; an empty one stands for a resource that never came to be.
    """
    now = call.nature.clock.now()
    event = AuditEvent(
        partner_id=call.partner.tenant_id,
        customer_id=customer.id,
        customer_name=customer.name,
        resource_id=customer.id if resource_id is None else resource_id,
        resource_type=resource_type,
        operation_type=operation_type,
        succeeded=succeeded,
        moment=now,
        correlation_id=call.correlation_id,
        application_id=call.token.client_id,
        user_principal_name=call.token.upn,
        customized_data=customized_data,
        old_value=old_value,
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


def record_failure(call: Call, connection: Connection) -> None:
    """Add the record of a refused change, if the customer it was meant for is known."""
    describe = ATTEMPTS.get(call.operation.name)
    if describe is None or call.customer is None or not call.settings.flag("audit_failed_attempts"):
        return
    attempt = describe(call)
    record(
        call,
        connection,
        audited_customer(call.customer),
        attempt.operation_type,
        resource_type=attempt.resource_type,
        resource_id=attempt.resource_id,
        succeeded=False,
    )
