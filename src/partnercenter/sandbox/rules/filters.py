"""The `filter` of a list: JSON in three dialects; behaviour.md 3.2 and 13.1, client-quirks.md 1.

`{"Field":"CompanyName","Value":"nort","Operator":"starts_with"}`, the same with lower first letters, and
compound filters joined by `and`. Words match without case and underscores.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from partnercenter.contract.enums import FieldFilterOperation

_DEEPEST = 8
_LONGEST_VALUE = 1000


class FilterError(ValueError):
    """The text says what is wrong with the filter."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; `field` is in lower case."""

    field: str
    operator: FieldFilterOperation
    value: str


def parse_filter(text: str) -> list[Condition]:
    """The conditions of a filter, all of which must hold; raises `FilterError`."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise FilterError('The filter is not JSON; write {"Field":…,"Value":…,"Operator":…}.') from None
    conditions = list(_conditions(value, 0))
    if len({condition.field for condition in conditions}) < len(conditions):
        raise FilterError("A filter can compare each field once only.")
    return conditions


def _conditions(value: Any, depth: int) -> Iterator[Condition]:
    if not isinstance(value, dict) or depth > _DEEPEST:
        raise FilterError("The filter must be a JSON object with Field, Value and Operator.")
    members = {str(key).lower(): member for key, member in value.items()}
    operator = FieldFilterOperation.from_word(str(members.get("operator", "")))
    if "leftfilter" in members or "rightfilter" in members:
        if operator is not FieldFilterOperation.AND:
            raise FilterError("Two filters can be joined by the operator and only.")
        yield from _conditions(members.get("leftfilter"), depth + 1)
        yield from _conditions(members.get("rightfilter"), depth + 1)
        return
    field, wanted = members.get("field"), members.get("value")
    if not isinstance(field, str) or not isinstance(wanted, str) or operator is None:
        raise FilterError("The filter must have a text Field, a text Value and a known Operator.")
    if len(wanted) > _LONGEST_VALUE or not _is_text(wanted):
        raise FilterError(f"The Value of a filter must be a text of at most {_LONGEST_VALUE} characters.")
    yield Condition(field.strip().lower(), operator, wanted)


def _is_text(value: str) -> bool:
    """JSON can spell half a character, which no database takes."""
    return not any("\ud800" <= letter <= "\udfff" for letter in value)
