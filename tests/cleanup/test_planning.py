"""Plans as a library has them, sync and async, against a real sandbox."""

from __future__ import annotations

import asyncio
from typing import Any

from azure.core.credentials import AccessToken
from tests.cleanup.sweeping import FixedCredential
from tests.conftest import Sandbox

from partnercenter.cleanup.plan import Decision, Identity, Plan
from partnercenter.cleanup.planning import plan_sweep, plan_sweep_blocking
from partnercenter.cleanup.selection import Selection
from partnercenter.cleanup.token_claims import SignedIn
from partnercenter.client import aio, sync
from partnercenter.contract import development_partner


class Fixed:
    """Hands out one token to those who do not await."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        """The token."""
        return AccessToken(self._token, 4_102_444_800)


def partner(sandbox: Sandbox) -> SignedIn:
    return SignedIn(
        development_partner.TENANT_ID,
        "local-sandbox",
        sandbox.url,
        Identity(development_partner.CLIENT_ID),
    )


def made(sandbox: Sandbox, selection: Selection) -> Plan:
    async def make() -> Plan:
        async with aio.PartnerCenterClient(FixedCredential(sandbox.token), endpoint=sandbox.url) as client:
            return await plan_sweep(client, selection, partner(sandbox))

    return asyncio.run(make())


def test_both_ways_make_the_same_plan(sandbox: Sandbox) -> None:
    """But for its id and its times."""
    sandbox.seed("one-of-each")
    awaited = made(sandbox, Selection(everyone=True))
    with sync.PartnerCenterClient(Fixed(sandbox.token), endpoint=sandbox.url) as client:
        blocking = plan_sweep_blocking(client, Selection(everyone=True), partner(sandbox))
    assert awaited.customers == blocking.customers
    assert awaited.plan_id != blocking.plan_id
    assert all(plan.digest == plan.current_digest() for plan in (awaited, blocking))


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
