"""Reads a customer and what it has, its lists side by side, for those who await; the twin of `attachments`.

Only GET. Lists that this token may not read are left out and told (behaviour.md 6); what else goes wrong is raised.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from azure.core.exceptions import AzureError

from partnercenter.cleanup.attachments import answered_at
from partnercenter.cleanup.blockers import Belongings, azure_plans
from partnercenter.cleanup.customer_facts import AUDIT_DAYS, created_customer, means_no_relationship
from partnercenter.client.aio import PartnerCenterClient
from partnercenter.client.calls import read_resource
from partnercenter.client.errors import PermissionDeniedError
from partnercenter.contract.customers import Customer
from partnercenter.contract.enums import FieldFilterOperation
from partnercenter.contract.filters import SimpleFieldFilter
from partnercenter.contract.operations import OPERATIONS

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class CustomerRead:
    """A customer, the service's time, what it has, and which lists could not be read, in words."""

    customer: Customer
    now: datetime
    belongings: Belongings
    unread: tuple[str, ...]


async def read_everything(client: PartnerCenterClient, customer_id: str) -> CustomerRead:
    """Read one customer; raises `PartnerCenterError`, and `AzureError` for a lost answer."""
    operation = OPERATIONS["customers.get"]
    path = operation.url_path({"customer_id": customer_id})
    answer = await client.request(operation.method, path)
    customer = read_resource(Customer, answer, operation, path)
    belongings, unread = await read_belongings(client, customer_id)
    return CustomerRead(customer, answered_at(answer.headers.get("Date")), belongings, unread)


async def read_belongings(
    client: PartnerCenterClient, customer_id: str
) -> tuple[Belongings, tuple[str, ...]]:
    """Read what a customer has, and say which lists could not be read."""
    one = client.customers.by_id(customer_id)
    unread: list[str] = []
    subscriptions, orders, entitlements = await asyncio.gather(
        _all(one.subscriptions.list()),
        _all(one.orders.list()),
        _all_or_none(one.entitlements.list(show_expiry=True), "entitlements", unread),
    )
    plans = azure_plans(subscriptions)
    below = await asyncio.gather(
        *(
            _all_or_none(
                one.subscriptions.by_id(plan).azure_entitlements.list(),
                f"the Azure subscriptions of plan {plan}",
                unread,
            )
            for plan in plans
        )
    )
    azure = dict(zip(plans, below, strict=True))
    return Belongings(subscriptions, orders, entitlements, azure), tuple(sorted(unread))


async def _all(listed: AsyncIterable[R]) -> list[R]:
    return [one async for one in listed]


async def _all_or_none(listed: AsyncIterable[R], what: str, unread: list[str]) -> Sequence[R] | None:
    try:
        return await _all(listed)
    except PermissionDeniedError as error:
        if means_no_relationship(error):
            raise
        unread.append(what)
        return None


async def read_creation_dates(client: PartnerCenterClient, today: date) -> dict[str, datetime]:
    """When customers were created, as far as the audit log tells: it is kept for 90 days (behaviour.md 13.1)."""
    found: dict[str, datetime] = {}
    try:
        async for record in client.audit_records.list(
            start_date=today - timedelta(days=AUDIT_DAYS),
            end_date=today,
            filter=SimpleFieldFilter("ResourceType", "customer", FieldFilterOperation.EQUALS),
        ):
            customer_id = created_customer(record)
            if customer_id and isinstance(record.operation_date, datetime):
                found[customer_id] = record.operation_date
    except AzureError:
        return found
    return found
