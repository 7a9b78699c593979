"""`client.audit_records`: what was done in the partner's account; behaviour.md 13.1."""

from __future__ import annotations

from datetime import date

from azure.core.async_paging import AsyncItemPaged

from partnercenter.client.aio.sender import AsyncSender
from partnercenter.client.arguments import day_query, filter_query
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
        """Records from one day to another, both included; without dates those of the last 30 days.

        They are kept for 90 days; asking for more raises `PartnerCenterError` (behaviour.md 13.1). A datetime stands
        for its day as it is written; what is no date raises `TypeError`.
        """
        query = {
            "startDate": day_query(start_date, "start_date"),
            "endDate": day_query(end_date, "end_date"),
            "filter": filter_query(filter),
            "size": size,
        }
        return self._sender.pages("audit_records.list", AuditRecord, {}, query)
