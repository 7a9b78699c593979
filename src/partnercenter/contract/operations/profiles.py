"""A customer's billing and company profile; behaviour.md 3.4."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.customers import CustomerBillingProfile, CustomerCompanyProfile
from partnercenter.contract.operation import Operation

TABLE: Final = (
    Operation(
        name="customer_billing_profile.get",
        method="GET",
        path="/v1/customers/{customer_id}/profiles/billing",
        summary="Read a customer's billing profile.",
        documentation="Get a customer's billing profile",
        response=CustomerBillingProfile,
    ),
    Operation(
        name="customer_billing_profile.update",
        method="PUT",
        path="/v1/customers/{customer_id}/profiles/billing",
        summary="Replace a customer's billing profile.",
        documentation="Update a customer's billing profile",
        request=CustomerBillingProfile,
        response=CustomerBillingProfile,
        if_match=True,
        errors=(400, 401, 403, 404, 409, 412, 429, 500),
    ),
    Operation(
        name="customer_company_profile.get",
        method="GET",
        path="/v1/customers/{customer_id}/profiles/company",
        summary="Read a customer's company profile.",
        documentation="Get a customer's company profile",
        response=CustomerCompanyProfile,
    ),
)
