"""Filters of lists, as the archived SDKs write them; resources.md "SimpleFieldFilter"."""

from __future__ import annotations

import json
from dataclasses import dataclass

from partnercenter.contract.enums import FieldFilterOperation


@dataclass(frozen=True, slots=True)
class SimpleFieldFilter:
    """One comparison: `SimpleFieldFilter("CompanyName", "nort")` finds the names that begin with "nort".

    Customers are filtered by `CompanyName`, `Domain`, `IndirectReseller` with `starts_with`; audit records by
    `CompanyName` with `substring`, `CustomerId` and `ResourceType` with `equals`; users by `UserState` with `equals`.
    """

    field: str
    value: str
    operator: FieldFilterOperation | str = FieldFilterOperation.STARTS_WITH

    def to_query(self) -> str:
        """The JSON text that goes, URL-encoded, into the query parameter `filter`."""
        members = {"Field": self.field, "Value": self.value, "Operator": str(self.operator)}
        return json.dumps(members, ensure_ascii=False, separators=(",", ":"))
