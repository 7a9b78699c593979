"""Reports of runs: every customer once, what is left and what to do about it, in three forms."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.cleanup.sweeping import sealed

from partnercenter.cleanup.events import (
    CustomerFinished,
    Event,
    Fate,
    RunFinished,
    RunStarted,
    RunStopped,
    StepIntended,
    StillListed,
)
from partnercenter.cleanup.report import COLUMNS, report_of
from partnercenter.cleanup.sweep_plan import CustomerPlan, Decision

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAN = sealed(
    "http://127.0.0.1:1",
    [CustomerPlan(f"c{n}", f"Customer {n}", f"{n}.example", Decision.DELETE, "selected") for n in range(3)],
)


def finished(number: int, fate: Fate, **members: Any) -> CustomerFinished:
    """The end of a customer."""
    return CustomerFinished(AT, f"c{number}", f"Customer {number}", fate, **members)


def run_of(*events: Event, resumed: bool = False) -> list[Event]:
    """A run with these events."""
    first = RunStarted(AT, "run", PLAN.plan_id, PLAN.digest, PLAN.tenant_id, PLAN.alias, 3, resumed)
    return [first, *events, RunFinished(AT + timedelta(minutes=1), "run", {}, 10, 60.0)]


ALL = [finished(n, Fate.DELETED) for n in range(3)]
INTERRUPTION = RunStopped(AT, "Interrupted.", "S20")
STATUSES: dict[str, tuple[list[Event], int]] = {
    "everything is done": (run_of(*ALL), 0),
    "kept and gone already count as done": (
        run_of(ALL[0], finished(1, Fate.KEPT), finished(2, Fate.ALREADY_GONE)),
        0,
    ),
    "one is stuck": (run_of(*ALL[:2], finished(2, Fate.STUCK)), 1),
    "one is stale": (run_of(*ALL[:2], finished(2, Fate.STALE)), 1),
    "an interlock": (run_of(*ALL[:2], RunStopped(AT, "Too many.", "S18")), 1),
    "an interruption": (run_of(*ALL[:2], INTERRUPTION), 130),
    "a crash": (run_of(*ALL[:2])[:-1], 1),
    "gone on after an interruption": (run_of(*ALL[:2], INTERRUPTION) + run_of(ALL[2], resumed=True), 0),
}


@pytest.mark.parametrize(("events", "status"), STATUSES.values(), ids=STATUSES)
def test_s24_exit_statuses_tell_runs_apart(events: list[Event], status: int) -> None:
    """0 when all is as the plan wanted it, 130 after an interruption, else 1."""
    assert status == report_of(PLAN, events).exit_status


def test_every_customer_is_counted_once() -> None:
    """The later of two ends counts, and one that was never told of was not attempted, or interrupted."""
    intent = StepIntended(AT, "c1", 1, 1, "cancel order", "o", "r", "c")
    events = run_of(finished(0, Fate.FAILED), intent) + run_of(finished(0, Fate.DELETED), resumed=True)
    report = report_of(PLAN, events)
    assert {"deleted": 1, "interrupted": 1, "not attempted": 1} == report.counts
    assert ["c0", "c1", "c2"] == [customer.customer_id for customer in report.customers]
    assert (20, 120.0) == (report.calls, report.seconds)
    assert {"Resume the run."} == {customer.next_step for customer in report.left}


def test_what_is_left_says_why_and_what_to_do() -> None:
    """With code, correlation id and advice, those that are left first."""
    failed = finished(2, Fate.FAILED, reason="No.", code=900117, correlation_id="cor", advice="Suspend it.")
    report = report_of(PLAN, run_of(*ALL[:2], failed))
    assert ("Customer 2", "2.example", "failed", "No. (code 900117)", "Suspend it.") == report.rows()[0]
    assert len(COLUMNS) == len(report.rows()[0])
    told = json.loads(json.dumps(report.to_json()))
    wanted = {
        "customerId": "c2",
        "displayName": "Customer 2",
        "domain": "2.example",
        "fate": "failed",
        "reason": "No.",
        "code": 900117,
        "correlationId": "cor",
        "nextStep": "Suspend it.",
    }
    assert wanted == told["customers"][2]
    assert (1, {"deleted": 2, "failed": 1}) == (told["exitStatus"], told["counts"])


def test_who_is_still_listed_is_told() -> None:
    """It is gone, and the list lags."""
    report = report_of(PLAN, run_of(*ALL, StillListed(AT, ("c1",))))
    assert [False, True, False] == [customer.is_still_listed for customer in report.customers]
    assert 0 == report.exit_status


def test_the_markdown_is_a_table_of_what_is_left() -> None:
    """What a CI job shows; a name cannot break out of its cell."""
    failed = CustomerFinished(AT, "c2", "A|B\n# <b>", Fate.FAILED, "No.", 1, "cor", "Try again.")
    lines = report_of(PLAN, run_of(*ALL[:2], failed, INTERRUPTION)).to_markdown().splitlines()
    wanted = [
        "## Clean-up of local-sandbox: 2 deleted, 1 failed",
        "",
        "Run `run`, 10 calls in 60.0 seconds.",
        "",
        "**Stopped before its time:** Interrupted.",
        "",
        "| Customer | Fate | Reason | Correlation id | What to do |",
        "| --- | --- | --- | --- | --- |",
        "| A\\|B \\# \\<b\\> | failed | No. (code 1) | cor | Try again. |",
    ]
    assert wanted == lines
