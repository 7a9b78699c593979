"""`client.audit_records`: what was done in the partner's account; behaviour.md 13.1."""

from __future__ import annotations

from datetime import date

from azure.core.async_paging import AsyncItemPaged

from partnercenter.client.aio.sender import AsyncSender
from partnercenter.contract.audit import AuditRecord
from partnercenter.contract.filters import SimpleFieldFilter


class AuditRecords:
    """The partner's audit records."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        start_date: date | None = None,
        end_date: date | None = None,
        filter: SimpleFieldFilter | None = None,  # noqa: A002 - the service's name
        size: int | None = None,
    ) -> AsyncItemPaged[AuditRecord]:
        """Records of some days, both included; without dates the last 30, and 90 are kept."""
        query = {
            "startDate": f"{start_date:%Y-%m-%d}" if start_date else None,
            "endDate": f"{end_date:%Y-%m-%d}" if end_date else None,
            "filter": filter.to_query() if filter else None,
            "size": size,
        }
        return self._sender.pages("audit_records.list", AuditRecord, {}, query)
