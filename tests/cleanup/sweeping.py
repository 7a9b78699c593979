"""What tests of a sweep share: plans of what a sandbox holds, and a run of one to its end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from azure.core.credentials import AccessToken
from tests.conftest import Sandbox

from partnercenter.cleanup.events import CustomerFinished, Event, Fate
from partnercenter.cleanup.planning import plan_sweep
from partnercenter.cleanup.rates import Rates
from partnercenter.cleanup.runner import RunNature, RunRules, resume, run
from partnercenter.cleanup.selection import Selection
from partnercenter.cleanup.stop import Stop
from partnercenter.cleanup.sweep_plan import CustomerPlan, Identity, Plan
from partnercenter.cleanup.token_claims import SignedIn
from partnercenter.client.aio import PartnerCenterClient
from partnercenter.contract import development_partner

QUICK = RunRules(rates=Rates(), customer_deadline=60, list_deadline=30)


class FixedCredential:
    """Hands out one token."""

    def __init__(self, token: str) -> None:
        self.token = token

    async def get_token(self, *_: str, **__: Any) -> AccessToken:
        """The token."""
        return AccessToken(self.token, 4_102_444_800)

    async def close(self) -> None:
        """Nothing to close."""

    async def __aenter__(self) -> FixedCredential:
        return self

    async def __aexit__(self, *details: object) -> None:
        await self.close()


@asynccontextmanager
async def client_of(url: str, token: str) -> AsyncIterator[PartnerCenterClient]:
    """A client as sweeps use it: it retries nothing by itself."""
    async with PartnerCenterClient(FixedCredential(token), endpoint=url, retry_total=0, timeout=20) as client:
        yield client


async def make_plan(client: PartnerCenterClient) -> Plan:
    """The plan to delete every customer of a sandbox that can be deleted."""
    partner = SignedIn(
        development_partner.TENANT_ID,
        "local-sandbox",
        client.endpoint,
        Identity(development_partner.CLIENT_ID),
    )
    return await plan_sweep(client, Selection(everyone=True), partner)


def sealed(endpoint: str, customers: Sequence[CustomerPlan]) -> Plan:
    """A sealed plan for the development partner."""
    made = datetime.now(UTC)
    plan = Plan(
        plan_id=str(uuid4()),
        tenant_id=development_partner.TENANT_ID,
        alias="local-sandbox",
        endpoint=endpoint,
        identity=Identity(development_partner.CLIENT_ID),
        selection={"all": True},
        made_at=made,
        expires_at=made + timedelta(hours=1),
        customers=tuple(customers),
    )
    return plan.sealed()


@dataclass
class Swept:
    """What a run told."""

    plan: Plan
    events: list[Event] = field(default_factory=list)

    def of(self, kind: type[Event]) -> list[Any]:
        """The events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def fates(self) -> dict[str, Fate]:
        """What became of each customer, by name."""
        finished: list[CustomerFinished] = self.of(CustomerFinished)
        assert len({one.customer_id for one in finished}) == len(finished)
        return {one.display_name: one.fate for one in finished}


def sweep(
    sandbox: Sandbox,
    folder: Path,
    *,
    between: Callable[[Plan], Plan | None] | None = None,
    stop: Stop | None = None,
    rules: RunRules = QUICK,
    nature: RunNature | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> Swept:
    """Plan for all of a sandbox and run it to the end; `between` may change the plan, or the world."""

    async def go() -> Swept:
        async with client_of(sandbox.url, sandbox.token) as client:
            plan = await make_plan(client)
            plan = (between(plan) if between else None) or plan
            swept = Swept(plan)
            async for event in run(plan, client, folder=folder, stop=stop, rules=rules, nature=nature):
                swept.events.append(event)
                if on_event:
                    on_event(event)
            return swept

    return asyncio.run(go())


def go_on(sandbox: Sandbox, folder: Path, run_id: str, *, rules: RunRules = QUICK) -> Swept:
    """Go on with a run to its end."""

    async def go() -> Swept:
        async with client_of(sandbox.url, sandbox.token) as client:
            events = [event async for event in resume(run_id, client, folder=folder, rules=rules)]
        return Swept(sealed("", ()), events)

    return asyncio.run(go())


def now_of(sandbox: Sandbox) -> datetime:
    """The sandbox's own time."""
    answer = sandbox.control("GET", "/clock").json()
    return datetime.fromisoformat(answer["now"])


def with_customers(plan: Plan, change: Callable[[CustomerPlan], CustomerPlan]) -> Plan:
    """The plan with every customer changed, sealed anew."""
    return replace(plan, customers=tuple(change(customer) for customer in plan.customers)).sealed()


def remaining(sandbox: Sandbox) -> set[str]:
    """The names of the customers that are left."""
    items = sandbox.call("GET", "/v1/customers?size=500").json()["items"]
    return {item["companyProfile"]["companyName"] for item in items}


def names_of(plan: Plan) -> dict[str, str]:
    """The customers' ids by name."""
    return {customer.display_name: customer.customer_id for customer in plan.customers}


def world_of(**customers: Sequence[str | dict[str, Any]]) -> dict[str, Any]:
    """The development partner with customers of these names, which have bought these products."""
    partner = development_partner
    bought = [
        {
            "companyName": name.replace("_", " "),
            "purchases": [
                {"product": one, "ageDays": 2} if isinstance(one, str) else {"ageDays": 2, **one}
                for one in purchases
            ],
        }
        for name, purchases in customers.items()
    ]
    known = {"tenantId": partner.TENANT_ID, "companyName": partner.COMPANY_NAME, "domain": partner.DOMAIN}
    applications = [{"clientId": partner.CLIENT_ID, "clientSecret": partner.CLIENT_SECRET}]
    return {"partners": [{**known, "applications": applications, "customers": bought}]}


EVERYTHING = [
    "azure_reservation",
    "perpetual_software",
    "software_subscription",
    "new_commerce",
    "marketplace",
    "azure_plan",
    "legacy",
]
SOME_OF_ALL: dict[str, Any] = world_of(
    Bare=[],
    Reservation=["azure_reservation"],
    Software=["perpetual_software", "software_subscription"],
    Licences=["new_commerce", "new_commerce", "marketplace"],
    Plan=["azure_plan"],
    Everything=EVERYTHING,
)


def effects(sandbox: Sandbox) -> list[tuple[str, str, str]]:
    """What was done, as the audit log has it: resource type, id, and the status it was brought to."""
    items = sandbox.call("GET", "/v1/auditrecords?size=500&startDate=" + _yesterday(sandbox)).json()["items"]
    done = []
    for item in items:
        if item["operationStatus"] != "succeeded":
            continue
        value = json.loads(item.get("resourceNewValue") or "{}")
        status = str(value.get("Status", "")) if isinstance(value, dict) else ""
        name = str(value.get("Id", "")) if isinstance(value, dict) else ""
        what = item["operationType"] if item["resourceType"] == "customer" else status
        done.append((item["resourceType"], name or item["customerId"], what))
    return done


def _yesterday(sandbox: Sandbox) -> str:
    return str(now_of(sandbox).date() - timedelta(days=1))
