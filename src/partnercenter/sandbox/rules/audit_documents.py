"""Audit records as the service writes them; behaviour.md 13.1."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partnercenter.contract.timestamps import dotnet_ticks, format_timestamp


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something that was done, or refused, to a resource of a customer; without a `resource_id` none came to be."""

    partner_id: str
    customer_id: str
    customer_name: str
    resource_id: str
    resource_type: str
    operation_type: str
    succeeded: bool
    moment: datetime
    correlation_id: str
    application_id: str
    user_principal_name: str | None
    customized_data: Sequence[tuple[str, str | None]] = ()
    old_value: dict[str, Any] | None = None
    new_value: dict[str, Any] | None = None


def audit_document(event: AuditEvent) -> dict[str, Any]:
    """The record of an event. Its id is made of the parts that behaviour.md 13.1 lists, in lower case."""
    operation = event.operation_type.replace("_", "")
    parts = (
        event.partner_id,
        event.customer_id,
        event.resource_id,
        operation,
        str(dotnet_ticks(event.moment)),
    )
    document: dict[str, Any] = {
        "id": "_".join(part for part in parts if part).lower(),
        "partnerId": event.partner_id,
        "participants": [event.partner_id],
        "customerId": event.customer_id,
        "customerName": event.customer_name,
        "userPrincipalName": event.user_principal_name or event.application_id,
        "applicationId": event.application_id,
        "resourceType": event.resource_type,
        "operationType": event.operation_type,
        "originalCorrelationId": event.correlation_id,
        "operationDate": format_timestamp(event.moment),
        "operationStatus": "succeeded" if event.succeeded else "failed",
        "customizedData": [{"key": key, "value": value} for key, value in event.customized_data],
        "attributes": {"objectType": "AuditRecord"},
    }
    for name, value in (("resourceOldValue", event.old_value), ("resourceNewValue", event.new_value)):
        if value is not None:
            document[name] = json.dumps(_pascal_case(value), ensure_ascii=False)
    return document


def _pascal_case(value: Any) -> Any:
    """The value with upper first letters in every key, a password emptied (behaviour.md 3.1)."""
    if isinstance(value, dict):
        return {
            key[:1].upper() + key[1:]: "" if key == "password" else _pascal_case(member)
            for key, member in value.items()
        }
    if isinstance(value, list):
        return [_pascal_case(item) for item in value]
    return value
