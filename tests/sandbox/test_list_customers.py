"""`GET /v1/customers`: pages, links, tokens and filters; behaviour.md 3.2 and 14, lifecycle.md 4."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import Sandbox, new_customer_body
from tests.sandbox.conftest import OF_OTHER, OTHER_CLIENT, OTHER_TENANT, Fault, fault_of, partner

BAD_QUERY = Fault(400, 2000)
TOKEN = "MS-ContinuationToken"


def names_world(*names: str, domains: dict[str, str] | None = None) -> dict[str, Any]:
    """A world in which another partner has customers of these names, in this order."""
    customers = [
        {"companyName": name, "domain": (domains or {}).get(name, f"d{index}.onmicrosoft.com")}
        for index, name in enumerate(names)
    ]
    return {"partners": [partner(OTHER_TENANT, OTHER_CLIENT, *customers)]}


def numbered(count: int) -> dict[str, Any]:
    """A world with customers `00`, `01` and so on."""
    return names_world(*(f"{number:02}" for number in range(count)))


class Lister:
    """Asks for pages as the partner of the world."""

    def __init__(self, sandbox: Sandbox, world: dict[str, Any]) -> None:
        sandbox.seed(world)
        self.sandbox = sandbox
        self.token = sandbox.mint(**OF_OTHER)

    def answer(self, query: str = "", continuation: str | None = None) -> Any:
        """The answer to a query."""
        headers = {} if continuation is None else {TOKEN: continuation}
        return self.sandbox.call("GET", f"/v1/customers{query}", token=self.token, headers=headers)

    def page(self, query: str = "", continuation: str | None = None) -> dict[str, Any]:
        """The page that answers a query."""
        answer = self.answer(query, continuation)
        assert 200 == answer.status_code, answer.text
        return dict(answer.json())

    def follow(self, page: dict[str, Any], name: str = "next") -> dict[str, Any]:
        """The page behind a link: its uri below `/v1` and its headers, both verbatim."""
        link = page["links"][name]
        headers = {header["key"]: header["value"] for header in link["headers"]}
        answer = self.sandbox.call(link["method"], f"/v1{link['uri']}", token=self.token, headers=headers)
        assert 200 == answer.status_code, answer.text
        return dict(answer.json())

    def walk(self, page: dict[str, Any], name: str = "next") -> Iterator[list[str]]:
        """The names of a page and of those behind it."""
        yield names(page)
        while name in page["links"]:
            page = self.follow(page, name)
            yield names(page)


def names(page: dict[str, Any]) -> list[str]:
    """The company names of a page."""
    return [item["companyProfile"]["companyName"] for item in page["items"]]


def filtered(field: str, value: str, operator: str = "starts_with", **query: Any) -> str:
    """A query with a filter."""
    return by_json({"Field": field, "Value": value, "Operator": operator}, **query)


def by_json(document: Any, **query: Any) -> str:
    """A query with any JSON as its filter."""
    text = document if isinstance(document, str) else json.dumps(document)
    rest = "".join(f"&{name}={value}" for name, value in query.items())
    return f"?filter={quote(text, safe='')}{rest}"


SIZES = (
    # size, how many of 7 customers come with a default page of 5
    ("", 5),
    ("?size=", 5),
    ("?size=0", 5),
    ("?size=-3", 5),
    ("?size=1", 1),
    ("?size=+3", 3),
    ("?size=3&size=1", 3),
    ("?SIZE=4", 4),
    ("?size=7", 7),
    ("?size=501", 7),
    (f"?size={'9' * 3000}", 7),
    ("?seekOperation=First&size=2", 2),
)


@pytest.mark.parametrize(("query", "expected"), SIZES)
def test_the_size_of_a_page_is_asked_for_or_the_default(sandbox: Sandbox, query: str, expected: int) -> None:
    """0, a negative and an absent size are the service's own choice (3.2)."""
    lister = Lister(sandbox, {**numbered(7), "settings": {"default_page_size": 5}})
    page = lister.page(query)
    assert (expected, expected) == (len(page["items"]), page["totalCount"])


@pytest.mark.parametrize("size", ["five", "1.5", "1e2", "0x5", "1_0", "٣", "3 4", "9" * 5000, "null"])
def test_a_size_that_is_no_whole_number_is_refused(sandbox: Sandbox, size: str) -> None:
    """Garbage for a size is told, not guessed at."""
    assert BAD_QUERY == fault_of(sandbox.call("GET", f"/v1/customers?size={quote(size)}"))


def test_a_page_holds_at_most_500(sandbox: Sandbox) -> None:
    """Without a size and with one above 500 a page has 500 customers, and the rest is on the next (3.2)."""
    lister = Lister(sandbox, names_world(*(f"{number:03}" for number in range(502))))
    sizes = [[len(found) for found in lister.walk(lister.page(query))] for query in ("", "?size=501")]
    assert [[500, 2], [500, 2]] == sizes


def test_a_page_has_exactly_the_documented_members(sandbox: Sandbox) -> None:
    """Items are short, links carry the query and the token header verbatim (3.2, 14, lifecycle.md 4)."""
    lister = Lister(sandbox, numbered(3))
    query = filtered("CompanyName", "0", size=2)
    page = lister.page(query)
    token = page["continuationToken"]
    assert page == {
        "totalCount": 2,
        "items": [item_of(item) for item in page["items"]],
        "continuationToken": token,
        "links": {
            "self": {"uri": f"/customers{query}", "method": "GET", "headers": []},
            "next": {
                "uri": f"/customers{query}&seekOperation=Next",
                "method": "GET",
                "headers": [{"key": TOKEN, "value": token}],
            },
        },
        "attributes": {"objectType": "Collection"},
    }


def item_of(item: dict[str, Any]) -> dict[str, Any]:
    """The members that an item may have, with the values of this one."""
    profile = item["companyProfile"]
    return {
        "id": item["id"],
        "companyProfile": {
            "tenantId": item["id"],
            "domain": profile["domain"],
            "companyName": profile["companyName"],
            "attributes": {"objectType": "CustomerCompanyProfile"},
        },
        "relationshipToPartner": "reseller",
        "links": {"self": {"uri": f"/customers/{item['id']}", "method": "GET", "headers": []}},
        "attributes": {"objectType": "Customer"},
    }


def test_the_first_page_has_no_previous_and_the_last_no_next(sandbox: Sandbox) -> None:
    """`previous` is absent on the first page, `next` and the token on the last (14)."""
    lister = Lister(sandbox, numbered(5))
    first = lister.page("?size=2")
    middle = lister.follow(first)
    last = lister.follow(middle)
    links = [{"self", "next"}, {"self", "next", "previous"}, {"self", "previous"}]
    assert links == [set(page["links"]) for page in (first, middle, last)]
    assert [True, True, False] == ["continuationToken" in page for page in (first, middle, last)]


def test_every_seek_operation_moves_from_the_page_of_the_token(sandbox: Sandbox) -> None:
    """Next, previous, first, last and pageIndex start from where the token stands, in any case (3.2)."""
    lister = Lister(sandbox, numbered(7))
    token = lister.follow(lister.page("?size=2"))["continuationToken"]
    expected = {
        "Next": ["04", "05"],
        "previous": ["00", "01"],
        "FIRST": ["00", "01"],
        "last": ["05", "06"],
        "pageIndex": ["02", "03"],
        "page_index": ["02", "03"],
        "": ["04", "05"],
    }
    assert expected == {word: names(lister.page(f"?size=2&seekOperation={word}", token)) for word in expected}
    assert names(lister.page("?size=2", token)) == expected["Next"]


def test_going_back_shows_the_pages_that_were_passed(sandbox: Sandbox) -> None:
    """Following previous from the last page shows every page again, in order within the page."""
    lister = Lister(sandbox, numbered(7))
    pages = [*lister.walk(lister.page("?size=3"))]
    last = lister.page("?size=3")
    while "next" in last["links"]:
        last = lister.follow(last)
    assert [["00", "01", "02"], ["03", "04", "05"], ["06"]] == pages
    assert pages == [*lister.walk(last, "previous")][::-1]


def test_the_last_page_leads_back_to_the_first(sandbox: Sandbox) -> None:
    """`seekOperation=last` needs no token, and its previous pages reach the first customer."""
    lister = Lister(sandbox, numbered(5))
    pages = [*lister.walk(lister.page("?size=2&seekOperation=Last"), "previous")]
    assert [["03", "04"], ["01", "02"], ["00"]] == pages


@pytest.mark.parametrize("word", ["sideways", "5", "next,next", "🙂"])
def test_an_unknown_seek_operation_is_refused(sandbox: Sandbox, word: str) -> None:
    """A word that is no seek operation answers 400/2000."""
    assert BAD_QUERY == fault_of(sandbox.call("GET", f"/v1/customers?seekOperation={quote(word)}"))


def test_rows_that_come_and_go_between_pages_move_nobody(sandbox: Sandbox) -> None:
    """Deletes before and inserts behind the position neither skip nor repeat a customer (3.2)."""
    made = [sandbox.create_customer(companyName=f"{number:02}")["id"] for number in range(6)]
    page = sandbox.call("GET", "/v1/customers?size=2").json()
    for gone in (made[0], made[1], made[3]):
        assert 204 == sandbox.call("DELETE", f"/v1/customers/{gone}").status_code
    made.append(sandbox.create_customer(companyName="06")["id"])
    seen = []
    while "next" in page["links"]:
        link = page["links"]["next"]
        headers = {header["key"]: header["value"] for header in link["headers"]}
        page = sandbox.call("GET", f"/v1{link['uri']}", headers=headers).json()
        seen += names(page)
    assert ["02", "04", "05", "06"] == seen


def test_a_page_past_the_end_is_empty(sandbox: Sandbox) -> None:
    """When everything behind the token is gone the next page is empty and ends the walk (lifecycle.md 4)."""
    made = [sandbox.create_customer()["id"] for _ in range(2)]
    token = sandbox.call("GET", "/v1/customers?size=1").json()["continuationToken"]
    sandbox.call("DELETE", f"/v1/customers/{made[1]}")
    query = "?size=1&seekOperation=Next"
    expected = {
        "totalCount": 0,
        "items": [],
        "links": {"self": {"uri": f"/customers{query}", "method": "GET", "headers": []}},
        "attributes": {"objectType": "Collection"},
    }
    assert expected == sandbox.call("GET", f"/v1/customers{query}", headers={TOKEN: token}).json()


def test_the_token_alone_continues_the_filtered_list(sandbox: Sandbox) -> None:
    """Clients follow with size, seekOperation and token only; the filter is not lost (lifecycle.md 4)."""
    lister = Lister(sandbox, names_world("Kestrel A", "Harbor", "Kestrel B", "Kestrel C", "Juniper"))
    first = lister.page(filtered("CompanyName", "kestrel", size=1))
    second = lister.page("?size=1&seekOperation=Next", first["continuationToken"])
    third = lister.page("?size=5&seekOperation=Next", second["continuationToken"])
    assert [["Kestrel A"], ["Kestrel B"], ["Kestrel C"]] == [names(page) for page in (first, second, third)]


def tampered(token: str) -> str:
    """The token with the last byte of its content changed."""
    raw = bytearray(base64.urlsafe_b64decode(token))
    raw[-3] ^= 1
    return base64.urlsafe_b64encode(bytes(raw)).decode()


def test_a_foreign_or_forged_token_is_refused(sandbox: Sandbox) -> None:
    """Garbage, a changed token, another partner's and another list's answer 400/2000 (3.2)."""
    lister = Lister(sandbox, numbered(3))
    good = lister.page("?size=1")["continuationToken"]
    sandbox.create_customer()
    sandbox.create_customer()
    foreign = sandbox.call("GET", "/v1/customers?size=1").json()["continuationToken"]
    audit = sandbox.call("GET", "/v1/auditrecords?size=1", token=lister.token).json()["continuationToken"]
    bad = ["AQAAAA==", "garbage", "a" * 4000, "=", "{}", good[:-4], tampered(good), foreign, audit]
    assert [BAD_QUERY] * len(bad) == [fault_of(lister.answer("?size=1", token)) for token in bad]
    assert 200 == lister.answer("?size=1", good).status_code


def test_a_token_can_be_used_twice(sandbox: Sandbox) -> None:
    """Two calls with the same token give the same page."""
    lister = Lister(sandbox, numbered(4))
    token = lister.page("?size=1")["continuationToken"]
    assert lister.page("?size=1", token) == lister.page("?size=1", token)


NAMES = (
    "Northlake",
    "NORTHWIND",
    "North_1",
    "north%2",
    "Nördlich",
    "Straße",
    "STRASSE 2",
    "a\\b",
    "a/b",
    "100%",
    "İstanbul",
)
FILTERS = (
    # field, value, names that are found
    ("CompanyName", "north", {"Northlake", "NORTHWIND", "North_1", "north%2"}),
    ("companyName", "NORTHL", {"Northlake"}),
    ("COMPANYNAME", "Northlake", {"Northlake"}),
    ("DisplayName", "northw", {"NORTHWIND"}),
    ("CompanyName", "north_", {"North_1"}),
    ("CompanyName", "north%", {"north%2"}),
    ("CompanyName", "%", set()),
    ("CompanyName", "_", set()),
    ("CompanyName", "lake", set()),
    ("CompanyName", "nö", {"Nördlich"}),
    ("CompanyName", "NÖ", {"Nördlich"}),
    ("CompanyName", "strass", {"Straße", "STRASSE 2"}),
    ("CompanyName", "a\\", {"a\\b"}),
    ("CompanyName", "a/", {"a/b"}),
    ("CompanyName", "100%", {"100%"}),
    ("CompanyName", "i̇stan", {"İstanbul"}),
    ("CompanyName", "", set(NAMES)),
    ("CompanyName", "'; DROP TABLE customers; --", set()),
    ("CompanyName", "north\x00", set()),
    ("CompanyName", "🍞", set()),
    ("Domain", "d1", {"NORTHWIND", "İstanbul"}),
    ("domain", "D10.ONMICRO", {"İstanbul"}),
    ("DefaultDomainName", "d0.", {"Northlake"}),
    ("IndirectReseller", OTHER_TENANT, set()),
    ("IndirectCloudSolutionProvider", OTHER_TENANT, set(NAMES)),
    ("IndirectCloudSolutionProvider", OTHER_TENANT.upper()[:8], set(NAMES)),
    ("IndirectCloudSolutionProvider", "ffff", set()),
)


@pytest.mark.parametrize(("field", "value", "expected"), FILTERS)
def test_a_filter_finds_prefixes_without_regard_to_case(
    sandbox: Sandbox, field: str, value: str, expected: set[str]
) -> None:
    """`starts_with` compares without case, and takes percent, underscore and backslash literally (3.2)."""
    lister = Lister(sandbox, names_world(*NAMES))
    assert expected == set(names(lister.page(filtered(field, value))))


def test_customers_of_an_indirect_reseller_are_found(sandbox: Sandbox) -> None:
    """A filter by IndirectReseller finds the customers created with that `associatedPartnerId` (3.2)."""
    reseller = "0BADA5A0-0000-4CA1-8CA1-0000000000F1"
    body = {**new_customer_body(), "associatedPartnerId": reseller}
    made = sandbox.call("POST", "/v1/customers", body).json()["id"]
    sandbox.create_customer()
    page = sandbox.call("GET", "/v1/customers" + filtered("IndirectReseller", reseller.lower())).json()
    assert [made] == [item["id"] for item in page["items"]]


DIALECTS = (
    {"Field": "CompanyName", "Value": "nort", "Operator": "starts_with"},
    {"field": "CompanyName", "value": "nort", "operator": "starts_with"},
    {"Field": "CompanyName", "Value": "nort", "Operator": "StartsWith"},
    {"Field": "CompanyName", "Value": "nort", "Operator": "STARTS_WITH"},
    {"FIELD": " companyname ", "VALUE": "nort", "OPERATOR": "startsWith", "Extra": 1},
    {
        "LeftFilter": {"Field": "CompanyName", "Value": "nort", "Operator": "starts_with"},
        "RightFilter": {"Field": "Domain", "Value": "d", "Operator": "starts_with"},
        "Operator": "And",
    },
)


@pytest.mark.parametrize("document", DIALECTS)
def test_each_dialect_of_a_filter_is_understood(sandbox: Sandbox, document: dict[str, Any]) -> None:
    """Upper and lower first letters, both spellings of the operator, and joined filters (client-quirks.md 1)."""
    lister = Lister(sandbox, names_world("Northlake", "Harbor"))
    assert ["Northlake"] == names(lister.page(by_json(document)))


BAD_FILTERS = (
    "nort",
    "{",
    "[]",
    "null",
    '"text"',
    "5",
    {},
    {"Field": "CompanyName", "Operator": "starts_with"},
    {"Field": "CompanyName", "Value": None, "Operator": "starts_with"},
    {"Field": "CompanyName", "Value": 5, "Operator": "starts_with"},
    {"Field": 5, "Value": "n", "Operator": "starts_with"},
    {"Field": "CompanyName", "Value": "n"},
    {"Field": "CompanyName", "Value": "n", "Operator": "sounds_like"},
    {"Field": "CompanyName", "Value": "n", "Operator": "equals"},
    {"Field": "CompanyName", "Value": "n", "Operator": "substring"},
    {"Field": "Zodiac", "Value": "n", "Operator": "starts_with"},
    {"Field": "CompanyName", "Value": "half \ud800", "Operator": "starts_with"},
    {"Field": "CompanyName", "Value": "n" * 5000, "Operator": "starts_with"},
    {"Field": "IndirectReseller", "Value": "\udfff", "Operator": "starts_with"},
    {"LeftFilter": DIALECTS[0], "RightFilter": DIALECTS[0], "Operator": "or"},
    {"LeftFilter": DIALECTS[0], "RightFilter": DIALECTS[0], "Operator": "and"},
    {"LeftFilter": DIALECTS[0], "Operator": "and"},
    "[" * 2_000,
)


@pytest.mark.parametrize(
    "document", BAD_FILTERS, ids=lambda value: str(value)[:50].encode("ascii", "replace").decode()
)
def test_a_filter_that_cannot_be_understood_is_refused_in_a_sentence(sandbox: Sandbox, document: Any) -> None:
    """What is no filter, or names no field or operator of the list, answers 400/2000 and says what is wrong."""
    answer = sandbox.call("GET", "/v1/customers" + by_json(document))
    assert BAD_QUERY == fault_of(answer)
    assert re.fullmatch(r".{20,300}\.", answer.json()["description"])


def test_an_empty_filter_is_none(sandbox: Sandbox) -> None:
    """`filter=` without a value lists everybody."""
    lister = Lister(sandbox, names_world("Northlake"))
    assert ["Northlake"] == names(lister.page("?filter="))


LETTERS = "abAB _%\\é"


@settings(max_examples=40)
@given(
    found=st.lists(st.text(LETTERS, min_size=1, max_size=4).map(str.strip).filter(bool), max_size=12),
    prefix=st.text(LETTERS, max_size=2),
    size=st.integers(1, 5),
    newest=st.booleans(),
)
def test_following_next_shows_every_match_exactly_once(
    sandbox: Sandbox, found: list[str], prefix: str, size: int, newest: bool
) -> None:
    """For any names, prefix, size and order: the pages together are the matches, each once, in order (3.2)."""
    world = {**names_world(*found), "settings": {"list_order": "newest" if newest else "creation"}}
    lister = Lister(sandbox, world)
    pages = list(lister.walk(lister.page(filtered("CompanyName", prefix, size=size))))
    expected = [name for name in found if name.casefold().startswith(prefix.casefold())]
    assert (expected[::-1] if newest else expected) == [name for page in pages for name in page]
    assert all(len(page) == size for page in pages[:-1])
    last = lister.page(filtered("CompanyName", prefix, size=size, seekOperation="last"))
    back = [*lister.walk(last, "previous")][::-1]
    assert (expected[::-1] if newest else expected) == [name for page in back for name in page]
