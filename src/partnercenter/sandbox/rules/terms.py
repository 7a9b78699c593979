"""Terms and windows: how long a purchase lasts, and until when it can be taken back; behaviour.md 5.1 and 5.3.

A term ends with a day: one of a year that begins on 14 January ends on 13 January, at midnight.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

import isodate

from partnercenter.contract.timestamps import format_timestamp, parse_timestamp

Json = dict[str, Any]

NO_END: Final = datetime(9999, 12, 31, tzinfo=UTC)
_LAST_SECOND: Final = time(23, 59, 59)
# Seven times 24 hours, counted to the end of the day on which they are over (behaviour.md 5.3).
_WINDOW_CLOSES: Final = time(23, 59)


def after(moment: datetime, duration: str) -> datetime:
    """The time a duration after another: `P1M`, `P1Y`, `P7D`; months and years by the calendar."""
    later: datetime = moment + isodate.parse_duration(duration)
    return later


def last_day(start: datetime, duration: str) -> datetime:
    """The beginning of a term's last day; year 9999 for one without an end."""
    return midnight(after(start, duration)) - timedelta(days=1) if duration else NO_END


def midnight(moment: datetime) -> datetime:
    """The beginning of a day."""
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)


def term_members(start: datetime, duration: str, *, with_time: bool) -> Json:
    """The members that tell when a term ends."""
    day = last_day(start, duration)
    members: Json = {"commitmentEndDate": format_timestamp(day)}
    if with_time:
        members["commitmentEndDateTime"] = format_timestamp(datetime.combine(day.date(), _LAST_SECOND, UTC))
    return members


def term_end(document: Json) -> datetime | None:
    """When the term of a subscription is over; None when it has no end."""
    day = parse_timestamp(str(document["commitmentEndDate"]))
    return None if day.year >= NO_END.year else midnight(day) + timedelta(days=1)


def window_members(start: datetime, quantity: int, days: int) -> Json:
    """The members that tell until when new commerce can be cancelled or reduced."""
    closes = start + timedelta(days=days)
    return {
        "cancellationAllowedUntilDate": format_timestamp(
            datetime.combine(closes.date(), _WINDOW_CLOSES, UTC)
        ),
        "refundOptions": refund_options(start, days),
        "refundableQuantity": refundable([(quantity, closes)]),
    }


def refund_options(start: datetime, days: int) -> list[Json]:
    """What is paid back, and until when."""
    return [{"type": "Full", "expiresAt": format_timestamp(midnight(start) + timedelta(days=days))}]


def refundable(details: list[tuple[int, datetime]]) -> Json:
    """How many licences can be given back, and until when each part of them."""
    return {
        "totalQuantity": sum(quantity for quantity, _ in details),
        "details": [
            {"quantity": quantity, "allowedUntilDateTime": format_timestamp(until)}
            for quantity, until in details
        ],
    }


def refundable_details(document: Json) -> list[tuple[int, datetime]]:
    """The parts of `refundableQuantity`."""
    parts = document.get("refundableQuantity", {}).get("details", [])
    return [(part["quantity"], parse_timestamp(part["allowedUntilDateTime"])) for part in parts]
