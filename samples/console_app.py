"""A console test app: a menu of scenarios against a Partner Center integration sandbox.

    partnercenter sandbox serve --database memory          # in one terminal
    partnercenter sandbox seed
    python samples/console_app.py                          # in another

Without settings it calls the sandbox at http://127.0.0.1:8400. For a real one set PARTNERCENTER_TENANT_ID,
PARTNERCENTER_CLIENT_ID and PARTNERCENTER_CLIENT_SECRET, and register the tenant once with
`partnercenter trust TENANT_ID --alias NAME`, because deleting is refused anywhere else.
"""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from azure.core.exceptions import AzureError
from azure.identity import ClientSecretCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential

from partnercenter import Cloud, PartnerCenterClient
from partnercenter.aio import PartnerCenterClient as AsyncPartnerCenterClient
from partnercenter.cleanup.checked_credential import check_credential, check_credential_async
from partnercenter.cleanup.sandbox_registry import read_registry
from partnercenter.cleanup.trusted_sandboxes import SafetyRuleError
from partnercenter.client.errors import PartnerCenterError
from partnercenter.client.loopback import AsyncLoopbackTransport, LoopbackTransport
from partnercenter.contract import development_partner
from partnercenter.contract.customers import (
    Address,
    Customer,
    CustomerBillingProfile,
    CustomerCompanyProfile,
)
from partnercenter.contract.loopback import is_loopback_url
from partnercenter.private_files import ConfigurationError

LOCAL_SANDBOX = "http://127.0.0.1:8400"


@dataclass(frozen=True)
class Partner:
    """Who signs in, and where."""

    endpoint: str
    authority: str
    tenant_id: str
    client_id: str
    client_secret: str = field(repr=False)

    @property
    def credential_options(self) -> dict[str, Any]:
        """What azure-identity needs to know beyond the tenant and the application."""
        if not is_loopback_url(self.authority):
            return {"authority": self.authority}
        # azure-identity insists on https; the loopback transport speaks plain http to this machine.
        return {
            "authority": "https:" + self.authority.partition(":")[2],
            "disable_instance_discovery": True,
        }


def partner_from_environment() -> Partner:
    """The partner of the PARTNERCENTER_* variables, or the development partner of a sandbox on this machine."""
    names = ("TENANT_ID", "CLIENT_ID", "CLIENT_SECRET")
    given = [os.environ.get(f"PARTNERCENTER_{name}", "").strip() for name in names]
    endpoint = os.environ.get("PARTNERCENTER_ENDPOINT", "").strip()
    if not any(given):
        endpoint = endpoint or LOCAL_SANDBOX
        if not is_loopback_url(endpoint):
            sys.exit("Set PARTNERCENTER_TENANT_ID, PARTNERCENTER_CLIENT_ID and PARTNERCENTER_CLIENT_SECRET.")
        # These three are the same in every local sandbox and open nothing else.
        given = [
            development_partner.TENANT_ID,
            development_partner.CLIENT_ID,
            development_partner.CLIENT_SECRET,
        ]
    if not all(given):
        missing = ", ".join(
            f"PARTNERCENTER_{name}" for name, text in zip(names, given, strict=True) if not text
        )
        sys.exit(f"These variables are missing: {missing}.")
    endpoint = (endpoint or Cloud.GLOBAL.endpoint).rstrip("/")
    default_authority = endpoint if is_loopback_url(endpoint) else Cloud.GLOBAL.authority
    authority = os.environ.get("PARTNERCENTER_AUTHORITY", "").strip() or default_authority
    if given[2] == development_partner.CLIENT_SECRET and not (
        is_loopback_url(authority) and is_loopback_url(endpoint)
    ):
        sys.exit("The well-known secret of local sandboxes is not sent to another machine.")
    return Partner(endpoint, authority, *given)


def credential_for(partner: Partner) -> ClientSecretCredential:
    """Any credential of azure-identity will do; this one is an application with a secret."""
    options = partner.credential_options
    if partner.authority.startswith("http:"):
        options["transport"] = LoopbackTransport()
    return ClientSecretCredential(partner.tenant_id, partner.client_id, partner.client_secret, **options)


def async_credential_for(partner: Partner) -> AsyncClientSecretCredential:
    """The same for asyncio."""
    options = partner.credential_options
    if partner.authority.startswith("http:"):
        options["transport"] = AsyncLoopbackTransport()
    return AsyncClientSecretCredential(partner.tenant_id, partner.client_id, partner.client_secret, **options)


def list_customers(partner: Partner) -> None:
    """Pages are read as they are needed; the loop sees customers only."""
    with PartnerCenterClient(credential_for(partner), endpoint=partner.endpoint) as client:
        for customer in client.customers.list():
            company = customer.company_profile
            print(f"  {customer.id}  {company and company.company_name!r}  {company and company.domain}")


def create_customer(partner: Partner) -> None:
    """A domain must be new in the whole world, so it is generated; the password is shown this once only."""
    with PartnerCenterClient(credential_for(partner), endpoint=partner.endpoint) as client:
        customer = client.customers.create(
            Customer(
                company_profile=CustomerCompanyProfile(
                    domain=f"sample{uuid.uuid4().hex[:12]}.onmicrosoft.com"
                ),
                billing_profile=CustomerBillingProfile(
                    company_name=ask("Company name [Sample Company]:") or "Sample Company",
                    email="billing@sample.example",
                    culture="en-US",
                    language="en",
                    default_address=Address(
                        first_name="Ada",
                        last_name="Stone",
                        address_line1="1 Harbor Way",
                        city="Seattle",
                        state="WA",
                        postal_code="98101",
                        country="US",
                        phone_number="2065550100",
                    ),
                ),
            )
        )
    first_admin = customer.user_credentials
    print(f"  created {customer.id}")
    if first_admin is not None:
        print(f"  administrator {first_admin.user_name}, password {first_admin.password}")


def show_customer(partner: Partner) -> None:
    """The call chain of the archived SDKs: customers, by id, get."""
    customer_id = ask("Customer tenant id:")
    with PartnerCenterClient(credential_for(partner), endpoint=partner.endpoint) as client:
        customer = client.customers.by_id(customer_id).get()
        company = customer.company_profile
        print(f"  {company and company.company_name!r}  {company and company.domain}")
        print(f"  relationship: {customer.relationship_to_partner}")
        for order in client.customers.by_id(customer_id).orders.list():
            print(f"  order {order.id}: {order.status}")
        for subscription in client.customers.by_id(customer_id).subscriptions.list():
            print(f"  subscription {subscription.id}: {subscription.status}")


def delete_customer_from_tip_account(partner: Partner) -> None:
    """The safety rule first: it looks at the token's tenant and lets nothing pass that is not a named sandbox."""
    customer_id = ask("Customer tenant id to delete:")
    credential = check_credential(
        credential_for(partner),
        scope=Cloud.GLOBAL.scope,
        endpoint=partner.endpoint,
        registry=lambda: read_registry(os.environ),
        environment=os.environ,
        settings_tenant=partner.tenant_id,
    )
    with PartnerCenterClient(credential, endpoint=partner.endpoint) as client:
        client.customers.by_id(customer_id).delete()
    print(f"  deleted {customer_id}")


def delete_customer_from_tip_account_async(partner: Partner) -> None:
    """The same with asyncio."""
    asyncio.run(_delete_async(partner, ask("Customer tenant id to delete:")))


async def _delete_async(partner: Partner, customer_id: str) -> None:
    async with async_credential_for(partner) as own_credential:
        credential = await check_credential_async(
            own_credential,
            scope=Cloud.GLOBAL.scope,
            endpoint=partner.endpoint,
            registry=lambda: read_registry(os.environ),
            environment=os.environ,
            settings_tenant=partner.tenant_id,
        )
        async with AsyncPartnerCenterClient(credential, endpoint=partner.endpoint) as client:
            await client.customers.by_id(customer_id).delete()
    print(f"  deleted {customer_id}")


def check_domain(partner: Partner) -> None:
    """Whether somebody has the domain already."""
    domain = ask("Domain, such as northlake.onmicrosoft.com:")
    with PartnerCenterClient(credential_for(partner), endpoint=partner.endpoint) as client:
        taken = client.domains.by_domain(domain).exists()
    print(f"  {domain} is {'taken' if taken else 'free'}")


def show_country_rules(partner: Partner) -> None:
    """What an address of a country must look like."""
    country = ask("Country, two letters:")
    with PartnerCenterClient(credential_for(partner), endpoint=partner.endpoint) as client:
        rules = client.country_validation_rules.by_country(country).get()
    print(f"  state required: {rules.is_state_required}; postal code: {rules.postal_code_regex}")
    print(f"  cultures: {', '.join(rules.supported_cultures_list or [])}")


def show_audit_records(partner: Partner) -> None:
    """What was done in the account during the last week."""
    today = datetime.now(UTC).date()
    with PartnerCenterClient(credential_for(partner), endpoint=partner.endpoint) as client:
        for record in client.audit_records.list(start_date=today - timedelta(days=7), end_date=today):
            what = f"{record.operation_type} {record.operation_status}"
            print(f"  {record.operation_date}  {what}  {record.customer_name!r}")


SCENARIOS: tuple[tuple[str, Callable[[Partner], None]], ...] = (
    ("List customers", list_customers),
    ("Create a customer", create_customer),
    ("Show a customer", show_customer),
    ("Delete customer from TiP account", delete_customer_from_tip_account),
    ("Delete customer from TiP account (async)", delete_customer_from_tip_account_async),
    ("Check a domain", check_domain),
    ("Show a country's address rules", show_country_rules),
    ("Show audit records of the last week", show_audit_records),
)


def ask(question: str) -> str:
    """Ask on the terminal; the end of the input ends the program."""
    try:
        return input(f"{question} ").strip()
    except EOFError:
        print()
        raise SystemExit(0) from None


def run(partner: Partner, scenario: Callable[[Partner], None]) -> None:
    """Run one scenario; what goes wrong is said, and the menu comes back."""
    try:
        scenario(partner)
    except SafetyRuleError as refusal:
        print(f"  refused: {refusal}")
    except PartnerCenterError as error:
        print(f"  the service answered {error.status_code} ({error.code}): {error.description}")
        print(f"  advice: {error.advice}")
        print(f"  correlation id: {error.correlation_id}")
    except (AzureError, ConfigurationError, ValueError) as error:
        print(f"  {error}")


def main() -> None:
    """Show the menu until the user has had enough."""
    partner = partner_from_environment()
    print(f"Calling {partner.endpoint} as partner {partner.tenant_id}")
    while True:
        print()
        for number, (title, _) in enumerate(SCENARIOS, start=1):
            print(f"{number}  {title}")
        choice = ask("Scenario (q to quit):").lower()
        if choice in {"q", "quit"}:
            return
        if choice.isdecimal() and 1 <= int(choice) <= len(SCENARIOS):
            run(partner, SCENARIOS[int(choice) - 1][1])
        else:
            print(f"  type a number from 1 to {len(SCENARIOS)}, or q")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
