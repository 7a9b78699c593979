"""Reads how a sandbox stands: every customer, side by side; what that means is said by `quota`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from azure.core.exceptions import AzureError

from partnercenter.cleanup.blockers import Belongings
from partnercenter.cleanup.customer_facts import means_gone
from partnercenter.cleanup.planning import AT_ONCE, LARGEST_PAGE, listed
from partnercenter.cleanup.quota import Standing, Used, standings, used_quotas
from partnercenter.cleanup.reading import CustomerRead, read_everything
from partnercenter.cleanup.selection import Listed
from partnercenter.client.aio import PartnerCenterClient


@dataclass(frozen=True, slots=True)
class SandboxState:
    """How it stands, by the service's time; `unread` says what could not be read."""

    now: datetime
    quotas: list[Used]
    standings: list[Standing]
    unread: tuple[str, ...]


async def read_state(client: PartnerCenterClient) -> SandboxState:
    """Read all customers; raises `AzureError` when they cannot be listed. One that cannot be read is told."""
    customers = [listed(customer) async for customer in client.customers.list(size=LARGEST_PAGE)]
    slots = asyncio.Semaphore(AT_ONCE)

    async def read(customer: Listed) -> CustomerRead | AzureError:
        async with slots:
            try:
                return await read_everything(client, customer.customer_id)
            except AzureError as error:
                return error

    found = await asyncio.gather(*(read(customer) for customer in customers))
    known: list[tuple[Listed, Belongings]] = []
    unread: list[str] = []
    now = datetime.now(UTC)
    for customer, one in zip(customers, found, strict=True):
        if isinstance(one, CustomerRead):
            now = one.now
            known.append((customer, one.belongings))
        elif not means_gone(one):
            known.append((customer, Belongings()))
            unread.append(f"customer {customer.customer_id} cannot be read.")
    return SandboxState(
        now, used_quotas([has for _, has in known], now), standings(known, now), tuple(unread)
    )
