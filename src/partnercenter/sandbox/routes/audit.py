"""Audit records; behaviour.md 13.1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from partnercenter.contract.enums import AuditResourceType, FieldFilterOperation
from partnercenter.contract.timestamps import parse_query_date
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.routes.page import filter_conditions, page_text, recall_query
from partnercenter.sandbox.rules.filters import Condition
from partnercenter.sandbox.rules.paging import KeyRange
from partnercenter.sandbox.store.audit import AuditFilter, list_audit_records
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.wire.message import Response, text_response

_DEFAULT_DAYS = 30
_KEPT_DAYS = 90


def list_page(call: Call, connection: Connection) -> Response:
    """A page of the partner's audit records, newest first."""
    recall_query(call)
    chosen = _filter(call)

    def fetch(keys: KeyRange, count: int) -> Sequence[Row[Any]]:
        return list_audit_records(
            connection,
            call.partner.tenant_id,
            chosen,
            count=count,
            after=keys.after,
            before=keys.before,
            descending=keys.descending,
        )

    def show(row: Row[Any]) -> str:
        return str(row.document)

    return text_response(200, page_text(call, fetch, show, newest_first=True))


def _filter(call: Call) -> AuditFilter:
    first, last = _days(call)
    values: dict[str, str] = {}
    for condition in filter_conditions(call):
        name, value = _field(call, condition)
        values[name] = value
    return AuditFilter(since=_midnight(first), until=_midnight(last + timedelta(days=1)), **values)


def _days(call: Call) -> tuple[date, date]:
    today = call.nature.clock.now().date()
    last = _day(call, "endDate") or today
    first = _day(call, "startDate") or min(last, today - timedelta(days=_DEFAULT_DAYS))
    if first < today - timedelta(days=_KEPT_DAYS):
        text = f"startDate must be at most {_KEPT_DAYS} days back; older audit records are not kept."
        raise call.setting_fault("fault_audit_window", text)
    if last < first:
        raise call.setting_fault("fault_audit_window", "endDate must not be before startDate.")
    return first, min(last, today + timedelta(days=1))


def _day(call: Call, name: str) -> date | None:
    text = call.query.get(name.lower(), "").strip()
    if not text:
        return None
    try:
        return parse_query_date(text)
    except ValueError:
        raise call.fault(400, 2000, f"{name} must be a date written yyyy-mm-dd.") from None


def _midnight(day: date) -> int:
    return to_micros(datetime.combine(day, time(), UTC))


def _field(call: Call, condition: Condition) -> tuple[str, str]:
    match condition.field, condition.operator:
        case "companyname", FieldFilterOperation.SUBSTRING:
            return "company_name", condition.value
        case "customerid", FieldFilterOperation.EQUALS:
            return "customer_id", condition.value.strip("{} ")
        case "resourcetype", FieldFilterOperation.EQUALS:
            found = AuditResourceType.from_word(condition.value)
            return "resource_type", found.value if found else condition.value.lower()
    text = (
        "Audit records are filtered by CompanyName with substring, or CustomerId or ResourceType with equals."
    )
    raise call.setting_fault("fault_invalid_filter", text)
