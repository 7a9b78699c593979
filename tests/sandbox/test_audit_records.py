"""`GET /v1/auditrecords`: what was done, by whom, when; behaviour.md 13.1, lifecycle.md 18."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from tests.conftest import Sandbox, new_customer_body
from tests.sandbox.conftest import (
    BLOCKED,
    FOREIGN,
    NOBODYS,
    OF_OTHER,
    OF_PRODUCTION,
    OWN,
    UNDELETABLE,
    Fault,
    LocalSandbox,
    customer,
    fault_of,
)

from partnercenter.contract import development_partner

BAD_QUERY = Fault(400, 2000)


def records(sandbox: Sandbox, query: str = "", token: str | None = None) -> list[dict[str, Any]]:
    """The records that a query finds."""
    answer = sandbox.call("GET", f"/v1/auditrecords{query}", token=token)
    assert 200 == answer.status_code, answer.text
    return list(answer.json()["items"])


def by(field: str, value: Any, operator: str) -> str:
    """A query with a filter."""
    return "?filter=" + quote(json.dumps({"Field": field, "Value": value, "Operator": operator}), safe="")


def test_the_record_of_a_create_has_exactly_the_documented_members(sandbox: Sandbox) -> None:
    """Ids, names, operation, time, customized data and the new value in upper first letters (13.1)."""
    correlation = str(uuid4())
    made = sandbox.call(
        "POST", "/v1/customers", new_customer_body(), headers={"MS-CorrelationId": correlation}
    ).json()
    (found,) = records(sandbox)
    domain = made["companyProfile"]["domain"]
    partner_id, customer_id = development_partner.TENANT_ID, made["id"]
    new_value = json.loads(found["resourceNewValue"])
    assert found == {
        "id": found["id"],
        "partnerId": partner_id,
        "participants": [partner_id],
        "customerId": customer_id,
        "customerName": made["billingProfile"]["companyName"],
        "userPrincipalName": development_partner.CLIENT_ID,
        "applicationId": development_partner.CLIENT_ID,
        "resourceType": "customer",
        "resourceNewValue": found["resourceNewValue"],
        "operationType": "add_customer",
        "originalCorrelationId": correlation,
        "operationDate": found["operationDate"],
        "operationStatus": "succeeded",
        "customizedData": [
            {"key": "PrimaryDomainName", "value": domain},
            {"key": "Relationship", "value": "Reseller"},
        ],
        "attributes": {"objectType": "AuditRecord"},
    }
    assert (customer_id, "reseller", domain) == (
        new_value["Id"],
        new_value["RelationshipToPartner"],
        new_value["CompanyProfile"]["Domain"],
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", found["operationDate"])


def test_the_id_of_a_record_ends_with_its_time_in_ticks(local_sandbox: LocalSandbox) -> None:
    """Partner, customer, resource, operation without underscores and .NET ticks, joined, in lower case (13.1)."""
    made = json.loads(local_sandbox.call("POST", "/v1/customers", new_customer_body()).body)
    (found,) = json.loads(local_sandbox.call("GET", "/v1/auditrecords").body)["items"]
    parts = (development_partner.TENANT_ID, made["id"], made["id"], "addcustomer", "639079632000000000")
    assert "_".join(parts) == found["id"]
    assert "2026-03-01T12:00:00.0000000Z" == found["operationDate"]


def test_a_user_is_recorded_with_its_name(world: Sandbox) -> None:
    """A call of a user shows the principal name, an app-only one the application (13.1)."""
    token = world.mint(kind="app_user", userPrincipalName="ines@devpartner.onmicrosoft.com")
    world.call("DELETE", f"/v1/customers/{OWN}", token=token)
    assert "ines@devpartner.onmicrosoft.com" == records(world)[0]["userPrincipalName"]
    assert development_partner.CLIENT_ID == records(world)[0]["applicationId"]


def test_the_newest_record_comes_first(sandbox: Sandbox) -> None:
    """Records are listed newest first."""
    made = [sandbox.create_customer()["id"] for _ in range(3)]
    assert made[::-1] == [record["customerId"] for record in records(sandbox)]


ATTEMPTS = (
    # method, customer, body, whose token, operation type of the failed record (None: no record)
    ("DELETE", BLOCKED, None, {}, "delete_customer"),
    ("DELETE", UNDELETABLE, None, {}, "delete_customer"),
    ("PATCH", BLOCKED, {"relationshipToPartner": "none"}, {"kind": "app_user"}, "delete_customer"),
    ("PATCH", OWN, {"relationshipToPartner": "x"}, {"kind": "app_user"}, "delete_customer"),
    ("PUT", OWN + "/profiles/billing", {}, {}, "update_customer_billing_profile"),
    ("DELETE", NOBODYS, None, {}, None),
    ("DELETE", FOREIGN, None, {}, None),
    ("DELETE", "northlake", None, {}, None),
    ("DELETE", OWN, None, {"roles": [], "kind": "app_user"}, None),
    ("GET", BLOCKED, None, {}, None),
)


@pytest.mark.parametrize(("method", "path", "body", "token", "expected"), ATTEMPTS)
def test_refused_changes_of_own_customers_are_recorded_as_failed(
    world: Sandbox, method: str, path: str, body: Any, token: dict[str, Any], expected: str | None
) -> None:
    """A refusal after the customer was found leaves a failed record, earlier ones and reads leave none (13.1)."""
    before = {record["id"] for record in records(world)}
    world.call(method, f"/v1/customers/{path}", body, token=world.mint(**token))
    new = [record for record in records(world) if record["id"] not in before]
    assert ([] if expected is None else [(expected, "failed")]) == [
        (record["operationType"], record["operationStatus"]) for record in new
    ]


def test_a_failed_end_in_production_is_recorded_as_such(world: Sandbox) -> None:
    """In production the refused PATCH is recorded under its own operation type (13.1)."""
    world.set(audit_remove_relationship_resource="partner_customer_relationship")
    customer_id = records(world, token=world.mint(**OF_PRODUCTION))[0]["customerId"]
    token = world.mint(**OF_PRODUCTION, kind="app_user")
    world.call("PATCH", f"/v1/customers/{customer_id}", {}, token=token)
    newest = records(world, token=token)[0]
    assert ("remove_partner_customer_relationship", "partner_customer_relationship", "failed") == (
        newest["operationType"],
        newest["resourceType"],
        newest["operationStatus"],
    )


FILTERS = (
    # field, value, operator, customers found
    ("CustomerId", OWN, "equals", {OWN}),
    ("customerid", OWN.upper(), "EQUALS", {OWN}),
    ("CustomerId", "{" + OWN + "}", "equals", {OWN}),
    ("CustomerId", FOREIGN, "equals", set()),
    ("CustomerId", OWN[:8], "equals", set()),
    ("CompanyName", "customer 0", "substring", {OWN, BLOCKED, UNDELETABLE}),
    ("CompanyName", "R 01", "substring", {OWN}),
    ("CompanyName", "%", "substring", set()),
    ("CompanyName", "_", "substring", set()),
    ("ResourceType", "customer", "equals", {OWN, BLOCKED, UNDELETABLE}),
    ("ResourceType", "Customer", "Equals", {OWN, BLOCKED, UNDELETABLE}),
    ("ResourceType", "order", "equals", set()),
    ("ResourceType", "partnerCustomerRelationship", "equals", set()),
)


@pytest.mark.parametrize(("field", "value", "operator", "expected"), FILTERS)
def test_records_are_filtered_without_regard_to_case(
    world: Sandbox, field: str, value: str, operator: str, expected: set[str]
) -> None:
    """Company name by substring, customer id and resource type by equals (13.1)."""
    assert expected == {record["customerId"] for record in records(world, by(field, value, operator))}


BAD_FILTERS = (
    ("CompanyName", "x", "equals"),
    ("CompanyName", "x", "starts_with"),
    ("CustomerId", "x", "substring"),
    ("ResourceType", "customer", "substring"),
    ("OperationType", "add_customer", "equals"),
    ("CompanyName", "\ud800", "substring"),
    ("CompanyName", None, "substring"),
    ("CompanyName", "x" * 7_000, "substring"),
)


@pytest.mark.parametrize(("field", "value", "operator"), BAD_FILTERS)
def test_any_other_filter_is_refused(sandbox: Sandbox, field: str, value: Any, operator: str) -> None:
    """What is not one of the three filters answers 400/2000."""
    content = by(field, value, operator)
    assert BAD_QUERY == fault_of(sandbox.call("GET", f"/v1/auditrecords{content}"))


# The clock stands at noon of 2026-03-01; there is a record of each of these ages in days.
AGES = (0, 1, 29, 31, 89, 91)
DATES = (
    # query, ages that are found
    ("", {0, 1, 29}),
    ("?startDate=&endDate=", {0, 1, 29}),
    ("?startDate=2026-03-01", {0}),
    ("?startDate=2026-02-28&endDate=2026-02-28", {1}),
    ("?STARTDATE=2026-01-29", {0, 1, 29, 31}),
    ("?startDate=2025-12-01", {0, 1, 29, 31, 89}),
    ("?startDate=2025-12-02&endDate=2026-01-30", {31, 89}),
    ("?startDate=2025-12-02T00:00:00Z&endDate=2026-01-30T23:59:59.9999999Z", {31, 89}),
    ("?startDate=12/02/2025&endDate=01/30/2026", {31, 89}),
    ("?startDate=12%2F2%2F2025+12%3A00%3A00+AM&endDate=1%2F30%2F2026+11%3A59%3A59+PM", {31, 89}),
    ("?startDate=12/02/2025+00:00:00&endDate=01/30/2026+00:00:00", {31, 89}),
    ("?endDate=2099-12-31", {0, 1, 29}),
    ("?endDate=9999-12-31", {0, 1, 29}),
    ("?startDate=2025-11-30", Fault(400, 2000)),
    ("?startDate=0001-01-01", Fault(400, 2000)),
    ("?startDate=2026-03-02", Fault(400, 2000)),
    ("?startDate=2026-02-02&endDate=2026-02-01", Fault(400, 2000)),
    ("?startDate=yesterday", Fault(400, 2000)),
    ("?endDate=2026-02-30", Fault(400, 2000)),
    ("?startDate=13/13/2026", Fault(400, 2000)),
    ("?startDate=1772366400", Fault(400, 2000)),
    ("?endDate=%00", Fault(400, 2000)),
)


@pytest.mark.parametrize(("query", "expected"), DATES)
def test_days_are_chosen_by_date_in_any_form(
    local_sandbox: LocalSandbox, query: str, expected: set[int] | Fault
) -> None:
    """ISO and US dates; 30 days without any, more than 90 days back is refused (13.1)."""
    ids = {age: f"33333333-0000-4000-8000-{age:012}" for age in AGES}
    customers = [customer(ids[age], ageDays=age, companyName=f"Age {age}") for age in AGES]
    local_sandbox.seed(
        {
            "partners": [
                {
                    "tenantId": development_partner.TENANT_ID,
                    "companyName": "P",
                    "domain": development_partner.DOMAIN,
                    "customers": customers,
                }
            ]
        }
    )
    answer = local_sandbox.call("GET", f"/v1/auditrecords{query}")
    body = json.loads(answer.body)
    if isinstance(expected, Fault):
        assert expected == Fault(answer.status, body["code"])
    else:
        assert {f"Age {age}" for age in expected} == {item["customerName"] for item in body["items"]}


def test_pages_follow_each_other_by_link_and_by_token(sandbox: Sandbox) -> None:
    """Following next, and the token alone, both show every record of the chosen days once (13.1)."""
    made = [sandbox.create_customer()["id"] for _ in range(5)][::-1]
    page = sandbox.call("GET", f"/v1/auditrecords?size=2&startDate={today(sandbox)}").json()
    by_link, by_token = [page], [page]
    while "next" in by_link[-1]["links"]:
        link = by_link[-1]["links"]["next"]
        headers = {header["key"]: header["value"] for header in link["headers"]}
        by_link.append(sandbox.call("GET", f"/v1{link['uri']}", headers=headers).json())
    while "continuationToken" in by_token[-1]:
        headers = {"MS-ContinuationToken": by_token[-1]["continuationToken"]}
        by_token.append(sandbox.call("GET", "/v1/auditrecords?size=2", headers=headers).json())
    seen = [[item["customerId"] for page in pages for item in page["items"]] for pages in (by_link, by_token)]
    assert [made, made] == seen


def today(sandbox: Sandbox) -> str:
    """The day of the newest record."""
    return str(records(sandbox)[0]["operationDate"][:10])


def test_records_of_other_partners_are_never_shown(world: Sandbox) -> None:
    """Each partner reads its own records only."""
    own, others = records(world), records(world, token=world.mint(**OF_OTHER))
    assert ({OWN, BLOCKED, UNDELETABLE}, {FOREIGN}) == (
        {record["customerId"] for record in own},
        {record["customerId"] for record in others},
    )
