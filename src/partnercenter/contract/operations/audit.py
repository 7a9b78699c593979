"""Audit records; behaviour.md 13.1."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.audit import AuditRecord
from partnercenter.contract.operation import FILTER, SEEK, SIZE, TEXT, Operation, Paging, QueryParameter

TABLE: Final = (
    Operation(
        name="audit_records.list",
        method="GET",
        path="/v1/auditrecords",
        summary="List what was done in the partner's account.",
        documentation="Get a record of Partner Center activity",
        query=(
            QueryParameter("startDate", "First day, yyyy-mm-dd; at most 90 days back.", TEXT),
            QueryParameter("endDate", "Last day, yyyy-mm-dd.", TEXT),
            SIZE,
            FILTER,
            SEEK,
        ),
        response=AuditRecord,
        collection=True,
        paging=Paging.CONTINUATION_TOKEN,
        errors=(400, 401, 403, 429, 500),
    ),
)
