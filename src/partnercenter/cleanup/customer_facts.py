"""What a person wants to know of a customer before it is deleted: its name, its age, and what it still has.

Only reads. What cannot be found out is said to be unknown; it never stops the reading of the others.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from azure.core.exceptions import AzureError

from partnercenter.client.errors import PartnerCenterError
from partnercenter.client.sync import PartnerCenterClient
from partnercenter.contract.audit import AuditRecord
from partnercenter.contract.enums import FieldFilterOperation, OperationStatus, OperationType
from partnercenter.contract.filters import SimpleFieldFilter

AUDIT_DAYS: Final = 89
_NO_RELATIONSHIP: Final = 20002


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """A customer that exists. `created` is None when the audit log does not reach back so far."""

    customer_id: str
    display_name: str
    domain: str
    created: datetime | None
    attached: str

    def age(self, now: datetime) -> str:
        """How old the customer is, in words."""
        if self.created is None:
            return "unknown"
        days = max(0, (now - self.created).days)
        return "today" if days == 0 else "1 day" if days == 1 else f"{days} days"


@dataclass(frozen=True, slots=True)
class GoneCustomer:
    """A customer that is not there any more."""

    customer_id: str
    error: PartnerCenterError


@dataclass(frozen=True, slots=True)
class UnreadableCustomer:
    """A customer of which nothing could be found out, so that it is left alone."""

    customer_id: str
    error: AzureError


def means_gone(error: AzureError) -> bool:
    """Whether the service says that the customer is not there (behaviour.md 1.5).

    A 404 without a service code comes from the gateway and says that the address was wrong, not that the
    customer is gone.
    """
    return isinstance(error, PartnerCenterError) and error.status_code == 404 and error.code is not None


def means_no_relationship(error: AzureError) -> bool:
    """Whether the service says that the customer is not, or no longer, the partner's (behaviour.md 1.5).

    Right after a deletion that is another way of being gone. At any other time it may be somebody else's
    customer, of whom nothing can be said.
    """
    refused = isinstance(error, PartnerCenterError) and error.status_code == 403
    return refused and getattr(error, "code", None) == _NO_RELATIONSHIP


def read_customer(
    client: PartnerCenterClient, customer_id: str, created: dict[str, datetime]
) -> CustomerFacts | GoneCustomer | UnreadableCustomer:
    """Read one customer and what it has; `created` comes from `creation_dates`."""
    one = client.customers.by_id(customer_id)
    try:
        customer = one.get()
    except AzureError as error:
        if isinstance(error, PartnerCenterError) and means_gone(error):
            return GoneCustomer(customer_id, error)
        return UnreadableCustomer(customer_id, error)
    company = customer.company_profile
    billing = customer.billing_profile
    name = (company and company.company_name) or (billing and billing.company_name) or ""
    orders = _by_status(one.orders.list, "order")
    subscriptions = _by_status(one.subscriptions.list, "subscription")
    return CustomerFacts(
        customer_id=customer_id,
        display_name=str(name),
        domain=str((company and company.domain) or ""),
        created=created.get(customer_id),
        attached=", ".join(part for part in (orders, subscriptions) if part) or "nothing",
    )


def _by_status(list_them: Any, noun: str) -> str:
    """Such as "2 active subscriptions, 1 suspended subscription"; empty when there are none."""
    try:
        counts = Counter(str(item.status or "unknown") for item in list_them())
    except AzureError:
        return f"{noun}s unknown"
    return ", ".join(
        f"{count} {word} {noun}{'' if count == 1 else 's'}" for word, count in sorted(counts.items())
    )


def creation_dates(
    client: PartnerCenterClient, customer_ids: Iterable[str], today: date
) -> dict[str, datetime]:
    """When the customers were created, as far as the audit log tells: it is kept for 90 days (behaviour.md 13.1)."""
    wanted = set(customer_ids)
    if not wanted:
        return {}
    field, value = ("CustomerId", next(iter(wanted))) if len(wanted) == 1 else ("ResourceType", "customer")
    narrow = SimpleFieldFilter(field, value, FieldFilterOperation.EQUALS)
    found: dict[str, datetime] = {}
    try:
        for record in client.audit_records.list(
            start_date=today - timedelta(days=AUDIT_DAYS), end_date=today, filter=narrow
        ):
            customer_id = created_customer(record)
            if customer_id in wanted and isinstance(record.operation_date, datetime):
                found[customer_id] = record.operation_date
    except AzureError:
        return found
    return found


def created_customer(record: AuditRecord) -> str:
    """The id of the customer whose creation is recorded, or nothing."""
    if (
        record.operation_type != OperationType.ADD_CUSTOMER
        or record.operation_status != OperationStatus.SUCCEEDED
    ):
        return ""
    if record.customer_id:
        return record.customer_id.lower()
    try:
        value = json.loads(record.resource_new_value or "null")
    except ValueError:
        return ""
    return str(value.get("Id", "")).lower() if isinstance(value, dict) else ""
