"""The short row of a customer that lists, exports and plans have in common."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from partnercenter.client.sync import PartnerCenterClient
    from partnercenter.contract.customers import Customer

COLUMNS: Final = ("displayName", "defaultDomainName", "customerId")
_LARGEST_PAGE: Final = 500


def _row_of(customer: Customer) -> dict[str, object]:
    """Name, domain and id of a customer as a list shows them."""
    company = customer.company_profile
    return {
        "displayName": (company and company.company_name) or "",
        "defaultDomainName": (company and company.domain) or "",
        "customerId": customer.id or "",
    }


def list_rows(
    client: PartnerCenterClient,
    *,
    name: str | None = None,
    domain: str | None = None,
    limit: int | None = None,
) -> Iterator[dict[str, object]]:
    """The customers whose name and domain begin so, without regard to case.

    The service filters by one field only (behaviour.md 3.2), so the second is applied here.
    """
    from partnercenter.contract.enums import FieldFilterOperation
    from partnercenter.contract.filters import SimpleFieldFilter

    field, prefix = ("CompanyName", name) if name else ("Domain", domain)
    narrow = SimpleFieldFilter(field, prefix, FieldFilterOperation.STARTS_WITH) if prefix else None
    size = min(limit, _LARGEST_PAGE) if limit and not (name and domain) else _LARGEST_PAGE
    found = (_row_of(customer) for customer in client.customers.list(size=size, filter=narrow))
    if name and domain:
        wanted = domain.casefold()
        found = (row for row in found if str(row["defaultDomainName"]).casefold().startswith(wanted))
    return islice(found, limit)
