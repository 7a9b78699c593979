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
from azure.core.polling import AsyncLROPoller, LROPoller
from azure.core.rest import AsyncHttpResponse, HttpResponse

from partnercenter import (
    Address,
    AuditRecord,
    AzureEntitlement,
    BillingCycleType,
    Cart,
    CartCheckoutResult,
    CartErrorCode,
    CartLineItem,
    ChangedMeanwhileError,
    Cloud,
    ConflictError,
    Conversion,
    ConversionResult,
    CountryValidationRules,
    Customer,
    CustomerBillingProfile,
    CustomerCompanyProfile,
    CustomerHasActiveOrdersError,
    CustomerPartnerRelationship,
    Entitlement,
    EntitlementType,
    FieldFilterOperation,
    NotFoundError,
    OperationFailedError,
    OperationTimeoutError,
    Order,
    OrderLineItem,
    OrderLineItemActivationLink,
    OrderLineItemProvisioningStatus,
    OrderStatus,
    PartnerCenterClient,
    PartnerCenterError,
    PollerError,
    ReservedInstanceArtifact,
    ReservedInstanceArtifactDetails,
    ScheduledNextTermInstructions,
    SimpleFieldFilter,
    Subscription,
    SubscriptionActivationResult,
    SubscriptionProvisioningStatus,
    SubscriptionRegistrationStatus,
    SubscriptionStatus,
    SupportContact,
    ThrottledError,
    TokenRefusedError,
    Transition,
    TransitionEligibility,
    UnexpectedAnswerError,
    Upgrade,
    UpgradeResult,
    VirtualMachineReservedInstanceArtifactDetails,
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


def synchronous_commerce(client: PartnerCenterClient, artifact: ReservedInstanceArtifact) -> None:
    """Every call of orders, carts, subscriptions and entitlements."""
    one = client.customers.by_id("id")
    assert_type(one.orders.list(billing_cycle="monthly", include_price=True), ItemPaged[Order])
    assert_type(one.orders.create(Order()), Order)
    order = one.orders.by_id("id")
    assert_type(order.get(include_price=True), Order)
    assert_type(order.patch(Order()), Order)
    assert_type(order.cancel(line_items=[OrderLineItem()]), Order)
    assert_type(order.begin_cancel(interval=1, deadline=timedelta(minutes=5)), LROPoller[Order])
    assert_type(order.begin_cancel().result(), Order)
    assert_type(order.provisioning_status.list(), ItemPaged[OrderLineItemProvisioningStatus])
    assert_type(order.order_activation_links.list(), ItemPaged[OrderLineItemActivationLink])
    links = order.order_line_items.by_id(0).activation_link.list()
    assert_type(links, ItemPaged[OrderLineItemActivationLink])
    assert_type(one.carts.create(Cart(line_items=[CartLineItem(quantity=1)])), Cart)
    cart = one.carts.by_id("id")
    assert_type(cart.get(), Cart)
    assert_type(cart.put(Cart()), Cart)
    assert_type(cart.checkout(), CartCheckoutResult)
    assert_type(cart.begin_checkout(), LROPoller[CartCheckoutResult])
    assert_type(one.subscriptions.list(mpn_id="1"), ItemPaged[Subscription])
    subscription = one.subscriptions.by_id("id")
    assert_type(subscription.get(), Subscription)
    assert_type(subscription.patch(Subscription()), Subscription)
    assert_type(subscription.begin_patch(Subscription()), LROPoller[Subscription])
    assert_type(subscription.add_ons.list(), ItemPaged[Subscription])
    assert_type(subscription.upgrades.list(), ItemPaged[Upgrade])
    assert_type(subscription.upgrades.create(Upgrade()), UpgradeResult)
    assert_type(subscription.transition_eligibilities.list(), ItemPaged[TransitionEligibility])
    assert_type(subscription.transitions.list(), ItemPaged[Transition])
    assert_type(subscription.transitions.create(Transition()), Transition)
    assert_type(subscription.conversions.list(), ItemPaged[Conversion])
    assert_type(subscription.conversions.create(Conversion()), ConversionResult)
    assert_type(subscription.support_contact.get(), SupportContact)
    assert_type(subscription.support_contact.update(SupportContact()), SupportContact)
    assert_type(subscription.provisioning_status.get(), SubscriptionProvisioningStatus)
    subscription.registration.register()
    assert_type(subscription.registration_status.get(), SubscriptionRegistrationStatus)
    assert_type(subscription.begin_register(), LROPoller[SubscriptionRegistrationStatus])
    assert_type(subscription.activate(), SubscriptionActivationResult)
    assert_type(subscription.activation_links.list(), ItemPaged[OrderLineItemActivationLink])
    assert_type(subscription.azure_entitlements.list(), ItemPaged[AzureEntitlement])
    azure = subscription.azure_entitlements.by_id("id")
    assert_type(azure.get(), AzureEntitlement)
    assert_type(azure.cancel(reason="compromise"), AzureEntitlement)
    assert_type(azure.begin_cancel(), LROPoller[AzureEntitlement])
    entitlements = one.entitlements.list(entitlement_type=EntitlementType.SOFTWARE, show_expiry=True)
    assert_type(entitlements, ItemPaged[Entitlement])
    assert_type(one.artifacts.follow(artifact), ReservedInstanceArtifactDetails)
    assert_type(one.artifacts.get_reserved_instance("g", "l", "r"), ReservedInstanceArtifactDetails)
    old = one.artifacts.get_virtual_machine_reserved_instance("g", "l", "r")
    assert_type(old, VirtualMachineReservedInstanceArtifactDetails)
    one.orders.create(Cart())  # type: ignore[arg-type]
    order.cancel([OrderLineItem()])  # type: ignore[call-arg]
    subscription.registration_status.begin_register()  # type: ignore[attr-defined]


async def asynchronous_commerce(client: AsyncPartnerCenterClient, artifact: ReservedInstanceArtifact) -> None:
    """The calls that differ: what waits is awaited, and a poller is awaited twice."""
    one = client.customers.by_id("id")
    assert_type(one.orders.list(include_price=True), AsyncItemPaged[Order])
    assert_type(await one.orders.create(Order()), Order)
    order = one.orders.by_id("id")
    assert_type(await order.cancel(), Order)
    assert_type(await order.begin_cancel(), AsyncLROPoller[Order])
    assert_type(await (await order.begin_cancel()).result(), Order)
    assert_type(await one.carts.by_id("id").checkout(), CartCheckoutResult)
    assert_type(await one.carts.by_id("id").begin_checkout(), AsyncLROPoller[CartCheckoutResult])
    subscription = one.subscriptions.by_id("id")
    assert_type(await subscription.patch(Subscription()), Subscription)
    assert_type(await subscription.begin_patch(Subscription()), AsyncLROPoller[Subscription])
    assert_type(await subscription.begin_register(), AsyncLROPoller[SubscriptionRegistrationStatus])
    azure = subscription.azure_entitlements.by_id("id")
    assert_type(await azure.begin_cancel("compromise"), AsyncLROPoller[AzureEntitlement])
    assert_type(subscription.azure_entitlements.list(), AsyncItemPaged[AzureEntitlement])
    assert_type(one.entitlements.list(), AsyncItemPaged[Entitlement])
    assert_type(await one.artifacts.follow(artifact), ReservedInstanceArtifactDetails)


def commerce_resources(cart: Cart, subscription: Subscription) -> None:
    """Lists of resources are lists, words are enums or text."""
    for line in cart.line_items or []:
        assert_type(line.addon_items, list[CartLineItem] | None)
        if line.error is not None:
            assert_type(line.error.error_code, CartErrorCode | str | None)
    assert_type(CartErrorCode.SANDBOX_LIMIT_EXCEEDED.number, int)
    assert_type(subscription.scheduled_next_term_instructions, ScheduledNextTermInstructions | None)


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
    late: type[TimeoutError] = OperationTimeoutError
    ended: tuple[type[PollerError], ...] = (OperationFailedError, OperationTimeoutError)
    del plain, missing, exists, changed, token, unread, late, ended
