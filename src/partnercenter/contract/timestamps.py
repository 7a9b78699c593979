"""Dates as Partner Center writes and reads them; behaviour.md 14, "Dates".

Nothing here asks for the current time: clocks are passed in by whoever needs one.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

_US_FORMATS = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y")


def parse_timestamp(text: str) -> datetime:
    """Read an ISO 8601 time with 0 to 7 fraction digits, with or without a zone.

    A time without a zone is taken as UTC; digits past the microsecond are dropped.
    Raises `ValueError` for anything else.
    """
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def format_timestamp(moment: datetime) -> str:
    """Write a time as the service does: UTC, seven fraction digits, `Z`; one without a zone is taken as UTC."""
    # Not strftime: it writes the year 1, which is .NET's "no date", without leading zeros.
    return f"{_in_utc(moment).replace(tzinfo=None).isoformat(timespec='microseconds')}0Z"


def parse_query_date(text: str) -> date:
    """Read a date of a query string: `yyyy-mm-dd`, an ISO time, or the US form that the .NET SDK sends.

    Raises `ValueError` for anything else.
    """
    try:
        return parse_timestamp(text).date()
    except ValueError:
        pass
    for form in _US_FORMATS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise ValueError(f"{text[:60]!r} is not a date; write it as yyyy-mm-dd")


def dotnet_ticks(moment: datetime) -> int:
    """The 100-nanosecond steps since the year 1, which end the id of an audit record (behaviour.md 13.1)."""
    elapsed = _in_utc(moment) - datetime(1, 1, 1, tzinfo=UTC)
    return (elapsed.days * 86_400 + elapsed.seconds) * 10_000_000 + elapsed.microseconds * 10


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
