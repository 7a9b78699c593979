"""Which customers a clean-up is about: ages, patterns, places to free, and what is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.cleanup.selection import (
    KeepRule,
    Listed,
    Selection,
    candidates,
    enough,
    format_age,
    parse_age,
    parse_keep,
    parse_pattern,
)
from partnercenter.cleanup.sweep_plan import CustomerPlan, Decision

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def guid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def listed(number: int, age: float | None, name: str = "", domain: str = "") -> Listed:
    created = None if age is None else NOW - age * DAY
    return Listed(guid(number), name or f"Test {number}", domain or f"test{number}.onmicrosoft.com", created)


EVERYONE = [
    listed(1, 10),
    listed(2, 1),
    listed(3, None),
    listed(4, 30, "Demo Room", "demo.example"),
    listed(5, 3, "test-five"),
]


@pytest.mark.parametrize(
    ("options", "chosen", "kept"),
    [
        ({"everyone": True}, [4, 1, 5, 2, 3], []),
        ({"ids": (guid(2), guid(1))}, [1, 2], []),
        ({"ids": (guid(9),)}, [9], []),
        ({"older_than": 2 * DAY}, [4, 1, 5, 3], [3]),
        ({"older_than": 10 * DAY}, [4, 3], [3]),
        ({"name": "TEST-*"}, [5], []),
        ({"name": "test*", "older_than": 5 * DAY}, [1, 3], [3]),
        ({"domain": "*.EXAMPLE"}, [4], []),
        ({"free": 75}, [4, 1, 5, 2, 3], [3]),
        ({"everyone": True, "keep": (KeepRule("demo*"),)}, [4, 1, 5, 2, 3], [4]),
        ({"everyone": True, "keep": (KeepRule(guid(1).upper()),)}, [4, 1, 5, 2, 3], [1]),
        ({"everyone": True, "keep": (KeepRule("test2.onmicrosoft.com"),)}, [4, 1, 5, 2, 3], [2]),
        ({"everyone": True, "keep": (KeepRule("demo*", NOW.date()),)}, [4, 1, 5, 2, 3], [4]),
        ({"everyone": True, "keep": (KeepRule("demo*", NOW.date() - DAY),)}, [4, 1, 5, 2, 3], []),
    ],
)
def test_customers_are_selected_the_oldest_first(
    options: dict[str, Any], chosen: list[int], kept: list[int]
) -> None:
    """Whose age is not known comes last, and is kept where the age counts (S11)."""
    found = candidates(Selection(**options), EVERYONE, NOW)
    assert [guid(number) for number in chosen] == [one.customer.customer_id for one in found]
    assert [guid(number) for number in kept] == [one.customer.customer_id for one in found if one.keep]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"everyone": True, "name": "test-*"},
        {"ids": (guid(1),), "everyone": True},
        {"ids": (guid(1),), "free": 3},
        {"ids": ("no-guid",)},
        {"ids": ("",)},
        {"older_than": timedelta()},
        {"free": 0},
        {"free": 76},
        {"everyone": True, "most": 0},
        {"everyone": True, "most": 76},
    ],
)
def test_a_selection_that_cannot_be_meant_is_none(options: dict[str, Any]) -> None:
    """S10: it raises before anything is called."""
    with pytest.raises(ValueError, match=r"\.$"):
        Selection(**options)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("P3D", 3 * DAY),
        ("p3d", 3 * DAY),
        ("3d", 3 * DAY),
        ("2w", 14 * DAY),
        ("P2W", 14 * DAY),
        ("PT12H", DAY / 2),
        ("12h", DAY / 2),
        ("P1DT12H30M", 1.5 * DAY + timedelta(minutes=30)),
        (" 90m ", timedelta(minutes=90)),
    ],
)
def test_ages_are_read_in_both_forms(text: str, age: timedelta) -> None:
    """ISO 8601, or a number and a letter."""
    assert age == parse_age(text)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P3", "3", "3 days", "P1M", "P1Y", "-3d", "P0D", "0h", "３d", "d3"]
)
def test_what_is_no_age_is_refused(text: str) -> None:
    """Months and years too: nobody knows how many days they are."""
    with pytest.raises(ValueError, match="no duration"):
        parse_age(text)


@given(minutes=st.integers(1, 10_000_000))
def test_an_age_is_written_as_it_is_read(minutes: int) -> None:
    """The words of a plan's selection mean the same again."""
    age = timedelta(minutes=minutes)
    assert age == parse_age(format_age(age))


def test_a_keep_rule_is_written_as_it_is_read() -> None:
    """With its last day, which is included."""
    rule = parse_keep("demo-*,until=2026-12-31")
    assert KeepRule("demo-*", date(2026, 12, 31)) == rule
    assert rule == parse_keep(str(rule))


@pytest.mark.parametrize(
    "text", ["", "  ", "demo,until=soon", "demo,until=", ",until=2026-01-01", "a[b", "x" * 201, "a\nb"]
)
def test_what_is_no_keep_rule_is_refused(text: str) -> None:
    """A rule that keeps nobody would be a promise that is not kept."""
    with pytest.raises(ValueError):
        parse_keep(text)


def test_a_pattern_is_never_empty() -> None:
    """It would match nothing, or everything."""
    with pytest.raises(ValueError, match="--name must be a pattern"):
        parse_pattern(" ", "--name")


def of(number: int, decision: Decision = Decision.DELETE) -> CustomerPlan:
    return CustomerPlan(guid(number), "", "", decision, "")


@pytest.mark.parametrize(
    ("free", "used", "deleted"),
    [(3, 75, [1, 3, 4]), (3, 73, [1]), (3, 60, []), (75, 75, [1, 3, 4, 5]), (1, 75, [1]), (1, 80, [1])],
)
def test_just_enough_of_the_oldest_free_the_places(free: int, used: int, deleted: list[int]) -> None:
    """What is stuck frees nothing, and is told all the same."""
    plans = [of(1), of(2, Decision.STUCK), of(3), of(4), of(5)]
    found = enough(Selection(free=free), plans, used)
    assert [guid(n) for n in deleted] == [one.customer_id for one in found if one.decision is Decision.DELETE]
    assert guid(2) in {one.customer_id for one in found}


def test_the_words_of_a_selection() -> None:
    """They are those of the command line, without what was not said."""
    made = Selection(older_than=3 * DAY, name="test-*", keep=(KeepRule("a*"),), most=5)
    assert {"olderThan": "P3D", "name": "test-*", "keep": ["a*"], "max": 5} == made.to_json()
