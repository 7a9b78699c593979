"""Kill -9 of a sweep, or of the server under it, at any moment: going on ends as if nothing had been."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.cleanup import sweep_driver
from tests.cleanup.sweeping import (
    SOME_OF_ALL,
    client_of,
    effects,
    go_on,
    make_plan,
    remaining,
)
from tests.cleanup.test_runner import WHOLE, by_kind
from tests.conftest import Sandbox, SandboxProcess

from partnercenter.cleanup.events import Fate, RunFinished, StepIntended
from partnercenter.cleanup.journal import read_journal
from partnercenter.cleanup.report import report_of_past
from partnercenter.cleanup.state_folder import journal_path, run_ids
from partnercenter.cleanup.sweep_plan import Plan

ROOT = Path(__file__).parents[2]
# Slow enough for a crash to hit calls in flight and things under way.
SLOW = {"order_cancel_seconds": 1, "azure_cancel_seconds": 1, "subscription_update_seconds": 0}


@dataclass
class Setting:
    """A sandbox with something to sweep, and a plan for it."""

    sandbox: Sandbox
    folder: Path
    plan_file: Path

    @classmethod
    def make(cls, sandbox: Sandbox, path: Path) -> Setting:
        """Seed, and plan for everything."""
        sandbox.seed(SOME_OF_ALL)
        sandbox.set(**SLOW)

        async def go() -> Plan:
            async with client_of(sandbox.url, sandbox.token) as client:
                return await make_plan(client)

        plan_file = path / "plan.json"
        plan_file.write_text(json.dumps(asyncio.run(go()).to_json()))
        answer = sandbox.control("POST", "/faults", {"delaySeconds": 0.02, "times": None})
        assert answer.status_code == 200
        return cls(sandbox, path / "state", plan_file)

    def start(self, run_id: str = "") -> subprocess.Popen[str]:
        """A sweep in a process of its own."""
        command = [sys.executable, sweep_driver.__file__, self.sandbox.url, self.sandbox.token]
        return subprocess.Popen(
            [*command, str(self.folder), str(self.plan_file), *([run_id] if run_id else [])],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    @property
    def run_id(self) -> str:
        """The only run there is; empty when it was killed before it began."""
        found = run_ids(self.folder)
        assert len(found) <= 1
        return found[0] if found else ""

    def check_the_end(self) -> None:
        """Nobody is left, each effect happened once, and journal and report agree with the database."""
        assert set() == remaining(self.sandbox)
        assert WHOLE == by_kind(self.sandbox)
        report = report_of_past(read_journal(journal_path(self.folder, self.run_id)))
        assert {"deleted": 6} == report.counts
        deleted = {name for kind, name, what in effects(self.sandbox) if what == "delete_customer"}
        assert {customer.customer_id for customer in report.customers} == deleted


def after(process: subprocess.Popen[str], events: int, pause: float = 0.0) -> None:
    """Wait until so many events were told, or the end."""
    assert process.stdout is not None
    for _ in range(events):
        if not process.stdout.readline():
            break
    time.sleep(pause)


def end(process: subprocess.Popen[str]) -> None:
    """Let it come to its end, or find it dead."""
    assert process.stdout is not None
    process.stdout.read()
    process.wait(120)
    process.stdout.close()


def killed_again_and_again(setting: Setting, chance: random.Random, crashes: int) -> None:
    """Kill the sweep at random moments, go on each time, and check the end."""
    for _ in range(crashes):
        process = setting.start(setting.run_id)
        after(process, chance.randint(1, 14), chance.random() * 0.03)
        process.kill()
        end(process)
    run_id = setting.run_id
    assert run_id
    again = go_on(setting.sandbox, setting.folder, run_id)
    assert {"deleted": 6} == again.of(RunFinished)[0].counts
    setting.check_the_end()


@pytest.mark.parametrize("seed", [1])
def test_s16_kill_the_sweep_and_go_on(sandbox: Sandbox, tmp_path: Path, seed: int) -> None:
    """After three crashes the end is the same: no step twice, none forgotten."""
    killed_again_and_again(Setting.make(sandbox, tmp_path), random.Random(seed), 3)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(20))
def test_s16_kill_the_sweep_anywhere(sandbox: Sandbox, tmp_path: Path, seed: int) -> None:
    """Wherever it is killed, and however often."""
    chance = random.Random(f"sweep {seed}")
    killed_again_and_again(Setting.make(sandbox, tmp_path), chance, chance.randint(1, 5))


def killed_server(tmp_path: Path, http: httpx2.Client, chance: random.Random) -> None:
    """Kill the server under a sweep, start it again, go on where needed, and check the end."""
    database = str(tmp_path / "sandbox.db")
    server = SandboxProcess(database=database)
    try:
        setting = Setting.make(Sandbox(server.url, http), tmp_path)
        process = setting.start()
        after(process, chance.randint(2, 30), chance.random() * 0.03)
        server.kill()
        server.stop()
        server = SandboxProcess("--port", server.url.rpartition(":")[2], database=database)
        end(process)
        for _ in range(4):
            past = read_journal(journal_path(setting.folder, setting.run_id))
            if len(past.finished) == 6:
                break
            go_on(setting.sandbox, setting.folder, setting.run_id)
        setting.check_the_end()
    finally:
        server.stop()


def test_s16_kill_the_server_and_go_on(tmp_path: Path, http: httpx2.Client) -> None:
    """What the server had acknowledged is done, and what it had not is asked for again."""
    killed_server(tmp_path, http, random.Random(7))


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(20))
def test_s16_kill_the_server_anywhere(tmp_path: Path, http: httpx2.Client, seed: int) -> None:
    """Wherever it is killed."""
    killed_server(tmp_path, http, random.Random(f"server {seed}"))


def test_s16_an_intent_without_outcome_is_asked_under_its_request_id(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Killed while calls hang: those that never arrived are asked again, each under the id on disk."""
    setting = Setting.make(sandbox, tmp_path)
    order: dict[str, Any] = {"delaySeconds": 5, "times": None, "operation": "orders.update"}
    sandbox.control("DELETE", "/faults")
    sandbox.control("POST", "/faults", order)
    process = setting.start()
    assert process.stdout is not None
    for line in process.stdout:
        if '"cancel order"' in line:
            break
    process.kill()
    end(process)
    sandbox.control("DELETE", "/faults")
    past = read_journal(journal_path(setting.folder, setting.run_id))
    hanging = {
        intent.target: intent.request_id
        for customer in past.customers.values()
        for intent in customer.open.values()
    }
    assert hanging
    again = go_on(sandbox, setting.folder, setting.run_id)
    asked = {one.target: one.request_id for one in again.of(StepIntended) if one.target in hanging}
    assert {target: request_id for target, request_id in hanging.items() if target in asked} == asked
    assert asked
    assert {Fate.DELETED} >= set(again.fates.values())
    assert {1} == set(Counter(effects(sandbox)).values())
