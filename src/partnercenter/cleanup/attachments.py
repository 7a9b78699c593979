"""Reads what a customer has, for `blockers` to judge. Only reads; behaviour.md 1.3.

Lists that this token may not read are left out and told: entitlements may be refused to an application (behaviour.md
6), and then orders and subscriptions have to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from partnercenter.cleanup.blockers import Attachment, Belongings, attachments, azure_plans
from partnercenter.cleanup.customer_facts import means_no_relationship
from partnercenter.client.calls import read_resource
from partnercenter.client.errors import PermissionDeniedError
from partnercenter.client.sync import PartnerCenterClient
from partnercenter.contract.customers import Customer
from partnercenter.contract.operations import OPERATIONS

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Attached:
    """What a customer has; `unread` are the lists that could not be read, in words."""

    attachments: list[Attachment]
    unread: tuple[str, ...]


def read_customer(client: PartnerCenterClient, customer_id: str) -> tuple[Customer, datetime]:
    """The customer, and the service's time: windows close by its clock, not by that of this machine.

    Raises as `get` of the customer does.
    """
    operation = OPERATIONS["customers.get"]
    path = operation.url_path({"customer_id": customer_id})
    answer = client.request(operation.method, path)
    return read_resource(Customer, answer, operation, path), answered_at(answer.headers.get("Date"))


def answered_at(date: str | None) -> datetime:
    """The time of an answer; that of this machine where the answer tells none."""
    try:
        return parsedate_to_datetime(date or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.now(UTC)


def read_attachments(client: PartnerCenterClient, customer_id: str, now: datetime) -> Attached:
    """Read what a customer has, and judge it; raises as `read_belongings` does."""
    belongings, unread = read_belongings(client, customer_id)
    return Attached(attachments(belongings, now), unread)


def read_belongings(client: PartnerCenterClient, customer_id: str) -> tuple[Belongings, tuple[str, ...]]:
    """Read what a customer has, and say in words which lists could not be read.

    Raises `PartnerCenterError` when its orders or subscriptions cannot be read, and `AzureError` for a lost answer.
    """
    one = client.customers.by_id(customer_id)
    subscriptions = list(one.subscriptions.list())
    orders = list(one.orders.list())
    unread: list[str] = []

    def read(what: str, list_them: Callable[[], Iterable[R]]) -> list[R] | None:
        try:
            return list(list_them())
        except PermissionDeniedError as error:
            if means_no_relationship(error):
                raise
            unread.append(what)
            return None

    belongings = Belongings(
        subscriptions,
        orders,
        read("entitlements", lambda: one.entitlements.list(show_expiry=True)),
        {
            plan: read(
                f"the Azure subscriptions of plan {plan}",
                one.subscriptions.by_id(plan).azure_entitlements.list,
            )
            for plan in azure_plans(subscriptions)
        },
    )
    return belongings, tuple(unread)
