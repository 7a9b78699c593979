"""Where tokens come from, where they go, and where they never go."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
import trustme
from azure.core.exceptions import AzureError, ServiceRequestError
from azure.core.rest import HttpRequest
from azure.identity import ClientSecretCredential
from tests.client.conftest import (
    CUSTOMER,
    SECRET_TOKEN,
    Answer,
    AsyncCredential,
    Credential,
    Door,
    Received,
    ScriptedServer,
    collection,
    fault,
    next_link,
)
from tests.client.test_client_pollers import result_of

from partnercenter import Cloud, LoopbackTransport, PartnerCenterClient, Subscription, TokenRefusedError
from partnercenter.aio import PartnerCenterClient as AsyncPartnerCenterClient
from partnercenter.client.errors import HopelessRequestError, UnexpectedAnswerError

CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


def read(client: Any) -> Any:
    return client.customers.by_id(CUSTOMER).get()


def test_the_token_stands_in_the_header(server: ScriptedServer, door: Door) -> None:
    """The token of the credential goes along as a bearer token, asked for the cloud's scope."""
    server.answers(Answer(json={}))
    door.call(server.url, read)
    assert f"Bearer {SECRET_TOKEN}" == server.requests[0].headers["authorization"]
    assert [Cloud.GLOBAL.scope] == door.credential.scopes


@pytest.mark.parametrize(
    ("expected", "options"),
    [
        ("https://partner.partnercenterapi.microsoftonline.cn/.default", {"cloud": Cloud.CHINA}),
        ("https://api.partnercenter.microsoft.com/.default", {"cloud": Cloud.US_GOVERNMENT}),
        ("api://other/.default", {"scope": "api://other/.default"}),
    ],
)
def test_the_scope_follows_the_cloud(
    server: ScriptedServer, door: Door, expected: str, options: dict[str, Any]
) -> None:
    """Tokens are asked for the scope of the chosen cloud, or for the one that is given."""
    server.answers(Answer(json={}))
    door.call(server.url, read, **options)
    assert [expected] == door.credential.scopes


def test_a_token_is_kept(server: ScriptedServer, door: Door) -> None:
    """Calls one after another share one token."""
    server.answers(Answer(json={}))
    door.calls(server.url, read, read, read)
    assert 1 == door.credential.asked


def test_a_token_about_to_expire_is_renewed(server: ScriptedServer, door: Door) -> None:
    """A token that expires within a minute is asked for anew before the next call."""
    credential = door.make_credential("old", "new", lifetime=60)
    server.answers(Answer(json={}))
    door.calls(server.url, read, read, credential=credential)
    assert ["Bearer old", "Bearer new"] == [request.headers["authorization"] for request in server.requests]


@pytest.mark.parametrize("headers", [CHALLENGE, {}], ids=["challenge", "bare"])
def test_a_refused_token_is_renewed_once(server: ScriptedServer, door: Door, headers: dict[str, str]) -> None:
    """After a 401 the credential is asked again, and the call repeated with the new token under the same ids."""
    credential = door.make_credential("old", "new")
    server.answers(Answer(401, headers=headers), Answer(json={"id": CUSTOMER}))
    assert CUSTOMER == door.call(server.url, read, credential=credential).id
    assert ["Bearer old", "Bearer new"] == [request.headers["authorization"] for request in server.requests]
    assert 1 == len({request.request_id for request in server.requests})


@pytest.mark.parametrize("headers", [CHALLENGE, {}], ids=["challenge", "bare"])
def test_the_same_token_is_not_sent_twice(
    server: ScriptedServer, door: Door, headers: dict[str, str]
) -> None:
    """When the credential has no other token after a 401, the call is not repeated."""
    server.answers(Answer(401, json=fault(900420, "Wrong audience."), headers=headers))
    with pytest.raises(TokenRefusedError, match="Wrong audience"):
        door.call(server.url, read)
    assert (1, 2) == (len(server.requests), door.credential.asked)


@pytest.mark.parametrize("headers", [CHALLENGE, {}], ids=["challenge", "bare"])
def test_refusals_never_loop(server: ScriptedServer, door: Door, headers: dict[str, str]) -> None:
    """A service that refuses every token is asked twice, however many tokens the credential has."""
    credential = door.make_credential(*(f"token {n}" for n in range(20)))
    server.answers(Answer(401, headers=headers))
    with pytest.raises(TokenRefusedError):
        door.call(server.url, read, credential=credential)
    assert 2 == len(server.requests)


def test_refusals_between_retries_never_loop(server: ScriptedServer, door: Door) -> None:
    """Retries after a renewed token do not renew it again within the same call."""
    credential = door.make_credential(*(f"token {n}" for n in range(20)))
    server.answers(Answer(401, headers=CHALLENGE), Answer(503), Answer(401), Answer(503), Answer(json={}))
    with pytest.raises(TokenRefusedError):
        door.call(server.url, read, credential=credential)
    assert 3 == len(server.requests)


def test_each_call_may_renew(server: ScriptedServer, door: Door) -> None:
    """A token refused in a later call is renewed there too."""
    credential = door.make_credential("one", "two", "three")
    server.answers(Answer(401), Answer(json={}), Answer(401), Answer(json={}))
    door.calls(server.url, read, read, credential=credential)
    assert ["one", "two", "two", "three"] == [r.headers["authorization"].split()[1] for r in server.requests]


@pytest.fixture
def elsewhere() -> Iterator[ScriptedServer]:
    """Somebody else's server, which must never be asked anything."""
    other = ScriptedServer()
    other.answers(Answer(json={}))
    try:
        yield other
        assert [] == other.requests
    finally:
        other.stop()


def places(server: ScriptedServer, elsewhere: ScriptedServer) -> list[str]:
    """Where a hostile answer may point to: other hosts, ports, schemes and paths, in every way to write them."""
    other, own = elsewhere.url.removeprefix("http://"), server.url.removeprefix("http://")
    return [
        f"http://{other}/v1/customers/{CUSTOMER}",
        f"http://{other.replace('127.0.0.1', 'localhost')}/v1/customers",
        f"//{other}/v1/customers",
        f"https://{other}/v1/customers",
        f"http://{own}@{other}/v1/customers",
        f"http://{own}#@{other}/v1/customers",
        f"http:\\\\{other}\\v1\\customers",
        f"/\\{other}/v1/customers",
        f"https://{own}/v1/customers",
        f"http://{own}/v1/orders",
        "/v1/orders",
    ]


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308])
def test_redirects_are_not_followed(
    server: ScriptedServer, elsewhere: ScriptedServer, door: Door, status: int
) -> None:
    """A redirect to wherever, of a read or a write, is an error that says so, and nobody gets the token again."""
    for place in places(server, elsewhere):
        server.answers(Answer(status, headers={"Location": place}))
        for act in (read, lambda client: client.customers.by_id(CUSTOMER).delete()):
            server.requests.clear()
            with pytest.raises(UnexpectedAnswerError, match="redirects are not followed"):
                door.call(server.url, act)
            assert [f"/v1/customers/{CUSTOMER}"] == [request.target for request in server.requests]


def test_redirects_from_tls_are_not_followed(elsewhere: ScriptedServer, door: Door) -> None:
    """From TLS too, a redirect to plain http or to another port is not followed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    server = ScriptedServer(context)
    try:
        for place in (
            elsewhere.url,
            elsewhere.url.replace("http:", "https:"),
            server.url.replace("https:", "http:"),
        ):
            server.requests.clear()
            server.answers(Answer(307, headers={"Location": f"{place}/v1/customers/{CUSTOMER}"}))
            with pytest.raises(UnexpectedAnswerError, match="redirects are not followed"):
                door.call(server.url, read)
            assert 1 == len(server.requests)
    finally:
        server.stop()


def test_a_next_link_to_another_origin_gets_no_token(
    server: ScriptedServer, elsewhere: ScriptedServer, door: Door
) -> None:
    """A link to a page on another host, port, scheme or list is refused, and nothing is sent there."""
    for place in places(server, elsewhere):
        server.requests.clear()
        server.answers(Answer(json=collection({}, links=next_link(place))))
        with pytest.raises(UnexpectedAnswerError, match="is not followed"):
            door.call(server.url, lambda client: client.customers.list())
        assert ["/v1/customers"] == [request.target for request in server.requests]


def test_the_headers_of_a_next_link_are_not_sent(server: ScriptedServer, door: Door) -> None:
    """Of the headers that a link to the next page asks for, the continuation token alone goes along."""
    link = next_link("/customers?seekOperation=Next", "t")
    link["next"]["headers"] += [
        {"key": "Host", "value": "evil.example"},
        {"key": "Authorization", "value": "Bearer other"},
        {"key": "X-Forwarded-Host", "value": "evil.example"},
    ]
    server.answers(Answer(json=collection({}, links=link)), Answer(json=collection({})))
    door.call(server.url, lambda client: client.customers.list())
    sent = server.requests[1].headers
    assert ("t", f"Bearer {SECRET_TOKEN}") == (sent["ms-continuationtoken"], sent["authorization"])
    assert server.url.removeprefix("http://") == sent["host"]
    assert "x-forwarded-host" not in sent


def test_a_location_to_look_at_later_gets_no_token(
    server: ScriptedServer, elsewhere: ScriptedServer, door: Door
) -> None:
    """What is waited for after a 202 is read where it always is, wherever the answer's Location points."""
    path = f"/v1/customers/{CUSTOMER}/subscriptions/{CUSTOMER}"
    wanted = Subscription(id=CUSTOMER, status="suspended")

    def suspend(client: Any) -> Any:
        return client.customers.by_id(CUSTOMER).subscriptions.by_id(CUSTOMER).begin_patch(wanted)

    def register(client: Any) -> Any:
        return client.customers.by_id(CUSTOMER).subscriptions.by_id(CUSTOMER).begin_register()

    for place in places(server, elsewhere):
        server.requests.clear()
        server.answers(
            Answer(202, headers={"Location": place, "Operation-Location": place}),
            Answer(json={"id": CUSTOMER, "status": "suspended"}),
        )
        assert "suspended" == result_of(door, server.url, suspend).status
        assert [("PATCH", path), ("GET", path)] == [(one.method, one.target) for one in server.requests]
        server.requests.clear()
        server.answers(Answer(202, headers={"Location": place}), Answer(json={"status": "registered"}))
        result_of(door, server.url, register)
        assert [path + "/registrations", path + "/registrationstatus"] == [
            one.target for one in server.requests
        ]


def hostile(place: str) -> list[Answer]:
    """Answers that try to lead somewhere else, or to keep the client busy."""
    link = f'<{place}>; rel="next"'
    page = f'<html><head><meta http-equiv="refresh" content="0; url={place}"></head></html>'.encode()
    return [
        Answer(200, body=page, headers={"Content-Type": "text/html"}),
        Answer(200, json={"links": {"self": {"uri": place}, "next": {"uri": place}}}),
        Answer(200, json=[place]),
        Answer(
            200, json={}, headers={"Refresh": f"0; url={place}", "Link": link, "Alt-Svc": f'h2="{place}"'}
        ),
        Answer(200, json={}, headers={"Content-Location": place, "Location": place}),
        Answer(401, headers={"WWW-Authenticate": f'Bearer authorization_uri="{place}", resource="{place}"'}),
        Answer(
            401, headers={"WWW-Authenticate": 'Bearer error="insufficient_claims", claims="eyJhIjoxfQ=="'}
        ),
        Answer(401, headers={"WWW-Authenticate": "Basic realm=x", "Location": place}),
        Answer(407, headers={"Proxy-Authenticate": "Basic realm=x"}),
        Answer(421, headers={"Location": place}),
        Answer(426, headers={"Upgrade": "h2c", "Connection": "Upgrade"}),
        Answer(503, headers={"Location": place, "Retry-After": "0"}),
        Answer(200, body=b"x" * 3_000_000),
        Answer(200, body=b"{}", declared=10**15),
        Answer(200, json={}, headers={"X-Long": "x" * 200_000}),
    ]


def test_no_answer_leads_the_client_elsewhere(
    server: ScriptedServer, elsewhere: ScriptedServer, door: Door
) -> None:
    """Whatever is answered, the token goes to the endpoint alone, and what is asked there stays the same call."""
    place = f"{elsewhere.url}/v1/customers"
    for answer in hostile(place):
        server.requests.clear()
        server.answers(answer)
        with suppress(AzureError):
            door.call(server.url, read, transport=door.transport(largest_answer=1_000_000))
        assert {f"/v1/customers/{CUSTOMER}"} == {request.target for request in server.requests}
        assert {f"Bearer {SECRET_TOKEN}"} == {request.headers["authorization"] for request in server.requests}
    assert {Cloud.GLOBAL.scope} == set(door.credential.scopes)


def test_no_cookie_is_kept(server: ScriptedServer, door: Door) -> None:
    """What an answer sets is not sent again, to this server or to another one of the host."""
    server.answers(Answer(json={}, headers={"Set-Cookie": "session=of-somebody; Path=/; Domain=127.0.0.1"}))
    door.calls(server.url, read, read)
    server.answers(Answer(json={}, headers={"Set-Cookie": "session=of-somebody"}))
    door.calls(server.url, read, read)
    assert [False] * 4 == ["cookie" in request.headers for request in server.requests]


def test_a_secret_does_not_follow_the_redirect_of_a_sandbox(
    server: ScriptedServer, elsewhere: ScriptedServer
) -> None:
    """Sign-in through the loopback transport ends at a redirect; the secret goes nowhere else."""

    def answer(received: Received) -> Answer:
        if received.method == "POST":
            return Answer(307, headers={"Location": f"{elsewhere.url}/token"})
        own = server.url.replace("http:", "https:") + "/t"
        names = ("issuer", "authorization_endpoint", "token_endpoint")
        return Answer(json=dict.fromkeys(names, own))

    server.answers(answer)
    credential = ClientSecretCredential(
        "t",
        "client",
        "secret-of-the-client",
        authority=server.url.replace("http:", "https:"),
        disable_instance_discovery=True,
        transport=LoopbackTransport(),
    )
    with pytest.raises(AzureError), credential:
        credential.get_token(Cloud.GLOBAL.scope)
    assert {"POST"} == {one.method for one in server.requests if b"secret-of-the-client" in one.body}


def test_plain_http_to_elsewhere_gets_no_token(door: Door) -> None:
    """An attempt over plain http to another machine is refused before the credential is asked."""
    client = door.client("http://127.0.0.1:9")
    request = HttpRequest("GET", "http://service.example/v1/customers?name=x")

    async def send() -> None:
        async with client:
            await client._sender.send(request)

    with pytest.raises(ServiceRequestError, match="the token was not sent") as caught:
        asyncio.run(send()) if door.is_async else client._sender.send(request)
    assert isinstance(caught.value, HopelessRequestError)
    assert (0, []) == (door.credential.asked, door.slept)
    assert "name=x" not in caught.value.message


def test_tasks_share_one_token_request(server: ScriptedServer) -> None:
    """Fifty calls at once, of one asynchronous client, ask for one token."""
    credential = AsyncCredential()
    server.answers(Answer(json={}))

    async def act() -> None:
        async with AsyncPartnerCenterClient(credential, endpoint=server.url) as client:
            await asyncio.gather(*(read(client) for _ in range(50)))

    asyncio.run(act())
    assert (1, 50) == (credential.asked, len(server.requests))


def test_threads_share_one_token_request_and_one_pool(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads whose first calls come at the same moment ask for one token and open one connection pool."""
    import httpx2

    made: list[Any] = []

    class Counted(httpx2.Client):
        def __init__(self, **kwargs: Any) -> None:
            made.append(self)
            super().__init__(**kwargs)

    monkeypatch.setattr(httpx2, "Client", Counted)
    credential = Credential()
    server.answers(Answer(json={}))
    with PartnerCenterClient(credential, endpoint=server.url) as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: read(client), range(16)))
    assert (1, 1, 16) == (credential.asked, len(made), len(server.requests))


def test_logs_hold_no_secret(
    server: ScriptedServer, door: Door, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At DEBUG, the logs of every library hold neither token, nor query, nor body of a question or an answer."""
    from partnercenter import Customer, CustomerCompanyProfile, SimpleFieldFilter

    caplog.set_level(logging.DEBUG)
    server.answers(
        Answer(503, body=b"secret answer"),
        Answer(json=collection({"name": "secret answer"})),
        Answer(201, json={"userCredentials": {"password": "secret answer"}}),
        Answer(400, json=fault(2000, "Bad.", data=["secret answer"])),
    )
    new = Customer(company_profile=CustomerCompanyProfile(domain="secret-question.onmicrosoft.com"))
    with pytest.raises(AzureError):
        door.calls(
            server.url,
            lambda client: client.customers.list(filter=SimpleFieldFilter("CompanyName", "secret-question")),
            lambda client: client.customers.create(new),
            read,
        )
    assert 4 == len(server.requests)
    for secret in (SECRET_TOKEN, "secret-question", "secret answer"):
        assert secret not in caplog.text
    for told in ("GET", "/v1/customers", "503", "400", str(server.requests[0].request_id)):
        assert told in caplog.text
