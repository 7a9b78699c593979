"""What docs/worlds.md says of worlds is what the sandbox takes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.conftest import Sandbox
from tests.sandbox.conftest import OWN

from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.worlds.named import WORLDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "worlds.md").read_text(encoding="utf-8")


def test_the_example_can_be_seeded(sandbox: Sandbox) -> None:
    """The world in the page is served: one of its customers is blocked, one can never be deleted."""
    example = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    assert {"partners": 2, "customers": 4, "orders": 3, "subscriptions": 1} == sandbox.seed(
        json.loads(example[1])
    )
    items = sandbox.call("GET", "/v1/customers").json()["items"]
    refused = {
        item["companyProfile"]["companyName"]
        for item in items
        if sandbox.call("DELETE", f"/v1/customers/{item['id']}").status_code == 400
    }
    assert {"Blocked by its reservation", "Never deletable"} == refused


def test_every_world_and_product_is_named() -> None:
    """The page names the worlds that ship with the package, and every kind of product."""
    assert list(WORLDS) == re.findall(
        r"^\| `([\w-]+)` \| (?!two|`)", PAGE.partition("## A world")[0], re.MULTILINE
    )
    assert [] == [product.value for product in Product if f"`{product.value}`" not in PAGE]


def test_every_member_is_named(sandbox: Sandbox) -> None:
    """The sentence that refuses an unknown member lists the known ones, and the page has each of them."""
    own = {"tenantId": OWN, "companyName": "Own", "domain": "own.onmicrosoft.com"}
    somebody = {"userPrincipalName": "one@own.onmicrosoft.com", "password": "long-enough"}
    bought = {"product": "azure_plan"}
    worlds = (
        {"partners": [{**own, "?": 1}]},
        {"partners": [{**own, "applications": [{"clientId": OWN, "?": 1}]}]},
        {"partners": [{**own, "users": [{**somebody, "?": 1}]}]},
        {"partners": [{**own, "customers": [{"companyName": "One", "?": 1}]}]},
        {"partners": [{**own, "customers": [{"companyName": "One", "purchases": [{**bought, "?": 1}]}]}]},
    )
    for world in worlds:
        told = sandbox.control("POST", "/seed", world).json()["error"]
        members = told.partition("it has ")[2].removesuffix(".").split(", ")
        assert [] == [name for name in members if f"`{name}`" not in PAGE]
        assert len(members) > 5
