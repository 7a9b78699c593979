"""The sample console app, driven through its menu."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

import pytest

from partnercenter.contract import development_partner as partner

SAMPLE = Path(__file__).parents[2] / "samples" / "console_app.py"
NOBODY = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"


@pytest.fixture
def app(cli: Any) -> Any:
    """The sample, calling the test's sandbox."""
    return dataclasses.replace(cli, program=(sys.executable, str(SAMPLE)))


def test_the_menu_runs_every_scenario(app: Any, sandbox: Any) -> None:
    """List, create, show, check a domain, rules of a country, audit records; then quit."""
    customer = sandbox.create_customer()
    domain = customer["companyProfile"]["domain"]
    ended = app(input=f"1\n2\nMy Sample\n3\n{customer['id']}\n6\n{domain}\n6\nfree-{domain}\n7\nUS\n8\nq\n")
    assert (0, "") == (ended.status, ended.err)
    assert domain in ended.out
    assert "administrator admin, password " in ended.out
    assert "relationship: reseller" in ended.out
    assert f"{domain} is taken" in ended.out
    assert f"free-{domain} is free" in ended.out
    assert "state required: True" in ended.out
    assert "add_customer succeeded  'My Sample'" in ended.out


@pytest.mark.parametrize("choice", ["4", "5"])
def test_a_customer_is_deleted_from_the_tip_account(app: Any, sandbox: Any, choice: str) -> None:
    """It asks for the customer tenant id and deletes it, sync and async; a second time it is not there."""
    customer = sandbox.create_customer()["id"]
    ended = app(input=f"{choice}\n{customer}\n{choice}\n{customer}\nq\n")
    assert (0, "") == (ended.status, ended.err)
    assert f"deleted {customer}" in ended.out
    assert "404 (60003)" in ended.out
    assert 404 == sandbox.call("GET", f"/v1/customers/{customer}").status_code


@pytest.mark.parametrize("choice", ["4", "5"])
def test_the_sample_obeys_the_safety_rule(app: Any, sandbox: Any, choice: str) -> None:
    """A tenant that nobody named as a sandbox is left alone."""
    from partnercenter.sandbox.worlds.named import OTHER_CLIENT_ID, OTHER_TENANT_ID

    sandbox.seed("partners")
    ended = app(
        input=f"{choice}\n{NOBODY}\nq\n",
        env={
            "PARTNERCENTER_TENANT_ID": OTHER_TENANT_ID,
            "PARTNERCENTER_CLIENT_ID": OTHER_CLIENT_ID,
            "PARTNERCENTER_CLIENT_SECRET": partner.CLIENT_SECRET,
        },
    )
    assert 0 == ended.status
    assert f"refused: Partner tenant {OTHER_TENANT_ID} is not registered as a sandbox" in ended.out


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Scenario (q to quit):"),
        ("0\n", "type a number from 1 to 8, or q"),
        ("9\n", "type a number from 1 to 8, or q"),
        ("²\n", "type a number from 1 to 8, or q"),
        ("x\n", "type a number from 1 to 8, or q"),
        ("\n", "type a number from 1 to 8, or q"),
        ("3\n", "Customer tenant id:"),
        ("3\nnonsense\n", "customer_id must be a GUID"),
        ("4\n\n", "customer_id must be a GUID"),
        ("5\nx\n", "customer_id must be a GUID"),
        ("6\n\n", "domain must not be empty"),
        ("6\na/b\n", "domain must be one id"),
        ("7\nzz\n", "the service answered 4"),
    ],
)
def test_bad_input_at_any_prompt_is_one_line_and_the_menu_comes_back(
    app: Any, typed: str, sentence: str
) -> None:
    """Also the end of the input ends the program properly."""
    ended = app(input=typed)
    assert (0, "") == (ended.status, ended.err)
    assert sentence in ended.out


def test_settings_that_are_not_complete_are_named(app: Any) -> None:
    """Before the menu is shown."""
    ended = app(env={"PARTNERCENTER_TENANT_ID": NOBODY})
    assert (1, "") == (ended.status, ended.out)
    assert "PARTNERCENTER_CLIENT_ID, PARTNERCENTER_CLIENT_SECRET" in ended.err
    ended = app(env={"PARTNERCENTER_ENDPOINT": "https://team.example"})
    assert 1 == ended.status
