"""Clients that other people wrote, unmodified: what they send is served, and what they get they understand."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import msal
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential, EnvironmentCredential
from microsoft.store.partnercenterservices import MicrosoftPartnerStoreApis
from msrest.authentication import BasicTokenAuthentication
from tests.conftest import Sandbox, SandboxProcess, new_customer_body

from partnercenter.contract import development_partner

TENANT, CLIENT, SECRET = (
    development_partner.TENANT_ID,
    development_partner.CLIENT_ID,
    development_partner.CLIENT_SECRET,
)
SCOPE = "https://api.partnercenter.microsoft.com/.default"


# partnercenterservices: generated from the service's own description


@pytest.fixture
def generated(sandbox: Sandbox) -> MicrosoftPartnerStoreApis:
    """The generated client, signed in at the worker's sandbox."""
    credentials = BasicTokenAuthentication({"access_token": sandbox.token})
    return MicrosoftPartnerStoreApis(credentials, base_url=sandbox.url)


def test_partnercenterservices_lists_gets_and_deletes(
    generated: MicrosoftPartnerStoreApis, sandbox: Sandbox
) -> None:
    """The generated client lists customers, reads one with its profiles, deletes it, and no longer finds it."""
    first, second = (sandbox.create_customer() for _ in range(2))
    listed = generated.getvversioncustomersfilterfilter.value(version="1")
    assert [first["id"], second["id"]] == [customer.id for customer in listed.items]
    assert 2 == listed.total_count

    read = generated.getvversioncustomerscustomer.id(first["id"], version="1")
    assert (first["id"], first["companyProfile"]["domain"]) == (read.id, read.company_profile.domain)
    assert "reseller" == read.relationship_to_partner.lower()
    profile = generated.getvversioncustomerscustomer.idprofilesbilling(first["id"], version="1.0")
    assert first["billingProfile"]["email"] == profile.email
    assert first["billingProfile"]["defaultAddress"]["city"] == profile.default_address.city

    deleted = generated.deletevversioncustomerscustomer.id(first["id"], version="1", raw=True)
    assert (204, b"", None) == (deleted.response.status_code, deleted.response.content, deleted.output)
    again = generated.getvversioncustomerscustomer.id(first["id"], version="1", raw=True)
    assert (404, 60003) == (again.response.status_code, again.response.json()["code"])
    assert [second["id"]] == [
        c.id for c in generated.getvversioncustomersfilterfilter.value(version="1").items
    ]


def test_partnercenterservices_exchanges_its_token(
    generated: MicrosoftPartnerStoreApis, sandbox: Sandbox
) -> None:
    """The generated client exchanges its token, and what it is given opens the API."""
    answer = generated.postgeneratetoken("grant_type=jwt_token", raw=True).response
    given = answer.json()["access_token"]
    assert (200, 200) == (answer.status_code, sandbox.call("GET", "/v1/customers", token=given).status_code)


def test_partnercenterservices_sends_one_request_id_for_everything(
    generated: MicrosoftPartnerStoreApis, sandbox: Sandbox
) -> None:
    """Deletes of several customers under one constant request id delete each of them (client-quirks.md 1, row 5)."""
    constant, ids = str(uuid4()), [sandbox.create_customer()["id"] for _ in range(3)]
    for customer_id in ids:
        answer = generated.deletevversioncustomerscustomer.id(
            customer_id, version="1", ms_request_id=constant, raw=True
        )
        assert (204, constant) == (answer.response.status_code, answer.response.headers["MS-RequestId"])
    assert [] == sandbox.call("GET", "/v1/customers").json()["items"]


# azure-identity and msal: TLS is mandatory for them


class TlsSandbox:
    """A sandbox that serves https from a data folder of its own, and where its authority's certificate is."""

    def __init__(self, folder: Path) -> None:
        self.process = SandboxProcess("--tls", env=data_in(folder))
        self.url = self.process.url
        exports = [line for line in self.process.lines if "export REQUESTS_CA_BUNDLE=" in line]
        self.ca = exports[0].partition("REQUESTS_CA_BUNDLE=")[2].strip()

    def create_customer(self, token: str) -> str:
        """A new customer's id."""
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.post(
            f"{self.url}/v1/customers", json=new_customer_body(), headers=headers, timeout=30
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


def data_in(folder: Path) -> dict[str, str]:
    """The variables that put the sandbox's data into a folder, on each platform."""
    return {"XDG_DATA_HOME": str(folder), "HOME": str(folder), "LOCALAPPDATA": str(folder)}


@pytest.fixture(scope="module")
def tls_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsSandbox]:
    """One https sandbox for all tests of this file."""
    served = TlsSandbox(tmp_path_factory.mktemp("data"))
    try:
        yield served
    finally:
        served.process.stop()


@pytest.fixture
def tls(tls_sandbox: TlsSandbox, monkeypatch: pytest.MonkeyPatch) -> TlsSandbox:
    """An https sandbox, freshly reset, whose authority this process trusts by the line that the sandbox printed."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", tls_sandbox.ca)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    assert 200 == requests.post(f"{tls_sandbox.url}/_sandbox/reset", timeout=30).status_code
    return tls_sandbox


def test_client_secret_credential_deletes_a_customer(tls: TlsSandbox) -> None:
    """`ClientSecretCredential` gets a token over TLS, and plain calls with it create and delete a customer."""
    assert tls.url.startswith("https://127.0.0.1:")
    credential = ClientSecretCredential(
        TENANT, CLIENT, SECRET, authority=tls.url, disable_instance_discovery=True
    )
    token = credential.get_token(SCOPE).token
    customer_id = tls.create_customer(token)
    deleted = requests.delete(
        f"{tls.url}/v1/customers/{customer_id}", headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    assert (204, b"") == (deleted.status_code, deleted.content)
    with httpx2.Client(verify=ssl.create_default_context(cafile=tls.ca), trust_env=False) as http:
        gone = http.get(f"{tls.url}/v1/customers/{customer_id}", headers={"Authorization": f"Bearer {token}"})
    assert (404, 60003) == (gone.status_code, gone.json()["code"])


def test_client_secret_credential_takes_a_domain_for_a_tenant(tls: TlsSandbox) -> None:
    """The partner's domain names the tenant as well as its id, and localhost the host as well as its address."""
    authority = tls.url.replace("127.0.0.1", "localhost")
    credential = ClientSecretCredential(
        development_partner.DOMAIN, CLIENT, SECRET, authority=authority, disable_instance_discovery=True
    )
    assert tls.create_customer(credential.get_token(SCOPE).token)


def test_client_secret_credential_shows_the_reason(tls: TlsSandbox) -> None:
    """A wrong secret reaches the user in Entra's words, without the secret."""
    credential = ClientSecretCredential(
        TENANT, CLIENT, "not-the-secret", authority=tls.url, disable_instance_discovery=True
    )
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215") as caught:
        credential.get_token(SCOPE)
    assert "not-the-secret" not in str(caught.value)


def test_environment_credential_needs_only_variables(
    tls: TlsSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`EnvironmentCredential` works by its variables alone."""
    for name, value in {
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": CLIENT,
        "AZURE_CLIENT_SECRET": SECRET,
        "AZURE_AUTHORITY_HOST": tls.url,
    }.items():
        monkeypatch.setenv(name, value)
    credential = EnvironmentCredential(disable_instance_discovery=True)
    assert tls.create_customer(credential.get_token(SCOPE).token)


def test_msal_gets_a_token_and_keeps_it(tls: TlsSandbox) -> None:
    """Msal itself, by authority or by OIDC address, gets a token and caches it."""
    for authority in (
        {"authority": f"{tls.url}/{TENANT}", "instance_discovery": False},
        {"oidc_authority": f"{tls.url}/{TENANT}/v2.0"},
    ):
        application: Any = msal.ConfidentialClientApplication(CLIENT, client_credential=SECRET, **authority)
        first = application.acquire_token_for_client([SCOPE])
        assert "Bearer" == first["token_type"]
        assert 3600 == first["expires_in"]
        assert first["access_token"] == application.acquire_token_for_client([SCOPE])["access_token"]
        assert tls.create_customer(first["access_token"])


def test_trust_outlives_a_restart(tls: TlsSandbox) -> None:
    """The authority that a user trusted once signs for the next server too."""
    trusted = Path(tls.ca).read_bytes()
    second = TlsSandbox(Path(tls.ca).parents[2])
    try:
        assert (tls.ca, trusted) == (second.ca, Path(second.ca).read_bytes())
        assert 200 == requests.get(f"{second.url}/_sandbox/health", timeout=30).status_code
    finally:
        second.process.stop()


def test_an_untrusting_client_is_not_served(tls: TlsSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without trust a client refuses the certificate, and the server goes on."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{tls.url}/_sandbox/health", timeout=30)
    assert 200 == requests.get(f"{tls.url}/_sandbox/health", verify=tls.ca, timeout=30).status_code


def test_a_server_with_idle_tls_clients_ends_at_once(tmp_path: Path) -> None:
    """A client that keeps its connection for later does not hold up the end of an https server."""
    served = TlsSandbox(tmp_path)
    with requests.Session() as session:
        assert 200 == session.get(f"{served.url}/_sandbox/health", verify=served.ca, timeout=30).status_code
        served.process.process.terminate()
        assert 0 == served.process.process.wait(15)
    served.process.stop()
    assert [] == served.process.errors


def make_readable(folder: Path) -> None:
    """Let others read the authority's key."""
    tls_folder = folder / "partnercenter" / "tls"
    tls_folder.mkdir(mode=0o700, parents=True)
    (tls_folder / "authority.pem").touch(mode=0o644)


@pytest.mark.parametrize(
    ("prepare", "arguments", "said"),
    [
        (lambda _: None, ("--tls-host", "http://x/y"), "is not the name or address of a host"),
        (make_readable, (), "must have 0600"),
    ],
)
def test_certificates_that_cannot_be_used_are_one_sentence(
    tmp_path: Path, prepare: Callable[[Path], None], arguments: tuple[str, ...], said: str
) -> None:
    """What is wrong with the certificates ends `sandbox serve --tls` with one sentence and status 2."""
    prepare(tmp_path)
    command = [
        sys.executable,
        "-m",
        "partnercenter",
        "sandbox",
        "serve",
        "--port",
        "0",
        "--database",
        "memory",
    ]
    done = subprocess.run(
        [*command, "--tls", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **data_in(tmp_path)},
    )
    assert (2, "", 1) == (done.returncode, done.stdout, len(done.stderr.splitlines()))
    assert said in done.stderr


# curl


def curl(*arguments: str) -> tuple[int, Mapping[str, str], str]:
    """Status, headers by name in lower case, and body of a call with curl."""
    command = [
        "curl",
        "--silent",
        "--show-error",
        "--include",
        "--noproxy",
        "*",
        "--max-time",
        "30",
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    head, _, body = done.stdout.partition("\n\n")
    first, *lines = head.splitlines()
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(first.split()[1]), headers, body


def test_curl_alone_deletes_a_customer(sandbox: Sandbox) -> None:
    """Token, create, delete with 204 and both ids, the same again, and a new request id finds nothing."""
    status, _, body = curl(
        f"{sandbox.url}/{TENANT}/oauth2/token",
        *("--data", "grant_type=client_credentials"),
        *("--data-urlencode", f"client_id={CLIENT}"),
        *("--data-urlencode", f"client_secret={SECRET}"),
        *("--data-urlencode", "resource=https://api.partnercenter.microsoft.com"),
    )
    assert 200 == status
    bearer = ("--header", f"Authorization: Bearer {json.loads(body)['access_token']}")

    status, _, body = curl(
        f"{sandbox.url}/v1/customers",
        *bearer,
        "--json",
        json.dumps(new_customer_body(companyName="Größe & Söhne")),
    )
    assert 201 == status
    assert "Größe & Söhne" == json.loads(body)["billingProfile"]["companyName"]
    address = f"{sandbox.url}/v1/customers/{json.loads(body)['id']}"

    request_id, correlation_id = str(uuid4()), str(uuid4())
    ids = ("--header", f"MS-RequestId: {request_id}", "--header", f"MS-CorrelationId: {correlation_id}")
    for _ in range(2):
        status, headers, body = curl("--request", "DELETE", address, *bearer, *ids)
        assert (204, "") == (status, body)
        assert "0" == headers["content-length"]
        assert (request_id, correlation_id) == (headers["ms-requestid"], headers["ms-correlationid"])

    status, headers, body = curl("--request", "DELETE", address, *bearer)
    assert (404, 60003) == (status, json.loads(body)["code"])
    assert request_id != headers["ms-requestid"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--header", "Content-Length: 0"),
        ("--header", "Content-Type: application/json"),
        ("--http1.0",),
        ("--header", "Expect: 100-continue", "--data", "{}"),
        ("--header", "Transfer-Encoding: chunked", "--data", "{}"),
        ("--header", "Connection: close"),
    ],
)
def test_curl_deletes_whatever_else_it_sends(sandbox: Sandbox, arguments: tuple[str, ...]) -> None:
    """A delete works with and without length, type, body, chunks, expectation (client-quirks.md 1, rows 9, 10)."""
    address = f"{sandbox.url}/v1/customers/{sandbox.create_customer()['id']}"
    done = subprocess.run(
        [
            *("curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "30"),
            *("--write-out", "%{http_code}", "--request", "DELETE", address),
            *("--header", f"Authorization: Bearer {sandbox.token}"),
            *arguments,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "204" == done.stdout
