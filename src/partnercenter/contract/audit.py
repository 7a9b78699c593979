"""Audit records: what was done in a partner's account; behaviour.md 13.1."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from partnercenter.contract.collection import READ_ONLY, KeyValuePair, ResourceAttributes
from partnercenter.contract.enums import AuditResourceType, OperationStatus, OperationType
from partnercenter.contract.resource import Resource


class AuditRecord(Resource):
    """One thing that was done. Old and new value are JSON texts with upper first letters."""

    object_type = "AuditRecord"

    id: Annotated[str | None, READ_ONLY] = None
    partner_id: Annotated[str | None, READ_ONLY] = None
    participants: Annotated[list[str] | None, READ_ONLY] = None
    customer_id: Annotated[str | None, READ_ONLY] = None
    customer_name: Annotated[str | None, READ_ONLY] = None
    user_principal_name: Annotated[str | None, READ_ONLY] = None
    application_id: Annotated[str | None, READ_ONLY] = None
    resource_type: Annotated[AuditResourceType | str | None, READ_ONLY] = None
    resource_old_value: Annotated[str | None, READ_ONLY] = None
    resource_new_value: Annotated[str | None, READ_ONLY] = None
    operation_type: Annotated[OperationType | str | None, READ_ONLY] = None
    original_correlation_id: Annotated[str | None, READ_ONLY] = None
    operation_date: Annotated[datetime | None, READ_ONLY] = None
    operation_status: Annotated[OperationStatus | str | None, READ_ONLY] = None
    customized_data: Annotated[list[KeyValuePair] | None, READ_ONLY] = None
    session_id: Annotated[str | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None
