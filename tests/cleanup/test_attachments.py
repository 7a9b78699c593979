"""What is attached, read from a real sandbox: the judgement agrees with the service, and its steps clear the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.exceptions import AzureError
from azure.identity import ClientSecretCredential
from tests.client.conftest import CUSTOMER, Answer, Credential, ScriptedServer, collection, fault
from tests.client.test_client_against_sandbox import credential_options
from tests.conftest import Sandbox

from partnercenter import LoopbackTransport, PartnerCenterClient, PermissionDeniedError
from partnercenter.cleanup.attachments import read_attachments, read_customer
from partnercenter.cleanup.blockers import Attachment
from partnercenter.cleanup.clearing import Action
from partnercenter.cleanup.judgement import Blocks
from partnercenter.client.transport import Httpx2Transport

NOW = datetime(2026, 3, 1, tzinfo=UTC)
UNDELETABLE = "Bad address"


class Quick(Httpx2Transport):
    """A transport that does not wait."""

    def sleep(self, duration: float) -> None:
        """Do not wait."""


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[PartnerCenterClient]:
    """The synchronous client of the development partner."""
    credential = ClientSecretCredential(**credential_options(sandbox), transport=LoopbackTransport())
    with (
        credential,
        PartnerCenterClient(credential, endpoint=sandbox.url, transport=Quick()) as client,
    ):
        yield client


def is_deleted(client: PartnerCenterClient, customer_id: str) -> bool:
    """Whether a delete of the customer is carried out."""
    try:
        client.customers.by_id(customer_id).delete()
    except AzureError:
        return False
    return True


def clear(client: PartnerCenterClient, customer_id: str, attachment: Attachment) -> None:
    """Take the steps that clear one thing, and wait until each is done."""
    one = client.customers.by_id(customer_id)

    def change(subscription_id: str, status: str) -> None:
        subscription = one.subscriptions.by_id(subscription_id).get()
        subscription.status = status
        one.subscriptions.by_id(subscription_id).begin_patch(subscription).result(30)

    take: dict[Action, Callable[[str], Any]] = {
        Action.CANCEL_ORDER: lambda known: one.orders.by_id(known).begin_cancel().result(30),
        Action.ACTIVATE_SUBSCRIPTION: lambda known: one.subscriptions.by_id(known).activate(),
        Action.DELETE_SUBSCRIPTION: lambda known: change(known, "deleted"),
        Action.SUSPEND_SUBSCRIPTION: lambda known: change(known, "suspended"),
        Action.CANCEL_AZURE_SUBSCRIPTION: lambda known: (
            one.subscriptions.by_id(attachment.below)
            .azure_entitlements.by_id(known)
            .begin_cancel()
            .result(30)
        ),
    }
    for step in attachment.steps:
        take[step.action](step.id)


def customers_of(client: PartnerCenterClient) -> list[tuple[str, str]]:
    """Id and name of every customer."""
    return [
        (str(customer.id), str(customer.company_profile and customer.company_profile.company_name))
        for customer in client.customers.list()
    ]


def test_the_judgement_agrees_with_the_service(sandbox: Sandbox, client: PartnerCenterClient) -> None:
    """A customer with a blocker in any state is not deleted, one without is, unless its address is bad."""
    sandbox.seed("one-of-each")
    for customer_id, name in customers_of(client):
        found = read_attachments(client, customer_id, datetime.now(UTC))
        free = all(attachment.blocks is Blocks.NO for attachment in found.attachments)
        assert () == found.unread
        assert (free and name != UNDELETABLE) is is_deleted(client, customer_id), name


def test_the_steps_clear_the_way(sandbox: Sandbox, client: PartnerCenterClient) -> None:
    """Taking the steps of everything that blocks, in order, lets the customer be deleted; what is stuck does not."""
    sandbox.seed("one-of-each")
    cleared = 0
    for customer_id, name in customers_of(client):
        found = read_attachments(client, customer_id, datetime.now(UTC)).attachments
        blocking = [attachment for attachment in found if attachment.blocks is Blocks.YES]
        waits = any(step.action is Action.WAIT_FOR_ORDER for a in blocking for step in a.steps)
        if waits or name == UNDELETABLE:
            continue
        stuck = any(attachment.is_stuck for attachment in blocking)
        for attachment in blocking:
            if not attachment.is_stuck:
                clear(client, customer_id, attachment)
                cleared += 1
        assert is_deleted(client, customer_id) is not stuck, name
    assert cleared > 20


def test_every_kind_is_recognised(sandbox: Sandbox, client: PartnerCenterClient) -> None:
    """Each thing of a seeded world is shown as the kind that its customer is named after."""
    sandbox.seed("one-of-each")
    titles = {
        "Reservation": "azure reservation",
        "Perpetual software": "perpetual software",
        "Software subscription": "software subscription",
        "Azure plan": "azure plan",
        "Savings plan": "azure savings plan",
        "New commerce": "new commerce",
        "Marketplace": "marketplace",
        "Legacy licence": "legacy",
        "Legacy Azure": "legacy",
    }
    seen = set()
    for customer_id, name in customers_of(client):
        kind = titles.get(name.partition(",")[0])
        if kind is None or "order pending" in name or "trial" in name:
            continue
        found = read_attachments(client, customer_id, datetime.now(UTC)).attachments
        assert kind in {attachment.kind.value for attachment in found}, name
        seen.add(kind)
    assert seen == set(titles.values())


def test_entitlements_that_an_application_may_not_read(sandbox: Sandbox, client: PartnerCenterClient) -> None:
    """Where entitlements are refused, orders and subscriptions lead to the same judgement, and it is told."""
    sandbox.seed("stuck")
    with_them = {known: read_attachments(client, known, NOW).attachments for known, _ in customers_of(client)}
    sandbox.set(entitlements_app_only=False)
    for known, expected in with_them.items():
        found = read_attachments(client, known, NOW)
        assert ("entitlements",) == found.unread
        assert [(a.product, a.judgement) for a in expected] == [
            (a.product, a.judgement) for a in found.attachments
        ]


@pytest.mark.parametrize(
    ("refusal", "unread"),
    [
        (fault(900329, "This resource does not support application-only authentication"), True),
        ({}, True),
        (fault(20002, "No relationship between caller and account."), False),
    ],
)
def test_only_a_list_that_is_not_allowed_is_left_out(refusal: dict[str, Any], unread: bool) -> None:
    """A list refused with 403 is left out and told; that the customer is another's ends the reading."""
    plan = {"id": CUSTOMER, "status": "active", "offerId": "DZH318Z0BPS6:0001:X"}
    server = ScriptedServer()
    server.answers(
        Answer(json=collection(plan)),
        Answer(json=collection()),
        Answer(403, json=refusal),
        Answer(403, json=refusal),
    )
    try:
        with PartnerCenterClient(Credential(), endpoint=server.url) as client:
            if not unread:
                with pytest.raises(PermissionDeniedError):
                    read_attachments(client, CUSTOMER, NOW)
                return
            found = read_attachments(client, CUSTOMER, NOW)
    finally:
        server.stop()
    assert ("entitlements", f"the Azure subscriptions of plan {CUSTOMER}") == found.unread
    assert "cannot be read" in found.attachments[0].judgement.reason


@pytest.mark.parametrize(
    "answers",
    [
        [Answer(403, json=fault(900329, "x"))],
        [Answer(json=collection()), Answer(500, json=fault(800003, "Unexpected service error"))],
        [Answer(json=collection()), Answer(json=collection()), Answer(500, json=fault(800003, "x"))],
    ],
)
def test_what_cannot_be_read_for_another_reason_is_an_error(answers: list[Answer]) -> None:
    """Orders and subscriptions that are refused, and any other failure, are errors and not nothing."""
    server = ScriptedServer()
    server.answers(*answers)
    try:
        with (
            PartnerCenterClient(Credential(), endpoint=server.url, retry_total=0) as client,
            pytest.raises(AzureError),
        ):
            read_attachments(client, CUSTOMER, NOW)
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("expected", "date"),
    [
        (NOW, "Sun, 01 Mar 2026 00:00:00 GMT"),
        (NOW, "Sun, 01 Mar 2026 02:00:00 +0200"),
        (None, "soon"),
        (None, None),
    ],
)
def test_the_time_is_that_of_the_service(expected: datetime | None, date: str | None) -> None:
    """The moment for windows is the Date of the customer's answer; without a usable one it is this machine's."""
    server = ScriptedServer()
    server.answers(Answer(json={"id": CUSTOMER}, headers={"Date": date} if date else {}))
    try:
        with PartnerCenterClient(Credential(), endpoint=server.url) as client:
            customer, now = read_customer(client, CUSTOMER)
    finally:
        server.stop()
    assert CUSTOMER == customer.id
    assert (expected or datetime.now(UTC)) - now < timedelta(minutes=1)
    assert expected in {now, None}
