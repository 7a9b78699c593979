"""The etags of subscriptions: who has one, how it grows, in which forms it is sent; behaviour.md 5.3."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.sandbox.conftest import Fault, fault_of
from tests.sandbox.shopping import (
    BASIC,
    CAL_FOR_A_YEAR,
    LEDGER,
    LEGACY_AZURE,
    OFFICE,
    Item,
    Shop,
)

OK = Fault(200)


def version(document: Mapping[str, Any]) -> int:
    """The version in an etag."""
    return int(json.loads(base64.b64decode(document["attributes"]["etag"]))["version"])


@pytest.mark.parametrize("item", [CAL_FOR_A_YEAR, LEDGER, OFFICE, LEGACY_AZURE])
def test_the_version_grows_by_one(shop: Shop, item: Item) -> None:
    """The etag is base64 of the id and a version; each change adds one, a change of nothing none (5.3)."""
    shop.sandbox.set(marketplace_waits_for_activation=False)
    first = shop.buy_subscription(item)
    assert first["id"] == json.loads(base64.b64decode(first["attributes"]["etag"]))["id"]
    second = shop.change(first, friendlyName="x").json()
    third = shop.change(second).json()
    fourth = shop.change(second, friendlyName="y").json()
    assert [1, 2, 2, 3] == [version(document) for document in (first, second, third, fourth)]


def test_new_commerce_has_no_etag(shop: Shop) -> None:
    """Its subscriptions carry none, and whatever is sent is not compared (5.3)."""
    subscription = shop.buy_subscription(BASIC)
    assert "etag" not in subscription["attributes"]
    for headers in ({"If_Match": '"x"'}, {"If_Match": "*"}):
        assert OK == fault_of(shop.change(subscription, headers, friendlyName=headers["If_Match"]))


ETAGS: tuple[tuple[str, Callable[[str], str], Fault], ...] = (
    ("header", lambda etag: etag, OK),
    ("header", lambda etag: f'"{etag}"', OK),
    ("header", lambda etag: f'W/"{etag}"', OK),
    ("header", lambda _: "*", OK),
    ("header", lambda _: '"*"', OK),
    ("header", lambda _: "", OK),
    ("header", lambda _: '"x"', Fault(400, 2055)),
    ("header", lambda etag: f'"{etag[:-1]}"', Fault(400, 2055)),
    ("header", lambda etag: etag.swapcase(), Fault(400, 2055)),
    ("body", lambda etag: etag, OK),
    ("body", lambda etag: f'"{etag}"', OK),
    ("body", lambda etag: f'W/"{etag}"', OK),
    ("body", lambda _: "*", OK),
    ("body", lambda _: "", OK),
    ("body", lambda _: "x", Fault(400, 2055)),
)


@pytest.mark.parametrize(("place", "form", "fault"), ETAGS)
def test_an_etag_that_is_sent_must_be_the_current_one(
    shop: Shop, place: str, form: Callable[[str], str], fault: Fault
) -> None:
    """`If-Match` or `attributes.etag`, quoted, weak or bare; 400/2055 for another (5.3)."""
    first = shop.buy_subscription(OFFICE)
    sent = form(first["attributes"]["etag"])
    if place == "header":
        answer = shop.change(first, {"If_Match": sent}, friendlyName="x", attributes={})
    else:
        answer = shop.change(first, friendlyName="x", attributes={"ETag": sent})
    assert fault == fault_of(answer)
    assert ("x" if fault == OK else first["friendlyName"]) == shop.the_subscription()["friendlyName"]


def test_a_stale_etag_is_refused_in_either_place(shop: Shop) -> None:
    """Of two callers that read the same, the second is told so, whichever way he sends it (5.3)."""
    first = shop.buy_subscription(OFFICE)
    assert OK == fault_of(shop.change(first, friendlyName="x"))
    assert Fault(400, 2055) == fault_of(shop.change(first, friendlyName="y"))
    stale = {"If_Match": f'"{first["attributes"]["etag"]}"'}
    assert Fault(400, 2055) == fault_of(shop.change(first, stale, friendlyName="y", attributes={}))
    assert OK == fault_of(shop.change(first, friendlyName="y", attributes={}))
