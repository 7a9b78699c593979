"""`partnercenter status`: how full the sandbox is, and what the API can soon not clear any more."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cli.sweeping import writes

PARTNER = {
    "tenantId": "5ab0de7e-1ca1-4ca1-8ca1-00000000d001",
    "companyName": "Development Partner",
    "domain": "devpartner.onmicrosoft.com",
}
CUSTOMERS = [
    {"companyName": "Later", "purchases": [{"product": "perpetual_software", "ageDays": 30}]},
    {"companyName": "Soon", "purchases": [{"product": "azure_reservation", "ageDays": 59}]},
    {"companyName": "Stuck", "purchases": [{"product": "perpetual_software", "ageDays": 61}]},
    {
        "companyName": "Never",
        "purchases": [{"product": "new_commerce", "ageDays": 3}, {"product": "azure_plan"}],
    },
]


@pytest.fixture
def filled(sandbox: Any) -> Any:
    """A sandbox with four customers, of which one is stuck and two will be."""
    sandbox.seed({"partners": [{**PARTNER, "customers": CUSTOMERS}]})
    sandbox.control("DELETE", "/requests")
    return sandbox


def test_the_quotas_and_the_closest_window_first(cli: Any, filled: Any) -> None:
    """Those that are stuck already come last; what can be suspended after its window is never stuck."""
    ended = cli("status", "--output", "json")
    assert 0 == ended.status, ended.err
    assert {"customers": 4, "subscriptions": 2, "azure plans": 1, "reservations": 1} == {
        row["quota"]: row["used"] for row in ended.document["quotas"]
    }
    assert [("Soon", "will be stuck"), ("Later", "will be stuck"), ("Stuck", "stuck")] == [
        (row["displayName"], row["state"]) for row in ended.document["customers"]
    ]
    assert [] == writes(filled)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--fail-if-used", "90%"), 0, ""),
        (("--fail-if-used", "10"), 1, "1 of 10 azure plans are used"),
        (("--fail-if-used", "5%"), 1, "4 of 75 customers are used"),
        (("--fail-if-stuck-within", "P2D"), 1, "Soon becomes stuck"),
        (("--fail-if-stuck-within", "1h"), 0, ""),
        (("--fail-if-used", "200%"), 2, "1% to 100%"),
        (("--fail-if-stuck-within", "soon"), 2, "no duration"),
    ],
)
def test_a_pipeline_can_fail(
    cli: Any, filled: Any, arguments: tuple[str, ...], status: int, said: str
) -> None:
    """Status 1 with a sentence for each reason, 2 for what cannot be meant."""
    ended = cli("status", *arguments)
    assert status == ended.status, ended.err
    assert said in ended.err


def test_a_full_sandbox(cli: Any, sandbox: Any) -> None:
    """75 customers with 5 subscriptions each are the whole quota."""
    sandbox.seed("full")
    ended = cli("status", "--output", "json", "--fail-if-used", "100%")
    assert 1 == ended.status
    percents = {row["quota"]: row["percent"] for row in ended.document["quotas"]}
    assert (100, 100) == (percents["customers"], percents["subscriptions"])
    assert [] == ended.document["customers"]
