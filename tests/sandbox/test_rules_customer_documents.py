"""Customers as lists show them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from partnercenter.sandbox.rules.customer_documents import list_item, list_item_text

TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\%{}\n'), max_size=30)


@given(st.uuids().map(str), TEXT, TEXT, st.sampled_from(["reseller", "none"]))
def test_an_item_as_text_is_the_item(customer_id: str, domain: str, name: str, relationship: str) -> None:
    """The text that a list is joined of is what JSON makes of the item, whatever its names are made of."""
    item = list_item(customer_id, domain, name, relationship)
    text = list_item_text(customer_id, domain, name, relationship)
    assert json.dumps(item, ensure_ascii=False, separators=(",", ":")) == text
