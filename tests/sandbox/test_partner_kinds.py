"""How direct-bill partners, indirect providers and indirect resellers differ (behaviour.md 3.1, 3.2, 4.4, 8)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from tests.conftest import Sandbox, new_customer_body
from tests.sandbox.conftest import OTHER_CLIENT, OTHER_TENANT, OWN, Fault, customer, fault_of, partner

RESELLER = "0bada5a0-0000-4ca1-8ca1-0000000000f1"
RESELLER_CLIENT = "0bada5a0-0000-4ca1-8ca1-0000000000f2"
ELSEWHERE = "0bada5a0-0000-4ca1-8ca1-0000000000f9"
PROVIDER, DIRECT = "indirect_provider", "direct_bill"
CREATED, REFUSED = Fault(201), Fault(400, 3000)


@pytest.fixture
def asked_as(sandbox: Sandbox) -> Any:
    """Asks as the partner that each test makes a provider or another; a reseller stands beside it."""
    reseller = partner(RESELLER, RESELLER_CLIENT, kind="indirect_reseller")
    sandbox.seed({"partners": [partner(OTHER_TENANT, OTHER_CLIENT), reseller]})
    token = sandbox.mint(tenantId=OTHER_TENANT, clientId=OTHER_CLIENT)

    def ask(kind: str, mode: str, reseller: str | None) -> Any:
        sandbox.set(associated_partner=mode)
        sandbox.control("PATCH", f"/partners/{OTHER_TENANT}", {"kind": kind})
        body = (
            new_customer_body()
            if reseller is None
            else {**new_customer_body(), "associatedPartnerId": reseller}
        )
        return sandbox.call("POST", "/v1/customers", body, token=token)

    return ask


@pytest.mark.parametrize(
    ("mode", "kind", "reseller", "expected"),
    [
        ("free", DIRECT, ELSEWHERE, CREATED),
        ("free", PROVIDER, None, CREATED),
        ("free", PROVIDER, "reseller", REFUSED),
        ("checked", DIRECT, None, CREATED),
        ("checked", DIRECT, RESELLER, REFUSED),
        ("checked", "indirect_reseller", RESELLER, REFUSED),
        ("checked", PROVIDER, None, CREATED),
        ("checked", PROVIDER, RESELLER.upper(), CREATED),
        ("checked", PROVIDER, f"{{{RESELLER}}}", CREATED),
        ("checked", PROVIDER, ELSEWHERE, REFUSED),
        ("checked", PROVIDER, OTHER_TENANT, REFUSED),
        ("required", DIRECT, None, CREATED),
        ("required", PROVIDER, None, REFUSED),
        ("required", PROVIDER, RESELLER, CREATED),
    ],
)
def test_the_reseller_of_a_new_customer(
    asked_as: Any, mode: str, kind: str, reseller: str | None, expected: Fault
) -> None:
    """An indirect provider names it; how strictly, the documentation does not say, so a setting does."""
    answer = asked_as(kind, mode, reseller)
    assert expected == fault_of(answer)
    assert expected == CREATED or "associatedPartnerId" in answer.json()["description"]
    assert expected == REFUSED or reseller == answer.json().get("associatedPartnerId")


def test_customers_are_listed_by_reseller(sandbox: Sandbox) -> None:
    """Those of a world as well as new ones, and none that another partner has."""
    provider = partner(
        OTHER_TENANT,
        OTHER_CLIENT,
        customer(OWN, associatedPartnerId=RESELLER),
        {"companyName": "Of nobody"},
        kind=PROVIDER,
    )
    sandbox.seed({"partners": [provider]})
    token = sandbox.mint(tenantId=OTHER_TENANT, clientId=OTHER_CLIENT)
    body = {**new_customer_body(), "associatedPartnerId": f"{{{RESELLER}}}"}
    new = sandbox.call("POST", "/v1/customers", body, token=token).json()["id"]
    wanted = json.dumps({"Field": "IndirectReseller", "Value": RESELLER[:13], "Operator": "starts_with"})
    page = sandbox.call("GET", f"/v1/customers?filter={quote(wanted)}", token=token).json()
    assert [OWN, new] == [item["id"] for item in page["items"]]
    shown = sandbox.call("GET", f"/v1/customers/{OWN}", token=token).json()
    assert RESELLER == shown["associatedPartnerId"]
    assert [] == sandbox.call("GET", f"/v1/customers?filter={quote(wanted)}").json()["items"]
