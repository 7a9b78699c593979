"""Plan files: what is sealed is read, and whatever else somebody may have written is refused with a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.cleanup.plan_file import PlanFileError, read_plan, why_not, write_plan
from partnercenter.cleanup.sweep_plan import CustomerPlan, Decision, Identity, Plan, PlannedStep, StepAction

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TENANT = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
CUSTOMER = "11111111-0000-4000-8000-000000000001"
OTHER = "11111111-0000-4000-8000-000000000002"
SUBSCRIPTION = "9A1F2B34-5C6D-4E7F-8A90-B1C2D3E4F506"
ENDPOINT = "http://127.0.0.1:8400"

Json = dict[str, Any]

STEPS = (
    PlannedStep(1, 1, StepAction.CANCEL_ORDER, "Qm3xTz7RkP0aVb9sYd2LcW8eJh5uNf4g1", "perpetual software"),
    PlannedStep(2, 1, StepAction.CANCEL_AZURE_SUBSCRIPTION, SUBSCRIPTION, plan_id=OTHER, until=NOW),
    PlannedStep(3, 2, StepAction.DELETE_CUSTOMER, CUSTOMER),
)
PLAN = Plan(
    plan_id="plan",
    tenant_id=TENANT,
    alias="ours",
    endpoint=ENDPOINT,
    identity=Identity("client"),
    selection={"all": True},
    made_at=NOW,
    expires_at=NOW + timedelta(hours=24),
    customers=(
        CustomerPlan(
            CUSTOMER, "Northlåke", "n.example", Decision.DELETE, "It has.", NOW, "sha256:0", None, STEPS
        ),
        CustomerPlan(
            OTHER, "Other", "o.example", Decision.STUCK, "It is.", stuck_since=NOW, inventory=({"a": 1},)
        ),
    ),
).sealed()


def test_a_plan_is_read_as_it_was_written() -> None:
    """Whole, with its digest."""
    assert PLAN == read_plan(write_plan(PLAN))
    assert None is why_not(PLAN, TENANT, ENDPOINT, NOW)


def edited(change: Callable[[Json], Any]) -> str:
    document = PLAN.to_json()
    change(document)
    return json.dumps(document)


def step(document: Json, number: int = 0) -> Json:
    found: Json = document["customers"][0]["steps"][number]
    return found


def set_in(*path: str | int, value: Any) -> Callable[[Json], Any]:
    def change(document: Any) -> None:
        *way, last = path
        for name in way:
            document = document[name]
        document[last] = value

    return change


FIRST = ("customers", 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (set_in("version", value=2), "version"),
        (set_in("version", value=True), "wrong type"),
        (set_in("more", value=1), "member 'more'"),
        (lambda d: d.pop("tenantId"), "no tenantId"),
        (set_in("tenantId", value="contoso"), "tenantId must be a GUID"),
        (set_in("customers", value={}), "wrong type"),
        (set_in("customers", value=[1]), "must be an object"),
        (set_in("madeAt", value="soon"), "soon"),
        (set_in("identity", "more", value=""), "member 'more'"),
        (set_in(*FIRST, "customerId", value=""), "S14"),
        (set_in(*FIRST, "customerId", value="../x"), "S14"),
        (set_in(*FIRST, "customerId", value=CUSTOMER.upper().replace("0", "A")), "S14"),
        (set_in(*FIRST, "decision", value="destroy"), "destroy"),
        (set_in(*FIRST, "decision", value="keep"), "yet has steps"),
        (set_in(*FIRST, "steps", value=[]), "not numbered"),
        (set_in(*FIRST, "inventory", value=["x"]), "must hold objects"),
        (lambda d: d["customers"].append(d["customers"][0]), "stands in it twice"),
        (lambda d: step(d).update(target="a/b/../c"), "S14"),
        (lambda d: step(d).update(target=""), "S14"),
        (lambda d: step(d, 1).update(target="not-a-guid"), "S14"),
        (lambda d: step(d, 1).update(planId=""), "S14"),
        (lambda d: step(d, 1).update(action="explode"), "explode"),
        (lambda d: step(d, 1).update(number=7), "not numbered"),
        (lambda d: step(d, 0).update(stage=2), "not numbered"),
        (lambda d: step(d, 1).update(action="delete customer"), "only its last step"),
        (lambda d: step(d, 2).update(target=OTHER), "this very customer"),
        (lambda d: step(d, 2).update(stage=1), "a stage of its own"),
        (lambda d: step(d, 1).update(action="cancel order", target=step(d)["target"]), "twice"),
    ],
)
def test_a_file_that_is_no_plan_is_refused(change: Callable[[Json], Any], said: str) -> None:
    """The sentence names the place; an id that has not the form of one is S14."""
    with pytest.raises(PlanFileError) as refused:
        read_plan(edited(change))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"version": 1, "version": 1}', "[" * 100_000])
def test_a_text_that_is_no_plan_is_refused(text: str) -> None:
    """Whatever it is, the answer is a sentence."""
    with pytest.raises(PlanFileError):
        read_plan(text)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(name=st.sampled_from(sorted(PLAN.to_json())), value=JSON_VALUES)
def test_no_member_breaks_the_reading(name: str, value: Any) -> None:
    """A member of any form is either read or refused with a sentence, and a change is always seen."""
    try:
        found = read_plan(edited(set_in(name, value=value)))
    except PlanFileError:
        return
    assert found == PLAN or found.digest != found.current_digest()


@pytest.mark.parametrize(
    ("plan", "tenant", "endpoint", "now", "interlock", "said"),
    [
        (replace(PLAN, alias="theirs"), TENANT, ENDPOINT, NOW, "S02", "sweep seal"),
        (PLAN, OTHER, ENDPOINT, NOW, "S02", OTHER),
        (PLAN, TENANT, "https://api.partnercenter.microsoft.com", NOW, "S02", "made for http://127"),
        (PLAN, TENANT, ENDPOINT, NOW + timedelta(hours=24), "S02", "expired"),
        (replace(PLAN, expires_at=NOW).sealed(), TENANT, ENDPOINT, NOW, "S02", "before it was made"),
        (
            replace(
                PLAN, customers=tuple(replace(PLAN.customers[0], customer_id=str(n)) for n in range(76))
            ).sealed(),
            TENANT,
            ENDPOINT,
            NOW,
            "S09",
            "76",
        ),
    ],
)
def test_a_plan_is_only_for_what_it_was_made_for(
    plan: Plan, tenant: str, endpoint: str, now: datetime, interlock: str, said: str
) -> None:
    """S02: edited without being sealed, for another tenant or endpoint, or expired: it is not applied."""
    refusal = why_not(plan, tenant, endpoint, now)
    assert refusal is not None
    assert interlock == refusal.id
    assert said in refusal.sentence
