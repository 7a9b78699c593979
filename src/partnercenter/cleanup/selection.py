"""Which customers a clean-up is about, and which of them it keeps. Pure; checked whole before anything is called.

Interlocks S09, S10, S11 and S12: never more than a sandbox holds, nothing on a wrong filter, an unknown creation date
keeps, and so does the keep list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Final

from partnercenter.cleanup.sweep_plan import CustomerPlan, Decision
from partnercenter.cleanup.trusted_sandboxes import MOST_CUSTOMERS
from partnercenter.contract.identifiers import parse_guid

_ISO: Final = re.compile(
    r"P(?:(?P<w>\d{1,4})W)?(?:(?P<d>\d{1,5})D)?(?:T(?:(?P<h>\d{1,6})H)?(?:(?P<m>\d{1,7})M)?)?",
    re.ASCII | re.IGNORECASE,
)
_SHORT: Final = re.compile(r"(?P<n>\d{1,6})(?P<unit>[wdhm])", re.ASCII | re.IGNORECASE)
_UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
_UNTIL: Final = ",until="
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class KeepRule:
    """Customers to keep: by id, domain or name, where `*` and `?` stand for anything; `until` a day, included."""

    pattern: str
    until: date | None = None

    def keeps(self, customer: Listed, today: date) -> bool:
        """Whether it holds for a customer on a day."""
        if self.until is not None and today > self.until:
            return False
        guid = parse_guid(self.pattern)
        if guid is not None:
            return customer.customer_id == guid
        return matches(self.pattern, customer.display_name) or matches(self.pattern, customer.domain)

    def __str__(self) -> str:
        return self.pattern if self.until is None else f"{self.pattern}{_UNTIL}{self.until.isoformat()}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A customer as the list shows it; `created` is None when nobody knows."""

    customer_id: str
    display_name: str = ""
    domain: str = ""
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user asked for: everyone, ids, or filters that all have to hold.

    `free` is how many places of the quota are to be free afterwards, `most` how many customers may be deleted.
    """

    everyone: bool = False
    ids: tuple[str, ...] = ()
    older_than: timedelta | None = None
    name: str = ""
    domain: str = ""
    free: int | None = None
    keep: tuple[KeepRule, ...] = ()
    most: int = MOST_CUSTOMERS

    def __post_init__(self) -> None:
        """Raise `ValueError`, with a sentence, for what cannot be meant."""
        filters = self.older_than is not None or self.name or self.domain or self.free is not None
        ways = sum((self.everyone, bool(self.ids), bool(filters)))
        if ways != 1:
            raise ValueError(
                "Choose customers in one way: all of them, by id, or by filters (age, name, domain, places to free)."
            )
        if any(parse_guid(customer_id) != customer_id for customer_id in self.ids):
            raise ValueError("A customer id must be a GUID.")
        if self.older_than is not None and self.older_than <= timedelta():
            raise ValueError("The age must be longer than nothing.")
        if self.free is not None and not 1 <= self.free <= MOST_CUSTOMERS:
            raise ValueError(f"The places to free must be 1 to {MOST_CUSTOMERS}.")
        if not 1 <= self.most <= MOST_CUSTOMERS:
            raise ValueError(f"The most customers to delete must be 1 to {MOST_CUSTOMERS}.")

    def to_json(self) -> dict[str, Any]:
        """The selection in the words of the command line."""
        found: dict[str, Any] = {
            "all": self.everyone or None,
            "ids": list(self.ids),
            "olderThan": None if self.older_than is None else format_age(self.older_than),
            "name": self.name,
            "domain": self.domain,
            "free": self.free,
            "keep": [str(rule) for rule in self.keep],
            "max": self.most,
        }
        return {name: value for name, value in found.items() if value not in (None, "", [])}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer that is selected, and why it is kept all the same, if it is."""

    customer: Listed
    keep: str = ""


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern with `*` and `?` matches the whole text, without regard to case."""
    return bool(text) and fnmatchcase(text.casefold(), pattern.casefold())


def parse_pattern(text: str, what: str) -> str:
    """A pattern; raises `ValueError` for an empty one, one that is too long, or one with an open bracket."""
    pattern = text.strip()
    if not pattern or len(pattern) > _LONGEST or not pattern.isprintable():
        raise ValueError(f"{what} must be a pattern such as test-*, not {text[:60]!r}.")
    if pattern.count("[") != pattern.count("]"):
        raise ValueError(f"{what} has a bracket that is not closed: {text[:60]!r}.")
    return pattern


def parse_keep(text: str) -> KeepRule:
    """Such as `demo-*` or `demo-*,until=2026-12-31`; raises `ValueError`."""
    pattern, mark, day = text.partition(_UNTIL)
    until = None
    if mark:
        try:
            until = date.fromisoformat(day.strip())
        except ValueError:
            raise ValueError(f"{text[:80]!r} must end in a day such as {_UNTIL}2026-12-31.") from None
    return KeepRule(parse_pattern(pattern, "What is kept"), until)


def parse_age(text: str) -> timedelta:
    """A duration as ISO 8601 writes it (`P3D`, `PT12H`) or in short (`3d`, `12h`, `2w`); raises `ValueError`."""
    short = _SHORT.fullmatch(text.strip())
    iso = _ISO.fullmatch(text.strip())
    if short is not None:
        found = timedelta(**{_UNITS[short["unit"].lower()]: int(short["n"])})
    else:
        parts = {} if iso is None else {key: int(value) for key, value in iso.groupdict().items() if value}
        found = timedelta(**{_UNITS[key]: value for key, value in parts.items()})
    if found <= timedelta():
        raise ValueError(f"{text[:40]!r} is no duration such as P3D, PT12H, 3d or 12h.")
    return found


def format_age(age: timedelta) -> str:
    """The duration in ISO 8601."""
    hours, minutes = divmod(age.seconds // 60, 60)
    time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    return "P" + (f"{age.days}D" if age.days or not time else "") + (f"T{time}" if time else "")


def candidates(selection: Selection, listed: Iterable[Listed], now: datetime) -> list[Candidate]:
    """The customers that are selected, the oldest first; those of which the age is not known last."""
    known = {customer.customer_id: customer for customer in listed}
    if selection.ids:
        chosen = [known.get(customer_id, Listed(customer_id)) for customer_id in selection.ids]
    else:
        chosen = [customer for customer in known.values() if _is_meant(selection, customer, now)]
    chosen.sort(key=_age_order)
    return [Candidate(customer, _why_kept(selection, customer, now)) for customer in chosen]


def _age_order(customer: Listed) -> tuple[bool, datetime, str]:
    return (
        customer.created is None,
        customer.created or datetime.max.replace(tzinfo=UTC),
        customer.customer_id,
    )


def _is_meant(selection: Selection, customer: Listed, now: datetime) -> bool:
    """Whether no filter rules it out. An unknown age rules nothing out: it is a reason to keep, and to say so."""
    if selection.name and not matches(selection.name, customer.display_name):
        return False
    if selection.domain and not matches(selection.domain, customer.domain):
        return False
    young = customer.created is not None and selection.older_than is not None
    return not young or now - (customer.created or now) > (selection.older_than or timedelta())


def _why_kept(selection: Selection, customer: Listed, now: datetime) -> str:
    rule = next((rule for rule in selection.keep if rule.keeps(customer, now.date())), None)
    if rule is not None:
        until = "" if rule.until is None else f" until {rule.until.isoformat()}"
        return f"S12: {rule.pattern} is on the keep list{until}."
    needs_age = selection.older_than is not None or selection.free is not None
    if needs_age and customer.created is None:
        return "S11: nobody knows when it was created, because the audit log does not reach back so far."
    return ""


def enough(selection: Selection, plans: Sequence[CustomerPlan], used: int) -> list[CustomerPlan]:
    """The plans, the oldest first; with `free` only as many deletions as free the places, the rest left out."""
    if selection.free is None:
        return list(plans)
    wanted = max(0, selection.free - max(0, MOST_CUSTOMERS - used))
    found: list[CustomerPlan] = []
    for plan in plans:
        if plan.decision is not Decision.DELETE:
            found.append(plan)
        elif wanted > 0:
            wanted -= 1
            found.append(plan)
    return found


def with_keep(selection: Selection, rules: Iterable[KeepRule]) -> Selection:
    """The selection with more to keep."""
    return replace(selection, keep=(*selection.keep, *rules))


def each_once(texts: Iterable[str], parse: Callable[[str], str | None] = parse_guid) -> tuple[str, ...]:
    """The ids, each once, in their usual form; what is none is left out."""
    found: Mapping[str, None] = dict.fromkeys(known for known in map(parse, texts) if known is not None)
    return tuple(found)
