"""What a type checker must see in the public surface. Checked by mypy, never run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import assert_type

from azure.core.async_paging import AsyncItemPaged
from azure.core.credentials import TokenCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.core.paging import ItemPaged
from azure.core.rest import AsyncHttpResponse, HttpResponse

from partnercenter import (
    Address,
    AuditRecord,
    BillingCycleType,
    ChangedMeanwhileError,
    Cloud,
    ConflictError,
    CountryValidationRules,
    Customer,
    CustomerBillingProfile,
    CustomerCompanyProfile,
    CustomerHasActiveOrdersError,
    CustomerPartnerRelationship,
    FieldFilterOperation,
    NotFoundError,
    Order,
    OrderLineItem,
    OrderStatus,
    PartnerCenterClient,
    PartnerCenterError,
    SimpleFieldFilter,
    Subscription,
    SubscriptionStatus,
    ThrottledError,
    TokenRefusedError,
    UnexpectedAnswerError,
)
from partnercenter.aio import PartnerCenterClient as AsyncPartnerCenterClient


def synchronous(credential: TokenCredential) -> None:
    """Every call of the synchronous client."""
    with PartnerCenterClient(credential) as client:
        assert_type(client, PartnerCenterClient)
        assert_type(client.endpoint, str)
        assert_type(client.customers.list(), ItemPaged[Customer])
        assert_type(client.customers.list().by_page("token"), Iterator[Iterator[Customer]])
        for customer in client.customers.list(size=5, filter=SimpleFieldFilter("Domain", "x")):
            assert_type(customer, Customer)
        assert_type(client.customers.create(Customer()), Customer)

        one = client.customers.by_id("id")
        assert_type(one.get(), Customer)
        one.delete()
        assert_type(one.patch(Customer(relationship_to_partner="none")), Customer)
        assert_type(one.profiles.billing.get(), CustomerBillingProfile)
        assert_type(one.profiles.billing.update(CustomerBillingProfile()), CustomerBillingProfile)
        assert_type(one.profiles.company.get(), CustomerCompanyProfile)
        assert_type(one.orders.list(billing_cycle=BillingCycleType.MONTHLY), ItemPaged[Order])
        assert_type(one.orders.by_id("id").get(), Order)
        assert_type(one.subscriptions.list(order_id="id"), ItemPaged[Subscription])

        assert_type(client.domains.by_domain("x").exists(), bool)
        assert_type(client.country_validation_rules.by_country("US").get(), CountryValidationRules)
        records = client.audit_records.list(start_date=date.min, end_date=date.max, size=5)
        assert_type(records, ItemPaged[AuditRecord])
        assert_type(client.request("GET", "/v1/x", json=[1], headers={"X": "y"}), HttpResponse)
        assert_type(client.correlation(), AbstractContextManager[str])
        with client.correlation("id") as correlation_id:
            assert_type(correlation_id, str)


async def asynchronous(credential: AsyncTokenCredential) -> None:
    """Every call of the asynchronous client."""
    async with AsyncPartnerCenterClient(credential) as client:
        assert_type(client, AsyncPartnerCenterClient)
        assert_type(client.customers.list(), AsyncItemPaged[Customer])
        assert_type(client.customers.list().by_page(), AsyncIterator[AsyncIterator[Customer]])
        async for customer in client.customers.list():
            assert_type(customer, Customer)
        assert_type(await client.customers.create(Customer()), Customer)

        one = client.customers.by_id("id")
        assert_type(await one.get(), Customer)
        await one.delete()
        assert_type(await one.patch(Customer()), Customer)
        assert_type(await one.profiles.billing.get(), CustomerBillingProfile)
        assert_type(await one.profiles.billing.update(CustomerBillingProfile()), CustomerBillingProfile)
        assert_type(await one.profiles.company.get(), CustomerCompanyProfile)
        assert_type(one.orders.list(), AsyncItemPaged[Order])
        assert_type(await one.orders.by_id("id").get(), Order)
        assert_type(one.subscriptions.list(), AsyncItemPaged[Subscription])

        assert_type(await client.domains.by_domain("x").exists(), bool)
        assert_type(await client.country_validation_rules.by_country("US").get(), CountryValidationRules)
        assert_type(client.audit_records.list(), AsyncItemPaged[AuditRecord])
        assert_type(await client.request("GET", "/v1/x"), AsyncHttpResponse)


def options(credential: TokenCredential) -> None:
    """Options: durations are numbers or timedeltas, a bundle is a text or a path."""
    PartnerCenterClient(
        credential, cloud=Cloud.CHINA, timeout=5, deadline=1.5, longest_retry_wait=timedelta(1)
    )
    PartnerCenterClient(credential, endpoint="https://x", verify="ca.pem", retry_total=0, locale="de-DE")
    PartnerCenterClient(credential, verify=Path("ca.pem"), scope="x/.default", application_name="x")
    PartnerCenterClient(credential, "https://x")  # type: ignore[arg-type, call-arg]
    PartnerCenterClient(credential, polling=5)  # type: ignore[call-arg]
    PartnerCenterClient(credential, cloud="global")  # type: ignore[arg-type]


def resources(customer: Customer, order: Order, subscription: Subscription) -> None:
    """Members are optional, words are enums or text, and names that do not exist are found."""
    assert_type(customer.id, str | None)
    assert_type(customer.relationship_to_partner, CustomerPartnerRelationship | str | None)
    assert_type(customer.billing_profile, CustomerBillingProfile | None)
    assert_type(customer.allow_delegated_access, bool | None)
    assert_type(customer.custom_domains, list[str] | None)
    assert_type(order.line_items, list[OrderLineItem] | None)
    assert_type(order.creation_date, datetime | None)
    assert_type(order.status, OrderStatus | str | None)
    assert_type(subscription.status, SubscriptionStatus | str | None)
    assert_type(Customer.from_json({}), Customer)
    Customer(company_profile=CustomerCompanyProfile(domain="x"), billing_profile=None)
    Customer(compny="x")  # type: ignore[call-arg]
    Customer("x")  # type: ignore[call-arg]
    Address(city=5)  # type: ignore[arg-type]
    customer.id = 5  # type: ignore[assignment]
    customer.compny = "x"  # type: ignore[attr-defined]
    SimpleFieldFilter("a", "b", FieldFilterOperation.EQUALS)
    SimpleFieldFilter("a", "b", "equals")


def errors(
    refused: PartnerCenterError, blocked: CustomerHasActiveOrdersError, throttled: ThrottledError
) -> None:
    """Errors carry typed members and are azure-core's."""
    assert_type(refused.code, int | None)
    assert_type(refused.description, str)
    assert_type(refused.source, str | None)
    assert_type(refused.advice, str | None)
    assert_type(refused.request_id, str | None)
    assert_type(refused.correlation_id, str | None)
    assert_type(refused.message, str)
    assert_type(refused.status_code, int | None)
    assert_type(blocked.order_ids, tuple[str, ...])
    assert_type(throttled.retry_after, float | None)
    plain: type[HttpResponseError] = PartnerCenterError
    missing: type[ResourceNotFoundError] = NotFoundError
    exists: type[ResourceExistsError] = ConflictError
    changed: type[ResourceModifiedError] = ChangedMeanwhileError
    token: type[ClientAuthenticationError] = TokenRefusedError
    unread: type[HttpResponseError] = UnexpectedAnswerError
    del plain, missing, exists, changed, token, unread
