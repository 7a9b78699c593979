"""Users, licences and agreements through both clients, against a real sandbox; behaviour.md 3.4 and 3.6."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from tests.conftest import Sandbox

from partnercenter import (
    Agreement,
    AgreementType,
    ConflictError,
    Contact,
    CustomerUser,
    LicenseAssignment,
    LicenseGroupId,
    LicenseUpdate,
    NotFoundError,
    PartnerCenterClient,
    PartnerCenterError,
    PasswordProfile,
    PermissionDeniedError,
    SimpleFieldFilter,
    UserState,
)
from partnercenter.aio import PartnerCenterClient as AsyncPartnerCenterClient
from partnercenter.contract import development_partner

CUSTOMER = "11111111-0000-4000-8000-000000000001"
DOMAIN = "kestrelbakery.onmicrosoft.com"
BASIC = "3b555118-da6a-4418-894f-7df1e2096870"
WORLD = {
    "partners": [
        {
            "tenantId": development_partner.TENANT_ID,
            "companyName": development_partner.COMPANY_NAME,
            "domain": development_partner.DOMAIN,
            "customers": [
                {
                    "id": CUSTOMER,
                    "companyName": "Kestrel Bakery",
                    "domain": DOMAIN,
                    "agreement": False,
                    "purchases": [{"product": "new_commerce", "quantity": 1}],
                }
            ],
        }
    ]
}
PASSWORD = PasswordProfile(force_change_password=True, password="Qwert-123-Zuiop")
DELETED = SimpleFieldFilter("UserState", "Inactive", "equals")


class Minted:
    """A credential with one token, for both clients."""

    def __init__(self, token: str) -> None:
        self._token = AccessToken(token, int(time.time()) + 3600)

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        """The token."""
        return self._token


class AsyncMinted(Minted):
    """The same for the asynchronous client."""

    async def get_token(self, *_: str, **__: Any) -> AccessToken:  # type: ignore[override]
        """The token."""
        return self._token


@pytest.fixture
def user(sandbox: Sandbox) -> str:
    """The token of a user, in a sandbox with one customer who has one licence."""
    sandbox.seed(WORLD)
    return sandbox.mint(kind="app_user")


def new_user(name: str) -> CustomerUser:
    return CustomerUser(
        usage_location="US",
        user_principal_name=f"{name}@{DOMAIN}",
        first_name=name.capitalize(),
        last_name="Stone",
        display_name=f"{name.capitalize()} Stone",
        password_profile=PASSWORD,
    )


def test_users_live_and_go(sandbox: Sandbox, user: str) -> None:
    """Create, list, sort, change, give licences to, delete, find again and bring back."""
    with PartnerCenterClient(Minted(user), endpoint=sandbox.url) as client:
        users = client.customers.by_id(CUSTOMER).users
        ada, bob = users.create(new_user("ada")), users.create(new_user("bob"))
        assert "Qwert" not in repr([ada, bob, new_user("carl")])
        assert UserState.ACTIVE == ada.state
        with pytest.raises(ConflictError):
            users.create(new_user("ADA"))

        names = ["admin", "ada", "bob"]
        assert names == [str(u.user_principal_name).partition("@")[0] for u in users.list(size=1)]
        by_name = users.list(size=2, sort_field="DisplayName", descending=True)
        assert [["Company Administrator", "Bob Stone"], ["Ada Stone"]] == [
            [each.display_name for each in page] for page in by_name.by_page()
        ]

        one = users.by_id(str(ada.id))
        read = one.get()
        read.display_name = "Countess"
        assert "Countess" == one.patch(read).display_name
        assert "Countess" == users.update_by_query(str(ada.id), CustomerUser(first_name="A")).display_name
        assert ada.id == users.reset_password(str(ada.id), PASSWORD).id
        with pytest.raises(ValueError, match="user is that of the id"):
            users.by_id(str(bob.id)).patch(read)

        update = LicenseUpdate(licenses_to_assign=[LicenseAssignment(sku_id=BASIC, excluded_plans=[])])
        given = one.license_updates.create(update)
        assert given.licenses_to_assign is not None
        assert BASIC == given.licenses_to_assign[0].sku_id
        (has,) = one.licenses.list()
        assert has.product_sku is not None
        assert (BASIC, LicenseGroupId.GROUP1) == (has.product_sku.id, has.product_sku.license_group_id)
        (sku,) = client.customers.by_id(CUSTOMER).subscribed_skus.list(license_group_ids=["group1", "group2"])
        assert (1, 0) == (sku.consumed_units, sku.available_units)
        assert [] == list(one.licenses.list(license_group_ids=[LicenseGroupId.GROUP2]))
        with pytest.raises(PartnerCenterError, match="not enough free licenses") as full:
            users.by_id(str(bob.id)).license_updates.create(update)
        assert (60012, True) == (full.value.code, BASIC in str(full.value.data))

        (first, *_) = users.list()
        assert ["Company Administrator"] == [
            r.name for r in users.by_id(str(first.id)).directory_roles.list()
        ]

        one.delete()
        users.delete_by_query(str(bob.id))
        with pytest.raises(NotFoundError):
            one.get()
        deleted = list(users.list(filter=DELETED))
        assert [ada.id, bob.id] == [u.id for u in deleted]
        assert isinstance(deleted[0].soft_deletion_time, datetime)
        assert UserState.ACTIVE == one.patch(CustomerUser(state=UserState.ACTIVE)).state
        assert ada.id == one.get().id


def test_agreements_are_found_and_confirmed(sandbox: Sandbox, user: str) -> None:
    """Find the template, read where its text is, confirm it, and be told when it was confirmed before."""
    with PartnerCenterClient(Minted(user), endpoint=sandbox.url) as client:
        kind = AgreementType.MICROSOFT_CUSTOMER_AGREEMENT
        (template,) = client.agreement_details.list(agreement_type=kind)
        assert 2 == len(list(client.agreement_details.list(agreement_type="*")))
        assert kind == template.agreement_type
        document = client.agreement_templates.by_id(str(template.template_id)).document.get(
            language="de", country="DE"
        )
        assert ("de", "DE") == (document.language, document.country)
        with pytest.raises(NotFoundError):
            client.agreement_templates.by_id("nothing").document.get()

        agreements = client.customers.by_id(CUSTOMER).agreements
        assert not agreements.get_direct_signed_customer_agreement_status().is_signed
        confirmation = Agreement(
            primary_contact=Contact(first_name="Ines", last_name="Varga", email="ines@kestrel.example"),
            template_id=template.template_id,
            date_agreed=datetime(2023, 3, 14, tzinfo=UTC),
            type=kind,
        )
        assert agreements.create(confirmation).user_id
        (found,) = agreements.list(agreement_type=kind)
        assert (confirmation.date_agreed, template.agreement_link) == (
            found.date_agreed,
            found.agreement_link,
        )
        assert [] == list(agreements.list())
        with pytest.raises(PartnerCenterError) as again:
            agreements.create(confirmation)
        assert (400, 600061) == (again.value.status_code, again.value.code)
        assert "confirmed already" in str(again.value)


def test_an_application_alone_is_refused(sandbox: Sandbox, user: str) -> None:
    """With an app-only token each of these calls raises `PermissionDeniedError` with code 900329 (9.3)."""
    with PartnerCenterClient(Minted(sandbox.token), endpoint=sandbox.url) as client:
        sandbox.seed(WORLD)
        one = client.customers.by_id(CUSTOMER)
        for act in (
            lambda: list(one.users.list()),
            lambda: list(one.subscribed_skus.list()),
            lambda: list(one.agreements.list()),
            lambda: one.users.create(new_user("ada")),
        ):
            with pytest.raises(PermissionDeniedError) as refused:
                act()
            assert 900329 == refused.value.code


def test_the_asynchronous_client_does_the_same(sandbox: Sandbox, user: str) -> None:
    """Users, licences and agreements with `await`."""

    async def act() -> None:
        async with AsyncPartnerCenterClient(AsyncMinted(user), endpoint=sandbox.url) as client:  # type: ignore[arg-type]
            one = client.customers.by_id(CUSTOMER)
            made = await asyncio.gather(*(one.users.create(new_user(name)) for name in ("ada", "bob")))
            assert 3 == len([each async for each in one.users.list(size=1)])
            ada = one.users.by_id(str(made[0].id))
            await ada.license_updates.create(
                LicenseUpdate(licenses_to_assign=[LicenseAssignment(sku_id=BASIC)])
            )
            assert [0] == [sku.available_units async for sku in one.subscribed_skus.list()]
            await ada.delete()
            assert [1] == [sku.available_units async for sku in one.subscribed_skus.list()]
            assert [made[0].id] == [each.id async for each in one.users.list(filter=DELETED)]
            assert made[0].id == (await ada.patch(CustomerUser(state="active"))).id
            (template,) = [each async for each in client.agreement_details.list()]
            contact = Contact(first_name="Ines", last_name="Varga", email="ines@kestrel.example")
            await one.agreements.create(
                Agreement(
                    primary_contact=contact,
                    template_id=template.template_id,
                    date_agreed=datetime(2023, 3, 14, tzinfo=UTC),
                    type=template.agreement_type,
                )
            )
            assert 1 == len([each async for each in one.agreements.list(agreement_type="*")])
            assert not (await one.agreements.get_direct_signed_customer_agreement_status()).is_signed

    asyncio.run(act())


BAD_ARGUMENTS = (
    (lambda c: c.users.create({"displayName": "x"}), TypeError, "user must be a CustomerUser, not dict."),
    (lambda c: c.users.by_id("x"), ValueError, "user_id must be a GUID"),
    (lambda c: c.users.by_id(""), ValueError, "user_id must be a GUID"),
    (lambda c: c.users.by_id(CUSTOMER).patch(None), TypeError, "user must be a CustomerUser, not NoneType."),
    (lambda c: c.users.delete_by_query(""), ValueError, "user_id must be a GUID"),
    (lambda c: c.users.update_by_query("*", CustomerUser()), ValueError, "user_id must be a GUID"),
    (lambda c: c.users.update_by_query(CUSTOMER, 1), TypeError, "user must be a CustomerUser, not int."),
    (lambda c: c.users.reset_password("", PASSWORD), ValueError, "user_id must be a GUID"),
    (
        lambda c: c.users.reset_password(CUSTOMER, "secret-word"),
        TypeError,
        "password_profile must be a PasswordProfile, not str.",
    ),
    (lambda c: c.users.list(descending=True), ValueError, "descending needs a sort_field."),
    (lambda c: c.users.list(descending="yes"), TypeError, "descending must be a bool, not str."),
    (lambda c: c.users.list(sort_field=1), TypeError, "sort_field must be a str, not int."),
    (lambda c: c.users.list(filter="x"), TypeError, "filter must be a SimpleFieldFilter, not str."),
    (
        lambda c: c.subscribed_skus.list(license_group_ids="group1"),
        TypeError,
        "license_group_ids must be a list of words, not a single text.",
    ),
    (
        lambda c: c.users.by_id(CUSTOMER).licenses.list(license_group_ids=[1]),
        TypeError,
        "license_group_ids must be a str, not int.",
    ),
    (
        lambda c: c.users.by_id(CUSTOMER).license_updates.create([]),
        TypeError,
        "update must be a LicenseUpdate, not list.",
    ),
    (lambda c: c.agreements.create({}), TypeError, "agreement must be an Agreement, not dict."),
    (lambda c: c.agreements.list(agreement_type=1), TypeError, "agreement_type must be a str, not int."),
)


@pytest.mark.parametrize(("act", "kind", "expected"), BAD_ARGUMENTS)
def test_wrong_arguments_are_named_before_anything_is_sent(
    act: Any, kind: type[Exception], expected: str
) -> None:
    """A wrong type or id raises with a sentence that names it, and never shows a password."""
    # Nothing listens there: a call that was sent would raise something else.
    client = PartnerCenterClient(Minted("t"), endpoint="http://127.0.0.1:9", retry_total=0)
    with client, pytest.raises(kind) as raised:
        act(client.customers.by_id(CUSTOMER))
    assert str(raised.value).startswith(expected)
    assert "secret-word" not in str(raised.value)
