"""Sweeps without an event loop: a plain iterator of events, and credentials that block."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.credentials import AccessToken, AccessTokenInfo
from tests.cleanup.sweeping import QUICK, SOME_OF_ALL, go_on, make_plan, remaining
from tests.conftest import Sandbox

from partnercenter.cleanup.blocking import iterate
from partnercenter.cleanup.events import CustomerFinished, Event, Fate, RunStarted, StepSettled
from partnercenter.cleanup.runner import run
from partnercenter.cleanup.stop import Stop
from partnercenter.cleanup.threaded_credential import ThreadedCredential
from partnercenter.client.aio import PartnerCenterClient


class BlockingCredential:
    """A credential as azure-identity's synchronous ones are."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.threads: set[int] = set()

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        """The token."""
        self.threads.add(threading.get_ident())
        return AccessToken(self.token, 4_102_444_800)


def events_of(sandbox: Sandbox, folder: Path, stop: Stop, credential: Any) -> Any:
    """What opens a client, plans and runs."""

    async def go() -> AsyncGenerator[Event, None]:
        async with PartnerCenterClient(
            ThreadedCredential(credential), endpoint=sandbox.url, retry_total=0
        ) as client:
            plan = await make_plan(client)
            async for event in run(plan, client, folder=folder, stop=stop, rules=QUICK):
                yield event

    return go


def test_a_plain_loop_sees_the_events(sandbox: Sandbox, tmp_path: Path) -> None:
    """A synchronous caller with a synchronous credential runs a plan to its end."""
    sandbox.seed(SOME_OF_ALL)
    credential, stop = BlockingCredential(sandbox.token), Stop()
    events = list(iterate(events_of(sandbox, tmp_path / "state", stop, credential), stop=stop))
    assert [Fate.DELETED] * 6 == [one.fate for one in events if isinstance(one, CustomerFinished)]
    assert set() == remaining(sandbox)
    assert threading.get_ident() not in credential.threads


def test_whoever_leaves_the_loop_stops_the_run(sandbox: Sandbox, tmp_path: Path) -> None:
    """The thread ends, and the run can go on."""
    sandbox.seed(SOME_OF_ALL)
    stop, run_id = Stop(), ""
    events = iterate(
        events_of(sandbox, tmp_path / "state", stop, BlockingCredential(sandbox.token)), stop=stop
    )
    for event in events:
        run_id = event.run_id if isinstance(event, RunStarted) else run_id
        if isinstance(event, StepSettled):
            break
    events.close()
    assert [] == [thread for thread in threading.enumerate() if thread.name == "partnercenter-sweep"]
    go_on(sandbox, tmp_path / "state", run_id)
    assert set() == remaining(sandbox)


def test_what_the_run_raises_is_raised_in_the_loop() -> None:
    """After the events that came before."""

    async def broken() -> AsyncGenerator[Event, None]:
        yield StepSettled(datetime(2026, 3, 1, tzinfo=UTC), "c", 1, 1, "done")
        raise ValueError("broken")

    events = iterate(broken, stop=Stop())
    assert isinstance(next(events), StepSettled)
    with pytest.raises(ValueError, match="broken"):
        next(events)


def test_a_blocking_credential_is_asked_once_at_a_time() -> None:
    """Two workers that need a token do not ask for two at once."""
    at_once, most = [0], [0]

    def get_token(*_: str, **__: Any) -> AccessToken:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        threading.Event().wait(0.01)
        at_once[0] -= 1
        return AccessToken("t", 1)

    async def go() -> list[AccessTokenInfo]:
        async with ThreadedCredential(SimpleNamespace(get_token=get_token)) as credential:
            return list(await asyncio.gather(*(credential.get_token_info("scope") for _ in range(4))))

    assert ["t"] * 4 == [info.token for info in asyncio.run(go())]
    assert [1] == most


def test_the_newer_shape_of_a_token_is_passed_on() -> None:
    """Where the credential has it."""
    inner = SimpleNamespace(
        get_token_info=lambda *scopes, options: AccessTokenInfo(f"{scopes[0]} {options}", 1),
        close=lambda: None,
    )

    async def go() -> str:
        async with ThreadedCredential(inner) as credential:
            return (await credential.get_token_info("scope", options={"a": 1})).token

    assert "scope {'a': 1}" == asyncio.run(go())
