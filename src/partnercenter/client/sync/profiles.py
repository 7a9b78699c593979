# Generated from src/partnercenter/client/aio/profiles.py by tools/generate_sync.py; do not edit.
"""`client.customers.by_id(id).profiles`: billing and company profile; behaviour.md 3.4."""

from __future__ import annotations

from partnercenter.client.arguments import require_type
from partnercenter.client.calls import etag_header
from partnercenter.client.sync.sender import Sender
from partnercenter.contract.customers import CustomerBillingProfile, CustomerCompanyProfile


class CustomerProfiles:
    """The profiles of one customer."""

    def __init__(self, sender: Sender, customer_id: str) -> None:
        self.billing = BillingProfile(sender, customer_id)
        self.company = CompanyProfile(sender, customer_id)


class BillingProfile:
    """To whom a customer's bills go."""

    def __init__(self, sender: Sender, customer_id: str) -> None:
        self._sender = sender
        self._ids = {"customer_id": customer_id}

    def get(self) -> CustomerBillingProfile:
        """Read the billing profile; raises as `get` of the customer does."""
        return self._sender.resource("customer_billing_profile.get", CustomerBillingProfile, self._ids)

    def update(self, profile: CustomerBillingProfile) -> CustomerBillingProfile:
        """Replace the billing profile by one that was read and changed.

        Raises `ChangedMeanwhileError` when somebody else changed it since it was read, `PartnerCenterError` for an
        address that does not fit its country, `TypeError` for what is no `CustomerBillingProfile`.
        """
        require_type(profile, CustomerBillingProfile, "profile")
        return self._sender.resource(
            "customer_billing_profile.update",
            CustomerBillingProfile,
            self._ids,
            body=profile,
            headers=etag_header(profile),
        )


class CompanyProfile:
    """A customer's company."""

    def __init__(self, sender: Sender, customer_id: str) -> None:
        self._sender = sender
        self._ids = {"customer_id": customer_id}

    def get(self) -> CustomerCompanyProfile:
        """Read the company profile; raises as `get` of the customer does."""
        return self._sender.resource("customer_company_profile.get", CustomerCompanyProfile, self._ids)
