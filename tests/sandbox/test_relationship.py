"""`PATCH /v1/customers/{id}` with `relationshipToPartner: none`; behaviour.md 3.5."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import (
    BLOCKED,
    BLOCKED_IN_PRODUCTION,
    FOREIGN,
    IN_PRODUCTION,
    NOBODYS,
    OF_PRODUCTION,
    OWN,
    PRODUCTION_CLIENT,
    PRODUCTION_TENANT,
    UNDELETABLE,
    Fault,
    customer,
    fault_of,
    partner,
)

NONE = {"relationshipToPartner": "none", "attributes": {"objectType": "Customer"}}
ENDED = {
    "Id": None,
    "CommerceId": None,
    "CompanyProfile": None,
    "BillingProfile": None,
    "RelationshipToPartner": "none",
    "AllowDelegatedAccess": None,
    "UserCredentials": None,
    "CustomDomains": None,
    "AssociatedPartnerId": None,
    "Attributes": {"ObjectType": "Customer"},
}


def patch(world: Sandbox, customer_id: str, body: Any = NONE, **token: Any) -> httpx2.Response:
    """The PATCH of a customer, by default as an administrator of the development partner."""
    return world.call(
        "PATCH", f"/v1/customers/{customer_id}", body, token=world.mint(**{"kind": "app_user", **token})
    )


def listed(world: Sandbox, **token: Any) -> set[str]:
    """The ids of a partner's list."""
    return {
        item["id"] for item in world.call("GET", "/v1/customers", token=world.mint(**token)).json()["items"]
    }


@pytest.mark.parametrize("kind", ["app_user", "app"])
def test_in_a_sandbox_it_is_carried_out_as_the_delete(world: Sandbox, kind: str) -> None:
    """200 with upper first letters and nulls, and the tenant is gone (3.5, 1.1)."""
    answer = patch(world, OWN, kind=kind)
    assert (200, ENDED) == (answer.status_code, answer.json())
    assert Fault(404, 60003) == fault_of(world.call("GET", f"/v1/customers/{OWN}"))
    newest = world.call("GET", "/v1/auditrecords?size=1").json()["items"][0]
    assert "delete_customer" == newest["operationType"]


@pytest.mark.parametrize("word", ["none", "None", "NONE"])
@pytest.mark.parametrize("key", ["relationshipToPartner", "RelationshipToPartner", "relationshiptopartner"])
def test_the_word_none_is_understood_in_any_case(world: Sandbox, key: str, word: str) -> None:
    """Key and word match without case (client-quirks.md 1)."""
    assert 200 == patch(world, OWN, {key: word}).status_code


BODIES = (
    # body, what is told
    ({}, Fault(400, 3000)),
    ({"relationshipToPartner": None}, Fault(400, 3000)),
    ({"relationshipToPartner": "reseller"}, Fault(400, 3000)),
    ({"relationshipToPartner": "advisor"}, Fault(400, 3000)),
    ({"relationshipToPartner": "a word of tomorrow"}, Fault(400, 3000)),
    ({"relationshipToPartner": ""}, Fault(400, 3000)),
    ({"relationshipToPartner": 0}, Fault(400, 3000)),
    ({"relationshipToPartner": ["none"]}, Fault(400, 3000)),
    ({"companyProfile": {"companyName": "X"}}, Fault(400, 3000)),
    ([], Fault(400, 800002)),
    ("none", Fault(400, 800002)),
    (None, Fault(400, 800002)),
)


@pytest.mark.parametrize(("body", "fault"), BODIES)
def test_any_other_change_is_invalid(world: Sandbox, body: Any, fault: Fault) -> None:
    """Only `none` is a value that the PATCH takes, and a refused one changes nothing (3.5)."""
    assert fault == fault_of(patch(world, OWN, body))
    assert 200 == world.call("GET", f"/v1/customers/{OWN}").status_code


REFUSED = (
    ("northlake", Fault(400, 800002)),
    (NOBODYS, Fault(404, 60003)),
    (FOREIGN, Fault(403, 20002)),
    (BLOCKED, Fault(400, 3000)),
    (UNDELETABLE, Fault(400, 2007)),
)


@pytest.mark.parametrize(("customer_id", "fault"), REFUSED)
def test_what_stops_a_delete_stops_this_too(world: Sandbox, customer_id: str, fault: Fault) -> None:
    """In a sandbox every refusal of the delete holds (3.5)."""
    answer = patch(world, customer_id)
    assert fault == fault_of(answer)
    assert (customer_id == BLOCKED) == ("Azure reserved instances" in answer.json()["description"])


def test_in_production_it_needs_a_user(world: Sandbox) -> None:
    """An app-only token is refused with 403/900329 in production (3.5, 9.3)."""
    assert Fault(403, 900329) == fault_of(patch(world, IN_PRODUCTION, **OF_PRODUCTION, kind="app"))
    assert IN_PRODUCTION in listed(world, **OF_PRODUCTION)


def test_in_production_the_relationship_ends_and_the_tenant_lives_on(world: Sandbox) -> None:
    """200, then the customer is off the list, its GET is 403/20002, its domain taken, a second PATCH 3000 (3.5)."""
    token = world.mint(**OF_PRODUCTION)
    path = f"/v1/customers/{IN_PRODUCTION}"
    domain = world.call("GET", path, token=token).json()["companyProfile"]["domain"]
    answer = patch(world, IN_PRODUCTION, **OF_PRODUCTION)
    assert (200, ENDED) == (answer.status_code, answer.json())
    assert {BLOCKED_IN_PRODUCTION} == listed(world, **OF_PRODUCTION)
    gone = [
        fault_of(world.call("GET", path + part, token=token)) for part in ("", "/orders", "/profiles/billing")
    ]
    assert [Fault(403, 20002)] * 3 == gone
    assert 200 == world.call("HEAD", f"/v1/domains/{domain}", token=token).status_code
    again = patch(world, IN_PRODUCTION, **OF_PRODUCTION)
    text = "The relationship between the partner and customer does not exist."
    assert (Fault(400, 3000), text) == (fault_of(again), again.json()["description"])


def test_in_production_the_end_is_recorded(world: Sandbox) -> None:
    """The record says who was let go (13.1)."""
    patch(world, IN_PRODUCTION, **OF_PRODUCTION)
    items = world.call("GET", "/v1/auditrecords?size=1", token=world.mint(**OF_PRODUCTION)).json()["items"]
    shown = [(item["operationType"], item["resourceType"], item["customerId"]) for item in items]
    assert [("remove_partner_customer_relationship", "customer", IN_PRODUCTION)] == shown


PRODUCTION_PURCHASES = (
    ({"product": "azure_reservation"}, 400),
    ({"product": "azure_reservation", "orderStatus": "cancelled"}, 200),
    ({"product": "perpetual_software"}, 400),
    ({"product": "legacy"}, 400),
    ({"product": "legacy", "subscriptionStatus": "suspended"}, 200),
    ({"product": "new_commerce"}, 400),
    ({"product": "new_commerce", "subscriptionStatus": "suspended"}, 200),
)


@pytest.mark.parametrize(("purchase", "status"), PRODUCTION_PURCHASES)
def test_in_production_nothing_may_be_active(sandbox: Sandbox, purchase: dict[str, Any], status: int) -> None:
    """Reservations and software cancelled, every subscription not active (3.5)."""
    production = partner(
        PRODUCTION_TENANT, PRODUCTION_CLIENT, customer(IN_PRODUCTION, purchase), environment="production"
    )
    sandbox.seed({"partners": [production]})
    assert status == patch(sandbox, IN_PRODUCTION, **OF_PRODUCTION).status_code


def test_a_partner_who_let_a_customer_go_still_counts_nothing_against_others(world: Sandbox) -> None:
    """Ending a relationship in production leaves the other customers as they were."""
    before = listed(world)
    patch(world, IN_PRODUCTION, **OF_PRODUCTION)
    assert before == listed(world)
