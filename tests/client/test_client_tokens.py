"""Where tokens come from, where they go, and where they never go."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from azure.core.exceptions import AzureError, ServiceRequestError
from azure.core.rest import HttpRequest
from tests.client.conftest import (
    CUSTOMER,
    SECRET_TOKEN,
    Answer,
    AsyncCredential,
    Credential,
    Door,
    ScriptedServer,
    collection,
    fault,
    next_link,
)

from partnercenter import Cloud, PartnerCenterClient, TokenRefusedError
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


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(server: ScriptedServer, door: Door, status: int) -> None:
    """A redirect is an error that says so, and nobody else gets the token."""
    other = ScriptedServer()
    try:
        server.answers(Answer(status, headers={"Location": f"{other.url}/v1/customers/{CUSTOMER}"}))
        with pytest.raises(UnexpectedAnswerError, match="redirects are not followed"):
            door.call(server.url, read)
        assert ([], 1) == (other.requests, len(server.requests))
    finally:
        other.stop()


def test_a_next_link_to_another_origin_gets_no_token(server: ScriptedServer, door: Door) -> None:
    """A link to a page on another host or port is refused, and nothing is sent there."""
    other = ScriptedServer()
    try:
        server.answers(Answer(json=collection({}, links=next_link(f"{other.url}/v1/customers?x=1"))))
        with pytest.raises(UnexpectedAnswerError, match="another host"):
            door.call(server.url, lambda client: client.customers.list())
        assert [] == other.requests
    finally:
        other.stop()


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
