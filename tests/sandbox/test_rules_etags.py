"""The pure rules of etags; behaviour.md 5.3."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from partnercenter.sandbox.rules.etags import first_etag, with_next_etag


def content(etag: str) -> Any:
    """What an etag is made of."""
    return json.loads(base64.b64decode(etag, validate=True))


@given(resource_id=st.text())
def test_the_first_version_is_one(resource_id: str) -> None:
    """An etag is base64 of the id and a version."""
    assert {"id": resource_id, "version": 1} == content(first_etag(resource_id))


@given(resource_id=st.text(), count=st.integers(1, 20))
def test_each_change_adds_one(resource_id: str, count: int) -> None:
    """The version grows by one with each change; nothing else of the document does, nor the document before."""
    document = {"a": 1, "attributes": {"objectType": "Subscription", "etag": first_etag(resource_id)}}
    before = copy.deepcopy(document)
    changed: dict[str, Any] = document
    for _ in range(count):
        changed = with_next_etag(changed)
    assert {"id": resource_id, "version": count + 1} == content(changed["attributes"].pop("etag"))
    assert {"a": 1, "attributes": {"objectType": "Subscription"}} == changed
    assert before == document


@given(
    document=st.fixed_dictionaries(
        {}, optional={"attributes": st.just({"objectType": "x"}), "a": st.integers()}
    )
)
def test_what_has_no_etag_gets_none(document: dict[str, Any]) -> None:
    """Subscriptions of new commerce never have one."""
    assert document == with_next_etag(document)
