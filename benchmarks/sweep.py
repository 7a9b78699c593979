"""Measure a sweep of a full sandbox beside the sequential procedure and the bound. Takes about eight minutes.

The sandbox holds 75 customers with 5 subscriptions each, and every kind of blocker among them. Every call takes 150
ms more, by a fault of the sandbox. Three sides, in one run:

- sequential: what the documentation tells to do, one call after another, without its sleeps
- the chain: the longest chain of calls that depend on each other, each as long as one call takes
- the sweep: `cleanup.run` of a plan of all customers

A full sandbox stays below the service's 500 calls a minute for each resource, so the throttle is measured with 200:
the bound is that of whole windows.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from azure.core.credentials import AccessToken

from benchmarks.servers import Sandbox, sandbox
from partnercenter.aio import PartnerCenterClient
from partnercenter.cleanup.events import CustomerFinished, Event, Fate, RunFinished, RunPaused
from partnercenter.cleanup.planning import plan_sweep
from partnercenter.cleanup.rates import Rates
from partnercenter.cleanup.runner import RunRules, run
from partnercenter.cleanup.selection import Selection
from partnercenter.cleanup.sweep_plan import CustomerPlan, Identity, Plan, StepAction
from partnercenter.cleanup.token_claims import SignedIn
from partnercenter.contract import development_partner as partner

LATENCY: Final = 0.15
PER_MINUTE: Final = 200
_KINDS: Final = (
    {"product": "new_commerce", "quantity": 5},
    {"product": "marketplace", "quantity": 5},
    {"product": "software_subscription", "quantity": 1},
    {"product": "azure_plan"},
    {"product": "legacy", "quantity": 5},
    {"product": "new_commerce", "quantity": 5, "subscriptionStatus": "suspended"},
)
_ORDERS: Final = ({"product": "azure_reservation"}, {"product": "perpetual_software"})


class _Known:
    def __init__(self, token: str) -> None:
        self._token = token

    async def get_token(self, *_scopes: str, **_: object) -> AccessToken:
        return AccessToken(self._token, int(time.time()) + 3600)

    async def close(self) -> None:
        """Nothing is open."""

    async def __aenter__(self) -> _Known:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def fill(server: Sandbox, **settings: object) -> None:
    """Put the full sandbox in."""
    customers = [_customer(number) for number in range(75)]
    world = {
        "settings": settings,
        "partners": [
            {
                "tenantId": partner.TENANT_ID,
                "companyName": partner.COMPANY_NAME,
                "domain": partner.DOMAIN,
                "customers": customers,
            }
        ],
    }
    control(server, "/_sandbox/seed", world)


def _customer(number: int) -> dict[str, Any]:
    subscriptions = [_KINDS[(number + place) % len(_KINDS)] for place in range(5)]
    return {"companyName": f"Customer {number}", "purchases": [*subscriptions, _ORDERS[number % 2]]}


def control(server: Sandbox, path: str, body: object) -> Any:
    """Call a control route."""
    request = urllib.request.Request(server.url + path, data=json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def slow_down(server: Sandbox) -> None:
    """Let every call take longer."""
    control(server, "/_sandbox/faults", {"operation": "*", "delaySeconds": LATENCY, "times": None})


@asynccontextmanager
async def client_of(server: Sandbox) -> AsyncIterator[PartnerCenterClient]:
    """A client as sweeps use it."""
    token = server.headers["Authorization"].removeprefix("Bearer ")
    async with PartnerCenterClient(_Known(token), endpoint=server.url, retry_total=0) as client:
        yield client


async def plan_of(server: Sandbox) -> Plan:
    """A plan to delete everybody."""
    signed_in = SignedIn(partner.TENANT_ID, "local-sandbox", server.url, Identity(partner.CLIENT_ID))
    async with client_of(server) as client:
        return await plan_sweep(client, Selection(everyone=True), signed_in)


async def swept(server: Sandbox, plan: Plan, rates: Rates | None = None) -> tuple[float, list[Event]]:
    """Seconds of a run, and its events; every customer must be gone."""
    rules = RunRules(rates=rates or Rates())
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        async with client_of(server) as client:
            running = run(plan, client, folder=Path(folder) / "runs", rules=rules)
            events = [event async for event in running]
        seconds = time.perf_counter() - began
    fates = Counter(event.fate for event in events if isinstance(event, CustomerFinished))
    if fates != Counter({Fate.DELETED: len(plan.customers)}):
        raise RuntimeError(f"Not everybody was deleted: {dict(fates)}.")
    return seconds, events


async def sequential(server: Sandbox, plan: Plan) -> float:
    """Seconds of the documented procedure: for each customer read, cancel, look, delete, look; no sleeps."""
    began = time.perf_counter()
    async with client_of(server) as client:
        for customer in plan.customers:
            one = client.customers.by_id(customer.customer_id)
            await one.get()
            _ = [item async for item in one.subscriptions.list()]
            _ = [item async for item in one.orders.list()]
            _ = [item async for item in one.entitlements.list()]
            for step in customer.steps:
                await _cleared(client, customer, step.action, step.target, step.plan_id)
            await one.delete()
    return time.perf_counter() - began


async def _cleared(
    client: PartnerCenterClient, customer: CustomerPlan, action: StepAction, target: str, plan_id: str
) -> None:
    """One blocker: the call that clears it, and the look that tells whether it has."""
    one = client.customers.by_id(customer.customer_id)
    if action is StepAction.CANCEL_ORDER:
        await one.orders.by_id(target).cancel()
        await one.orders.by_id(target).get()
    elif action is StepAction.CANCEL_AZURE_SUBSCRIPTION:
        below = one.subscriptions.by_id(plan_id).azure_entitlements
        await below.by_id(target).cancel()
        await below.by_id(target).get()
    elif action in {StepAction.CANCEL_SUBSCRIPTION, StepAction.SUSPEND_SUBSCRIPTION}:
        subscription = await one.subscriptions.by_id(target).get()
        subscription.status = "deleted" if action is StepAction.CANCEL_SUBSCRIPTION else "suspended"
        await one.subscriptions.by_id(target).patch(subscription)


def chain_of(customer: CustomerPlan) -> int:
    """Calls that wait for each other: read, below a plan read again, a call for each stage, delete, read.

    A cancelled Azure subscription shows at the look after its call.
    """
    stages = {step.stage for step in customer.steps}
    azure = any(step.action is StepAction.CANCEL_AZURE_SUBSCRIPTION for step in customer.steps)
    return 1 + azure + len(stages) + azure + 1


async def one_call(server: Sandbox, plan: Plan) -> float:
    """Seconds that one call takes."""
    async with client_of(server) as client:
        one = client.customers.by_id(plan.customers[0].customer_id)
        took = []
        for _ in range(5):
            began = time.perf_counter()
            await one.get()
            took.append(time.perf_counter() - began)
    return sorted(took)[2]


def unthrottled(server: Sandbox) -> Iterator[str]:
    """The sweep beside the sequential procedure and the chain."""
    fill(server)
    slow_down(server)
    plan = asyncio.run(plan_of(server))
    call = asyncio.run(one_call(server, plan))
    chain = max(chain_of(customer) for customer in plan.customers) * call
    seconds, events = asyncio.run(swept(server, plan))
    calls = next(event.calls for event in events if isinstance(event, RunFinished))
    fill(server)
    slow_down(server)
    slow = asyncio.run(sequential(server, asyncio.run(plan_of(server))))
    yield f"| sequential | {slow:.1f} s | {slow / seconds:.1f} × the sweep |"
    yield f"| chain of {chain / call:.0f} calls | {chain:.2f} s | the sweep is {seconds / chain:.2f} × |"
    yield f"| sweep, {calls} calls | {seconds:.2f} s | |"


def throttled(server: Sandbox) -> Iterator[str]:
    """The sweep under the service's throttle beside the throttle's bound."""
    fill(server, throttle_calls_per_minute=PER_MINUTE)
    slow_down(server)
    plan = asyncio.run(plan_of(server))
    wait_for_a_new_minute()
    before = len(log_of(server))
    seconds, events = asyncio.run(swept(server, plan, Rates(calls_per_window=PER_MINUTE)))
    entries = log_of(server)[before:]
    by_family = Counter(_family(entry["operation"]) for entry in entries if entry["status"] != 429)
    refused = Counter(entry["time"][:16] for entry in entries if entry["status"] == 429)
    windows = max(-(-count // PER_MINUTE) for family, count in by_family.items() if family)
    bound = (windows - 1) * 60.0
    pauses = sum(isinstance(event, RunPaused) for event in events)
    yield f"| throttled sweep | {seconds:.1f} s | bound {bound:.0f} s and the rest of the last window |"
    yield f"| calls by resource | {dict(by_family)} | 429 by minute {dict(refused)}, {pauses} pauses |"


def log_of(server: Sandbox) -> list[dict[str, Any]]:
    """The sandbox's log of requests."""
    request = urllib.request.Request(f"{server.url}/_sandbox/requests?limit=10000")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return list(json.loads(answer.read())["requests"])


def _family(operation: str | None) -> str:
    from partnercenter.sandbox.throttle import FAMILY_OF

    return str(FAMILY_OF.get(operation or "", ""))


def wait_for_a_new_minute() -> None:
    """Windows are whole minutes."""
    time.sleep(61 - datetime.now(UTC).second)


def main() -> None:
    """Print the rows."""
    with sandbox() as server:
        for measure in (unthrottled, throttled):
            for row in measure(server):
                print(row, flush=True)


if __name__ == "__main__":
    main()
