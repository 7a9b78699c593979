"""`DELETE /v1/customers/{id}`: every row of table 1.5, every blocker of table 1.2, and what is purged."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import inspect
from tests import databases
from tests.conftest import Sandbox, new_customer_body
from tests.sandbox.conftest import (
    BLOCKED,
    BLOCKED_IN_PRODUCTION,
    FOREIGN,
    IN_PRODUCTION,
    NOBODYS,
    NOT_CSP_CLIENT,
    NOT_CSP_TENANT,
    OF_PRODUCTION,
    OWN,
    UNDELETABLE,
    UNREGISTERED_CLIENT,
    Fault,
    LocalSandbox,
    StartSandbox,
    customer,
    fault_of,
)

from partnercenter.contract import development_partner
from partnercenter.sandbox.identity.signing_keys import generate_signing_key
from partnercenter.sandbox.identity.tokens import sign
from partnercenter.sandbox.rules.product import Product

INVALID_TOKEN = 'Bearer error="invalid_token"'
GATEWAY_404 = {"statusCode": 404, "message": "Resource not found"}
ENDS_AT_ONCE = {"expiresInSeconds": -1}
WITHOUT_MFA = {"kind": "app_user", "mfa": False}
WITHOUT_ROLE = {"kind": "app_user", "roles": ["HelpdeskAgents"]}
NO_PARTNER = {"tenantId": NOT_CSP_TENANT, "clientId": NOT_CSP_CLIENT}
UNREGISTERED = {"clientId": UNREGISTERED_CLIENT}
RETIRED_AUDIENCE = {"audience": "https://graph.windows.net"}
STRANGE_AUDIENCE = {"audience": "https://management.azure.com"}


def body_of(code: int, description: str) -> dict[str, Any]:
    """A fault of shape A."""
    return {"code": code, "description": description, "data": [], "source": "PartnerFD"}


def malformed(value: str) -> dict[str, Any]:
    """The fault of an id that is no GUID."""
    text = f"Customer ID {value} should have GUID format (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)."
    return body_of(800002, text)


@dataclass(frozen=True)
class Row:
    """A row of table 1.5: who asks for what, and the whole answer. A `token` of None sends no header."""

    case: str
    status: int
    body: Mapping[str, Any] | None
    path: str = f"/v1/customers/{OWN}"
    method: str = "DELETE"
    token: Mapping[str, Any] | str | None = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


ROWS = (
    Row("success, app-only", 204, None),
    Row("success, app+user", 204, None, token={"kind": "app_user"}),
    Row(
        "GUID unknown everywhere",
        404,
        body_of(60003, "Tenant not found."),
        path=f"/v1/customers/{NOBODYS}",
    ),
    Row(
        "GUID of another partner's customer",
        403,
        body_of(20002, "No relationship between caller and account."),
        path=f"/v1/customers/{FOREIGN}",
    ),
    Row("not a GUID", 400, malformed("northlake"), path="/v1/customers/northlake"),
    Row("nearly a GUID", 400, malformed(OWN[:-1]), path=f"/v1/customers/{OWN[:-1]}"),
    Row("a GUID without hyphens", 400, malformed("1" * 32), path=f"/v1/customers/{'1' * 32}"),
    Row("empty id", 404, GATEWAY_404, path="/v1/customers/"),
    Row("route unknown to the gateway", 404, GATEWAY_404, path="/v1/nothing"),
    Row(
        "production account",
        400,
        body_of(900127, "This operation is not supported in this environment."),
        path=f"/v1/customers/{IN_PRODUCTION}",
        token=OF_PRODUCTION,
    ),
    Row(
        "no token",
        401,
        body_of(800001, "Partner Token missing in request context."),
        token=None,
        headers={"WWW-Authenticate": "Bearer"},
    ),
    Row("garbage token", 401, None, token="garbage", headers={"WWW-Authenticate": INVALID_TOKEN}),
    Row("expired token", 401, None, token=ENDS_AT_ONCE, headers={"WWW-Authenticate": INVALID_TOKEN}),
    Row(
        "retired audience",
        401,
        body_of(
            900420, "The audience in the token is invalid and is no longer supported in Partner Center API."
        ),
        token=RETIRED_AUDIENCE,
    ),
    Row("any other audience", 401, None, token=STRANGE_AUDIENCE, headers={"WWW-Authenticate": INVALID_TOKEN}),
    Row(
        "app+user without MFA, since 2025",
        401,
        body_of(900421, "MFA is required to access this API."),
        token=WITHOUT_MFA,
    ),
    Row(
        "app+user without MFA, until 2023",
        401,
        None,
        token=WITHOUT_MFA,
        headers={"WWW-Authenticate": INVALID_TOKEN},
        settings={"mfa": "old"},
    ),
    Row("app+user without MFA, check off", 204, None, token=WITHOUT_MFA, settings={"mfa": "off"}),
    Row(
        "tenant that is no CSP partner",
        403,
        body_of(600006, "The requested action is not allowed."),
        token=NO_PARTNER,
    ),
    Row(
        "tenant unknown",
        403,
        body_of(600006, "The requested action is not allowed."),
        token={"tenantId": NOBODYS},
    ),
    Row(
        "app not registered", 403, body_of(600006, "The requested action is not allowed."), token=UNREGISTERED
    ),
    Row(
        "caller lacks a role",
        403,
        body_of(900308, "Insufficient privileges to complete the operation."),
        token=WITHOUT_ROLE,
    ),
    Row(
        "undeletable",
        400,
        body_of(
            2007,
            "The customer cannot be deleted because its postal address is not valid. "
            "The postal code is of another city.",
        ),
        path=f"/v1/customers/{UNDELETABLE}",
    ),
)


def token_for(sandbox: Sandbox, order: Mapping[str, Any] | str | None) -> str:
    """The token of a row; an empty one is not sent."""
    if order is None:
        return ""
    return order if isinstance(order, str) else sandbox.mint(**order)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.case)
def test_each_row_of_table_1_5_has_its_status_body_and_headers(world: Sandbox, row: Row) -> None:
    """Each case of table 1.5 is answered with exactly its status, body and headers, both ids echoed."""
    world.set(**row.settings)
    ids = {"MS-RequestId": str(uuid4()), "MS-CorrelationId": str(uuid4())}
    answer = world.call(row.method, row.path, token=token_for(world, row.token), headers=ids)
    assert (row.status, row.body) == (answer.status_code, answer.json() if answer.content else None)
    expected = {**ids, **row.headers, "Content-Length": str(len(answer.content))}
    assert expected == {name: answer.headers.get(name) for name in expected}


def test_a_known_path_with_an_unknown_verb_names_the_verbs_it_has(world: Sandbox) -> None:
    """An unsupported verb is answered 405 with a fault and `Allow` (1.5)."""
    answer = world.call("POST", f"/v1/customers/{OWN}")
    assert (405, "DELETE, GET, PATCH") == (answer.status_code, answer.headers["Allow"])
    assert {"code", "description", "data", "source"} == set(answer.json())


@pytest.mark.parametrize(
    "claims", [{"exp": 1}, {"tid": None}, {"iss": "https://sts.windows.net/elsewhere/"}, {"aud": 7}]
)
def test_a_token_with_a_wrong_claim_is_an_invalid_token(world: Sandbox, claims: dict[str, Any]) -> None:
    """Times, tenant, issuer and audience are checked on every call (1.5, "garbage or expired")."""
    answer = world.call("DELETE", f"/v1/customers/{OWN}", token=world.mint(claims=claims))
    assert (401, b"", INVALID_TOKEN) == (
        answer.status_code,
        answer.content,
        answer.headers["WWW-Authenticate"],
    )


def test_a_token_signed_by_somebody_else_is_refused(world: Sandbox) -> None:
    """A well-formed token under a key that is not the sandbox's is an invalid token."""
    stranger = generate_signing_key(0.0)
    token = sign({"tid": development_partner.TENANT_ID, "exp": 2**33, "nbf": 0}, stranger)
    assert Fault(401) == fault_of(world.call("DELETE", f"/v1/customers/{OWN}", token=token))


# The order of 1.5, each fault with a call that has no other; an earlier one wins over every later one.
@dataclass(frozen=True)
class Stage:
    """A fault and how to bring it about: in the path, with the token, or by the customer."""

    name: str
    fault: Fault
    part: str
    value: Any


STAGES = (
    Stage("404 gateway", Fault(404), "path", "/v1/nothing/{id}"),
    Stage("401", Fault(401), "token", ENDS_AT_ONCE),
    Stage("401 MFA", Fault(401, 900421), "token", {**WITHOUT_MFA, "roles": []}),
    Stage("403 partner", Fault(403, 600006), "token", NO_PARTNER),
    Stage("403 role", Fault(403, 900308), "token", WITHOUT_ROLE),
    Stage("400 id", Fault(400, 800002), "id", "northlake"),
    Stage("404 customer", Fault(404, 60003), "id", NOBODYS),
    Stage("403 customer", Fault(403, 20002), "id", FOREIGN),
    Stage("400 undeletable", Fault(400, 2007), "id", UNDELETABLE),
    Stage("400 blockers", Fault(400, 3000), "id", BLOCKED),
)
PAIRS = [
    (earlier, later) for earlier, later in itertools.combinations(STAGES, 2) if earlier.part != later.part
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0].name} before {pair[1].name}")
def test_of_two_faults_at_once_the_earlier_is_told(world: Sandbox, pair: tuple[Stage, Stage]) -> None:
    """Gateway, token, partner, form of the id, customer, blockers: the first that is wrong is answered (1.5)."""
    parts: dict[str, Any] = {"path": "/v1/customers/{id}", "token": {}, "id": OWN}
    parts.update({stage.part: stage.value for stage in pair})
    answer = world.call(
        "DELETE", parts["path"].format(id=parts["id"]), token=token_for(world, parts["token"])
    )
    assert pair[0].fault == fault_of(answer)


IN_PRODUCTION_CASES = (
    # customer in a production account, what is told
    ("northlake", Fault(400, 800002)),
    (NOBODYS, Fault(404, 60003)),
    (OWN, Fault(403, 20002)),
    (IN_PRODUCTION, Fault(400, 900127)),
    (BLOCKED_IN_PRODUCTION, Fault(400, 900127)),
)


@pytest.mark.parametrize(("customer_id", "fault"), IN_PRODUCTION_CASES)
def test_the_environment_is_checked_between_the_customer_and_its_orders(
    world: Sandbox, customer_id: str, fault: Fault
) -> None:
    """In production a wrong customer is told before the environment, the environment before blockers (1.5)."""
    answer = world.call("DELETE", f"/v1/customers/{customer_id}", token=world.mint(**OF_PRODUCTION))
    assert fault == fault_of(answer)


def test_a_production_customer_survives_the_attempt(world: Sandbox) -> None:
    """A refused delete in production changes nothing."""
    token = world.mint(**OF_PRODUCTION)
    world.call("DELETE", f"/v1/customers/{IN_PRODUCTION}", token=token)
    assert 200 == world.call("GET", f"/v1/customers/{IN_PRODUCTION}", token=token).status_code


def test_a_customer_whose_relationship_ended_is_no_longer_ours(world: Sandbox) -> None:
    """A delete after the relationship ended is refused as for a foreign customer (1.5)."""
    token = world.mint(**OF_PRODUCTION, kind="app_user")
    path = f"/v1/customers/{IN_PRODUCTION}"
    assert 200 == world.call("PATCH", path, {"relationshipToPartner": "none"}, token=token).status_code
    assert Fault(403, 20002) == fault_of(world.call("DELETE", path, token=token))


def test_the_answer_to_a_repeated_request_id_is_the_first_one(world: Sandbox) -> None:
    """The same `MS-RequestId` after a success gets 204 again, a new one 404/60003 (1.5)."""
    sent = {"MS-RequestId": str(uuid4())}
    path = f"/v1/customers/{OWN}"
    assert [204, 204] == [world.call("DELETE", path, headers=sent).status_code for _ in range(2)]
    again = world.call("DELETE", path)
    assert (404, body_of(60003, "Tenant not found.")) == (again.status_code, again.json())


def test_ids_that_are_missing_are_made(world: Sandbox) -> None:
    """Without request and correlation id both are made and returned (1.5)."""
    answer = world.call("DELETE", f"/v1/customers/{OWN}")
    made = {answer.headers["MS-RequestId"], answer.headers["MS-CorrelationId"]}
    assert (204, 2, {36}) == (answer.status_code, len(made), {len(text) for text in made})


@pytest.mark.parametrize("sent", ["7", "not-a-guid", OWN[:-1], "{" + OWN, "x" * 2000])
def test_a_request_id_that_is_no_guid_is_replaced(world: Sandbox, sent: str) -> None:
    """A malformed `MS-RequestId` is ignored and a new one made (1.5)."""
    answer = world.call("DELETE", f"/v1/customers/{OWN}", headers={"MS-RequestId": sent})
    assert (204, 36, True) == (
        answer.status_code,
        len(answer.headers["MS-RequestId"]),
        answer.headers["MS-RequestId"] != sent,
    )


# Table 1.2: which purchase blocks in which state. `-` stands for products without a subscription.
DEAD = ("suspended", "deleted", "expired", "disabled")
BLOCKS_BY_SUBSCRIPTION = {"azure_plan", "new_commerce", "marketplace", "software_subscription"}
BLOCKS_BY_ORDER = {"azure_reservation", "perpetual_software", "azure_savings_plan"}


def must_block(product: str, order_status: str, subscription_status: str) -> bool:
    """Table 1.2 in words: cancelled orders never, pending ones always, the rest by order or by live subscription."""
    if order_status == "cancelled":
        return False
    if order_status == "pending" or product in BLOCKS_BY_ORDER:
        return True
    return product in BLOCKS_BY_SUBSCRIPTION and subscription_status in {"active", "pending"}


PURCHASES = [
    (product.value, order_status, subscription_status)
    for product in Product
    for order_status in ("completed", "pending", "cancelled")
    for subscription_status in ("active", "pending", *DEAD)
]


def test_every_kind_of_purchase_blocks_as_table_1_2_says(sandbox: Sandbox) -> None:
    """Each product × order status × subscription status blocks, with the exact text, or does not (1.2, 1.5)."""
    ids = [f"22222222-0000-4000-8000-{number:012}" for number in range(len(PURCHASES))]
    customers = [
        customer(
            customer_id,
            {"product": product, "orderStatus": order, "subscriptionStatus": subscription},
            companyName=f"Customer {customer_id[-4:]}",
        )
        for customer_id, (product, order, subscription) in zip(ids, PURCHASES, strict=True)
    ]
    sandbox.seed({"partners": [development(customers)]})
    wrong = []
    for customer_id, purchase in zip(ids, PURCHASES, strict=True):
        order = sandbox.call("GET", f"/v1/customers/{customer_id}/orders").json()["items"][0]
        expected: tuple[int, Any] = (204, None)
        if must_block(*purchase):
            expected = (400, body_of(3000, refusal(order["alternateId"])))
        answer = sandbox.call("DELETE", f"/v1/customers/{customer_id}")
        if expected != (answer.status_code, answer.json() if answer.content else None):
            wrong.append((purchase, answer.status_code, answer.text))
    assert [] == wrong


def development(customers: list[dict[str, Any]]) -> dict[str, Any]:
    """The development partner of a world document."""
    return {
        "tenantId": development_partner.TENANT_ID,
        "companyName": development_partner.COMPANY_NAME,
        "domain": development_partner.DOMAIN,
        "customers": customers,
    }


def refusal(*alternate_ids: str) -> str:
    """The observed words, without a blank after the first full stop (1.5)."""
    return (
        "Customer relationship cannot be removed due to active Azure reserved instances."
        "Please cancel the following orders: " + ", ".join(alternate_ids)
    )


def test_the_refusal_names_every_order_that_blocks_and_no_other(sandbox: Sandbox) -> None:
    """Several blocking orders are named by their short ids, joined by a comma and a blank (1.5)."""
    purchases = [
        {"product": "azure_reservation", "ageDays": 5},
        {"product": "legacy", "ageDays": 4},
        {"product": "azure_plan", "ageDays": 3},
        {"product": "perpetual_software", "orderStatus": "cancelled", "ageDays": 2},
        {"product": "new_commerce", "ageDays": 1},
    ]
    sandbox.seed({"partners": [development([customer(OWN, *purchases)])]})
    orders = sandbox.call("GET", f"/v1/customers/{OWN}/orders").json()["items"]
    blocking = [orders[index]["alternateId"] for index in (0, 2, 4)]
    assert refusal(*blocking) == sandbox.call("DELETE", f"/v1/customers/{OWN}").json()["description"]


def test_a_refused_delete_changes_nothing(world: Sandbox) -> None:
    """After a refusal the customer and its orders are as they were."""
    paths = [f"/v1/customers/{BLOCKED}", f"/v1/customers/{BLOCKED}/orders"]
    before = [world.call("GET", path).json() for path in paths]
    assert 400 == world.call("DELETE", paths[0]).status_code
    assert before == [world.call("GET", path).json() for path in paths]


def test_a_deleted_customer_is_gone_from_every_read(world: Sandbox) -> None:
    """After a delete the customer is not found, not listed, and has no orders, subscriptions or profiles (1.4)."""
    assert 204 == world.call("DELETE", f"/v1/customers/{OWN}").status_code
    parts = ("", "/orders", "/subscriptions", "/profiles/billing", "/profiles/company")
    answers = [fault_of(world.call("GET", f"/v1/customers/{OWN}{part}")) for part in parts]
    assert [Fault(404, 60003)] * len(parts) == answers
    listed = {item["id"] for item in world.call("GET", "/v1/customers").json()["items"]}
    assert {BLOCKED, UNDELETABLE} == listed


def test_nothing_of_a_deleted_customer_is_left_in_any_table(
    start_sandbox: StartSandbox, tmp_path: Path
) -> None:
    """The delete purges every row that belongs to the customer; only audit records and the name stay (1.4)."""
    file = tmp_path / "sandbox.db"
    sandbox = start_sandbox(database=file)
    purchases: list[dict[str, Any]] = [
        {"product": "new_commerce", "subscriptionStatus": "suspended"},
        {"product": "legacy"},
        {"product": "perpetual_software", "orderStatus": "cancelled"},
        {"product": "azure_plan", "subscriptionStatus": "suspended", "registered": True},
    ]
    sandbox.seed({"partners": [development([customer(OWN, *purchases), customer(BLOCKED, *purchases)])]})
    of_others = rows_by_table(file, 2)
    leave_a_row_in_every_table(sandbox, OWN)
    before = rows_by_table(file, 1)
    assert {} == {table: count for table, count in before.items() if count == 0}
    assert 204 == sandbox.call("DELETE", f"/v1/customers/{OWN}").status_code
    assert dict.fromkeys(before, 0) == rows_by_table(file, 1)
    assert of_others == rows_by_table(file, 2)
    with databases.opened(file) as connection:
        databases.check_sound(connection)


def leave_a_row_in_every_table(sandbox: Sandbox, customer_id: str) -> None:
    """Do what leaves something behind in tables that the seed has not filled."""
    path, user = f"/v1/customers/{customer_id}", sandbox.mint(kind="app_user")
    domain = sandbox.call("GET", f"{path}/profiles/company").json()["domain"]
    subscription = sandbox.call("GET", f"{path}/subscriptions").json()["items"][0]["id"]
    cart = {"lineItems": [{"catalogItemId": "MS-AZR-0145P", "quantity": 1, "billingCycle": "monthly"}]}
    person = {
        "usageLocation": "US",
        "userPrincipalName": f"ada@{domain}",
        "firstName": "Ada",
        "lastName": "Stone",
        "displayName": "Ada Stone",
        "passwordProfile": {"forceChangePassword": True, "password": "Qwert-123-Zuiop"},
    }
    made = sandbox.call("POST", f"{path}/users", person, token=user)
    sold = sandbox.call("GET", f"{path}/subscribedskus", token=user).json()["items"]
    license_sku = next(sku["productSku"]["id"] for sku in sold if sku["availableUnits"])
    profile = sandbox.call("GET", f"{path}/profiles/billing").json()
    contact = {"supportTenantId": customer_id, "supportMpnId": "1234567"}
    assign = {"licensesToAssign": [{"skuId": license_sku}]}
    kept = {"MS-RequestId": str(uuid4())}
    answers = [
        made,
        sandbox.call("POST", f"{path}/carts", cart),
        sandbox.call("PUT", f"{path}/subscriptions/{subscription}/supportcontact", contact, token=user),
        sandbox.call("POST", f"{path}/users/{made.json()['id']}/licenseupdates", assign, token=user),
        sandbox.call("PUT", f"{path}/profiles/billing", profile, headers=kept),
    ]
    assert [201, 201, 200, 201, 200] == [answer.status_code for answer in answers]


def rows_by_table(file: Path, key: int) -> dict[str, int]:
    """How many rows of each table with a customer key belong to the customer of this key."""
    with databases.opened(file) as connection:
        tables = inspect(connection).get_table_names()
        columns = {
            table: {column["name"] for column in inspect(connection).get_columns(table)} for table in tables
        }
        rows = databases.rows_of(connection)
    below = {table: "customer_key" for table in rows if "customer_key" in columns[table]}
    return {
        table: sum(row[column] == key for row in rows[table])
        for table, column in {**below, "customers": "key"}.items()
    }


def test_a_deleted_customer_gives_its_place_in_the_quota_back(sandbox: Sandbox) -> None:
    """At the quota a create is refused, and after one delete it is not (1.4, 8)."""
    sandbox.set(customer_quota=2)
    first = sandbox.create_customer()
    sandbox.create_customer()
    assert Fault(400, 800018) == fault_of(sandbox.call("POST", "/v1/customers", new_customer_body()))
    assert 204 == sandbox.call("DELETE", f"/v1/customers/{first['id']}").status_code
    assert 201 == sandbox.call("POST", "/v1/customers", new_customer_body()).status_code


@pytest.mark.parametrize(("stays", "head", "create"), [(True, 200, 409), (False, 404, 201)])
def test_the_domain_of_a_deleted_customer_stays_reserved(
    sandbox: Sandbox, stays: bool, head: int, create: int
) -> None:
    """The domain cannot be taken again, unless the setting says so (1.4)."""
    sandbox.set(deleted_domain_stays_reserved=stays)
    body = new_customer_body()
    domain = body["companyProfile"]["domain"]
    made = sandbox.call("POST", "/v1/customers", body).json()
    assert 204 == sandbox.call("DELETE", f"/v1/customers/{made['id']}").status_code
    assert head == sandbox.call("HEAD", f"/v1/domains/{domain}").status_code
    assert create == sandbox.call("POST", "/v1/customers", body).status_code


def test_audit_records_outlive_the_customer(world: Sandbox) -> None:
    """The records of creation and deletion are still there after the delete (1.4)."""
    world.call("DELETE", f"/v1/customers/{OWN}")
    filters = f'{{"Field":"CustomerId","Value":"{OWN}","Operator":"equals"}}'
    items = world.call("GET", f"/v1/auditrecords?filter={filters}").json()["items"]
    assert ["delete_customer", "add_customer"] == [item["operationType"] for item in items]


def test_a_check_that_fails_inside_is_a_service_error_and_undoes_everything(
    local_sandbox: LocalSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the blocking check itself fails the answer is 500/800003 and nothing has changed (1.5)."""
    local_sandbox.seed({"partners": [development([customer(OWN)])]})
    sent = {"MS-RequestId": str(uuid4())}
    with monkeypatch.context() as patch:
        patch.setattr("partnercenter.sandbox.routes.deletion.blocking_ids", lambda *_: 1 / 0)
        failed = local_sandbox.call("DELETE", f"/v1/customers/{OWN}", headers=sent)
    assert (500, body_of(800003, "Unexpected service error.")) == (failed.status, json.loads(failed.body))
    assert 200 == local_sandbox.call("GET", f"/v1/customers/{OWN}").status
    assert 204 == local_sandbox.call("DELETE", f"/v1/customers/{OWN}", headers=sent).status
