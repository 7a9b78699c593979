"""What tests of a sweep share: a small planner, plans of what a sandbox holds, and a run of one to its end."""

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

from partnercenter.cleanup.blockers import Attachment, attachments
from partnercenter.cleanup.calls import Calls
from partnercenter.cleanup.clearing import Action
from partnercenter.cleanup.events import CustomerFinished, Event, Fate
from partnercenter.cleanup.fingerprint import awaited_orders, fingerprint
from partnercenter.cleanup.governor import Governor
from partnercenter.cleanup.judgement import Blocks
from partnercenter.cleanup.rates import Rates
from partnercenter.cleanup.runner import RunNature, RunRules, resume, run
from partnercenter.cleanup.stop import Stop
from partnercenter.cleanup.sweep_plan import CustomerPlan, Decision, Identity, Plan, PlannedStep, StepAction
from partnercenter.client.aio import PartnerCenterClient
from partnercenter.contract import development_partner

ACTIONS = {
    Action.WAIT_FOR_ORDER: StepAction.WAIT_FOR_ORDER,
    Action.CANCEL_ORDER: StepAction.CANCEL_ORDER,
    Action.ACTIVATE_SUBSCRIPTION: StepAction.ACTIVATE_SUBSCRIPTION,
    Action.DELETE_SUBSCRIPTION: StepAction.CANCEL_SUBSCRIPTION,
    Action.SUSPEND_SUBSCRIPTION: StepAction.SUSPEND_SUBSCRIPTION,
    Action.CANCEL_AZURE_SUBSCRIPTION: StepAction.CANCEL_AZURE_SUBSCRIPTION,
}
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


def steps_for(found: Sequence[Attachment]) -> list[PlannedStep]:
    """The steps that clear what blocks, a stage for each kind of thing, without the deletion."""
    steps: dict[tuple[StepAction, str], PlannedStep] = {}
    kinds = list(dict.fromkeys(attachment.kind for attachment in found))
    for attachment in found:
        if attachment.blocks is not Blocks.YES or attachment.is_stuck:
            continue
        for place, step in enumerate(attachment.steps):
            action = ACTIONS[step.action]
            waits = action is StepAction.WAIT_FOR_ORDER
            stage = 0 if waits else 1 + 10 * kinds.index(attachment.kind) + place
            plan_id = attachment.below if action is StepAction.CANCEL_AZURE_SUBSCRIPTION else ""
            planned = PlannedStep(
                len(steps) + 1, stage, action, step.id, attachment.kind.value, plan_id=plan_id
            )
            steps.setdefault((action, step.id), planned)
    return list(steps.values())


def with_deletion(customer_id: str, steps: Sequence[PlannedStep]) -> tuple[PlannedStep, ...]:
    """The steps, and the deletion after all of them."""
    last = max((step.stage for step in steps), default=0)
    deletion = PlannedStep(len(steps) + 1, last + 1, StepAction.DELETE_CUSTOMER, customer_id)
    return (*steps, deletion)


@asynccontextmanager
async def client_of(url: str, token: str) -> AsyncIterator[PartnerCenterClient]:
    """A client as sweeps use it: it retries nothing by itself."""
    async with PartnerCenterClient(FixedCredential(token), endpoint=url, retry_total=0, timeout=20) as client:
        yield client


async def make_plan(client: PartnerCenterClient, sandbox_now: datetime) -> Plan:
    """A sealed plan to delete every customer of a sandbox that can be deleted."""

    async def rest(seconds: float) -> None:
        await asyncio.sleep(seconds)

    clock = asyncio.get_running_loop().time
    governor = Governor(Rates(), clock=clock, sleep=asyncio.sleep)
    calls = Calls(client, governor, rest, lambda _: None)

    async def planned(customer_id: str, name: str, domain: str) -> CustomerPlan:
        holding = await calls.read(customer_id, (), ())
        found = attachments(holding.belongings, sandbox_now)
        stuck = [attachment for attachment in found if attachment.is_stuck]
        steps = steps_for(found)
        mark = fingerprint(holding.belongings, awaited_orders(steps))
        if stuck:
            reason = stuck[0].judgement.reason
            return CustomerPlan(customer_id, name, domain, Decision.STUCK, reason, fingerprint=mark)
        whole = with_deletion(customer_id, steps)
        return CustomerPlan(
            customer_id, name, domain, Decision.DELETE, "selected", fingerprint=mark, steps=whole
        )

    listed = [customer async for customer in client.customers.list(size=500)]
    customers = [
        await planned(str(one.id), str(one.company_profile.company_name), str(one.company_profile.domain))
        for one in listed
        if one.company_profile is not None
    ]
    return sealed(client.endpoint, customers)


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
            plan = await make_plan(client, now_of(sandbox))
            plan = (between(plan) if between else None) or plan
            swept = Swept(plan)
            async for event in run(
                plan, client, folder=folder, replan=steps_for, stop=stop, rules=rules, nature=nature
            ):
                swept.events.append(event)
                if on_event:
                    on_event(event)
            return swept

    return asyncio.run(go())


def go_on(sandbox: Sandbox, folder: Path, run_id: str, *, rules: RunRules = QUICK) -> Swept:
    """Go on with a run to its end."""

    async def go() -> Swept:
        async with client_of(sandbox.url, sandbox.token) as client:
            events = [
                event async for event in resume(run_id, client, folder=folder, replan=steps_for, rules=rules)
            ]
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
