"""Plans as a library has them, sync and async, against a real sandbox."""

from __future__ import annotations

import asyncio

from tests.cleanup.sessions import opening_of
from tests.conftest import Sandbox

from partnercenter import cleanup
from partnercenter.cleanup import blocking
from partnercenter.cleanup.selection import Selection
from partnercenter.cleanup.sweep_plan import Decision, Plan


def made(sandbox: Sandbox, selection: Selection) -> Plan:
    async def make() -> Plan:
        async with opening_of(sandbox)() as session:
            return await cleanup.plan(session, selection)

    return asyncio.run(make())


def test_both_ways_make_the_same_plan(sandbox: Sandbox) -> None:
    """But for its id and its times."""
    sandbox.seed("one-of-each")
    awaited = made(sandbox, Selection(everyone=True))
    blocked = blocking.plan(opening_of(sandbox), Selection(everyone=True))
    assert awaited.customers == blocked.customers
    assert awaited.plan_id != blocked.plan_id
    assert all(plan.digest == plan.current_digest() for plan in (awaited, blocked))


def test_entitlements_that_are_refused_change_nothing_that_is_known(sandbox: Sandbox) -> None:
    """An application may not read them, and orders and subscriptions have to do."""
    sandbox.seed("one-of-each")
    before = made(sandbox, Selection(everyone=True))
    sandbox.set(entitlements_app_only=False)
    after = made(sandbox, Selection(everyone=True))
    assert [one.decision for one in before.customers] == [one.decision for one in after.customers]


def test_a_customer_that_is_gone_is_kept_and_told(sandbox: Sandbox) -> None:
    """It is no failure, and nothing is done about it."""
    [one] = made(sandbox, Selection(ids=("11111111-0000-4000-8000-000000000009",))).customers
    assert Decision.KEEP is one.decision
    assert "It is gone already." == one.reason


def test_the_lists_are_counted_on_for_nobody(sandbox: Sandbox) -> None:
    """A customer whose orders cannot be read is kept (S11)."""
    sandbox.seed("demo")
    fault = {"operation": "orders.list", "status": 403, "times": 50}
    answer = sandbox.control("POST", "/faults", fault)
    assert answer.status_code in {200, 201}, answer.text
    plan = made(sandbox, Selection(everyone=True))
    assert {Decision.KEEP} == {one.decision for one in plan.customers}
    assert all(one.reason.startswith("S11: it cannot be read") for one in plan.customers)
