"""Dates of the service, read in every form and written in one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.contract.timestamps import (
    dotnet_ticks,
    format_timestamp,
    parse_query_date,
    parse_timestamp,
)

WEST = timezone(timedelta(hours=-8))


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (datetime(2026, 2, 2, 17, 34, 12, tzinfo=UTC), "2026-02-02T17:34:12Z"),
        (datetime(2026, 2, 2, 17, 34, 12, 806000, UTC), "2026-02-02T17:34:12.806Z"),
        (datetime(2026, 2, 2, 17, 34, 12, 806900, UTC), "2026-02-02T17:34:12.8069005Z"),
        (datetime(2026, 2, 2, 17, 34, 12, 800000, UTC), "2026-02-02T17:34:12.8Z"),
        (datetime(2026, 2, 2, 17, 34, 12, tzinfo=UTC), "2026-02-02T17:34:12+00:00"),
        (datetime(2026, 2, 2, 17, 34, 12, tzinfo=WEST), "2026-02-02T17:34:12.0000000-08:00"),
        (datetime(2026, 2, 2, 17, 34, 12, tzinfo=UTC), "2026-02-02T17:34:12"),
        (datetime(2026, 2, 2, 17, 34, 12, 806900, UTC), " 2026-02-02T17:34:12.8069005 "),
        (datetime(2026, 2, 2, tzinfo=UTC), "2026-02-02"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00"),
    ],
)
def test_every_form_is_read(expected: datetime, text: str) -> None:
    """Times with 0 to 7 fraction digits, with a zone or without one, are read; without one they are UTC."""
    assert expected == parse_timestamp(text)
    assert parse_timestamp(text).tzinfo is not None


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-02-30", "2026-02-02T25:00:00Z", "02/03/2026", "1770053652"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    """Anything else raises ValueError."""
    with pytest.raises(ValueError):
        parse_timestamp(text)


@given(text=st.text())
def test_reading_fails_with_value_error_only(text: str) -> None:
    """Any text is read or raises ValueError."""
    try:
        parse_timestamp(text)
        parse_query_date(text)
    except ValueError:
        pass


@pytest.mark.parametrize(
    ("expected", "moment"),
    [
        ("2026-02-02T17:34:12.8069000Z", datetime(2026, 2, 2, 17, 34, 12, 806900, UTC)),
        ("2026-02-02T17:34:12.0000000Z", datetime(2026, 2, 2, 9, 34, 12, tzinfo=WEST)),
        ("2026-02-02T17:34:12.0000000Z", datetime(2026, 2, 2, 17, 34, 12)),  # noqa: DTZ001 - that is the case
        ("0001-01-01T00:00:00.0000000Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_are_written_in_utc_with_seven_digits(expected: str, moment: datetime) -> None:
    """A time is written in UTC with seven fraction digits and Z; one without a zone counts as UTC."""
    assert expected == format_timestamp(moment)


@given(moment=st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_again(moment: datetime) -> None:
    """Writing a time and reading it gives the same time."""
    assert moment == parse_timestamp(format_timestamp(moment))


@given(moment=st.datetimes())
def test_a_time_without_a_zone_survives(moment: datetime) -> None:
    """A time without a zone, written and read, is the same time in UTC, wherever the machine is."""
    assert moment.replace(tzinfo=UTC) == parse_timestamp(format_timestamp(moment))


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-03",
        "2026-02-03T04:05:06Z",
        "2026-02-03T04:05:06.1234567",
        "02/03/2026",
        "2/3/2026",
        "02/03/2026 14:05:06",
        "2/3/2026 2:05:06 PM",
        " 2026-02-03 ",
    ],
)
def test_query_dates_are_read_in_iso_and_us_form(text: str) -> None:
    """A date of a query is read as ISO date or time and in the US forms of the .NET SDK."""
    assert date(2026, 2, 3) == parse_query_date(text)


@pytest.mark.parametrize("text", ["", "3.2.2026", "13/13/2026", "tomorrow", "2026/02/03"])
def test_what_is_no_query_date_is_refused(text: str) -> None:
    """Any other query date raises ValueError with the form to use."""
    with pytest.raises(ValueError, match="yyyy-mm-dd"):
        parse_query_date(text)


@pytest.mark.parametrize(
    ("expected", "moment"),
    [
        (0, datetime(1, 1, 1, tzinfo=UTC)),
        (621_355_968_000_000_000, datetime(1970, 1, 1, tzinfo=UTC)),
        (621_355_968_000_000_010, datetime(1970, 1, 1, microsecond=1, tzinfo=UTC)),
        (621_355_968_000_000_000, datetime(1969, 12, 31, 16, tzinfo=WEST)),
        (3_155_378_975_999_999_990, datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_ticks_count_from_the_year_one(expected: int, moment: datetime) -> None:
    """.NET ticks are steps of 100 nanoseconds since the year 1 in UTC."""
    assert expected == dotnet_ticks(moment)
