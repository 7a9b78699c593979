"""How full a sandbox is, and what of it the API can soon not clear any more; behaviour.md 4.3 and 8.

Pure: from what customers have to counts, and to the moment at which each customer becomes stuck.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from partnercenter.cleanup.blockers import Attachment, Belongings, attachments
from partnercenter.cleanup.judgement import Blocks
from partnercenter.cleanup.purchase_kinds import Kind
from partnercenter.cleanup.selection import Listed
from partnercenter.cleanup.trusted_sandboxes import MOST_CUSTOMERS

_SUBSCRIPTIONS_EACH: Final = 5
_RESERVATIONS_EACH: Final = 2
_PLANS: Final = 10
_SOON_AFTER: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Used:
    """How much of one quota is used."""

    quota: str
    used: int
    limit: int

    @property
    def percent(self) -> int:
        """The part that is used, rounded down."""
        return self.used * 100 // self.limit


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer that is stuck (`since`, where that is known) or that will be `at` a time, and by what."""

    customer: Listed
    what: str
    is_stuck: bool
    since: datetime | None = None
    at: datetime | None = None


def used_quotas(everything: Sequence[Belongings], now: datetime) -> list[Used]:
    """The quotas of a sandbox. What is deleted does not count; everything else does (behaviour.md 8)."""
    found = [one for belongings in everything for one in attachments(belongings, now)]
    subscriptions = [one for one in found if one.subscription_id and one.kind is not Kind.AZURE_SUBSCRIPTION]
    return [
        Used("customers", len(everything), MOST_CUSTOMERS),
        Used(
            "subscriptions",
            sum(one.status != "deleted" for one in subscriptions),
            MOST_CUSTOMERS * _SUBSCRIPTIONS_EACH,
        ),
        Used("azure plans", sum(_counts(one, Kind.AZURE_PLAN) for one in found), _PLANS),
        Used(
            "reservations",
            sum(_counts(one, Kind.AZURE_RESERVATION) for one in found),
            MOST_CUSTOMERS * _RESERVATIONS_EACH,
        ),
    ]


def _counts(one: Attachment, kind: Kind) -> bool:
    return one.product is kind and one.kind is kind and one.status not in {"deleted", "cancelled"}


def standings(everything: Iterable[tuple[Listed, Belongings]], now: datetime) -> list[Standing]:
    """The customers that are stuck or will be, the closest window first, those that are stuck already last."""
    found = [standing for customer, has in everything if (standing := _standing(customer, has, now))]
    return sorted(found, key=lambda one: (one.is_stuck, one.at or one.since or now, one.customer.customer_id))


def _standing(customer: Listed, belongings: Belongings, now: datetime) -> Standing | None:
    has = attachments(belongings, now)
    stuck = [one for one in has if one.is_stuck]
    if stuck:
        closed = [one.judgement.until for one in stuck if one.judgement.until is not None]
        return Standing(customer, _names(stuck), is_stuck=True, since=min(closed, default=None))
    ends = {
        one.judgement.until for one in has if one.blocks is Blocks.YES and one.judgement.until is not None
    }
    for end in sorted(ends):
        # What a closed window means is the judgement's to say: some things can be suspended afterwards.
        then = [one for one in attachments(belongings, end + _SOON_AFTER) if one.is_stuck]
        if then:
            return Standing(customer, _names(then), is_stuck=False, at=end)
    return None


def _names(found: Iterable[Attachment]) -> str:
    return ", ".join(
        sorted({f"{one.kind.value} {one.name!r}" if one.name else one.kind.value for one in found})
    )
