"""Both clients against a real sandbox, with credentials of azure-identity over plain HTTP on loopback."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from azure.core.exceptions import ClientAuthenticationError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from tests.client.conftest import Credential
from tests.conftest import ADDRESS, Sandbox

from partnercenter import (
    Address,
    AsyncLoopbackTransport,
    ChangedMeanwhileError,
    ConflictError,
    Customer,
    CustomerBillingProfile,
    CustomerCompanyProfile,
    CustomerPartnerRelationship,
    LoopbackTransport,
    NotFoundError,
    PartnerCenterClient,
    SimpleFieldFilter,
)
from partnercenter.aio import PartnerCenterClient as AsyncPartnerCenterClient
from partnercenter.contract import development_partner


def credential_options(sandbox: Sandbox, secret: str = development_partner.CLIENT_SECRET) -> dict[str, Any]:
    return {
        "tenant_id": development_partner.TENANT_ID,
        "client_id": development_partner.CLIENT_ID,
        "client_secret": secret,
        "authority": sandbox.url.replace("http:", "https:"),
        "disable_instance_discovery": True,
    }


def new_customer() -> Customer:
    label = f"t{uuid4().hex[:16]}"
    return Customer(
        company_profile=CustomerCompanyProfile(domain=f"{label}.onmicrosoft.com"),
        billing_profile=CustomerBillingProfile(
            email=f"billing@{label}.example",
            culture="en-US",
            language="en",
            company_name=f"Company {label} 東京",
            default_address=Address.from_json(dict(ADDRESS)),
        ),
    )


def test_a_customer_lives_and_goes(sandbox: Sandbox) -> None:
    """Create, list, read, change, check and delete one customer; then it is not found any more."""
    transport = LoopbackTransport()
    credential = ClientSecretCredential(**credential_options(sandbox), transport=transport)
    with credential, PartnerCenterClient(credential, endpoint=sandbox.url) as client:
        new = new_customer()
        created = client.customers.create(new)
        assert created.id
        assert created.user_credentials is not None
        assert created.user_credentials.password
        assert created.user_credentials.password not in repr(created)
        assert new.billing_profile is not None
        name = str(new.billing_profile.company_name)

        assert created.id in [customer.id for customer in client.customers.list(size=1)]
        by_name = client.customers.list(filter=SimpleFieldFilter("CompanyName", name))
        assert [created.id] == [customer.id for customer in by_name]

        one = client.customers.by_id(created.id.upper())
        got = one.get()
        assert CustomerPartnerRelationship.RESELLER == got.relationship_to_partner
        company = one.profiles.company.get()
        assert (created.id, name) == (company.tenant_id, company.company_name)
        assert company.domain
        assert client.domains.by_domain(company.domain).exists()
        assert not client.domains.by_domain(f"f{uuid4().hex[:16]}.onmicrosoft.com").exists()
        assert client.country_validation_rules.by_country("US").get().is_state_required
        assert [] == list(one.orders.list())
        assert [] == list(one.subscriptions.list())

        profile = one.profiles.billing.get()
        stale = CustomerBillingProfile.from_json({**profile.to_json()})
        profile.email = "new@billing.example"
        assert "new@billing.example" == one.profiles.billing.update(profile).email
        assert "new@billing.example" == one.profiles.billing.get().email
        with pytest.raises(ChangedMeanwhileError):
            one.profiles.billing.update(stale)
        with pytest.raises(ConflictError):
            client.customers.create(new)

        with client.correlation() as correlation_id:
            one.delete()
        with pytest.raises(NotFoundError) as gone:
            one.get()
        with pytest.raises(ResourceNotFoundError):
            one.delete()
        assert (404, 60003) == (gone.value.status_code, gone.value.code)
        records = [r for r in client.audit_records.list() if r.customer_id == created.id]
        deleted = [r for r in records if r.operation_type == "delete_customer"]
        assert [correlation_id] == [
            r.original_correlation_id for r in deleted if str(r.operation_status) == "succeeded"
        ]


def test_a_customer_lives_and_goes_asynchronously(sandbox: Sandbox) -> None:
    """The asynchronous client creates, lists by page, changes, ends and deletes with azure.identity.aio."""

    async def act() -> None:
        credential = AsyncClientSecretCredential(
            **credential_options(sandbox), transport=AsyncLoopbackTransport()
        )
        async with credential, AsyncPartnerCenterClient(credential, endpoint=sandbox.url) as client:
            made = await asyncio.gather(*(client.customers.create(new_customer()) for _ in range(3)))
            ids = [str(customer.id) for customer in made]

            pages = client.customers.list(size=2).by_page()
            sizes = [len([customer async for customer in page]) async for page in pages]
            assert [2, 1] == sizes
            billing = client.customers.by_id(ids[0]).profiles.billing
            profile = await billing.get()
            profile.first_name = "Åsa"
            assert "Åsa" == (await billing.update(profile)).first_name
            ended = Customer(relationship_to_partner=CustomerPartnerRelationship.NONE)
            after = await client.customers.by_id(ids[0]).patch(ended)
            assert CustomerPartnerRelationship.NONE == after.relationship_to_partner

            await asyncio.gather(*(client.customers.by_id(one).delete() for one in ids[1:]))
            assert [] == [customer async for customer in client.customers.list()]
            with pytest.raises(NotFoundError):
                await client.customers.by_id(ids[0]).get()

    asyncio.run(act())


def test_a_lost_answer_is_asked_for_again(sandbox: Sandbox) -> None:
    """When the answer to a delete is lost on the way, the retry under the same request id succeeds."""
    import httpx2

    from partnercenter.client.transport import Httpx2Transport

    class LosesTheFirstDelete(httpx2.HTTPTransport):
        lost: list[str] = []  # noqa: RUF012

        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            response = super().handle_request(request)
            if request.method == "DELETE" and not self.lost:
                response.read()
                self.lost.append(request.headers["MS-RequestId"])
                raise httpx2.ReadError("connection lost")
            return response

    class Quick(Httpx2Transport):
        def sleep(self, duration: float) -> None:
            """Do not wait."""

    customer = sandbox.create_customer()
    inner = LosesTheFirstDelete()
    credential = ClientSecretCredential(**credential_options(sandbox), transport=LoopbackTransport())
    with (
        credential,
        PartnerCenterClient(credential, endpoint=sandbox.url, transport=Quick(inner=inner)) as client,
    ):
        client.customers.by_id(customer["id"]).delete()
        assert 1 == len(inner.lost)
        with pytest.raises(NotFoundError):
            client.customers.by_id(customer["id"]).get()


def test_a_wrong_secret_is_azure_identitys_error(sandbox: Sandbox) -> None:
    """A wrong client secret raises ClientAuthenticationError, which does not hold the secret."""
    options = credential_options(sandbox, secret="wrong-secret-of-the-test")
    with (
        ClientSecretCredential(**options, transport=LoopbackTransport()) as credential,
        PartnerCenterClient(credential, endpoint=sandbox.url) as client,
        pytest.raises(ClientAuthenticationError, match="AADSTS7000215") as caught,
    ):
        client.customers.by_id(development_partner.TENANT_ID).get()
    assert "wrong-secret-of-the-test" not in str(caught.value)


def test_a_raw_request_asks_whether_its_user_had_a_second_factor(sandbox: Sandbox) -> None:
    """A header that this package does not know goes along, and the answer's are there to be read."""
    with PartnerCenterClient(Credential(sandbox.mint(kind="app_user")), endpoint=sandbox.url) as client:
        answer = client.request("GET", "/v1/customers", headers={"ValidateMfa": "true"})
    assert "true" == answer.headers["isMfaCompliant"]
