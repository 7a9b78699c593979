"""Domains and countries: what can be asked before a customer is created; behaviour.md 3.1."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.customers import CountryValidationRules
from partnercenter.contract.operation import Operation

TABLE: Final = (
    Operation(
        name="domains.exists",
        method="HEAD",
        path="/v1/domains/{domain}",
        summary="Tell whether a domain is taken: 200 when it is, 404 when it is free.",
        documentation="Verify domain availability",
        errors=(400, 401, 403, 404, 429, 500),
    ),
    Operation(
        name="country_validation_rules.get",
        method="GET",
        path="/v1/countryvalidationrules/{country}",
        summary="Read what an address of a country must look like.",
        documentation="Get address formatting rules by market",
        response=CountryValidationRules,
    ),
)
