"""Lists: how the next page is found, when there is none, and what is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.client.conftest import CUSTOMER, Answer, Door, ScriptedServer, collection, fault, next_link

from partnercenter import (
    BillingCycleType,
    Customer,
    FieldFilterOperation,
    PartnerCenterError,
    SimpleFieldFilter,
)
from partnercenter.client.errors import UnexpectedAnswerError
from partnercenter.client.pages import PageAddress

FIRST, SECOND, THIRD = {"id": "1"}, {"id": "2"}, {"id": "3"}
PAST_THE_END = Answer(400, json=fault(2000, "There are no more records."))


def customers(client: Any) -> Any:
    return client.customers.list()


def ids(items: list[Customer]) -> list[str | None]:
    return [item.id for item in items]


@pytest.mark.parametrize(
    "uri",
    [
        "/customers?size=2&seekOperation=Next",
        "/v1/customers?size=2&seekOperation=Next",
        "/v1.0/Customers?size=2&seekOperation=Next",
        "/V1/customers?size=2&seekOperation=Next",
        "customers?size=2&seekOperation=Next",
        "v1/customers?size=2&seekOperation=Next",
        "/customers/?size=2&seekOperation=Next",
        "{url}/v1/customers?size=2&seekOperation=Next",
        "{url}/customers?size=2&seekOperation=Next",
    ],
)
def test_the_next_page_is_found_in_every_spelling(server: ScriptedServer, door: Door, uri: str) -> None:
    """A link with or without version, slash and origin leads to the next page, its headers go along."""
    server.answers(
        Answer(json=collection(FIRST, SECOND, links=next_link(uri.format(url=server.url), "token=="))),
        Answer(json=collection(THIRD)),
    )
    found = door.call(server.url, lambda client: client.customers.list(size=2))
    assert ["1", "2", "3"] == ids(found)
    assert ["/v1/customers?size=2", "/v1/customers?size=2&seekOperation=Next"] == [
        request.target for request in server.requests
    ]
    assert [None, "token=="] == [request.headers.get("ms-continuationtoken") for request in server.requests]


def test_an_endpoint_with_a_path_keeps_it(server: ScriptedServer, door: Door) -> None:
    """Behind a proxy with a path of its own, links with and without that path lead below it."""
    for uri in ("/c/v1/customers?p=2", "/c/customers?p=2", "/customers?p=2", "/v1/customers?p=2"):
        server.answers(Answer(json=collection(FIRST, links=next_link(uri))), Answer(json=collection(SECOND)))
        server.requests.clear()
        assert ["1", "2"] == ids(door.call(f"{server.url}/c", customers))
        assert ["/c/v1/customers", "/c/v1/customers?p=2"] == [request.target for request in server.requests]


def test_a_bare_token_leads_to_the_next_page(server: ScriptedServer, door: Door) -> None:
    """Without links, a continuationToken next to the items is sent back with seekOperation=Next."""
    server.answers(
        Answer(json=collection(FIRST, continuationToken="t1")),
        Answer(json=collection(SECOND, continuationToken="t2")),
        Answer(json=collection(THIRD)),
    )
    found = door.call(
        server.url, lambda client: client.customers.list(filter=SimpleFieldFilter("Domain", "a b"))
    )
    assert ["1", "2", "3"] == ids(found)
    queries = [dict(parse_qsl(urlsplit(request.target).query)) for request in server.requests]
    assert [None, "Next", "Next"] == [query.get("seekOperation") for query in queries]
    assert 1 == len({query["filter"] for query in queries})
    assert [None, "t1", "t2"] == [r.headers.get("ms-continuationtoken") for r in server.requests]


@pytest.mark.parametrize(
    "last",
    [
        collection(FIRST),
        collection(FIRST, links={"self": {"uri": "/customers"}}),
        collection(FIRST, links={"next": None}),
        collection(FIRST, links=None, continuationToken=""),
        collection(FIRST, links={"self": {"uri": "/customers"}}, continuationToken="t"),
        {"Items": [FIRST], "TotalCount": 1},
        {"items": [FIRST, None, 5, "odd"]},
    ],
)
def test_a_page_without_a_next_link_is_the_last(
    server: ScriptedServer, door: Door, last: dict[str, Any]
) -> None:
    """A missing, null or empty link or token ends the list; items that are no objects are passed over."""
    server.answers(Answer(json=last))
    assert ["1"] == ids(door.call(server.url, customers))
    assert 1 == len(server.requests)


@pytest.mark.parametrize(
    "empty", [collection(), {"items": []}, {"totalCount": 0}, {"attributes": {"objectType": "Collection"}}]
)
def test_a_list_may_be_empty(server: ScriptedServer, door: Door, empty: dict[str, Any]) -> None:
    """A collection without items is an empty list."""
    server.answers(Answer(json=empty))
    assert [] == door.call(server.url, customers)


@pytest.mark.parametrize("odd", [{}, {"message": "maintenance"}, {"items": {"id": "1"}}, {"items": "none"}])
def test_what_is_no_collection_is_not_an_empty_list(
    server: ScriptedServer, door: Door, odd: dict[str, Any]
) -> None:
    """An object without items does not pass for a list without customers."""
    server.answers(Answer(json=odd))
    with pytest.raises(UnexpectedAnswerError, match="not a list of items"):
        door.call(server.url, customers)


def test_past_the_end_is_the_end(server: ScriptedServer, door: Door) -> None:
    """When a following page is refused with 400/2000, the list has ended."""
    server.answers(
        Answer(json=collection(FIRST, links=next_link("/customers?seekOperation=Next", "t"))), PAST_THE_END
    )
    assert ["1"] == ids(door.call(server.url, customers))


def test_a_refused_first_page_is_an_error(server: ScriptedServer, door: Door) -> None:
    """400/2000 for the first page is an error, not an empty list."""
    server.answers(PAST_THE_END)
    with pytest.raises(PartnerCenterError):
        door.call(server.url, customers)


def test_a_token_that_expired_is_an_error(server: ScriptedServer, door: Door) -> None:
    """400/2000 for the page where reading is resumed is an error: an old token must not look like the end."""
    token = PageAddress("/v1/customers?seekOperation=Next", {"MS-ContinuationToken": "old"}).to_token()
    server.answers(PAST_THE_END)
    with pytest.raises(PartnerCenterError):
        door.pages(server.url, lambda client: client.customers.list().by_page(token))


@pytest.mark.parametrize(
    ("expected", "uri"),
    [
        ("another host", "https://evil.example/v1/customers?x=1"),
        ("another host", "//evil.example/v1/customers?x=1"),
        ("another host", "{other_scheme}/v1/customers?x=1"),
        ("another host", "http://127.0.0.1:1/v1/customers?x=1"),
        ("another host", "file:///v1/customers"),
        ("another list", "/v1/customers/{customer}"),
        ("another list", "/v1/auditrecords"),
        ("another list", "/v1/customers/../auditrecords"),
        ("another list", "/"),
        ("cannot be sent", "/customers?a\r\nHost: evil.example"),
        ("cannot be sent", "/customers?ñ"),
    ],
)
def test_a_link_to_elsewhere_is_not_followed(
    server: ScriptedServer, door: Door, expected: str, uri: str
) -> None:
    """A next link to another origin, to another list or with odd characters is an error, and nothing is sent."""
    link = uri.format(other_scheme=server.url.replace("http:", "https:"), customer=CUSTOMER)
    server.answers(Answer(json=collection(FIRST, links=next_link(link))), Answer(json=collection(SECOND)))
    with pytest.raises(UnexpectedAnswerError, match=expected):
        door.call(server.url, customers)
    assert 1 == len(server.requests)


@pytest.mark.parametrize("uris", [["/customers"], ["/customers?p=2"], ["/customers?p=2", "/customers?p=3"]])
def test_pages_that_lead_in_a_circle_are_an_error(
    server: ScriptedServer, door: Door, uris: list[str]
) -> None:
    """A list whose pages lead back to one that was read is given up, and not cut short in silence."""
    pages = [Answer(json=collection(FIRST, links=next_link(uri))) for uri in uris]
    server.answers(*pages, *pages, *pages)
    with pytest.raises(UnexpectedAnswerError, match="without end"):
        door.call(server.url, customers)
    assert len(server.requests) <= len(uris) + 1


def three_pages(server: ScriptedServer) -> None:
    def answer(request: Any) -> Answer:
        token = request.headers.get("ms-continuationtoken", "0")
        rest = (
            {} if token == "2" else {"links": next_link("/customers?seekOperation=Next", str(int(token) + 1))}
        )
        return Answer(json=collection({"id": token}, **rest))

    server.answers(answer)


def test_pages_can_be_resumed(server: ScriptedServer, door: Door) -> None:
    """by_page hands out a token after each page, from which another client reads on."""
    three_pages(server)
    pages = door.pages(server.url, lambda client: client.customers.list().by_page())
    assert [["0"], ["1"], ["2"]] == [ids(items) for items, _ in pages]
    assert pages[2][1] is None
    token = pages[0][1]
    rest = door.pages(server.url, lambda client: client.customers.list().by_page(token))
    assert [["1"], ["2"]] == [ids(items) for items, _ in rest]


def test_a_list_can_be_read_twice_by_page(server: ScriptedServer, door: Door) -> None:
    """Two iterations of one list by page do not disturb one another."""
    three_pages(server)

    def twice(client: Any) -> Any:
        found = client.customers.list()
        if not door.is_async:
            return [[ids(list(page)) for page in found.by_page()] for _ in range(2)]

        async def read() -> Any:
            return [[ids([c async for c in page]) async for page in found.by_page()] for _ in range(2)]

        return read()

    assert [[["0"], ["1"], ["2"]]] * 2 == door.call(server.url, twice)


def test_an_empty_token_begins_at_the_beginning(server: ScriptedServer, door: Door) -> None:
    """by_page with an empty token or None reads from the first page."""
    three_pages(server)
    for token in (None, ""):
        pages = door.pages(server.url, lambda client, token=token: client.customers.list().by_page(token))
        assert 3 == len(pages)


def forged(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "ñ",
        "====",
        "AQAAAA==",
        forged([]),
        forged(["/v1/customers", None]),
        forged(["/v1/customers", ""]),
        forged(["/v1/customers", ["MS-ContinuationToken"]]),
        forged(["/v1/customers", {"Host": "evil.example"}]),
        forged(["/v1/customers", {"MS-ContinuationToken": 5}]),
        forged(["/v1/customers", {"MS-ContinuationToken": "a\r\nHost: evil.example"}]),
        forged(["/v1/customers?a\r\nb", {}]),
        forged([["/v1/customers"], {}]),
        forged(["/v1/auditrecords", {}]),
        forged(["https://evil.example/v1/customers", {}]),
        forged(["//evil.example", {}]),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    ],
)
def test_forged_tokens_are_refused(server: ScriptedServer, door: Door, token: str) -> None:
    """A continuation token that by_page of this list did not give out raises ValueError before anything is sent."""
    with pytest.raises(ValueError, match="continuation token"):
        door.pages(server.url, lambda client: client.customers.list().by_page(token))
    assert [] == server.requests


def test_tokens_of_another_list_are_refused(server: ScriptedServer, door: Door) -> None:
    """A continuation token of one list does not open another."""
    three_pages(server)
    token = door.pages(server.url, lambda client: client.customers.list().by_page())[0][1]
    with pytest.raises(ValueError, match="continuation token"):
        door.pages(server.url, lambda client: client.audit_records.list().by_page(token))


@given(token=st.text())
def test_no_text_breaks_the_reader_of_tokens(token: str) -> None:
    """Any text either is a token of this list or raises ValueError."""
    try:
        address = PageAddress.from_token(token, "/v1/customers")
    except ValueError:
        return
    assert address.path.partition("?")[0] == "/v1/customers"


@given(
    query=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="?#")),
    token=st.text(st.characters(min_codepoint=32, max_codepoint=126)),
)
def test_tokens_hold_the_address_of_a_page(query: str, token: str) -> None:
    """What goes into a continuation token comes out of it."""
    address = PageAddress(f"/v1/customers?{query}", {"MS-ContinuationToken": token})
    assert address == PageAddress.from_token(address.to_token(), "/v1/customers")


Action = Callable[[Any], Any]


@pytest.mark.parametrize(
    ("path", "query", "action"),
    [
        ("/v1/customers", {}, lambda c: c.customers.list()),
        ("/v1/customers", {"size": "0"}, lambda c: c.customers.list(size=0)),
        (
            "/v1/customers",
            {"filter": '{"Field":"CompanyName","Value":"Ærø & \\"Söhne\\" +%","Operator":"starts_with"}'},
            lambda c: c.customers.list(filter=SimpleFieldFilter("CompanyName", 'Ærø & "Söhne" +%')),
        ),
        (
            "/v1/auditrecords",
            {
                "startDate": "2026-01-02",
                "endDate": "2026-02-03",
                "filter": '{"Field":"ResourceType","Value":"customer","Operator":"equals"}',
                "size": "5",
            },
            lambda c: c.audit_records.list(
                start_date=date(2026, 1, 2),
                end_date=date(2026, 2, 3),
                filter=SimpleFieldFilter("ResourceType", "customer", FieldFilterOperation.EQUALS),
                size=5,
            ),
        ),
        (
            f"/v1/customers/{CUSTOMER}/orders",
            {"billingType": "one_time"},
            lambda c: c.customers.by_id(CUSTOMER).orders.list(billing_cycle=BillingCycleType.ONE_TIME),
        ),
        (
            f"/v1/customers/{CUSTOMER}/subscriptions",
            {"order_id": "7c1e90a4b2d3"},
            lambda c: c.customers.by_id(CUSTOMER).subscriptions.list(order_id="7c1e90a4b2d3"),
        ),
    ],
)
def test_queries_are_encoded(
    server: ScriptedServer, door: Door, path: str, query: dict[str, str], action: Action
) -> None:
    """Each list sends its parameters, encoded, and nothing that was not given."""
    server.answers(Answer(json=collection()))
    door.call(server.url, action)
    target = urlsplit(server.requests[0].target)
    assert (path, query) == (target.path, dict(parse_qsl(target.query)))


@pytest.mark.parametrize("order_id", ["", " ", "a/b", "..", "a b"])
def test_an_empty_order_id_does_not_list_everything(door: Door, order_id: str) -> None:
    """An order id that is empty or malformed raises ValueError instead of listing all subscriptions."""
    customer = door.client(None).customers.by_id(CUSTOMER)
    with pytest.raises(ValueError, match="order_id"):
        customer.subscriptions.list(order_id=order_id)
    with pytest.raises(ValueError, match="order_id"):
        customer.orders.by_id(order_id)
