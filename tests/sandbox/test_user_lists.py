"""Lists of users: filter, order and pages; behaviour.md 3.2 and 3.6, client-quirks.md 1."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import new_customer_body
from tests.sandbox.people import DOMAIN, USERS, LocalPeople, People

from partnercenter.sandbox.rules.paging import Window, part_of

BAD_QUERY = (400, 2000)


def by(field: Any, value: Any, operator: Any = "equals") -> str:
    """A query with a filter."""
    return "?filter=" + quote(json.dumps({"Field": field, "Value": value, "Operator": operator}), safe="")


FILTERS = (
    # query, users that are shown
    ("", ["admin", "ada"]),
    ("?filter=", ["admin", "ada"]),
    (by("UserState", "Active"), ["admin", "ada"]),
    (by("UserState", "Inactive"), ["bob"]),
    (by("UserStatus", "Inactive"), ["bob"]),
    (by("userstate", "inactive", "Equals"), ["bob"]),
    (by("UserState", "Gone"), BAD_QUERY),
    (by("UserState", ""), BAD_QUERY),
    (by("UserState", "Inactive", "starts_with"), BAD_QUERY),
    (by("DisplayName", "Ada Stone"), BAD_QUERY),
    (by("UserState", None), BAD_QUERY),
    ("?filter=x", BAD_QUERY),
    ("?size=x", BAD_QUERY),
    ("?seekOperation=back", BAD_QUERY),
    ("?sortField=password", BAD_QUERY),
    ("?sortField=DisplayName&sortDirection=up", BAD_QUERY),
)


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_users_are_filtered_by_their_state(people: People, query: str, expected: Any) -> None:
    """Without a filter the active ones are listed, with it those in the state, anything else is refused."""
    people.create("ada")
    people.ask("DELETE", f"{USERS}/{people.create('bob')}")
    if isinstance(expected, tuple):
        assert expected == people.code("GET", USERS + query)
    else:
        assert expected == people.names(query)


ORDERS = (
    # query, users in the order of the list
    ("", ["admin", "dora", "ada", "carl", "bob"]),
    ("?sortField=", ["admin", "dora", "ada", "carl", "bob"]),
    ("?sortField=userPrincipalName", ["ada", "admin", "bob", "carl", "dora"]),
    ("?SORTFIELD=UserPrincipalName&SORTDIRECTION=ascending", ["ada", "admin", "bob", "carl", "dora"]),
    ("?sortField=UserPrincipalName&sortDirection=Descending", ["dora", "carl", "bob", "admin", "ada"]),
    ("?sortField=DisplayName", ["ada", "bob", "admin", "dora", "carl"]),
    ("?sortField=LastName", ["admin", "dora", "ada", "carl", "bob"]),
    ("?sortField=LastName&sortDirection=Descending", ["bob", "carl", "ada", "dora", "admin"]),
    ("?sortField=UsageLocation", ["admin", "bob", "dora", "ada", "carl"]),
    (
        "?sortOption.sortField=DisplayName&sortOption.sortDirection=Descending",
        ["carl", "dora", "admin", "bob", "ada"],
    ),
)


@pytest.mark.parametrize(("query", "expected"), ORDERS)
def test_users_are_sorted_without_regard_to_case(people: People, query: str, expected: list[str]) -> None:
    """By a member, upwards or downwards; users that are alike stay in the order of their creation."""
    people.create("dora", displayName="zoe")
    people.create("ada", displayName="Anna")
    people.create("carl", displayName="Änne")
    people.create("bob", displayName="Bea", usageLocation="DE")
    assert expected == people.names(query)


def follow(people: People, query: str, name: str = "next", *, by_token: bool = False) -> list[list[str]]:
    """The pages from a first one on, by link or with the token alone; each as its names."""
    status, page = people.ask("GET", USERS + query)
    assert status == 200, page
    pages = [page]
    while name in pages[-1]["links"]:
        link = pages[-1]["links"][name]
        (header,) = link["headers"]
        path = f"{USERS}?size=2" if by_token else f"/v1{link['uri']}"
        seek = f"&seekOperation={name}" if by_token else ""
        status, page = people.ask("GET", path + seek, MS_ContinuationToken=header["value"])
        assert status == 200, page
        pages.append(page)
    return [[item["userPrincipalName"].partition("@")[0] for item in page["items"]] for page in pages]


@pytest.mark.parametrize("by_token", [False, True], ids=["by link", "by token"])
@pytest.mark.parametrize("query", ["", "&sortField=UserPrincipalName&sortDirection=Descending"])
def test_pages_follow_each_other(people: People, query: str, by_token: bool) -> None:
    """Forwards and from the last one backwards every user comes once; the order goes along with the token."""
    for name in ("dora", "ada", "carl", "bob"):
        people.create(name)
    whole = people.names(f"?{query[1:]}")
    assert 5 == len(whole)
    forwards = follow(people, f"?size=2{query}", by_token=by_token)
    assert [whole[:2], whole[2:4], whole[4:]] == forwards
    backwards = follow(people, f"?size=2&seekOperation=Last{query}", "previous", by_token=by_token)
    assert [whole[3:], whole[1:3], whole[:1]] == backwards


def test_the_filter_goes_along_with_the_token(people: People) -> None:
    """Deleted users are paged as the others are, with the token alone."""
    for name in ("ada", "bob", "carl"):
        people.ask("DELETE", f"{USERS}/{people.create(name)}")
    query = by("UserState", "Inactive") + "&size=2"
    assert [["ada", "bob"], ["carl"]] == follow(people, query, by_token=True)


def test_a_token_is_good_for_one_customer(people: People) -> None:
    """The token of one customer's list is refused on another's, and on another list (3.2)."""
    people.create("ada")
    token = people.ask("GET", f"{USERS}?size=1")[1]["continuationToken"]
    other = people.ask("POST", "/v1/customers", new_customer_body())[1]["id"]
    for path in (f"/v1/customers/{other}/users", "/v1/customers", "/v1/auditrecords"):
        status, answer = people.ask("GET", path, MS_ContinuationToken=token)
        assert (path, BAD_QUERY) == (path, (status, answer["code"]))
    assert 200 == people.ask("GET", USERS, MS_ContinuationToken=token)[0]


def test_links_carry_the_ids_of_the_path(people: People) -> None:
    """The list's own link and that of the next page name the customer, without `/v1`."""
    people.create("ada")
    links = people.ask("GET", f"{USERS.upper().replace('V1', 'v1')}?size=1")[1]["links"]
    path = USERS.removeprefix("/v1")
    assert (f"{path}?size=1", f"{path}?size=1&seekOperation=Next") == (
        links["self"]["uri"],
        links["next"]["uri"],
    )


NAMES = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8, unique=True)
SORTS = st.sampled_from(["", "userPrincipalName", "displayName"])


@settings(max_examples=25)
@given(
    names=NAMES,
    display_names=st.lists(st.sampled_from(["x", "X", "y", "ß", "SS"]), min_size=8, max_size=8),
    gone=st.sets(st.sampled_from("abcdefgh")),
    between=st.sampled_from("abcdefgh"),
    size=st.integers(1, 5),
    sort=SORTS,
    descending=st.booleans(),
)
def test_paging_shows_every_user_once(
    local_people: LocalPeople,
    names: list[str],
    display_names: list[str],
    gone: set[str],
    between: str,
    size: int,
    sort: str,
    descending: bool,
) -> None:
    """For any users, order and size the pages are the whole list, also when somebody is deleted in between."""
    local_people.start_again()
    ids = {
        name: local_people.create(name, displayName=shown)
        for name, shown in zip(names, display_names, strict=False)
    }
    for name in gone & set(ids):
        local_people.ask("DELETE", f"{USERS}/{ids[name]}")
    direction = "Descending" if descending else "Ascending"
    query = f"&sortField={sort}&sortDirection={direction}" if sort else ""
    whole = local_people.names(f"?{query[1:]}")
    assert {"admin", *(set(ids) - gone)} == set(whole)
    assert whole == [name for page in follow(local_people, f"?size={size}{query}") for name in page]

    first = local_people.ask("GET", f"{USERS}?size={size}{query}")[1]
    seen = [item["userPrincipalName"].removesuffix(f"@{DOMAIN}") for item in first["items"]]
    if between in ids and between not in gone:
        local_people.ask("DELETE", f"{USERS}/{ids[between]}")
    if "continuationToken" in first:
        rest = first["continuationToken"]
        page = local_people.ask("GET", f"{USERS}?size=500", MS_ContinuationToken=rest)[1]
        later = [item["userPrincipalName"].removesuffix(f"@{DOMAIN}") for item in page["items"]]
        assert [name for name in whole[size:] if name != between or between in gone] == later
    assert whole[:size] == seen


KEYS = st.lists(st.integers(0, 20), unique=True, max_size=10)


@given(keys=KEYS, bound=st.integers(0, 20), backwards=st.booleans())
def test_a_part_of_a_sorted_list_lies_beside_its_bound(
    keys: Sequence[int], bound: int, backwards: bool
) -> None:
    """What comes after, before and from a row on makes up the list; a bound that is not in it is none."""
    turn: Callable[[list[int]], list[int]] = (lambda rows: rows[::-1]) if backwards else (lambda rows: rows)
    after = turn(part_of(keys, keys, Window(after=bound, backwards=backwards)))
    before = turn(part_of(keys, keys, Window(before=bound, backwards=backwards)))
    start = turn(part_of(keys, keys, Window(start=bound, backwards=backwards)))
    assert list(keys) == turn(part_of(keys, keys, Window(backwards=backwards)))
    if bound in keys:
        assert list(keys) == [*before, bound, *after]
        assert [bound, *after] == start
    else:
        assert list(keys) == after == before == start
