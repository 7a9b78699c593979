"""The public identity libraries, unchanged, against the sandbox's identity provider; client-quirks.md 2."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import jwt
import msal  # type: ignore[import-untyped]
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential

from partnercenter.sandbox.identity.audiences import AcceptedAudiences, issued_audience
from partnercenter.sandbox.identity.certificates import ensure_certificates
from partnercenter.sandbox.identity.client_secrets import StoredSecret, check_client_secret, hash_secret
from partnercenter.sandbox.identity.discovery import (
    instance_discovery,
    openid_configuration,
    tenant_of_endpoint,
)
from partnercenter.sandbox.identity.entra_errors import EntraError
from partnercenter.sandbox.identity.signing_keys import generate_signing_key, jwks
from partnercenter.sandbox.identity.token_request import (
    check_audience,
    parse_token_request,
    unknown_application,
)
from partnercenter.sandbox.identity.tokens import ProtocolVersion, app_only_claims, sign, token_answer
from partnercenter.sandbox.identity.verification import VerifiedToken, verify_token

TENANT = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
CLIENT = "0b0c1f5a-7c3e-4d0e-8f3b-2f3b1d0c9a77"
OBJECT = "e4b6a1a0-2d0f-4c41-8c3a-9a4f0c0b7d21"
SECRET = "Zq8~made-up-for-this-test"
API = "https://api.partnercenter.microsoft.com"
KEY = generate_signing_key(0.0)
NOW = datetime.now(UTC).timestamp()  # the libraries judge by the real time
STORED = [StoredSecret(hash_secret(SECRET))]


class Identity(BaseHTTPRequestHandler):
    """The smallest shell around the functions: reads the request, calls, writes JSON."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Serve the documents."""
        base, url = f"https://{self.headers['Host']}", urlsplit(self.path)
        tenant = url.path.split("/")[1]
        if url.path == "/common/discovery/instance":
            tenant = tenant_of_endpoint(parse_qs(url.query)["authorization_endpoint"][0]) or ""
            self.answer(200, instance_discovery(base, tenant))
        elif url.path.endswith("/v2.0/.well-known/openid-configuration"):
            self.answer(200, openid_configuration(base, tenant, 2))
        elif url.path.endswith("/.well-known/openid-configuration"):
            self.answer(200, openid_configuration(base, tenant, 1))
        elif url.path.endswith("/keys"):
            self.answer(200, jwks([KEY]))
        else:
            self.answer(404, {})

    def do_POST(self) -> None:
        """Serve the token endpoints."""
        version: ProtocolVersion = 2 if "/v2.0/" in self.path else 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        result = token_response(body, self.headers, version)
        if isinstance(result, EntraError):
            self.answer(result.status, result.body("trace", "correlation", NOW))
        else:
            self.answer(200, result)

    def answer(self, status: int, content: dict[str, Any]) -> None:
        """Write a JSON body."""
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Keep quiet."""


def token_response(body: bytes, headers: Any, version: ProtocolVersion) -> dict[str, Any] | EntraError:
    request = parse_token_request(body, headers.get("Content-Type"), headers.get("Authorization"), version)
    if isinstance(request, EntraError):
        return request
    if request.client_id != CLIENT:
        return unknown_application(request.client_id, TENANT)
    refused = check_client_secret(CLIENT, request.client_secret, STORED, NOW) or check_audience(
        request, AcceptedAudiences(), TENANT
    )
    if refused:
        return refused
    claims = app_only_claims(
        tenant_id=TENANT,
        client_id=CLIENT,
        object_id=OBJECT,
        audience=issued_audience(request.audience, version),
        now=NOW,
        version=version,
    )
    return token_answer(access_token=sign(claims, KEY), version=version, resource=request.audience, now=NOW)


class Sandbox(NamedTuple):
    """Where the server of these tests is, and what its clients trust."""

    base_url: str
    ca: str


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    files = ensure_certificates(tmp_path_factory.mktemp("identity") / "tls", [], datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.private_key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Identity)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield Sandbox(f"https://localhost:{server.server_address[1]}", str(files.ca_certificate))
    server.shutdown()
    thread.join()
    server.server_close()


def assert_good(token: str) -> None:
    result = verify_token(token, keys={KEY.key_id: KEY}, audiences=AcceptedAudiences(), now=NOW)
    assert isinstance(result, VerifiedToken)
    assert (
        result.tenant_id,
        result.client_id,
        result.object_id,
        result.kind,
    ) == (TENANT, CLIENT, OBJECT, "app")


def credential(sandbox: Sandbox, secret: str = SECRET) -> ClientSecretCredential:
    return ClientSecretCredential(
        TENANT,
        CLIENT,
        secret,
        authority=sandbox.base_url,
        disable_instance_discovery=True,
        connection_verify=sandbox.ca,
    )


def test_azure_identity_gets_a_token(sandbox: Sandbox) -> None:
    """`ClientSecretCredential` with the sandbox as authority gets a token that the sandbox accepts."""
    asked = datetime.now(UTC).timestamp()
    answer = credential(sandbox).get_token(f"{API}/.default")
    assert_good(answer.token)
    assert 3590 < answer.expires_on - asked < 3660


def test_azure_identity_shows_the_reason_of_a_refusal(sandbox: Sandbox) -> None:
    """`ClientSecretCredential` with a wrong secret reports the sandbox's text with its number."""
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215: Invalid client secret provided"):
        credential(sandbox, "wrong").get_token(f"{API}/.default")


def test_azure_identity_shows_that_an_audience_is_unknown(sandbox: Sandbox) -> None:
    """`ClientSecretCredential` for another API reports that its resource was not found."""
    with pytest.raises(
        ClientAuthenticationError, match="AADSTS500011: The resource principal named https://x"
    ):
        credential(sandbox).get_token("https://x.example/.default")


@pytest.mark.parametrize(
    "settings",
    [
        {"authority": "{base}/{tenant}", "instance_discovery": False},
        {"authority": "{base}/{tenant}", "instance_discovery": "{base}/common/discovery/instance"},
        {"oidc_authority": "{base}/{tenant}/v2.0"},
    ],
    ids=["authority", "own instance discovery", "oidc_authority"],
)
def test_msal_gets_a_token(
    sandbox: Sandbox, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The msal library gets a token by each way of naming the sandbox, also where it checks the issuer."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", sandbox.ca)
    filled = {
        name: value.format(base=sandbox.base_url, tenant=TENANT) if isinstance(value, str) else value
        for name, value in settings.items()
    }
    application = msal.ConfidentialClientApplication(CLIENT, client_credential=SECRET, **filled)
    answer = application.acquire_token_for_client([f"{API}/.default"])
    assert answer["token_type"] == "Bearer"
    assert_good(answer["access_token"])


def test_a_v1_client_gets_a_token(sandbox: Sandbox) -> None:
    """A raw client of the v1 endpoint gets a token for its resource, with numbers as strings."""
    form = {"grant_type": "client_credentials", "resource": API}
    response = requests.post(
        f"{sandbox.base_url}/{TENANT}/oauth2/token",
        data=form,
        auth=(CLIENT, SECRET),
        verify=sandbox.ca,
        timeout=10,
    )
    answer = response.json()
    assert (answer["expires_in"], answer["resource"]) == ("3600", API)
    assert_good(answer["access_token"])


def test_a_consumer_verifies_a_token_with_the_published_keys(sandbox: Sandbox) -> None:
    """PyJWT's key client finds the key of a token through the discovery document's address."""
    discovered = requests.get(
        f"{sandbox.base_url}/{TENANT}/v2.0/.well-known/openid-configuration", verify=sandbox.ca, timeout=10
    ).json()
    token = credential(sandbox).get_token(f"{API}/.default").token
    context = ssl.create_default_context(cafile=sandbox.ca)
    key = jwt.PyJWKClient(discovered["jwks_uri"], ssl_context=context).get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False})
    assert claims["tid"] == TENANT
