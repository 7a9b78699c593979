"""The interlocks that stand before a run, and the settings they read: each with the refusal it makes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from partnercenter.cleanup.interlocks import INTERLOCKS
from partnercenter.cleanup.refusals import (
    confirmation,
    kept_by_now,
    looks_like_production,
    may_go_unattended,
    more_than_wanted,
    stop_if,
    too_many_customers,
    unfit_audience,
)
from partnercenter.cleanup.safety_settings import SafetySettings, read_safety
from partnercenter.cleanup.selection import KeepRule
from partnercenter.cleanup.sweep_plan import CustomerPlan, Decision, Identity, Plan
from partnercenter.cleanup.trusted_sandboxes import Refused, SafetyRuleError, TrustedSandbox, decide

TENANT = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
CUSTOMER = "11111111-0000-4000-8000-000000000001"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
PLAN = Plan(
    "plan",
    TENANT,
    "ours",
    "http://127.0.0.1:8400",
    Identity("client"),
    {},
    NOW,
    NOW + timedelta(hours=1),
    (CustomerPlan(CUSTOMER, "Northlake", "n.example", Decision.DELETE, ""),),
).sealed()
CONSENT = SafetySettings(profile="ours", unattended=True)


def test_every_interlock_has_an_id_and_a_sentence() -> None:
    """S01 to S24, none missing."""
    assert [f"S{number:02}" for number in range(1, 25)] == sorted(INTERLOCKS)
    assert all(one.sentence.endswith(".") for one in INTERLOCKS.values())


def test_a_tenant_that_is_never_touched_is_refused_though_it_is_registered() -> None:
    """S05, in whatever case it was written down."""
    registry = (TrustedSandbox("ours", TENANT),)
    refused = decide(TENANT, "https://x", registry, {}, never=[TENANT.upper()])
    assert isinstance(refused, Refused)
    assert "S05" == refused.id


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("prod", True),
        ("contoso-PROD", True),
        ("contosoprod", True),
        ("productionpartner.onmicrosoft.com", True),
        ("live_sandbox", True),
        ("Contoso Live", True),
        ("", False),
        ("our-sandbox", False),
        ("Delivery Test", False),
        ("devpartner.onmicrosoft.com", False),
    ],
)
def test_words_of_production_refuse(name: str, refused: bool) -> None:
    """S06: at the beginning or the end of a word of any name, without regard to case."""
    found = looks_like_production({"The profile": name}, ("prod", "live"))
    assert refused is (found is not None)
    assert found is None or ("S06" == found.id and name in found.sentence)


def test_the_words_can_be_others() -> None:
    """And none at all."""
    assert None is looks_like_production({"The profile": "prod"}, ())
    assert None is not looks_like_production({"The profile": "echt-lager"}, ("echt",))


def test_what_is_typed_names_the_sandbox_and_the_number() -> None:
    """S07."""
    assert "ours 1" == confirmation(PLAN)


@pytest.mark.parametrize(
    ("digest", "settings", "said"),
    [
        (PLAN.digest, CONSENT, None),
        ("sha256:0", CONSENT, "not that of the plan"),
        ("", CONSENT, "not that of the plan"),
        (PLAN.digest, replace(CONSENT, unattended=False), "unattended = true"),
        (PLAN.digest, SafetySettings(), "must be named"),
    ],
)
def test_nobody_need_be_asked_only_with_digest_and_consent(
    digest: str, settings: SafetySettings, said: str | None
) -> None:
    """S08: both of them."""
    refusal = may_go_unattended(PLAN, digest, settings)
    assert (said is None) is (refusal is None)
    assert refusal is None or ("S08" == refusal.id and str(said) in refusal.sentence)


def test_more_than_a_sandbox_holds_or_than_wanted_is_refused() -> None:
    """S09: 75 customers, or --max."""
    assert None is too_many_customers(75)
    assert None is more_than_wanted(5, 5)
    for refusal in (too_many_customers(76), more_than_wanted(6, 5)):
        assert refusal is not None
        assert "S09" == refusal.id


@pytest.mark.parametrize(
    ("until", "refused"), [(None, True), (date(2026, 3, 1), True), (date(2026, 2, 28), False)]
)
def test_who_was_put_on_the_keep_list_after_the_plan_was_made_is_kept(
    until: date | None, refused: bool
) -> None:
    """S12: the plan is refused."""
    settings = SafetySettings(keep=(KeepRule("north*", until),))
    found = kept_by_now(PLAN, settings, date(2026, 3, 1))
    assert refused is (found is not None)
    assert found is None or "S12" == found.id


@pytest.mark.parametrize(
    ("audience", "fits"),
    [
        ("https://api.partnercenter.microsoft.com", True),
        ("fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd", True),
        ("https://graph.windows.net", False),
        ("", False),
    ],
)
def test_a_token_for_somebody_else_is_not_used(audience: str, fits: bool) -> None:
    """S13."""
    found = unfit_audience(audience, "https://api.partnercenter.microsoft.com/.default")
    assert fits is (found is None)


def test_a_refusal_is_raised() -> None:
    """With its interlock."""
    stop_if(None)
    with pytest.raises(SafetyRuleError) as refused:
        stop_if(too_many_customers(80))
    assert "S09" == refused.value.refusal.id


def test_the_settings_of_clean_ups() -> None:
    """Those of the file and of the profile that is in force."""
    document = {
        "never": [TENANT.upper()],
        "words": ["Echt"],
        "profiles": {"ours": {"unattended": True, "keep": ["demo-*", "x,until=2026-05-01"]}},
    }
    expected = SafetySettings(
        "ours", (TENANT,), ("echt",), True, (KeepRule("demo-*"), KeepRule("x", date(2026, 5, 1)))
    )
    assert expected == read_safety(document, "ours")
    assert SafetySettings() == read_safety({}, "default")


@pytest.mark.parametrize(
    "document",
    [
        {"never": TENANT},
        {"never": ["contoso"]},
        {"never": [1]},
        {"words": [""]},
        {"profiles": {"ours": {"unattended": "yes"}}},
        {"profiles": {"ours": {"unattended": 1}}},
        {"profiles": {"ours": {"keep": "demo"}}},
        {"profiles": {"ours": {"keep": ["x,until=never"]}}},
    ],
)
def test_a_setting_that_is_not_understood_is_refused(document: dict[str, Any]) -> None:
    """S10: it would otherwise be a protection that silently does nothing."""
    with pytest.raises(ValueError):
        read_safety(document, "ours")
