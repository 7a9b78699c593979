"""Making a plan: everything is read, side by side, and nothing but GET is sent (interlock S01).

What is decided of it is the affair of `selection` and `planner`.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from azure.core.exceptions import AzureError

from partnercenter.cleanup.blockers import attachments
from partnercenter.cleanup.customer_facts import means_gone
from partnercenter.cleanup.fingerprint import awaited_orders, fingerprint
from partnercenter.cleanup.inventory import holdings
from partnercenter.cleanup.planner import Known, plan_customer
from partnercenter.cleanup.reading import CustomerRead, read_creation_dates, read_everything
from partnercenter.cleanup.refusals import more_than_wanted, stop_if, too_many_customers
from partnercenter.cleanup.selection import Candidate, Listed, Selection, candidates, enough
from partnercenter.cleanup.sweep_plan import CustomerPlan, Decision, Plan
from partnercenter.cleanup.token_claims import SignedIn
from partnercenter.client import aio
from partnercenter.contract.customers import Customer

LIFETIME: Final = timedelta(hours=24)
AT_ONCE: Final = 16
LARGEST_PAGE: Final = 500

Report = Callable[[int, int], None]
Found = CustomerRead | AzureError


async def plan_sweep(
    client: aio.PartnerCenterClient,
    selection: Selection,
    partner: SignedIn,
    *,
    lifetime: timedelta = LIFETIME,
    report: Report = lambda done, total: None,  # noqa: ARG005 - names are for the reader
) -> Plan:
    """The plan for the customers that are selected; `report` gets how many of them have been read.

    Raises `SafetyRuleError` when there are more customers than a sandbox holds or more to delete than wanted, and
    `AzureError` when the customers cannot be listed. A customer that cannot be read is kept.
    """
    known = [listed(customer) async for customer in client.customers.list(size=LARGEST_PAGE)]
    created = await read_creation_dates(client, datetime.now(UTC).date())
    chosen = _chosen(selection, known, created)
    slots = asyncio.Semaphore(AT_ONCE)
    done = 0

    async def read(candidate: Candidate) -> Found:
        nonlocal done
        async with slots:
            try:
                return await read_everything(client, candidate.customer.customer_id)
            except AzureError as error:
                return error
            finally:
                done += 1
                report(done, len(chosen))

    found = await asyncio.gather(*(read(candidate) for candidate in chosen))
    return _plan(selection, partner, zip(chosen, found, strict=True), len(known), lifetime)


def _chosen(
    selection: Selection, everyone: Sequence[Listed], created: Mapping[str, datetime]
) -> list[Candidate]:
    stop_if(too_many_customers(len(everyone)))
    known = [replace(customer, created=created.get(customer.customer_id)) for customer in everyone]
    return candidates(selection, known, datetime.now(UTC))


def _plan(
    selection: Selection,
    partner: SignedIn,
    found: Iterable[tuple[Candidate, Found]],
    used: int,
    lifetime: timedelta,
) -> Plan:
    plans = enough(selection, [_customer_plan(candidate, read) for candidate, read in found], used)
    deletions = sum(plan.decision is Decision.DELETE for plan in plans)
    stop_if(more_than_wanted(deletions, selection.most))
    now = datetime.now(UTC)
    return Plan(
        plan_id=str(uuid.uuid4()),
        tenant_id=partner.tenant_id,
        alias=partner.alias,
        endpoint=partner.endpoint,
        identity=partner.identity,
        selection=selection.to_json(),
        made_at=now,
        expires_at=now + lifetime,
        customers=tuple(plans),
    ).sealed()


def _customer_plan(candidate: Candidate, read: Found) -> CustomerPlan:
    wanted = candidate.customer
    if isinstance(read, AzureError):
        gone = means_gone(read)
        said = (read.message or type(read).__name__).strip().splitlines()[0]
        reason = "It is gone already." if gone else f"S11: it cannot be read: {said}"
        known = Known(wanted.customer_id, wanted.display_name, wanted.domain, wanted.created)
        return plan_customer(known, keep=reason)
    company = listed(read.customer)
    known = Known(
        customer_id=wanted.customer_id,
        display_name=company.display_name or wanted.display_name,
        domain=company.domain or wanted.domain,
        created=wanted.created,
        attachments=attachments(read.belongings, read.now),
        unread=read.unread,
        inventory=holdings(read.belongings, read.now),
    )
    plan = plan_customer(known, keep=candidate.keep)
    return replace(plan, fingerprint=fingerprint(read.belongings, awaited_orders(plan.steps)))


def listed(customer: Customer) -> Listed:
    """A customer in short."""
    company = customer.company_profile
    billing = customer.billing_profile
    name = (company and company.company_name) or (billing and billing.company_name) or ""
    domain = (company and company.domain) or ""
    return Listed(str(customer.id or "").lower(), str(name), str(domain))
