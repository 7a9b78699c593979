"""Successes: what a delete, a read and a check make of every kind of answer."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from tests.client.conftest import CUSTOMER, Answer, Door, ScriptedServer, fault

from partnercenter import Customer, CustomerBillingProfile, CustomerCompanyProfile, PartnerCenterError
from partnercenter.client.errors import UnexpectedAnswerError


def read(client: Any) -> Any:
    return client.customers.by_id(CUSTOMER).get()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(204),
        Answer(200),
        Answer(200, body=b"   "),
        Answer(200, json={}),
        Answer(200, body=b"\xef\xbb\xbf"),
        Answer(200, body=b"<html>done</html>", headers={"Content-Type": "text/html"}),
        Answer(200, body=b"{torn"),
        Answer(202),
    ],
)
def test_an_empty_or_odd_body_of_a_delete_is_success(
    server: ScriptedServer, door: Door, answer: Answer
) -> None:
    """A delete that is answered with 2xx has succeeded, whatever its body is."""
    server.answers(answer)
    assert door.call(server.url, lambda client: client.customers.by_id(CUSTOMER).delete()) is None
    sent = server.requests[0]
    assert ("DELETE", f"/v1/customers/{CUSTOMER}", b"") == (sent.method, sent.target, sent.body)
    assert "0" == sent.headers["content-length"]
    assert "content-type" not in sent.headers


@pytest.mark.parametrize(
    ("expected", "body"),
    [
        ("no body", b""),
        ("no body", b" \r\n"),
        ("not JSON", b"<html>login</html>"),
        ("not JSON", b"{"),
        ("not JSON", b"\xff\xfe{\x00}\x00"),
        ("not JSON", b'{"id": "\xff"}'),
        ("not JSON", b"[" * 100_000),
        ("not JSON", b'{"n": ' + b"9" * 5000 + b"}"),
        ("not an object", b"[]"),
        ("not an object", b"null"),
        ("not an object", b'"success"'),
    ],
)
def test_an_unreadable_success_is_an_error(
    server: ScriptedServer, door: Door, expected: str, body: bytes
) -> None:
    """A success that holds no resource raises UnexpectedAnswerError, which names the call but not the body."""
    server.answers(Answer(200, body=body, headers={"Content-Type": "text/html"}))
    with pytest.raises(UnexpectedAnswerError, match=expected) as caught:
        door.call(server.url, read)
    assert f"GET /v1/customers/{CUSTOMER} answered with HTTP 200" in str(caught.value)
    assert "login" not in str(caught.value)
    assert server.requests[0].request_id == caught.value.request_id
    assert 1 == len(server.requests)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, body=b'\xef\xbb\xbf{"id": "x"}'),
        Answer(200, body=b'\r\n{\r\n "id": "x"\r\n}\r\n'),
        Answer(200, body=gzip.compress(b'{"id": "x"}'), headers={"Content-Encoding": "gzip"}),
        Answer(203, json={"id": "x"}),
        Answer(200, body=b'{"id": "x"}', headers={"Content-Type": "text/plain; charset=nonsense"}),
    ],
)
def test_a_resource_is_read_however_it_is_wrapped(server: ScriptedServer, door: Door, answer: Answer) -> None:
    """A byte order mark, line ends, compression, another 2xx and an odd content type do no harm."""
    server.answers(answer)
    assert "x" == door.call(server.url, read).id


def test_broken_compression_is_a_lost_answer(server: ScriptedServer, door: Door) -> None:
    """An answer whose compression is broken is asked for again."""
    server.answers(Answer(200, body=b"nonsense", headers={"Content-Encoding": "gzip"}), Answer(json={}))
    door.call(server.url, read)
    assert 2 == len(server.requests)


def test_an_answer_without_end_is_given_up(server: ScriptedServer, door: Door) -> None:
    """An answer larger than the transport's limit is given up, after decompression, and not asked for again."""
    bomb = gzip.compress(b" " * 1_000_000)
    server.answers(Answer(200, body=bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(UnexpectedAnswerError, match="more than 100000 bytes"):
        door.call(server.url, read, transport=door.transport(largest_answer=100_000))
    assert 1 == len(server.requests)


@pytest.mark.parametrize(("expected", "status"), [(True, 200), (False, 404)])
def test_a_domain_is_asked_for_with_head(
    server: ScriptedServer, door: Door, expected: bool, status: int
) -> None:
    """HEAD tells whether a domain is taken: 200 when it is, 404 when it is free."""
    server.answers(Answer(status))
    taken = door.call(server.url, lambda client: client.domains.by_domain("a.onmicrosoft.com").exists())
    assert expected is taken
    assert ("HEAD", "/v1/domains/a.onmicrosoft.com") == (server.requests[0].method, server.requests[0].target)


def test_a_domain_that_cannot_be_checked_is_not_free(server: ScriptedServer, door: Door) -> None:
    """A refused check of a domain is an error, not a no."""
    server.answers(Answer(403, json=fault(600006, "The requested action is not allowed")))
    with pytest.raises(PartnerCenterError):
        door.call(server.url, lambda client: client.domains.by_domain("a.onmicrosoft.com").exists())


def test_a_new_customer_goes_out_as_json(server: ScriptedServer, door: Door) -> None:
    """A create sends the members that were set, in the service's spelling, and reads the answer."""
    server.answers(Answer(201, json={"id": CUSTOMER, "userCredentials": {"password": "P"}}))
    new = Customer(
        company_profile=CustomerCompanyProfile(domain="ñandú.onmicrosoft.com"),
        billing_profile=CustomerBillingProfile(company_name="Ærø 東京 🏝"),
    )
    created = door.call(server.url, lambda client: client.customers.create(new))
    assert (CUSTOMER, "P") == (created.id, created.user_credentials.password)
    expected = {
        "companyProfile": {"domain": "ñandú.onmicrosoft.com"},
        "billingProfile": {"companyName": "Ærø 東京 🏝"},
    }
    sent = server.requests[0]
    assert ("POST", "/v1/customers", expected) == (sent.method, sent.target, sent.json)
    assert "application/json" == sent.headers["content-type"]
    assert str(len(sent.body)) == sent.headers["content-length"]


def test_a_customer_created_with_another_success_is_kept(server: ScriptedServer, door: Door) -> None:
    """A create that is answered with 200 instead of 201 still hands out the customer and its password."""
    server.answers(Answer(200, json={"id": CUSTOMER}))
    assert CUSTOMER == door.call(server.url, lambda client: client.customers.create(Customer())).id


@pytest.mark.parametrize(
    ("expected", "attributes"),
    [
        ('"-12345"', {"etag": "-12345"}),
        ('"-12345"', {"etag": '"-12345"'}),
        ('"a"', {"Etag": "a"}),
        ('"a"', {"eTag": "a"}),
        ('"7"', {"etag": 7}),
        ('W/"a"', {"etag": 'W/"a"'}),
        (None, {"etag": ""}),
        (None, {"etag": None}),
        (None, {"etag": {"odd": 1}}),
        (None, {}),
        (None, None),
        (None, "odd"),
    ],
)
def test_an_update_sends_the_etag(
    server: ScriptedServer, door: Door, expected: str | None, attributes: Any
) -> None:
    """The etag of what was read goes back, quoted, in If-Match; without one the header is left out."""
    read_before = CustomerBillingProfile.from_json({"attributes": attributes})
    server.answers(Answer(json={}))
    door.call(
        server.url, lambda client: client.customers.by_id(CUSTOMER).profiles.billing.update(read_before)
    )
    assert expected == server.requests[0].headers.get("if-match")
    assert {"attributes": attributes} == server.requests[0].json


def test_what_was_read_goes_back_unharmed(server: ScriptedServer, door: Door) -> None:
    """A profile that was read, changed in one member and put keeps all the rest, half surrogates included."""
    given = (
        '{"Zeta": null, "EMAIL": "old@example.org", "future": {"Deep": [1, null, {"x": 2.5}]},'
        ' "culture": "xx-Future", "companyName": "cut short \\ud83c", "big": 123456789012345678901234567890,'
        ' "defaultAddress": {"country": "US", "Planet": "Earth"}, "attributes": {"etag": "1"}}'
    )
    server.answers(Answer(200, body=given.encode()))

    def act(client: Any) -> Any:
        billing = client.customers.by_id(CUSTOMER).profiles.billing
        if not door.is_async:
            profile = billing.get()
            profile.email = "new@example.org"
            return billing.update(profile)

        async def both() -> Any:
            profile = await billing.get()
            profile.email = "new@example.org"
            return await billing.update(profile)

        return both()

    door.call(server.url, act)
    assert given.replace("old@", "new@").encode() == server.requests[1].body


def test_ids_are_sent_in_lower_case_without_braces(server: ScriptedServer, door: Door) -> None:
    """A GUID in braces and upper case is sent as the service writes it."""
    server.answers(Answer(json={}))
    braced = "{" + CUSTOMER.upper() + "}"
    door.call(server.url, lambda client: client.customers.by_id(braced).get())
    assert f"/v1/customers/{CUSTOMER}" == server.requests[0].target


def test_the_client_introduces_itself(server: ScriptedServer, door: Door) -> None:
    """Each attempt names the package, its version, the application and the locale."""
    server.answers(Answer(json={}))
    door.call(server.url, read, application_name="Cleaner", locale="de-DE")
    headers = server.requests[0].headers
    assert headers["user-agent"].startswith("partnercenter-python/")
    assert ("Cleaner", "de-DE") == (headers["ms-partnercenter-application"], headers["x-locale"])
    assert "application/json" == headers["accept"]


@pytest.mark.parametrize("options", [{"application_name": "a\r\nb"}, {"locale": "ñ"}])
def test_what_cannot_stand_in_a_header_is_refused(door: Door, options: dict[str, str]) -> None:
    """An application name or locale that is not printable ASCII raises ValueError."""
    with pytest.raises(ValueError, match="printable ASCII"):
        door.client(None, **options)
