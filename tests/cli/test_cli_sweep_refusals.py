"""Where customers may not be deleted, not one request other than GET leaves the program; the log proves it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.cli.sweeping import configure, names, planned, writes

from partnercenter.contract import development_partner
from partnercenter.sandbox.worlds.named import (
    OTHER_CLIENT_ID,
    OTHER_TENANT_ID,
    PRODUCTION_CLIENT_ID,
    PRODUCTION_TENANT_ID,
)

CONSENT = "[profiles.default]\nunattended = true\n"


def signed_in(cli: Any, tenant_id: str, client_id: str) -> Any:
    """The command with the credentials of another partner of the world `partners`."""
    return replace(
        cli,
        environment={
            **cli.environment,
            "PARTNERCENTER_TENANT_ID": tenant_id,
            "PARTNERCENTER_CLIENT_ID": client_id,
            "PARTNERCENTER_CLIENT_SECRET": development_partner.CLIENT_SECRET,
        },
    )


@pytest.mark.parametrize(
    ("tenant_id", "client_id", "alias", "settings", "interlock"),
    [
        (PRODUCTION_TENANT_ID, PRODUCTION_CLIENT_ID, None, CONSENT, "not registered"),
        pytest.param(
            OTHER_TENANT_ID, OTHER_CLIENT_ID, None, CONSENT, "not registered", marks=pytest.mark.prove
        ),
        (
            PRODUCTION_TENANT_ID,
            PRODUCTION_CLIENT_ID,
            "ours",
            f"never = ['{PRODUCTION_TENANT_ID}']\n{CONSENT}",
            "never touched",
        ),
        (PRODUCTION_TENANT_ID, PRODUCTION_CLIENT_ID, "contoso-prod", CONSENT, "looks like a production"),
        pytest.param(
            OTHER_TENANT_ID,
            OTHER_CLIENT_ID,
            "echt",
            f"words = ['echt']\n{CONSENT}",
            "looks like a production",
            marks=pytest.mark.prove,
        ),
    ],
)
def test_nothing_but_get_is_sent_where_nothing_may_be_deleted(
    cli: Any,
    sandbox: Any,
    tmp_path: Path,
    tenant_id: str,
    client_id: str,
    alias: str | None,
    settings: str,
    interlock: str,
) -> None:
    """S04, S05 and S06: whichever command is tried, status 3."""
    sandbox.seed("partners")
    file, plan = planned(cli, tmp_path, "--all")
    known = sandbox.call("GET", "/v1/customers").json()["items"][0]["id"]
    if alias is not None:
        assert 0 == cli("trust", tenant_id, "--alias", alias).status
    configure(cli, settings)
    other = signed_in(cli, tenant_id, client_id)
    sandbox.control("DELETE", "/requests")
    for arguments in (
        ("sweep", "plan", "--all"),
        ("sweep", "apply", file, "--digest", plan["digest"]),
        ("customers", "delete", known, "--cancel-orders", "--yes"),
        ("customers", "delete", "--all", "--yes"),
    ):
        ended = other(*arguments)
        assert 3 == ended.status, (arguments, ended.err)
        assert interlock in ended.err
    assert [] == writes(sandbox)


def test_a_plan_of_another_tenant_is_not_applied(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """S02: though that tenant is registered, and its customers are not touched."""
    sandbox.seed("partners")
    file, plan = planned(cli, tmp_path, "--all")
    assert 0 == cli("trust", OTHER_TENANT_ID, "--alias", "second").status
    configure(cli, CONSENT)
    sandbox.control("DELETE", "/requests")
    ended = signed_in(cli, OTHER_TENANT_ID, OTHER_CLIENT_ID)(
        "sweep", "apply", file, "--digest", plan["digest"]
    )
    assert 3 == ended.status
    assert "made for tenant" in ended.err
    assert [] == writes(sandbox)
    assert {"Northlake Test"} == names(sandbox)


def test_who_is_on_the_keep_list_by_now_is_kept(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """S12: a plan from before is refused, a new one keeps it; after its last day the rule holds no more."""
    sandbox.seed("partners")
    file, plan = planned(cli, tmp_path, "--all")
    configure(cli, f"{CONSENT}keep = ['north*']\n")
    ended = cli("sweep", "apply", file, "--digest", plan["digest"])
    assert 3 == ended.status
    assert "on the keep list" in ended.err
    assert ["keep"] == [one["decision"] for one in planned(cli, tmp_path, "--all")[1]["customers"]]
    configure(cli, f"{CONSENT}keep = ['north*,until=2020-01-01']\n")
    assert ["delete"] == [one["decision"] for one in planned(cli, tmp_path, "--all")[1]["customers"]]


def test_a_sign_in_without_rights_changes_nothing(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """S13: an application that Partner Center does not know cannot list the customers, so nothing is tried."""
    partner = {
        "tenantId": development_partner.TENANT_ID,
        "companyName": development_partner.COMPANY_NAME,
        "domain": development_partner.DOMAIN,
        "customers": [{"companyName": "One"}],
        "applications": [
            {"clientId": development_partner.CLIENT_ID, "clientSecret": development_partner.CLIENT_SECRET},
            {"clientId": OTHER_CLIENT_ID, "clientSecret": "of-a-test-only", "registered": False},
        ],
    }
    sandbox.seed({"partners": [partner]})
    file, plan = planned(cli, tmp_path, "--all")
    configure(cli, CONSENT)
    stranger = signed_in(cli, development_partner.TENANT_ID, OTHER_CLIENT_ID)
    stranger.environment["PARTNERCENTER_CLIENT_SECRET"] = "of-a-test-only"
    sandbox.control("DELETE", "/requests")
    ended = stranger("sweep", "apply", file, "--digest", plan["digest"])
    assert 3 == ended.status, ended.err
    assert "not fit for a clean-up" in ended.err
    assert [] == writes(sandbox)
