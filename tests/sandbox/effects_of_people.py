"""What the settings of agreements, users and licences change; `test_settings` proves it.

For each an act, what it shows by default, another value of the setting, and what the act shows then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.sandbox.people import DELETED, USERS, People, new_user, one_customer

if TYPE_CHECKING:
    from tests.conftest import Sandbox

Act = Callable[["Sandbox"], Any]

BASIC = "3b555118-da6a-4418-894f-7df1e2096870"
CUSTOMER = USERS.removesuffix("/users")
MCA = "0f7be3c6-95a4-4d18-b2e7-1c60d8a45f39"
AGREEMENT = {
    "primaryContact": {"firstName": "Ines", "lastName": "Varga", "email": "ines@kestrel.example"},
    "templateId": MCA,
    "dateAgreed": "2023-03-14T00:00:00.000Z",
    "type": "MicrosoftCustomerAgreement",
}
ANY_FAULT = "417/800036"
AS_TOLD = (417, 800036)


def told(act: Callable[[People], Any], *purchases: dict[str, Any]) -> Act:
    """An act of a user on one customer, under the settings that are in force."""

    def on(sandbox: Sandbox) -> Any:
        in_force = sandbox.control("GET", "/settings").json()
        sandbox.seed(one_customer(*purchases))
        answer = sandbox.control("PATCH", "/settings", in_force)
        assert answer.status_code == 200, answer.text
        return act(People(sandbox))

    return on


def code(method: str, path: str, body: Any = None) -> Act:
    """Status and code of one call."""
    return told(lambda people: people.code(method, path, body))


def confirm(**members: Any) -> Act:
    """What a confirmation with these members is answered."""
    return code("POST", f"{CUSTOMER}/agreements", {**AGREEMENT, **members})


def read_deleted(people: People) -> tuple[int, list[str]]:
    """Reading a deleted user by its id, and in the list."""
    path = f"{USERS}/{people.create()}"
    people.ask("DELETE", path)
    return people.ask("GET", path)[0], people.names(DELETED)


def create_twice(people: People) -> tuple[int, int | None]:
    """A second user of one name."""
    people.create()
    return people.code("POST", USERS, new_user())


def license_of_the_administrator(people: People) -> tuple[int, int | None]:
    """A licence for somebody without a usage location."""
    path = f"{USERS}/{people.ask('GET', USERS)[1]['items'][0]['id']}"
    body = {"licensesToAssign": [{"skuId": BASIC}]}
    return people.code("POST", f"{path}/licenseupdates", body)


def unknown_license(people: People) -> tuple[int, int | None]:
    """A licence that the customer does not have."""
    path = f"{USERS}/{people.create()}"
    return people.code("POST", f"{path}/licenseupdates", {"licensesToAssign": [{"skuId": BASIC}]})


WEAK = {"passwordProfile": {"forceChangePassword": True, "password": "x"}}
PEOPLE: Mapping[str, tuple[Act, Any, Any, Any]] = {
    "agreements_without_type": (
        told(lambda people: people.ask("GET", "/v1/agreements")[1]["totalCount"]),
        1,
        "all",
        2,
    ),
    "customers_sign_directly": (
        told(lambda p: p.ask("GET", f"{CUSTOMER}/directSignedMicrosoftCustomerAgreementStatus")[1]),
        {"isSigned": False},
        True,
        {"isSigned": True},
    ),
    "agreement_date_ahead": (
        confirm(dateAgreed="9999-12-31T00:00:00Z"),
        (400, 2000),
        "accept",
        (201, None),
    ),
    "fault_agreement_refused": (confirm(templateId="x"), (400, 2000), ANY_FAULT, AS_TOLD),
    "fault_agreement_query": (code("GET", "/v1/agreements?agreementType=x"), (400, 2000), ANY_FAULT, AS_TOLD),
    "fault_unknown_agreement_template": (
        code("GET", "/v1/agreementtemplates/x/document"),
        (404, 1000),
        ANY_FAULT,
        AS_TOLD,
    ),
    "fault_malformed_user_id": (code("GET", f"{USERS}/x"), (400, 800002), "404/60002", (404, 60002)),
    "deleted_user_by_id": (told(read_deleted), (404, ["ada"]), "shown", (200, ["ada"])),
    "fault_user_name_taken": (told(create_twice), (409, 3000), ANY_FAULT, AS_TOLD),
    "password_rules": (code("POST", USERS, new_user(**WEAK)), (400, 3000), "none", (201, None)),
    "expired_units": (
        told(
            lambda people: people.ask("GET", f"{CUSTOMER}/subscribedskus")[1]["totalCount"],
            {"product": "new_commerce", "subscriptionStatus": "expired"},
        ),
        1,
        "none",
        0,
    ),
    "fault_no_usage_location": (told(license_of_the_administrator), (400, 3000), ANY_FAULT, AS_TOLD),
    "fault_license_sku": (told(unknown_license), (400, 3000), ANY_FAULT, AS_TOLD),
}
