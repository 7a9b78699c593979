# Generated from src/partnercenter/client/aio/markets.py by tools/generate_sync.py; do not edit.
"""`client.domains` and `client.country_validation_rules`: what to ask before a customer is created."""

from __future__ import annotations

from partnercenter.client.errors import NotFoundError
from partnercenter.client.sync.sender import Sender
from partnercenter.contract.customers import CountryValidationRules
from partnercenter.contract.identifiers import require_segment


class Domains:
    """Domain names of customers."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def by_domain(self, domain: str) -> DomainOperations:
        """What can be asked about one domain, such as `name.onmicrosoft.com`.

        Raises `ValueError` for a text that cannot be one.
        """
        require_segment(domain, "domain")
        return DomainOperations(self._sender, domain)


class DomainOperations:
    """One domain."""

    def __init__(self, sender: Sender, domain: str) -> None:
        self._sender = sender
        self._ids = {"domain": domain}

    def exists(self) -> bool:
        """Whether the domain is taken (behaviour.md 3.1)."""
        try:
            self._sender.call("domains.exists", self._ids)
        except NotFoundError:
            return False
        return True


class CountryValidationRulesGroup:
    """What addresses must look like, by country."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def by_country(self, country: str) -> CountryOperations:
        """What can be asked about one country, by its ISO 3166 code.

        Raises `ValueError` for a text that cannot be one.
        """
        require_segment(country, "country")
        return CountryOperations(self._sender, country)


class CountryOperations:
    """One country."""

    def __init__(self, sender: Sender, country: str) -> None:
        self._sender = sender
        self._ids = {"country": country}

    def get(self) -> CountryValidationRules:
        """Read the country's validation rules (behaviour.md 3.1).

        Raises `PartnerCenterError` when there is no such country.
        """
        return self._sender.resource("country_validation_rules.get", CountryValidationRules, self._ids)
