"""Agreements: which there are, confirming one, and who may; behaviour.md 3.4 and 9.3, lifecycle.md 5 and 6."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import (
    BLOCKED,
    IN_PRODUCTION,
    OF_OTHER,
    OF_PRODUCTION,
    OWN,
    WORLD,
    Fault,
    LocalSandbox,
    customer,
    fault_of,
)

from partnercenter.contract import development_partner
from partnercenter.sandbox.store.agreements import has_agreement

CLOUD = "5c2e91d4-70ab-4f3d-9b16-e8d30a7c4f52"
MCA = "0f7be3c6-95a4-4d18-b2e7-1c60d8a45f39"
USER_ID = "b7e0a4c3-5f19-4286-9dd2-e81c37f60a95"
AGREEMENTS = f"/v1/customers/{OWN}/agreements"
CONTACT = {
    "firstName": "Ines",
    "lastName": "Varga",
    "email": "ines@kestrelbakery.example",
    "phoneNumber": "5415550132",
}
BODY = {
    "primaryContact": CONTACT,
    "templateId": MCA,
    "dateAgreed": "2023-03-14T00:00:00.000Z",
    "type": "MicrosoftCustomerAgreement",
}
REFUSED = Fault(400, 2000)
INCOMPLETE = Fault(400, 3000)


UNSIGNED = {
    "partners": [
        {**one, "customers": [{**each, "agreement": False} for each in one["customers"]]}
        for one in WORLD["partners"]
    ]
}


@pytest.fixture
def world(sandbox: Sandbox) -> Sandbox:
    """The usual world, in which nobody has accepted anything yet."""
    sandbox.seed(UNSIGNED)
    return sandbox


@pytest.fixture
def user(world: Sandbox) -> str:
    """The token of a user of the development partner."""
    return world.mint(kind="app_user", claims={"oid": USER_ID})


# Which there are


def test_the_metadata_is_that_of_the_example(world: Sandbox, user: str) -> None:
    """Lists of agreements are collections of exactly the documented members, without links (lifecycle.md 5)."""
    answer = world.call("GET", "/v1/agreements?agreementType=MicrosoftCustomerAgreement", token=user)
    assert (
        '{"totalCount":1,"items":[{"templateId":"0f7be3c6-95a4-4d18-b2e7-1c60d8a45f39",'
        '"agreementType":"MicrosoftCustomerAgreement","agreementLink":"https://agreements.example/mca",'
        '"versionRank":0}],"attributes":{"objectType":"Collection"}}'
    ) == answer.text


TYPES = (
    # query, templates that are shown
    ("", [CLOUD]),
    ("?agreementType=", [CLOUD]),
    ("?agreementType=*", [CLOUD, MCA]),
    ("?agreementType=%2A", [CLOUD, MCA]),
    ("?agreementType=MicrosoftCloudAgreement", [CLOUD]),
    ("?agreementtype=microsoftCustomerAgreement", [MCA]),
    ("?agreementType=microsoft_customer_agreement", [MCA]),
    ("?agreementType=MicrosoftPartnerAgreement", REFUSED),
    ("?agreementType=MicrosoftCustomerAgreement,MicrosoftCloudAgreement", REFUSED),
)


@pytest.mark.parametrize(("query", "expected"), TYPES)
def test_agreements_are_listed_by_type(
    world: Sandbox, user: str, query: str, expected: list[str] | Fault
) -> None:
    """`*` is every type, no type is the Microsoft Cloud Agreement, an unknown one is refused (lifecycle.md 5)."""
    answer = world.call("GET", f"/v1/agreements{query}", token=user)
    if isinstance(expected, Fault):
        assert expected == fault_of(answer)
    else:
        assert expected == [item["templateId"] for item in answer.json()["items"]]


DOCUMENTS = (
    # template, query, language and country that are answered
    (MCA, "", ("en-US", "US")),
    (MCA.upper(), "?language=&country=", ("en-US", "US")),
    (CLOUD, "?language=DE-de&country=de", ("de-DE", "DE")),
    (MCA, "?Language=fr&Country=BE", ("fr", "BE")),
    (MCA, "?language=english", REFUSED),
    (MCA, "?country=QQ", REFUSED),
    (MCA, "?country=Germany", REFUSED),
    (OWN, "", Fault(404, 1000)),
    ("mca", "?country=QQ", Fault(404, 1000)),
)


@pytest.mark.parametrize(("template", "query", "expected"), DOCUMENTS)
def test_the_text_of_a_template_has_two_addresses(
    world: Sandbox, user: str, template: str, query: str, expected: tuple[str, str] | Fault
) -> None:
    """One shows it and one downloads it, in a language for a country."""
    answer = world.call("GET", f"/v1/agreementtemplates/{template}/document{query}", token=user)
    if isinstance(expected, Fault):
        assert expected == fault_of(answer)
        return
    found = answer.json()
    assert {"displayUri", "downloadUri", "language", "country"} == set(found)
    assert expected == (found["language"], found["country"])
    assert all("/".join(expected) in found[name] for name in ("displayUri", "downloadUri"))
    assert found["displayUri"] != found["downloadUri"]


def test_the_addresses_of_a_text_live_five_minutes(local_sandbox: LocalSandbox) -> None:
    """They name the time at which they end, five minutes later by the sandbox's clock."""
    token = local_sandbox.mint(kind="app_user")
    path = f"/v1/agreementtemplates/{MCA}/document"
    first = json.loads(local_sandbox.call("GET", path, token=token).body)
    assert "se=2026-03-01T12%3A05%3A00" in first["displayUri"]
    local_sandbox.clock.move(minutes=1)
    second = json.loads(local_sandbox.call("GET", path, token=token).body)
    assert "se=2026-03-01T12%3A06%3A00" in second["downloadUri"]


# Confirming


def test_a_confirmation_is_answered_as_in_the_example(world: Sandbox, user: str) -> None:
    """201 with who confirmed, from the token; the date stays as it was written (lifecycle.md 6)."""
    answer = world.call("POST", AGREEMENTS, {**BODY, "userId": BLOCKED}, token=user)
    assert 201 == answer.status_code
    assert (
        '{"userId":"b7e0a4c3-5f19-4286-9dd2-e81c37f60a95","primaryContact":{"firstName":"Ines",'
        '"lastName":"Varga","email":"ines@kestrelbakery.example","phoneNumber":"5415550132"},'
        '"templateId":"0f7be3c6-95a4-4d18-b2e7-1c60d8a45f39","dateAgreed":"2023-03-14T00:00:00.000Z",'
        '"type":"MicrosoftCustomerAgreement"}'
    ) == answer.text


def test_a_confirmation_is_listed_as_in_the_example(world: Sandbox, user: str) -> None:
    """Lists leave out who confirmed, and add the link (lifecycle.md 6)."""
    world.call("POST", AGREEMENTS, BODY, token=user)
    answer = world.call("GET", f"{AGREEMENTS}?agreementType=MicrosoftCustomerAgreement", token=user)
    assert (
        '{"totalCount":1,"items":[{"primaryContact":{"firstName":"Ines","lastName":"Varga",'
        '"email":"ines@kestrelbakery.example","phoneNumber":"5415550132"},'
        '"templateId":"0f7be3c6-95a4-4d18-b2e7-1c60d8a45f39","dateAgreed":"2023-03-14T00:00:00.000Z",'
        '"type":"MicrosoftCustomerAgreement","agreementLink":"https://agreements.example/mca"}],'
        '"attributes":{"objectType":"Collection"}}'
    ) == answer.text


def changed(**members: Any) -> dict[str, Any]:
    """The body of the example with some members changed; None leaves one out."""
    return {name: value for name, value in {**BODY, **members}.items() if value is not None}


def contact(**members: Any) -> dict[str, Any]:
    """The body of the example with a changed contact."""
    known = {name: value for name, value in {**CONTACT, **members}.items() if value is not None}
    return changed(primaryContact=known)


BODIES = (
    # body, answer
    (BODY, Fault(201)),
    ({name.upper(): value for name, value in BODY.items()}, Fault(201)),
    (contact(phoneNumber=None), Fault(201)),
    (changed(templateId=MCA.upper()), Fault(201)),
    (changed(type="microsoft_customer_agreement"), Fault(201)),
    (changed(dateAgreed="2023-03-14"), Fault(201)),
    (changed(dateAgreed="2023-03-14T08:00:00+02:00"), Fault(201)),
    (changed(templateId=CLOUD, type="MicrosoftCloudAgreement"), Fault(201)),
    (changed(unknown=1, attributes={"objectType": "Agreement"}), Fault(201)),
    ({}, INCOMPLETE),
    (changed(primaryContact=None), INCOMPLETE),
    (changed(templateId=None), INCOMPLETE),
    (changed(dateAgreed=None), INCOMPLETE),
    (changed(type=None), INCOMPLETE),
    (contact(firstName=None), INCOMPLETE),
    (contact(firstName=" "), INCOMPLETE),
    (contact(lastName=None), INCOMPLETE),
    (contact(lastName="x" * 51), INCOMPLETE),
    (contact(email=None), INCOMPLETE),
    (contact(email="ines"), INCOMPLETE),
    (contact(email=["ines@kestrelbakery.example"]), INCOMPLETE),
    (contact(phoneNumber=5415550132), INCOMPLETE),
    (changed(primaryContact="Ines"), INCOMPLETE),
    (changed(templateId=7), INCOMPLETE),
    (changed(templateId=""), INCOMPLETE),
    (changed(templateId="\u0000"), INCOMPLETE),
    (changed(dateAgreed="yesterday"), INCOMPLETE),
    (changed(dateAgreed=1678752000), INCOMPLETE),
    (changed(type=["MicrosoftCustomerAgreement"]), INCOMPLETE),
    (changed(templateId=OWN), REFUSED),
    (changed(templateId=CLOUD), REFUSED),
    (changed(type="MicrosoftCloudAgreement"), REFUSED),
    (changed(type="MicrosoftPartnerAgreement"), REFUSED),
    (changed(dateAgreed="9999-12-31T23:59:59Z"), REFUSED),
    (changed(dateAgreed="9999-12-31T23:59:59-14:00"), REFUSED),
    ([BODY], Fault(400, 800002)),
    (None, Fault(400, 800002)),
)


@pytest.mark.parametrize(("body", "expected"), BODIES)
def test_a_confirmation_needs_contact_template_date_and_type(
    world: Sandbox, user: str, body: Any, expected: Fault
) -> None:
    """What is missing, malformed or does not fit the template is refused, and nothing is confirmed then."""
    answer = world.call("POST", AGREEMENTS, body, token=user)
    assert expected == fault_of(answer)
    listed = world.call("GET", f"{AGREEMENTS}?agreementType=*", token=user).json()
    assert (1 if expected.status == 201 else 0) == listed["totalCount"]


def test_the_date_must_have_come_by_the_clock_of_the_sandbox(local_sandbox: LocalSandbox) -> None:
    """What is agreed to a second from now is refused, and taken a second later."""
    local_sandbox.seed({"partners": [PARTNER]})
    token = local_sandbox.mint(kind="app_user")
    body = changed(dateAgreed="2026-03-01T12:00:01Z")
    assert 400 == local_sandbox.call("POST", AGREEMENTS, body, token=token).status
    local_sandbox.clock.move(seconds=1)
    assert 201 == local_sandbox.call("POST", AGREEMENTS, body, token=token).status


PARTNER = {
    "tenantId": development_partner.TENANT_ID,
    "companyName": "P",
    "domain": development_partner.DOMAIN,
    "customers": [customer(OWN, agreement=False)],
}
SECOND_CONTACTS = (
    # what the second confirmation has, whether it is one more
    (BODY, False),
    (contact(firstName="INES", lastName="varga"), False),
    (contact(email="Ines@KestrelBakery.example"), False),
    (changed(dateAgreed="2024-01-01"), False),
    (changed(type="microsoftCustomerAgreement", templateId=MCA.upper()), False),
    (contact(firstName="Ada"), True),
    (contact(lastName="Stone"), True),
    (contact(email="ada@kestrelbakery.example"), True),
    (contact(phoneNumber=None), True),
    (changed(templateId=CLOUD, type="MicrosoftCloudAgreement"), True),
)


@pytest.mark.parametrize(("second", "is_taken"), SECOND_CONTACTS)
def test_the_same_contact_confirms_once(world: Sandbox, user: str, second: Any, is_taken: bool) -> None:
    """The same contact again is 400/600061; another contact or agreement is one more confirmation."""
    world.call("POST", AGREEMENTS, BODY, token=user)
    answer = world.call("POST", AGREEMENTS, second, token=user)
    assert (Fault(201) if is_taken else Fault(400, 600061)) == fault_of(answer)
    listed = world.call("GET", f"{AGREEMENTS}?agreementType=*", token=user).json()
    assert (2 if is_taken else 1) == listed["totalCount"]


def test_a_second_confirmation_is_refused_in_the_newer_shape(world: Sandbox, user: str) -> None:
    """The fault has exactly the members of shape B (11.1)."""
    world.call("POST", AGREEMENTS, BODY, token=user)
    fault = world.call("POST", AGREEMENTS, BODY, token=user).json()
    assert {
        "code": 600061,
        "message": "The agreement has been confirmed already.",
        "description": "The agreement has been confirmed already.",
        "errorName": "PartnerConfirmedAgreementAlreadyExists",
        "isRetryable": False,
        "parameters": {},
        "errorMessageExtended": "InternalErrorCode=600061",
    } == fault
    world.set(error_full_stop="off")
    plain = world.call("POST", AGREEMENTS, {**BODY, "unknown": 1}, token=user).json()
    assert ("The agreement has been confirmed already",) * 2 == (plain["message"], plain["description"])


def test_a_repeated_call_is_answered_again(world: Sandbox, user: str) -> None:
    """The same request id gets the first 201 again and confirms nothing twice (10.1)."""
    sent = {"MS-RequestId": "12020202-5a10-4c3e-9f00-abc000003dde"}
    answers = [world.call("POST", AGREEMENTS, BODY, token=user, headers=sent) for _ in range(2)]
    assert [201, 201] == [answer.status_code for answer in answers]
    assert answers[0].text == answers[1].text


def test_nobody_signs_directly_in_a_sandbox(world: Sandbox, user: str) -> None:
    """The status of direct signing is false, also after a confirmation."""
    path = f"/v1/customers/{OWN}/directSignedMicrosoftCustomerAgreementStatus"
    world.call("POST", AGREEMENTS, BODY, token=user)
    assert '{"isSigned":false}' == world.call("GET", path, token=user).text


def test_only_the_customer_agreement_opens_the_catalogue(local_sandbox: LocalSandbox) -> None:
    """A confirmed Microsoft Cloud Agreement does not count as the Microsoft Customer Agreement (3.4)."""
    local_sandbox.seed({"partners": [PARTNER]})
    token = local_sandbox.mint(kind="app_user")
    (key,) = local_sandbox.state.database.read(
        lambda connection: connection.exec_driver_sql("SELECT key FROM customers").scalars().all()
    )

    def counts() -> bool:
        return local_sandbox.state.database.read(lambda connection: has_agreement(connection, key))

    before = counts()
    cloud = changed(templateId=CLOUD, type="MicrosoftCloudAgreement")
    local_sandbox.call("POST", AGREEMENTS, cloud, token=token)
    between = counts()
    local_sandbox.call("POST", AGREEMENTS, BODY, token=token)
    assert (False, False, True) == (before, between, counts())


ORDER = {
    "billingCycle": "monthly",
    "lineItems": [
        {
            "lineItemNumber": 0,
            "offerId": "CFQ7TTC0LH18:0001:CFQ7TTC0K971",
            "quantity": 1,
            "termDuration": "P1Y",
        }
    ],
}


@pytest.mark.parametrize("signed", [False, True], ids=["confirmed", "signed"])
def test_a_purchase_waits_for_the_agreement(world: Sandbox, user: str, signed: bool) -> None:
    """403/13605 until the agreement is confirmed, or the customer itself has signed it (lifecycle.md 6)."""
    orders = f"/v1/customers/{OWN}/orders"
    assert Fault(403, 13605) == fault_of(world.call("POST", orders, ORDER))
    if signed:
        world.set(customers_sign_directly=True)
    else:
        world.call("POST", AGREEMENTS, BODY, token=user)
    assert 201 == world.call("POST", orders, ORDER).status_code


# Who may


CALLS = (
    ("GET", "/v1/agreements", None),
    ("GET", f"/v1/agreementtemplates/{MCA}/document", None),
    ("GET", AGREEMENTS, None),
    ("POST", AGREEMENTS, BODY),
    ("GET", f"/v1/customers/{OWN}/directSignedMicrosoftCustomerAgreementStatus", None),
)


@pytest.mark.parametrize(
    "order", [{}, dict(OF_OTHER), dict(OF_PRODUCTION)], ids=["own", "other", "production"]
)
@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_agreements_need_a_user(
    world: Sandbox, method: str, path: str, body: Any, order: dict[str, Any]
) -> None:
    """Each agreement operation answers an app-only token with 403/900329, in sandboxes too (9.3)."""
    answer = world.call(method, path, body, token=world.mint(**order))
    assert Fault(403, 900329) == fault_of(answer)


def test_agreements_are_there_in_production_too(world: Sandbox) -> None:
    """A production partner confirms for its customers as well."""
    token = world.mint(**OF_PRODUCTION, kind="app_user")
    answer = world.call("POST", f"/v1/customers/{IN_PRODUCTION}/agreements", BODY, token=token)
    assert 201 == answer.status_code


def test_agreements_are_gone_with_their_customer(world: Sandbox, user: str) -> None:
    """Deleting the customer purges its agreements; they never block it (1.2)."""
    world.call("POST", AGREEMENTS, BODY, token=user)
    assert 204 == world.call("DELETE", f"/v1/customers/{OWN}", token=user).status_code
    assert Fault(404, 60003) == fault_of(world.call("GET", AGREEMENTS, token=user))


def test_a_confirmation_has_its_record(world: Sandbox, user: str) -> None:
    """Confirmed and refused agreements are recorded as `create_agreement` of an `agreement` (13.1)."""
    world.call("POST", AGREEMENTS, BODY, token=user)
    world.call("POST", AGREEMENTS, BODY, token=user)
    query = '?filter={"Field":"ResourceType","Value":"agreement","Operator":"equals"}'
    refused, confirmed = world.call("GET", f"/v1/auditrecords{query}").json()["items"]
    assert [("create_agreement", "agreement", "failed"), ("create_agreement", "agreement", "succeeded")] == [
        (record["operationType"], record["resourceType"], record["operationStatus"])
        for record in (refused, confirmed)
    ]
    value = json.loads(confirmed["resourceNewValue"])
    assert ("ines@kestrelbakery.example", MCA, USER_ID) == (
        value["PrimaryContact"]["Email"],
        value["TemplateId"],
        value["UserId"],
    )
    assert 5 == len(confirmed["id"].split("_"))
    assert 4 == len(refused["id"].split("_"))
