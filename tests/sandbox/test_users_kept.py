"""Who may do what with a customer's users, and what of them is kept and recorded; behaviour.md 9.3, 1.4 and 13.1."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests import databases
from tests.conftest import Sandbox
from tests.sandbox.conftest import BLOCKED, NOBODYS, OWN, Fault, fault_of
from tests.sandbox.people import (
    DOMAIN,
    PASSWORD,
    USERS,
    LocalPeople,
    People,
    new_user,
)

REQUEST_ID = "12020202-5a10-4c3e-9f00-abc000003dde"


def test_users_belong_to_one_customer(world: Sandbox) -> None:
    """A user's id below another customer of the same partner is not found, and its name is free there."""
    token = world.mint(kind="app_user")
    domain = world.call("GET", f"/v1/customers/{OWN}").json()["companyProfile"]["domain"]
    body = new_user(userPrincipalName=f"ada@{domain}")
    made = world.call("POST", USERS, body, token=token).json()
    elsewhere = f"/v1/customers/{BLOCKED}/users/{made['id']}"
    assert Fault(404, 60002) == fault_of(world.call("GET", elsewhere, token=token))
    assert Fault(404, 60002) == fault_of(world.call("DELETE", elsewhere, token=token))
    assert 200 == world.call("GET", f"{USERS}/{made['id']}", token=token).status_code


USER = f"{USERS}/{NOBODYS}"
CALLS = (
    ("GET", USERS),
    ("POST", USERS),
    ("PATCH", f"{USERS}?user_id={NOBODYS}"),
    ("DELETE", f"{USERS}?user_id={NOBODYS}"),
    ("GET", USER),
    ("PATCH", USER),
    ("DELETE", USER),
    ("PATCH", f"{USER}/resetpassword"),
    ("GET", f"{USER}/directoryroles"),
    ("GET", f"{USER}/licenses"),
    ("POST", f"{USER}/licenseupdates"),
    ("GET", f"/v1/customers/{OWN}/subscribedskus"),
)


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_users_and_licences_need_a_user(people: People, method: str, path: str) -> None:
    """Each of these operations answers an app-only token with 403/900329, also in a sandbox (9.3)."""
    body = {} if method in {"POST", "PATCH"} else None
    status, content = people.send(method, path, body, token=people.sandbox.mint())
    assert (403, 900329) == (status, json.loads(content)["code"])


def test_the_patch_of_a_customer_stays_the_one_exception(people: People) -> None:
    """In a sandbox an app-only token may end a relationship, which is a delete there, and nothing else (3.5)."""
    body = {"relationshipToPartner": "none"}
    status, _ = people.send("PATCH", f"/v1/customers/{OWN}", body, token=people.sandbox.mint())
    assert 200 == status


def test_no_password_is_kept_anywhere(local_people: LocalPeople) -> None:
    """Neither an answer, a record, a kept answer nor any other row of the database holds a password."""
    path = f"{USERS}/{local_people.create()}"
    profile = {"passwordProfile": {"forceChangePassword": False, "password": "Other-456-Asdfg"}}
    for method, address in (("PATCH", path), ("PATCH", f"{path}/resetpassword")):
        status, content = local_people.send(method, address, profile, MS_RequestId=REQUEST_ID)
        assert (200, False) == (status, b"assword" in content)
    local_people.ask(
        "POST", USERS, new_user(passwordProfile={"forceChangePassword": True, "password": "weak-pass"})
    )

    stored = repr(local_people.read(databases.rows_of))
    assert f"ada@{DOMAIN}" in stored
    assert not [secret for secret in (PASSWORD, "Other-456-Asdfg", "weak-pass") if secret in stored]


def test_users_are_purged_with_their_customer(local_people: LocalPeople) -> None:
    """After the delete no row of a user is left, and they never blocked it (1.2, 1.4)."""
    local_people.ask("DELETE", f"{USERS}/{local_people.create('ada')}")
    local_people.create("bob")
    assert (204, None) == local_people.ask("DELETE", f"/v1/customers/{OWN}")
    count = local_people.read(
        lambda connection: connection.exec_driver_sql("SELECT count(*) FROM users").scalar()
    )
    assert 0 == count
    assert (404, 60003) == local_people.code("GET", USERS)


# Records


def test_every_change_has_its_record(people: People) -> None:
    """Each effect is recorded under its operation type, with the user's id and both values (13.1)."""
    user_id = people.create()
    path = f"{USERS}/{user_id}"
    password = {"passwordProfile": {"forceChangePassword": True, "password": "Other-456-Asdfg"}}
    people.ask("PATCH", path, {"displayName": "Countess"})
    people.ask("PATCH", path, {"userPrincipalName": f"countess@{DOMAIN}"})
    people.ask("PATCH", path, password)
    people.ask("PATCH", f"{path}/resetpassword", password)
    people.ask("DELETE", path)
    people.ask("PATCH", path, {"state": "active"})
    found = people.records()[:-1][::-1]
    assert [
        "create_customer_user",
        "update_customer_user",
        "update_customer_user_principal_name",
        "reset_customer_user_password",
        "reset_customer_user_password",
        "delete_customer_user",
        "restore_customer_user",
    ] == [record["operationType"] for record in found]
    assert {("customer_user", "succeeded")} == {(r["resourceType"], r["operationStatus"]) for r in found}
    assert {user_id} == {record["id"].split("_")[2] for record in found}
    changed, deleted = found[1], found[5]
    assert ("Ada Stone", "Countess") == (
        json.loads(changed["resourceOldValue"])["DisplayName"],
        json.loads(changed["resourceNewValue"])["DisplayName"],
    )
    assert ("active", "inactive") == (
        json.loads(deleted["resourceOldValue"])["State"],
        json.loads(deleted["resourceNewValue"])["State"],
    )
    assert [{"key": "UserPrincipalName", "value": f"countess@{DOMAIN}"}] == deleted["customizedData"]


ATTEMPTS = (
    # method, path, body, operation type and resource id of the failed record
    ("POST", USERS, {}, "create_customer_user", ""),
    ("POST", USERS, [], "create_customer_user", ""),
    ("PATCH", USER, {"displayName": "X"}, "update_customer_user", NOBODYS),
    ("PATCH", USER, [], "update_customer_user", NOBODYS),
    ("PATCH", USER, {"state": "active"}, "restore_customer_user", NOBODYS),
    ("PATCH", USER, {"passwordProfile": {}}, "reset_customer_user_password", NOBODYS),
    ("PATCH", f"{USERS}?user_id={NOBODYS}", {"firstName": "X"}, "update_customer_user", NOBODYS),
    ("PATCH", f"{USER}/resetpassword", {}, "reset_customer_user_password", NOBODYS),
    ("DELETE", USER, None, "delete_customer_user", NOBODYS),
    ("DELETE", f"{USERS}?user_id={NOBODYS.upper()}", None, "delete_customer_user", NOBODYS),
    ("DELETE", USERS, None, "delete_customer_user", ""),
    ("POST", f"{USER}/licenseupdates", {}, "update_customer_user_licenses", NOBODYS),
)


@pytest.mark.parametrize(("method", "path", "body", "operation_type", "resource_id"), ATTEMPTS)
def test_refused_changes_are_recorded_as_failed(
    people: People, method: str, path: str, body: Any, operation_type: str, resource_id: str
) -> None:
    """A refused change leaves a failed record about the user that was meant, and none of its values (13.1)."""
    assert 400 <= people.ask(method, path, body)[0]
    newest = people.records()[0]
    license_update = operation_type == "update_customer_user_licenses"
    assert (operation_type, "license" if license_update else "customer_user", "failed") == (
        newest["operationType"],
        newest["resourceType"],
        newest["operationStatus"],
    )
    assert resource_id == "".join(newest["id"].split("_")[2:-2])
    assert not {"resourceOldValue", "resourceNewValue"} & set(newest)
