"""The transports: certificate bundles, proxies, closing, and use by many at once."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
import trustme
from azure.core.exceptions import ServiceRequestError
from azure.core.pipeline.transport import AsyncioRequestsTransport, RequestsTransport
from azure.core.rest import HttpRequest
from tests.client.conftest import CUSTOMER, Answer, Door, ScriptedServer

from partnercenter import AsyncLoopbackTransport, LoopbackTransport
from partnercenter.client.errors import HopelessRequestError
from partnercenter.client.transport import AsyncHttpx2Transport, Httpx2Transport


def read(client: Any) -> Any:
    return client.customers.by_id(CUSTOMER).get()


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_bundle_that_cannot_be_read_is_one_clear_error(
    server: ScriptedServer, door: Door, tmp_path: Path, content: str | None
) -> None:
    """A `verify` path that is missing or holds no certificate is named, and nothing is sent or tried again."""
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_text(content)
    with pytest.raises(
        ServiceRequestError, match=r"The certificate bundle .*ca\.pem cannot be read"
    ) as caught:
        door.call(server.url, read, transport=door.transport(verify=str(bundle)))
    assert isinstance(caught.value, HopelessRequestError)
    assert ([], []) == (door.slept, server.requests)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_bundles_of_the_environment_are_used(
    server: ScriptedServer, door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """The variables that other Python clients know name the bundle when `verify` is True."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(variable, str(tmp_path / "missing.pem"))
    with pytest.raises(
        ServiceRequestError, match=r"missing\.pem cannot be read: No such file or directory\."
    ):
        door.call(server.url, read, transport=door.transport(verify=True))


def test_a_bundle_may_be_a_path_or_a_folder(server: ScriptedServer, door: Door, tmp_path: Path) -> None:
    """`verify` takes a pathlib.Path, and a folder of certificates."""
    server.answers(Answer(json={}))
    door.call(server.url, read, transport=door.transport(verify=tmp_path))
    assert 1 == len(server.requests)


def test_an_untrusted_certificate_is_one_clear_error(door: Door, tmp_path: Path) -> None:
    """A server whose certificate is not trusted gets no token; the error says how to trust it, and is not retried."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = ScriptedServer(context)
    try:
        server.answers(Answer(json={"id": CUSTOMER}))
        with pytest.raises(HopelessRequestError, match=r"certificate is not trusted .* Give .* verify=PATH"):
            door.call(server.url, read, transport=door.transport(verify=True))
        assert ([], []) == (door.slept, server.requests)
        bundle = tmp_path / "ca.pem"
        authority.cert_pem.write_to_path(str(bundle))
        assert CUSTOMER == door.call(server.url, read, transport=door.transport(verify=bundle)).id
    finally:
        server.stop()


def test_a_proxy_never_sees_plain_http(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment is not used for loopback addresses, where it would read the token."""
    proxy, sandbox = ScriptedServer(), ScriptedServer()
    try:
        sandbox.answers(Answer(json={}))
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.lower(), proxy.url)
        door.call(sandbox.url, read)
        door.call(sandbox.url.replace("127.0.0.1", "localhost"), read)
        assert (0, 2) == (len(proxy.requests), len(sandbox.requests))
    finally:
        proxy.stop()
        sandbox.stop()


def test_a_proxy_is_asked_for_a_tunnel(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS to another machine goes through the proxy of the environment as a tunnel, which sees no token."""
    proxy = ScriptedServer()
    try:
        proxy.answers(Answer(502))
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(ServiceRequestError):
            door.call("https://service.example", read, retry_total=0)
        assert [("CONNECT", "service.example:443")] == [(r.method, r.target) for r in proxy.requests]
        assert "authorization" not in proxy.requests[0].headers
    finally:
        proxy.stop()


def test_closing_gives_every_connection_back(server: ScriptedServer, door: Door) -> None:
    """Leaving the `with` block closes the pool, and closing twice does no harm."""
    server.answers(Answer(json={}))
    transport = door.transport()
    client = door.client(server.url, transport=transport)

    async def act() -> None:
        async with client as entered:
            assert entered is client
            await read(client)
            assert transport._client is not None
        assert transport._client is None
        await client.close()

    if door.is_async:
        asyncio.run(act())
        return
    with client as entered:
        assert entered is client
        read(client)
        assert transport._client is not None
    assert transport._client is None
    client.close()


def test_a_block_that_fails_closes_too(server: ScriptedServer, door: Door) -> None:
    """An exception inside the `with` block goes on, and the pool is closed."""
    server.answers(Answer(404))
    transport = door.transport()
    with pytest.raises(Exception, match="404"):
        door.call(server.url, read, transport=transport)
    assert transport._client is None


def test_two_threads_open_one_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that open a transport at the same moment share one pool, so that none is left unclosed."""
    made: list[Any] = []
    kind = httpx2.Client

    def make(**kwargs: Any) -> httpx2.Client:
        made.append(kwargs)
        return kind(**kwargs)

    monkeypatch.setattr(httpx2, "Client", make)
    with Httpx2Transport(verify=False) as transport, ThreadPoolExecutor(8) as pool:
        transport.close()
        made.clear()
        list(pool.map(lambda _: transport.open(), range(8)))
    assert 1 == len(made)


def test_an_application_in_the_process_can_answer(door: Door) -> None:
    """A transport of httpx2 given as `inner` replaces the network."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"id": str(request.url)})

    inner = httpx2.MockTransport(answer)
    got = door.call("http://127.0.0.1:1", read, transport=door.transport(inner=inner))
    assert f"http://127.0.0.1:1/v1/customers/{CUSTOMER}" == got.id


def test_transports_of_azure_core_work_too(server: ScriptedServer, door: Door) -> None:
    """The clients accept azure-core's own transports, and bound their connecting by the deadline."""
    given: dict[str, Any] = {}
    base = AsyncioRequestsTransport if door.is_async else RequestsTransport

    class Noted(base):  # type: ignore[misc, valid-type]
        def send(self, request: Any, **options: Any) -> Any:
            given.update(options)
            return super().send(request, **options)

    server.answers(Answer(json={"id": CUSTOMER}))
    assert CUSTOMER == door.call(server.url, read, transport=Noted(), deadline=30).id
    assert 29 < given["connection_timeout"] <= 30


@pytest.mark.parametrize("make", [Httpx2Transport, AsyncHttpx2Transport])
def test_what_is_no_address_is_not_tried_again(make: Callable[[], Any]) -> None:
    """An address that nothing can be sent to is a HopelessRequestError."""
    transport = make(verify=False)

    def send(url: str) -> None:
        answer = transport.send(HttpRequest("GET", url))
        if asyncio.iscoroutine(answer):
            asyncio.run(answer)

    for url in ("gopher://127.0.0.1/", "http://[::1", "/v1/customers"):
        with pytest.raises(HopelessRequestError, match="it cannot be sent"):
            send(url)


def test_a_response_is_azure_cores(server: ScriptedServer, door: Door) -> None:
    """What `client.request` returns offers azure-core's response interface."""
    server.answers(
        Answer(200, body=b"\xef\xbb\xbf[1]", headers={"Content-Type": "application/json; charset=utf-8"})
    )
    got = door.call(server.url, lambda client: client.request("get", "/v1/things"))
    assert ([1], "[1]", b"\xef\xbb\xbf[1]") == (got.json(), got.text(), got.content)
    assert (200, "Reason", True, True) == (
        got.status_code,
        got.reason,
        got.is_closed,
        got.is_stream_consumed,
    )
    assert f"{server.url}/v1/things" == got.url
    assert "application/json; charset=utf-8" == got.headers["content-type"] == got.content_type
    assert "<HttpResponse: 200 Reason>" == repr(got)
    got.raise_for_status()


@pytest.mark.parametrize("host", ["192.0.2.1", "localhost.evil.example", "evil.localhost"])
def test_the_loopback_transports_refuse_other_hosts(host: str) -> None:
    """A secret does not go over plain http to another machine: nothing is sent there."""
    request = HttpRequest("POST", f"https://{host}/tenant/oauth2/v2.0/token")
    with (
        LoopbackTransport() as transport,
        pytest.raises(ServiceRequestError, match="loopback addresses only"),
    ):
        transport.send(request)

    async def act() -> None:
        async with AsyncLoopbackTransport() as transport:
            await transport.send(request)

    with pytest.raises(ServiceRequestError, match="loopback addresses only"):
        asyncio.run(act())
