"""Profiles: several settings under one name; behaviour.md 1.7."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import Fault, StartProcess, StartSandbox, fault_of
from tests.sandbox.shopping import BASIC, LEDGER, USER_CAL, in_order, open_shop

from partnercenter.sandbox.settings import PROFILES, SETTINGS

DEFAULTS = {name: setting.default for name, setting in SETTINGS.items()}


def in_force(sandbox: Sandbox) -> dict[str, Any]:
    """The settings in force."""
    return dict(sandbox.control("GET", "/settings").json())


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_gives_its_values_and_nothing_else(sandbox: Sandbox, profile: str) -> None:
    """All others keep their default; going back to the default takes every value away again."""
    sandbox.set(profile=profile)
    assert {**DEFAULTS, **PROFILES[profile], "profile": profile} == in_force(sandbox)
    sandbox.set(profile=None)
    assert DEFAULTS == in_force(sandbox)


@pytest.mark.parametrize("profile", [name for name, values in PROFILES.items() if values])
def test_a_setting_that_is_given_wins(sandbox: Sandbox, profile: str) -> None:
    """Whether it is given before the profile, with it or after it; null gives the profile's value back."""
    for name, value in PROFILES[profile].items():
        default = SETTINGS[name].default
        for changes in (
            [{name: default}, {"profile": profile}],
            [{name: default, "profile": profile}],
            [{"profile": profile}, {name: default}],
        ):
            for change in changes:
                sandbox.set(**change)
            assert (name, default) == (name, in_force(sandbox)[name])
            sandbox.set(**{name: None})
            assert (name, value) == (name, in_force(sandbox)[name])
            sandbox.set(profile=None)


def test_a_seed_can_carry_a_profile(sandbox: Sandbox) -> None:
    """A world's settings name it like any other; the next seed puts it back."""
    sandbox.seed({"settings": {"profile": "strict", "blocks_legacy": False}})
    expected = {**PROFILES["strict"], "profile": "strict", "blocks_legacy": False}
    assert {**DEFAULTS, **expected} == in_force(sandbox)
    sandbox.seed("empty")
    assert DEFAULTS == in_force(sandbox)


def test_an_unknown_profile_is_refused(sandbox: Sandbox) -> None:
    """One sentence with the profiles that there are."""
    answer = sandbox.control("PATCH", "/settings", {"profile": "slow"})
    expected = f"The setting profile takes one of {', '.join(PROFILES)}, not 'slow'."
    assert (400, expected) == (answer.status_code, answer.json()["error"])
    assert DEFAULTS == in_force(sandbox)


def test_a_profile_survives_a_restart(
    start_process: StartProcess, start_sandbox: StartSandbox, http: httpx2.Client, tmp_path: Path
) -> None:
    """It is in force after a crash, with what was given beside it; the command line wins over it."""
    file = tmp_path / "sandbox.db"
    process = start_process(database=file)
    Sandbox(process.url, http).set(profile="real", azure_cancel_seconds=7)
    process.kill()
    again = start_sandbox("--set", "registration_seconds=9", database=file)
    expected = {**PROFILES["real"], "profile": "real", "azure_cancel_seconds": 7, "registration_seconds": 9}
    assert {**DEFAULTS, **expected} == in_force(again)


@pytest.mark.parametrize(
    ("profile", "cancelled"), [("fast", "cancelled"), ("eventual", "pending"), ("real", "pending")]
)
def test_the_published_sample_ends_in_the_default_profile(
    sandbox: Sandbox, profile: str, cancelled: str
) -> None:
    """An order reads `cancelled` on the first GET after its PATCH, and later where time passes (1.6)."""
    purchase = {"product": "perpetual_software", "ageDays": 1}
    shop = open_shop(sandbox, purchase, settings={"profile": profile})
    (order,) = shop.items("/orders")
    shop.cancel_order(order)
    assert cancelled == shop.get(f"/orders/{order['id']}")["status"]
    shop.advance("PT30S")
    assert "cancelled" == shop.get(f"/orders/{order['id']}")["status"]


def test_new_commerce_does_not_block_in_the_lenient_profile(sandbox: Sandbox) -> None:
    """Neither it nor the marketplace stops a deletion there (1.2, 1.7)."""
    for profile, fault in (("fast", Fault(400, 3000)), ("lenient-nce", Fault(204))):
        shop = open_shop(sandbox, settings={"profile": profile})
        shop.buy(BASIC)
        shop.buy(LEDGER)
        assert (profile, fault) == (profile, fault_of(shop.call("DELETE", "")))


def test_the_real_profile_is_slow_in_everything(sandbox: Sandbox) -> None:
    """A purchase is pending for a minute and missing from lists for a quarter of an hour more (1.6)."""
    shop = open_shop(sandbox, settings={"profile": "real"})
    order = shop.order(in_order(USER_CAL), cycle="one_time").json()
    assert ("pending", []) == (shop.get(f"/orders/{order['id']}")["status"], shop.items("/orders"))
    shop.advance("PT1M")
    assert ("completed", []) == (shop.get(f"/orders/{order['id']}")["status"], shop.items("/orders"))
    shop.advance("PT14M")
    assert [order["id"]] == [listed["id"] for listed in shop.items("/orders")]
