"""What a type checker must see of users, licences and agreements. Checked by mypy, never run."""

from __future__ import annotations

from datetime import datetime
from typing import assert_type

from azure.core.async_paging import AsyncItemPaged
from azure.core.paging import ItemPaged

from partnercenter import (
    Agreement,
    AgreementDocument,
    AgreementMetaData,
    AgreementType,
    Contact,
    CustomerUser,
    DirectoryRole,
    DirectSignedCustomerAgreementStatus,
    License,
    LicenseAssignment,
    LicenseGroupId,
    LicenseUpdate,
    PartnerCenterClient,
    PasswordProfile,
    ProductSku,
    ServicePlan,
    SubscribedSku,
    UserState,
)
from partnercenter.aio import PartnerCenterClient as AsyncPartnerCenterClient


def synchronous(client: PartnerCenterClient) -> None:
    """Every call of the synchronous client."""
    one = client.customers.by_id("id")
    users = one.users
    assert_type(users.list(size=1, sort_field="DisplayName", descending=True), ItemPaged[CustomerUser])
    assert_type(users.create(CustomerUser()), CustomerUser)
    assert_type(users.reset_password("id", PasswordProfile()), CustomerUser)
    assert_type(users.update_by_query("id", CustomerUser()), CustomerUser)
    users.delete_by_query("id")
    user = users.by_id("id")
    assert_type(user.get(), CustomerUser)
    assert_type(user.patch(CustomerUser(state=UserState.ACTIVE)), CustomerUser)
    user.delete()
    assert_type(user.licenses.list(license_group_ids=[LicenseGroupId.GROUP1, "group2"]), ItemPaged[License])
    assert_type(user.license_updates.create(LicenseUpdate()), LicenseUpdate)
    assert_type(user.directory_roles.list(), ItemPaged[DirectoryRole])
    assert_type(one.subscribed_skus.list(), ItemPaged[SubscribedSku])

    assert_type(one.agreements.list(agreement_type="*"), ItemPaged[Agreement])
    assert_type(one.agreements.create(Agreement()), Agreement)
    status = one.agreements.get_direct_signed_customer_agreement_status()
    assert_type(status, DirectSignedCustomerAgreementStatus)
    kind = AgreementType.MICROSOFT_CUSTOMER_AGREEMENT
    assert_type(client.agreement_details.list(agreement_type=kind), ItemPaged[AgreementMetaData])
    assert_type(client.agreement_templates.by_id("id").document.get(country="US"), AgreementDocument)


async def asynchronous(client: AsyncPartnerCenterClient) -> None:
    """Every call of the asynchronous client."""
    one = client.customers.by_id("id")
    assert_type(one.users.list(), AsyncItemPaged[CustomerUser])
    assert_type(await one.users.create(CustomerUser()), CustomerUser)
    user = one.users.by_id("id")
    assert_type(await user.patch(CustomerUser()), CustomerUser)
    await user.delete()
    assert_type(user.licenses.list(), AsyncItemPaged[License])
    assert_type(await user.license_updates.create(LicenseUpdate()), LicenseUpdate)
    assert_type(one.subscribed_skus.list(), AsyncItemPaged[SubscribedSku])
    assert_type(await one.agreements.create(Agreement()), Agreement)
    assert_type(client.agreement_details.list(), AsyncItemPaged[AgreementMetaData])


def resources(user: CustomerUser, sku: SubscribedSku, agreement: Agreement) -> None:
    """Members are optional, words are enums or text, and names that do not exist are found."""
    assert_type(user.state, UserState | str | None)
    assert_type(user.soft_deletion_time, datetime | None)
    assert_type(sku.available_units, int | None)
    assert_type(sku.product_sku, ProductSku | None)
    assert_type(sku.service_plans, list[ServicePlan] | None)
    assert_type(agreement.primary_contact, Contact | None)
    assert_type(agreement.date_agreed, datetime | None)
    LicenseUpdate(licenses_to_assign=[LicenseAssignment(sku_id="x")], licenses_to_remove=["y"])
    CustomerUser(passwort="x")  # type: ignore[call-arg]
    Contact(email=5)  # type: ignore[arg-type]
