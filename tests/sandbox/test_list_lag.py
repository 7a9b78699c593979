"""A customer that is gone stays in the list for a while, if so set, and nowhere else; behaviour.md 1.6."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import databases
from tests.conftest import Sandbox
from tests.sandbox.conftest import (
    IN_PRODUCTION,
    OF_OTHER,
    OF_PRODUCTION,
    OTHER_CLIENT,
    OTHER_TENANT,
    OWN,
    LocalSandbox,
    StartSandbox,
    customer,
    partner,
)

IDS = [f"22222222-0000-4000-8000-{number:012d}" for number in range(9)]
LAG = 300


def world(count: int = 4, **settings: Any) -> dict[str, Any]:
    """So many customers of another partner, named in their order."""
    members = [customer(IDS[number], companyName=f"Name {number}") for number in range(count)]
    return {
        "partners": [partner(OTHER_TENANT, OTHER_CLIENT, *members)],
        "settings": {"customer_list_lag_seconds": LAG, **settings},
    }


class Shown:
    """The list of a partner as it is shown."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._token = sandbox.mint(**OF_OTHER, expiresInSeconds=86_400)

    def delete(self, *numbers: int) -> None:
        """Delete customers."""
        for number in numbers:
            answer = self._sandbox.call("DELETE", f"/v1/customers/{IDS[number]}", token=self._token)
            assert answer.status_code == 204, answer.text

    def status(self, number: int) -> int:
        """What reading one is answered."""
        return self._sandbox.call("GET", f"/v1/customers/{IDS[number]}", token=self._token).status_code

    def numbers(self, query: str = "") -> list[int]:
        """The customers of one page."""
        return [IDS.index(item["id"]) for item in self.page(query)["items"]]

    def page(self, query: str, token: str | None = None) -> Any:
        """One page."""
        headers = {"MS-ContinuationToken": token} if token else {}
        return self._sandbox.call("GET", f"/v1/customers{query}", token=self._token, headers=headers).json()

    def walk(self, size: int, word: str) -> Iterator[list[int]]:
        """Every page from the first on, or from the last back."""
        page = self.page(f"?size={size}" + ("&seekOperation=last" if word == "previous" else ""))
        while True:
            yield [IDS.index(item["id"]) for item in page["items"]]
            link = page["links"].get(word)
            if link is None:
                return
            page = self.page(link["uri"].removeprefix("/customers"), link["headers"][0]["value"])

    def advance(self, duration: str) -> None:
        """Move the sandbox's clock."""
        assert self._sandbox.control("PATCH", "/clock", {"advance": duration}).status_code == 200


@pytest.fixture
def shown(sandbox: Sandbox) -> Shown:
    """A list that lags by five minutes."""
    sandbox.seed(world())
    return Shown(sandbox)


def test_a_deleted_customer_is_listed_until_the_list_has_caught_up(shown: Shown) -> None:
    """GET knows at once, the list after the lag, by the sandbox's own clock."""
    before = shown.page("")["items"]
    shown.delete(1)
    assert (404, [0, 1, 2, 3]) == (shown.status(1), shown.numbers())
    assert before == shown.page("")["items"]
    shown.advance("PT4M50S")
    assert [0, 1, 2, 3] == shown.numbers()
    shown.advance("PT10S")
    assert [0, 2, 3] == shown.numbers()


def test_without_a_lag_a_deleted_customer_is_out_at_once(sandbox: Sandbox) -> None:
    """The default."""
    sandbox.seed(world(customer_list_lag_seconds=0))
    shown = Shown(sandbox)
    shown.delete(1)
    assert [0, 2, 3] == shown.numbers()
    sandbox.set(customer_list_lag_seconds=LAG)
    assert [0, 2, 3] == shown.numbers()


def test_an_ended_relationship_lags_too(sandbox: Sandbox) -> None:
    """In production the customer lives on, but leaves the list; its end takes as long to be seen there."""
    members = {"environment": "production"}
    document = partner(
        OF_PRODUCTION["tenantId"], OF_PRODUCTION["clientId"], customer(IN_PRODUCTION), **members
    )
    sandbox.seed({"partners": [document], "settings": {"customer_list_lag_seconds": LAG}})
    token = sandbox.mint(**OF_PRODUCTION, kind="app_user")
    before = sandbox.call("GET", "/v1/customers", token=token).json()["items"]
    path, body = f"/v1/customers/{IN_PRODUCTION}", {"relationshipToPartner": "none"}
    assert 200 == sandbox.call("PATCH", path, body, token=token).status_code
    assert 403 == sandbox.call("GET", path, token=token).status_code
    assert before == sandbox.call("GET", "/v1/customers", token=token).json()["items"]
    sandbox.control("PATCH", "/clock", {"advance": "PT5M"})
    assert [] == sandbox.call("GET", "/v1/customers", token=token).json()["items"]


def test_others_never_see_who_has_left(shown: Shown, sandbox: Sandbox) -> None:
    """The list of another partner stays its own."""
    shown.delete(1)
    assert [] == sandbox.call("GET", "/v1/customers").json()["items"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"Field": "CompanyName", "Value": "name 1", "Operator": "starts_with"}, [1]),
        ({"Field": "CompanyName", "Value": "NAME", "Operator": "starts_with"}, [0, 1, 2, 3]),
        ({"Field": "Domain", "Value": "NAME1", "Operator": "starts_with"}, [1]),
        ({"Field": "Domain", "Value": "elsewhere", "Operator": "starts_with"}, []),
        ({"Field": "IndirectReseller", "Value": OWN, "Operator": "starts_with"}, []),
    ],
)
def test_a_filter_holds_for_those_who_have_left(
    shown: Shown, condition: dict[str, str], expected: list[int]
) -> None:
    """By name and domain, as for those who are there."""
    shown.delete(1)
    assert expected == shown.numbers(f"?filter={quote(str(condition).replace(chr(39), chr(34)))}")


def test_a_room_is_free_at_once(sandbox: Sandbox) -> None:
    """Who is only listed any more takes no room of the quota."""
    sandbox.set(customer_list_lag_seconds=LAG, customer_quota=1)
    first = sandbox.create_customer()["id"]
    assert 204 == sandbox.call("DELETE", f"/v1/customers/{first}").status_code
    second = sandbox.create_customer()["id"]
    listed = [item["id"] for item in sandbox.call("GET", "/v1/customers").json()["items"]]
    assert [first, second] == listed


@settings(max_examples=40)
@given(
    deleted=st.sets(st.integers(0, len(IDS) - 1)),
    size=st.integers(1, 10),
    newest=st.booleans(),
)
def test_pages_show_everybody_once(sandbox: Sandbox, deleted: set[int], size: int, newest: bool) -> None:
    """Whoever has left, in either order, in either direction: each stands where it stood, once."""
    sandbox.seed(world(len(IDS), list_order="newest" if newest else "creation"))
    shown = Shown(sandbox)
    expected = list(range(len(IDS)))[:: -1 if newest else 1]
    shown.delete(*deleted)
    pages = list(shown.walk(size, "next"))
    assert expected == [number for page in pages for number in page]
    assert all(len(page) == size for page in pages[:-1])
    assert expected == [number for page in [*shown.walk(size, "previous")][::-1] for number in page]
    shown.advance("PT5M")
    left = [number for number in expected if number not in deleted]
    assert left == [number for page in shown.walk(size, "next") for number in page]


def test_a_page_is_followed_while_customers_leave_and_vanish(shown: Shown) -> None:
    """Nobody is shown twice and nobody who stays is missed, though the list changes between two pages."""
    first = shown.page("?size=2")
    shown.delete(1, 2)
    second = shown.page("?size=2", first["continuationToken"])
    assert [2, 3] == [IDS.index(item["id"]) for item in second["items"]]
    shown.advance("PT5M")
    third = shown.page("?size=2&seekOperation=next", first["continuationToken"])
    assert [3] == [IDS.index(item["id"]) for item in third["items"]]


def test_what_is_over_is_forgotten_at_the_next_departure(start_sandbox: StartSandbox, tmp_path: Path) -> None:
    """The table holds those who left within the lag, and with a lag of 0 nobody is written into it."""
    sandbox = start_sandbox(database=tmp_path / "sandbox.db")
    sandbox.seed(world())
    shown = Shown(sandbox)

    def kept() -> list[int]:
        with databases.opened(tmp_path / "sandbox.db") as connection:
            left = connection.exec_driver_sql("SELECT id FROM departures ORDER BY key")
            return [IDS.index(customer_id) for customer_id in left.scalars()]

    shown.delete(0)
    shown.advance("PT1M")
    shown.delete(1)
    assert [0, 1] == kept()
    shown.advance("PT4M")
    shown.delete(2)
    assert [1, 2] == kept()
    sandbox.set(customer_list_lag_seconds=0)
    shown.delete(3)
    assert [1, 2] == kept()
    assert [] == shown.numbers()


def test_a_profile_makes_lists_lag(local_sandbox: LocalSandbox) -> None:
    """`profile=eventual` sets the lag among others, and a lag that is given itself wins."""
    assert (3, 7) == tuple(
        local_sandbox.state.change_settings(changes).number("customer_list_lag_seconds")
        for changes in ({"profile": "eventual"}, {"customer_list_lag_seconds": 7})
    )
