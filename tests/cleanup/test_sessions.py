"""The library's own way: plan, run and go on, with sessions that are made of checked credentials only."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from tests.cleanup.sessions import OneToken, opening_of
from tests.cleanup.sweeping import QUICK, SOME_OF_ALL, remaining
from tests.conftest import Sandbox

from partnercenter import cleanup
from partnercenter.cleanup import blocking
from partnercenter.cleanup.events import CustomerFinished, Event, Fate, RunStarted, StepSettled
from partnercenter.cleanup.selection import Selection
from partnercenter.cleanup.session import open_session
from partnercenter.cleanup.sweep_plan import Plan
from partnercenter.cleanup.trusted_sandboxes import SafetyRuleError

EVERYONE = Selection(everyone=True)


def fates(events: list[Event]) -> list[Fate]:
    return [event.fate for event in events if isinstance(event, CustomerFinished)]


def changes(sandbox: Sandbox) -> list[str]:
    """The requests, other than GET, that the sandbox has had below /v1."""
    listed = sandbox.control("GET", "/requests").json()["requests"]
    return [one["method"] for one in listed if one["path"].startswith("/v1/") and one["method"] != "GET"]


def test_plan_and_run_with_await(sandbox: Sandbox, tmp_path: Path) -> None:
    """Three lines empty a sandbox."""
    sandbox.seed(SOME_OF_ALL)

    async def go() -> list[Event]:
        async with opening_of(sandbox)() as session:
            plan = await cleanup.plan(session, EVERYONE)
            running = cleanup.run(plan, session, folder=tmp_path / "state", rules=QUICK)
            return [event async for event in running]

    assert {Fate.DELETED} == set(fates(asyncio.run(go())))
    assert set() == remaining(sandbox)


def test_run_and_resume_without_await(sandbox: Sandbox, tmp_path: Path) -> None:
    """Whoever leaves the loop goes on later."""
    sandbox.seed(SOME_OF_ALL)
    opening = opening_of(sandbox)
    plan = blocking.plan(opening, EVERYONE)
    events = blocking.run(plan, opening, folder=tmp_path / "state", rules=QUICK)
    run_id = ""
    for event in events:
        run_id = event.run_id if isinstance(event, RunStarted) else run_id
        if isinstance(event, StepSettled):
            break
    events.close()
    rest = list(blocking.resume(run_id, opening, folder=tmp_path / "state", rules=QUICK))
    assert {Fate.DELETED} == set(fates(rest))
    assert set() == remaining(sandbox)


def test_a_plan_can_be_made_within_a_running_loop(sandbox: Sandbox) -> None:
    """As in a notebook."""
    sandbox.seed("demo")

    async def cell() -> Plan:
        return blocking.plan(opening_of(sandbox), EVERYONE)

    assert asyncio.run(cell()).customers


def test_a_credential_that_was_not_checked_opens_nothing(sandbox: Sandbox) -> None:
    """However it came by its token."""
    with pytest.raises(TypeError, match="check_credential"):
        blocking.plan(partial(open_session, OneToken(sandbox.token)), EVERYONE)  # type: ignore[arg-type]
    assert [] == changes(sandbox)


def test_an_edited_plan_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    """S02: who changes one has to seal it."""
    sandbox.seed("demo")
    plan = blocking.plan(opening_of(sandbox), EVERYONE)
    edited = replace(plan, customers=plan.customers[:1])
    refused_with(edited, sandbox, tmp_path, "changed after it was sealed")


def test_an_expired_plan_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    """S02: what it says may not hold any more."""
    sandbox.seed("demo")
    plan = blocking.plan(opening_of(sandbox), EVERYONE)
    day = timedelta(days=2)
    old = replace(plan, made_at=plan.made_at - day, expires_at=plan.expires_at - day).sealed()
    refused_with(old, sandbox, tmp_path, "It expired at")


def test_a_plan_for_another_tenant_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    """S02: also where both are trusted."""
    sandbox.seed("demo")
    plan = blocking.plan(opening_of(sandbox), EVERYONE)
    other = replace(plan, tenant_id="6e7c2d2f-3a1b-4b66-8b4a-1d8d6a2cae22").sealed()
    refused_with(other, sandbox, tmp_path, "It was made for tenant 6e7c2d2f")


def test_a_plan_for_another_endpoint_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    """S02: the same tenant elsewhere is not the same account."""
    sandbox.seed("demo")
    plan = blocking.plan(opening_of(sandbox), EVERYONE)
    elsewhere = replace(plan, endpoint="https://api.partnercenter.microsoft.com").sealed()
    refused_with(elsewhere, sandbox, tmp_path, "and the settings name")


def refused_with(plan: Plan, sandbox: Sandbox, folder: Path, said: str) -> None:
    """Nothing but GET was sent, and no journal was begun."""
    with pytest.raises(SafetyRuleError, match=said) as raised:
        list(blocking.run(plan, opening_of(sandbox), folder=folder / "state", rules=QUICK))
    assert "S02" == raised.value.refusal.id
    assert [] == changes(sandbox)
    assert not (folder / "state").exists()
