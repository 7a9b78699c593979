"""A full sandbox with everything in it that can block a deletion, as patient as the real one, emptied in one run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.cleanup.sessions import opening_of
from tests.conftest import Sandbox

from partnercenter.cleanup import blocking
from partnercenter.cleanup.events import CustomerFinished, Fate, RunFinished
from partnercenter.cleanup.selection import Selection

# What no call of the API clears: windows that have closed, what is for the portal, an address that is no address.
STUCK = {
    "Reservation, older than 60 days",
    "Perpetual software, older than 60 days",
    "Software subscription, older than 60 days",
    "Savings plan, for the portal only",
    "Savings plan, order completed",
    "Savings plan, order pending",
    "Bad address",
}


@pytest.mark.prove
def test_all_but_the_stuck_are_gone(sandbox: Sandbox, tmp_path: Path) -> None:
    """Every customer is told of once, the stuck ones with the reason; nothing else is left."""
    sandbox.seed("full-of-each")
    sandbox.set(profile="eventual")
    opening = opening_of(sandbox)
    plan = blocking.plan(opening, Selection(everyone=True))
    assert 75 == len(plan.customers)
    events = list(blocking.run(plan, opening, folder=tmp_path / "state"))
    finished = [event for event in events if isinstance(event, CustomerFinished)]
    left = {one.display_name: one for one in finished if one.fate is not Fate.DELETED}
    assert Counter(one.customer_id for one in finished) == Counter(one.customer_id for one in plan.customers)
    assert STUCK == set(left)
    assert all(one.fate is Fate.STUCK and one.reason for one in left.values()), left
    assert isinstance(events[-1], RunFinished)
    items = sandbox.call("GET", "/v1/customers?size=500").json()["items"]
    assert set(left) == {item["companyProfile"]["companyName"] for item in items}
