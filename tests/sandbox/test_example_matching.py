"""The comparison with examples finds what is different; the tests of the life cycle are worth what it is worth."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.sandbox.example_matching import Comparison, Names

ONE, TWO = "8e4b7a12-63d5-4f09-b1c8-0a9f2d5e7c46", "c1f7d2a9-0e58-4b3d-9a67-44b8e1035f2c"
OURS, OTHER = "11111111-0000-4000-8000-000000000001", "11111111-0000-4000-8000-000000000002"
ORDER, OUR_ORDER = "qT7mVb2LxKf0hYc9RzPw4NsDgJ8uEaX61", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1"
FIRST, SECOND = "eyJpZCI6IjQxZDljOGU1IiwidmVyc2lvbiI6MX0=", "eyJpZCI6IjQxZDljOGU1IiwidmVyc2lvbiI6Mn0="
NOON = "2023-03-14T12:00:00.0000000Z"

SAME: tuple[tuple[Any, Any], ...] = (
    ({"a": 1, "b": [True, None, "x"]}, {"b": [True, None, "x"], "a": 1}),
    ({"id": ONE}, {"id": OURS}),
    ({"id": ONE, "uri": f"/customers/{ONE}/orders"}, {"id": OURS, "uri": f"/customers/{OURS}/orders"}),
    ([ONE, TWO, ONE], [OURS, OTHER, OURS]),
    ([ORDER, f"x_{ORDER.lower()}_y"], [OUR_ORDER, f"x_{OUR_ORDER.lower()}_y"]),
    ({"at": NOON}, {"at": "2024-03-14T12:00:09Z"}),
    ({"day": "2023-03-14T00:00:00Z"}, {"day": "2024-03-14T00:00:00.0000000Z"}),
    ("/records?startDate=2023-03-14", "/records?startDate=2024-03-14"),
    ([FIRST, SECOND], ["eyJpZCI6IjEiLCJ2ZXJzaW9uIjoxfQ==", "eyJpZCI6IjEiLCJ2ZXJzaW9uIjoyfQ=="]),
    ('{"Id":"x"}', '{"Id": "x"}'),
    ({"password": "Tz9!mKq4vB"}, {"password": "another one"}),
)
DIFFERENT: tuple[tuple[Any, Any], ...] = (
    ({"a": 1}, {}),
    ({"a": 1}, {"a": "1"}),
    ({"a": 1}, {"a": True}),
    ({"a": "x"}, {"a": "y"}),
    ({"A": 1}, {"a": 1}),
    ({"a": None}, {"a": ""}),
    ([1], [1, 1]),
    ([1, 2], [2, 2]),
    ({"id": ONE}, {"id": "northlake"}),
    ([ONE, ONE], [OURS, OTHER]),
    ([ONE, TWO], [OURS, OURS]),
    ([ORDER, ORDER.lower()], [OUR_ORDER, "b" * 32 + "1"]),
    ({"uri": f"/customers/{ONE}/orders"}, {"uri": f"/customers/{OURS}/carts"}),
    ({"at": NOON}, {"at": "2024-03-14T13:00:00Z"}),
    ({"at": NOON}, {"at": "2023-03-14T12:00:00Z"}),
    ([NOON, NOON], ["2024-03-14T12:00:01Z", "2024-03-14T12:00:02Z"]),
    ({"day": "2023-03-14T00:00:00Z"}, {"day": "2024-03-14T00:00:01Z"}),
    ("/records?startDate=2023-03-14", "/records?startDate=2023-03-14"),
    ([FIRST], ["eyJpZCI6IjEiLCJ2ZXJzaW9uIjoyfQ=="]),
    ('{"Id":"x"}', '{"Id":"y"}'),
    ({"password": "Tz9!mKq4vB"}, {"password": ""}),
    ({"password": "Tz9!mKq4vB"}, {"password": None}),
)


def compared(example: Any, answered: Any) -> Comparison:
    """The comparison, one year later than the example."""
    comparison = Comparison(Names(1, timedelta(seconds=30)), frozenset({"password"}))
    comparison.compare(example, answered)
    return comparison


@pytest.mark.parametrize(("example", "answered"), SAME)
def test_what_is_invented_may_differ(example: Any, answered: Any) -> None:
    """Ids, etags of one version and times of another year are those of the example."""
    found = compared(example, answered)
    assert ([], set()) == (found.problems, found.additions)


@pytest.mark.parametrize(("example", "answered"), DIFFERENT)
def test_everything_else_is_found(example: Any, answered: Any) -> None:
    """A member, a word, a number, an order, an id that stands for two things, a time, a version."""
    assert 1 == len(compared(example, answered).problems)


def test_what_is_beyond_the_example_is_told_by_its_path() -> None:
    """Members that the example does not have are no problem by themselves."""
    found = compared({"items": [{"a": 1}]}, {"items": [{"a": 1, "b": 2}], "c": {"d": 3}})
    assert ([], {"items[].b", "c"}) == (found.problems, found.additions)
