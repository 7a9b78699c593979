"""Filters of lists as JSON text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.contract.enums import FieldFilterOperation
from partnercenter.contract.filters import SimpleFieldFilter


def test_a_filter_is_written_as_the_sdks_do() -> None:
    """Field, Value and Operator in this order, with upper first letters, begin-with unless told otherwise."""
    expected = '{"Field":"CompanyName","Value":"nort","Operator":"starts_with"}'
    assert expected == SimpleFieldFilter("CompanyName", "nort").to_query()


@pytest.mark.parametrize("operator", [FieldFilterOperation.SUBSTRING, "substring"])
def test_an_operator_is_a_member_or_a_word(operator: FieldFilterOperation | str) -> None:
    """An operator is written as its word, also one that the package does not know."""
    assert "substring" == json.loads(SimpleFieldFilter("f", "v", operator).to_query())["Operator"]
    assert "of_tomorrow" == json.loads(SimpleFieldFilter("f", "v", "of_tomorrow").to_query())["Operator"]


@given(field=st.text(), value=st.text())
def test_every_text_is_kept(field: str, value: str) -> None:
    """Any field and value can be read again out of the JSON."""
    read = json.loads(SimpleFieldFilter(field, value).to_query())
    assert (field, value) == (read["Field"], read["Value"])


def test_filters_compare_by_content() -> None:
    """Two filters with the same parts are equal and can be keys."""
    assert {SimpleFieldFilter("a", "b"): 1} == {SimpleFieldFilter("a", "b"): 1}
