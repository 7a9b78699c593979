"""The pure rules of terms and windows; behaviour.md 5.1 and 5.3."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sandbox.life_model import months_later
from tests.sandbox.rule_strategies import MOMENTS

from partnercenter.contract.timestamps import parse_timestamp
from partnercenter.sandbox.rules.terms import (
    after,
    last_day,
    midnight,
    refundable,
    refundable_details,
    term_end,
    term_members,
    window_members,
)

DAY = timedelta(days=1)
MONTHS = {"P1M": 1, "P1Y": 12, "P3Y": 36}
DURATIONS = st.sampled_from(sorted(MONTHS))
ZONES = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))

LAST_DAYS = (
    # start, term, last day
    ("2026-01-14T16:57:15", "P1Y", "2027-01-13"),
    ("2026-01-14T00:00:00", "P1M", "2026-02-13"),
    ("2026-01-14T23:59:59.999999", "P3Y", "2029-01-13"),
    ("2026-01-01T12:00:00", "P1Y", "2026-12-31"),
    ("2026-03-01T12:00:00", "P1M", "2026-03-31"),
    ("2024-02-29T12:00:00", "P1Y", "2025-02-27"),
    ("2024-02-29T12:00:00", "P3Y", "2027-02-27"),
    ("2023-03-01T12:00:00", "P1Y", "2024-02-29"),
    ("2026-01-31T12:00:00", "P1M", "2026-02-27"),
    ("2028-01-31T12:00:00", "P1M", "2028-02-28"),
    ("2026-03-31T12:00:00", "P1M", "2026-04-29"),
    ("2026-12-31T12:00:00", "P1M", "2027-01-30"),
)


@pytest.mark.parametrize(("start", "duration", "day"), LAST_DAYS)
def test_a_term_ends_on_the_day_before_the_one_it_began_on(start: str, duration: str, day: str) -> None:
    """The last day of a term, in leap years and at the ends of months (5.1)."""
    began = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert datetime.fromisoformat(day).replace(tzinfo=UTC) == last_day(began, duration)


@given(start=MOMENTS, duration=DURATIONS)
def test_a_term_is_over_some_months_later(start: datetime, duration: str) -> None:
    """A term is over at the midnight with which the same day, or the last one, of a later month begins."""
    over = term_end(term_members(start, duration, with_time=True))
    assert midnight(months_later(start, MONTHS[duration])) == over
    assert over is not None
    assert over > start


@given(start=MOMENTS, duration=DURATIONS)
def test_the_members_of_a_term_tell_its_last_second(start: datetime, duration: str) -> None:
    """`commitmentEndDate` is the last day's midnight, `commitmentEndDateTime` its last second (5.1)."""
    members = term_members(start, duration, with_time=True)
    day = last_day(start, duration)
    told = [parse_timestamp(members[name]) for name in ("commitmentEndDate", "commitmentEndDateTime")]
    assert [day, day + DAY - timedelta(seconds=1)] == told
    assert {"commitmentEndDate"} == set(term_members(start, duration, with_time=False))


@given(start=MOMENTS)
def test_what_has_no_term_ends_in_the_year_9999(start: datetime) -> None:
    """An Azure plan and legacy Azure have no end (5.1)."""
    members = term_members(start, "", with_time=False)
    assert 9999 == parse_timestamp(members["commitmentEndDate"]).year
    assert term_end(members) is None


@given(first=MOMENTS, second=MOMENTS, duration=DURATIONS)
def test_who_begins_later_ends_no_earlier(first: datetime, second: datetime, duration: str) -> None:
    """Durations keep the order of moments."""
    first, second = sorted((first, second))
    assert after(first, duration) <= after(second, duration)
    assert last_day(first, duration) <= last_day(second, duration)


@given(moment=MOMENTS, zone=ZONES)
def test_a_day_begins_at_midnight_in_utc(moment: datetime, zone: timezone) -> None:
    """Whatever zone a moment is written in, its day is the one in UTC."""
    begins = midnight(moment.astimezone(zone))
    assert begins <= moment < begins + DAY
    assert begins == midnight(begins)
    assert (UTC, 0, 0) == (begins.tzinfo, begins.hour, begins.microsecond)


@given(start=MOMENTS, quantity=st.integers(1, 25), days=st.integers(0, 60))
def test_a_window_lasts_its_days_to_the_end_of_the_last(start: datetime, quantity: int, days: int) -> None:
    """Seats can be given back for so many days, the whole of it to the end of the day on which those end (5.3)."""
    members = window_members(start, quantity, days)
    closes = start + days * DAY
    assert [(quantity, closes)] == refundable_details(members)
    assert quantity == members["refundableQuantity"]["totalQuantity"]
    until = parse_timestamp(members["cancellationAllowedUntilDate"])
    assert midnight(closes) + DAY - timedelta(minutes=1) == until
    (option,) = members["refundOptions"]
    assert ("Full", midnight(start) + days * DAY) == (option["type"], parse_timestamp(option["expiresAt"]))


@given(parts=st.lists(st.tuples(st.integers(1, 25), MOMENTS), max_size=4))
def test_refundable_parts_come_back_as_they_were(parts: list[tuple[int, datetime]]) -> None:
    """What is written of refundable seats can be read again, and its total is the sum."""
    written = refundable(parts)
    assert parts == refundable_details({"refundableQuantity": written})
    assert sum(quantity for quantity, _ in parts) == written["totalQuantity"]
    assert [] == refundable_details({})
