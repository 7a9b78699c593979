"""Whose catalogue is asked: a country's, or a customer's in its country. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from partnercenter.contract.identifiers import require_guid, require_segment


@dataclass(frozen=True, slots=True)
class CatalogueScope:
    """The operations of the one or the other, with the ids and the query that each of them gets."""

    prefix: str
    ids: Mapping[str, str] = field(default_factory=dict)
    country: str | None = None

    @classmethod
    def of_country(cls, country: str) -> CatalogueScope:
        """The catalogue of a country; raises `ValueError` for a text that cannot be one."""
        require_segment(country, "country")
        return cls("", country=country)

    @classmethod
    def of_customer(cls, customer_id: str) -> CatalogueScope:
        """The catalogue for a customer; raises `ValueError` for an id that is not a GUID."""
        return cls("customer_", {"customer_id": require_guid(customer_id, "customer_id")})

    def below(self, name: str, value: str) -> CatalogueScope:
        """The part of the catalogue below an id; raises `ValueError` for one that cannot form a path."""
        require_segment(value, name)
        return replace(self, ids={**self.ids, name: value})

    def operation(self, name: str) -> str:
        """The name of an operation, of which each catalogue has its own."""
        return self.prefix + name

    def query(self, **more: str | int | None) -> dict[str, str | int | None]:
        """The query of a call, with the country where there is one."""
        return {"country": self.country, **more}
