"""What sign-in sends goes to one authority; what comes back is small, quick and JSON, or an exception."""

from __future__ import annotations

import gzip
import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import trustme
from azure.core.exceptions import (
    ClientAuthenticationError,
    ServiceRequestError,
    ServiceResponseError,
    ServiceResponseTimeoutError,
)
from tests.client.conftest import Answer, ScriptedServer
from tests.identity.conftest import (
    REFRESH,
    SCOPE,
    SECRET,
    TENANT,
    MemoryStore,
    ScriptedEntra,
    credential_at,
    refused,
)

from partnercenter import Cloud
from partnercenter.client.errors import HopelessRequestError, UnexpectedAnswerError
from partnercenter.identity.authorities import Authority, sign_in_authority
from partnercenter.identity.token_http import TokenHttp

FORM = {"refresh_token": f"{REFRESH}-0", "client_secret": SECRET}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """The sign-in host."""
    scripted = ScriptedServer()
    try:
        yield scripted
    finally:
        scripted.stop()


@pytest.fixture
def elsewhere() -> Iterator[ScriptedServer]:
    """Another host, which must see nothing."""
    scripted = ScriptedServer()
    scripted.answers(Answer(json={"access_token": "of another host"}))
    try:
        yield scripted
    finally:
        scripted.stop()


def https(server: ScriptedServer, path: str = "/token") -> str:
    """The address of a server as msal sees it."""
    return server.url.replace("http:", "https:") + path


def post(server: ScriptedServer, *, timeout: float = 5.0, url: str | None = None) -> Any:
    """Send the secrets to a server, or to another address than its own."""
    http = TokenHttp(sign_in_authority(Cloud.GLOBAL, server.url), timeout=timeout)
    try:
        return http.post(url or https(server), data=FORM)
    finally:
        http.close()


def test_a_form_arrives_as_msal_means_it(server: ScriptedServer) -> None:
    """Plain HTTP to this machine, with the word that the caller saw TLS, which msal insists on."""
    server.answers(Answer(json={"access_token": "x"}))
    http = TokenHttp(sign_in_authority(Cloud.GLOBAL, server.url))
    answer = http.post(
        https(server), params={"a": "1 2"}, data={"x": "ä&b"}, headers={"Accept": "application/json"}
    )
    assert (200, '{"access_token": "x"}') == (answer.status_code, answer.text)
    request = server.requests[0]
    assert ("POST", "/token?a=1%202", b"x=%C3%A4%26b") == (request.method, request.target, request.body)
    assert ("https", "identity") == (request.headers["x-forwarded-proto"], request.headers["accept-encoding"])
    assert "application/x-www-form-urlencoded" == request.headers["content-type"]


def test_no_cookie_is_kept(server: ScriptedServer) -> None:
    """A secret says who calls, and nobody else can say more."""
    server.answers(Answer(json={}, headers={"Set-Cookie": "who=somebody; Path=/"}))
    http = TokenHttp(sign_in_authority(Cloud.GLOBAL, server.url))
    for _ in range(2):
        http.get(https(server))
    http.close()
    assert [None, None] == [request.headers.get("cookie") for request in server.requests]


def test_a_refusal_is_left_to_msal(server: ScriptedServer) -> None:
    """What Entra says with 400 is an answer."""
    server.answers(refused("invalid_grant", "AADSTS70008: expired"))
    assert 400 == post(server).status_code


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(server: ScriptedServer, elsewhere: ScriptedServer, status: int) -> None:
    """The other host sees nothing at all."""
    server.answers(Answer(status, headers={"Location": f"{elsewhere.url}/token"}))
    with pytest.raises(ClientAuthenticationError, match=f"a redirect .{status}.*not followed"):
        post(server)
    assert [] == elsewhere.requests


def test_no_other_host_is_asked(server: ScriptedServer, elsewhere: ScriptedServer) -> None:
    """Not another port, not another name, not another scheme."""
    for url in (https(elsewhere), server.url + "/token", https(server).replace("127.0.0.1", "localhost")):
        with pytest.raises(HopelessRequestError, match="nothing was sent there"):
            post(server, url=url)
    assert ([], []) == (server.requests, elsewhere.requests)


def test_a_discovery_document_leads_nowhere_else(
    entra: ScriptedEntra, elsewhere: ScriptedServer, store: MemoryStore
) -> None:
    """A token endpoint on another host gets neither the secret nor the refresh token."""
    entra.members = {"token_endpoint": https(elsewhere, f"/{TENANT}/oauth2/v2.0/token")}
    with credential_at(entra, store) as credential, pytest.raises(ServiceRequestError, match="led to"):
        credential.get_token(SCOPE)
    assert [] == elsewhere.requests


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            Answer(200, body=b"<html>Sign in to the hotel</html>", headers={"Content-Type": "text/html"}),
            "text/html",
        ),
        (Answer(502, body=b"<html>Bad gateway</html>", headers={"Content-Type": "text/html"}), "status 502"),
        (Answer(200, body=b'{"access_token": "x"}', headers={"Content-Type": "text/plain"}), "text/plain"),
        (Answer(200, body=b'{"access_token": "x"}'), "no content type"),
        (Answer(204), "no content type"),
        (Answer(200, body=b"{", headers={"Content-Type": "application/json"}), "what is not JSON"),
        (Answer(200, body=b"", headers={"Content-Type": "application/json"}), "what is not JSON"),
        (Answer(200, body=b"\xff", headers={"Content-Type": "application/json"}), "what is not JSON"),
        (Answer(200, body=b"[" * 200_000, headers={"Content-Type": "application/json"}), "what is not JSON"),
        (
            Answer(
                200,
                body=gzip.compress(b"{}"),
                headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
            ),
            "what is not JSON",
        ),
        (Answer(200, json=["access_token"]), "JSON that is no object"),
        (Answer(200, json=None, body=b"null", headers={"Content-Type": "application/json"}), "no object"),
    ],
)
def test_what_is_no_answer_of_a_sign_in_is_refused(
    server: ScriptedServer, answer: Answer, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The sentence tells what came, and where from; the body is neither shown nor logged."""
    caplog.set_level(logging.DEBUG)
    server.answers(answer)
    with pytest.raises(ClientAuthenticationError, match=words) as caught:
        post(server)
    assert "127.0.0.1" in str(caught.value)
    assert "hotel" not in str(caught.value) + caplog.text


def test_a_server_in_trouble_is_an_error(server: ScriptedServer) -> None:
    """With its words if it has some, and with its status if not."""
    server.answers(
        refused("temporarily_unavailable", "AADSTS90033: A transient error.", 503), Answer(500, json={})
    )
    with pytest.raises(ClientAuthenticationError, match="AADSTS90033"):
        post(server)
    with pytest.raises(ClientAuthenticationError, match="status 500"):
        post(server)


def test_an_unknown_tenant_is_told_in_the_words_of_entra(server: ScriptedServer, store: MemoryStore) -> None:
    """The discovery document is the first thing that is asked for."""
    server.answers(refused("invalid_tenant", f"AADSTS90002: Tenant '{TENANT}' not found."))
    with (
        credential_at(server, store) as credential,
        pytest.raises(ClientAuthenticationError, match=r"AADSTS90002.*Check the tenant"),
    ):
        credential.get_token(SCOPE)


@pytest.mark.parametrize("document", [{}, {"token_endpoint": 5}, {"token_endpoint": "nowhere"}])
def test_a_discovery_document_that_tells_nothing_is_refused(
    server: ScriptedServer, store: MemoryStore, document: dict[str, Any]
) -> None:
    """With a sentence, whatever msal makes of it."""
    server.answers(Answer(json={"authorization_endpoint": "x", **document} if document else {}))
    with (
        credential_at(server, store) as credential,
        pytest.raises(ClientAuthenticationError, match="cannot be used"),
    ):
        credential.get_token(SCOPE)


def test_a_huge_answer_is_given_up(server: ScriptedServer) -> None:
    """A mebibyte is more than any answer of a sign-in."""
    server.answers(Answer(json={"access_token": "x" * 1_048_576}))
    with pytest.raises(UnexpectedAnswerError, match="more than 1048576 bytes"):
        post(server)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


Drip = tuple[bytes, bytes, bytes]
# What is sent at once, what is sent sixty times with a pause after each, and what would make it a good answer.
DRIPS: list[Drip] = [
    (HEAD, b"X-Header: x\r\n", b"Content-Length: 2\r\n\r\n{}"),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2;x=", b"x", b"\r\n{}\r\n0\r\n\r\n"),
    (HEAD + b"Content-Length: 62\r\n\r\n{}", b" ", b""),
    (b"", b"", HEAD + b"Content-Length: 2\r\n\r\n{}"),
]


@pytest.mark.parametrize("drip", DRIPS, ids=["headers", "chunk", "body", "nothing"])
def test_a_slow_answer_is_given_up(drip: Drip) -> None:
    """The time holds for the whole answer, however the other side spreads it: that never comes to its end."""
    given_up, completed = threading.Event(), threading.Event()
    first, drop, last = drip

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(first)
            for _ in range(60):
                connection.sendall(drop)
                if given_up.wait(0.05):
                    return
            completed.set()
            connection.sendall(last)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        base = f"127.0.0.1:{listener.getsockname()[1]}"
        http = TokenHttp(Authority(f"https://{base}", is_plain=True), timeout=0.5)
        try:
            with pytest.raises(ServiceResponseTimeoutError):
                http.get(f"https://{base}/document")
        finally:
            given_up.set()
            thread.join(10)
            http.close()
    assert not completed.is_set()


def test_a_connection_that_breaks_is_told_from_none(server: ScriptedServer) -> None:
    """One may have reached the other side, the other has not."""
    server.answers(Answer(reset=True))
    with pytest.raises(ServiceResponseError):
        post(server)
    server.stop()
    with pytest.raises(ServiceRequestError):
        post(server)


def test_no_proxy_sees_what_is_for_this_machine(
    server: ScriptedServer, elsewhere: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the environment says."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, elsewhere.url)
    server.answers(Answer(json={}))
    assert 200 == post(server).status_code
    assert [] == elsewhere.requests


def test_a_certificate_of_nobody_is_not_trusted(tmp_path: Path) -> None:
    """Unless its authority is named; nothing is sent before."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    server = ScriptedServer(context)
    server.answers(Answer(json={"access_token": "x"}))
    where = sign_in_authority(Cloud.GLOBAL, server.url)
    try:
        with pytest.raises(HopelessRequestError, match="not trusted"):
            TokenHttp(where).post(server.url + "/token", data=FORM)
        assert [] == server.requests
        assert 200 == TokenHttp(where, verify=bundle).post(server.url + "/token", data=FORM).status_code
        assert "x-forwarded-proto" not in server.requests[0].headers
    finally:
        server.stop()
