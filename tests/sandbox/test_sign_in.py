"""Signing in over HTTP: token endpoints, their errors in Entra's words, discovery and keys documents."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import jwt
import pytest
from tests.conftest import Sandbox
from tests.sandbox.conftest import StartProcess, StartSandbox

from partnercenter.contract import development_partner

TENANT, CLIENT, SECRET, DOMAIN = (
    development_partner.TENANT_ID,
    development_partner.CLIENT_ID,
    development_partner.CLIENT_SECRET,
    development_partner.DOMAIN,
)
API = "https://api.partnercenter.microsoft.com"
V1 = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET, "resource": API}
V2 = {
    "grant_type": "client_credentials",
    "client_id": CLIENT,
    "client_secret": SECRET,
    "scope": f"{API}/.default",
}
OTHER = "0bada5a0-0000-4ca1-8ca1-0000000000aa"


def ask(
    sandbox: Sandbox, form: dict[str, str] | None = None, *, tenant: str = TENANT, **kwargs: Any
) -> httpx2.Response:
    """Ask a token endpoint: that of version 2 when the form has a scope."""
    form = V1 if form is None else form
    path = "oauth2/v2.0/token" if "scope" in form else "oauth2/token"
    return sandbox.http.post(f"{sandbox.url}/{tenant}/{path}", **({"data": form} | kwargs))


def accepted(sandbox: Sandbox, token: str) -> int:
    """The status with which the API answers a token."""
    return sandbox.call("GET", "/v1/customers", token=token).status_code


# Tokens


@pytest.mark.parametrize("tenant", [TENANT, TENANT.upper(), f"{{{TENANT}}}", DOMAIN, DOMAIN.upper()])
@pytest.mark.parametrize("form", [V1, V2])
def test_a_tenant_is_named_by_id_or_domain(sandbox: Sandbox, form: dict[str, str], tenant: str) -> None:
    """Both endpoints give a token that the API takes, however the tenant is written."""
    answer = ask(sandbox, form, tenant=tenant)
    assert 200 == answer.status_code, answer.text
    assert 200 == accepted(sandbox, answer.json()["access_token"])
    assert "no-store" in answer.headers["Cache-Control"]


def test_version_1_answers_with_texts(sandbox: Sandbox) -> None:
    """The numbers of the v1 answer are texts, and the resource is repeated."""
    body = ask(sandbox, V1).json()
    names = [
        "token_type",
        "expires_in",
        "ext_expires_in",
        "expires_on",
        "not_before",
        "resource",
        "access_token",
    ]
    assert names == list(body)
    assert ("Bearer", "3600", API) == (body["token_type"], body["expires_in"], body["resource"])
    assert 3600 == int(body["expires_on"]) - int(body["not_before"])


def test_version_2_answers_with_numbers(sandbox: Sandbox) -> None:
    """The numbers of the v2 answer are numbers, and follow the setting."""
    sandbox.set(token_lifetime_seconds=60)
    body = ask(sandbox, V2).json()
    assert {"token_type": "Bearer", "expires_in": 60, "ext_expires_in": 60} == {
        name: value for name, value in body.items() if name != "access_token"
    }
    claims = jwt.decode(body["access_token"], options={"verify_signature": False})
    assert 60 == claims["exp"] - claims["iat"]


def test_a_token_is_verifiable_with_the_published_keys(sandbox: Sandbox) -> None:
    """The signature of a token is good under the key that its header names in the keys document."""
    token = ask(sandbox).json()["access_token"]
    document = sandbox.http.get(f"{sandbox.url}/{TENANT}/v2.0/.well-known/openid-configuration").json()
    keys = jwt.PyJWKSet.from_dict(sandbox.http.get(document["jwks_uri"]).json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, algorithms=["RS256"], audience=API)
    assert (TENANT, CLIENT) == (claims["tid"], claims["appid"])


@pytest.mark.parametrize(
    "path", ["//{0}//oauth2//token", "/{0}/OAuth2/Token", "/{0}/oauth2/token?client-request-id=x"]
)
def test_spelling_of_the_path_is_tolerated(sandbox: Sandbox, path: str) -> None:
    """Case, doubled slashes and a query do not matter (client-quirks.md 2)."""
    assert 200 == sandbox.http.post(sandbox.url + path.format(TENANT), data=V1).status_code


def test_a_secret_may_stand_in_the_header(sandbox: Sandbox) -> None:
    """HTTP Basic instead of the body."""
    basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    form = {"grant_type": "client_credentials", "resource": API}
    assert 200 == ask(sandbox, form, headers={"Authorization": f"Basic {basic}"}).status_code


def test_the_request_id_of_the_client_comes_back(sandbox: Sandbox) -> None:
    """`client-request-id` is echoed and is the correlation id of an error; each answer has an id of its own."""
    sent = str(uuid4())
    good = ask(sandbox, headers={"client-request-id": sent})
    bad = ask(sandbox, V1 | {"client_secret": "x"}, headers={"client-request-id": sent})
    assert [sent, sent, sent] == [
        good.headers["client-request-id"],
        bad.headers["client-request-id"],
        bad.json()["correlation_id"],
    ]
    assert good.headers["x-ms-request-id"] != bad.headers["x-ms-request-id"]


# Refusals


@pytest.mark.parametrize(
    ("form", "status", "error", "code"),
    [
        ({}, 400, "invalid_request", 900144),
        (V1 | {"grant_type": "password"}, 400, "invalid_request", 900144),
        (V1 | {"grant_type": "magic"}, 400, "unsupported_grant_type", 70003),
        (V1 | {"client_id": ""}, 400, "invalid_request", 900144),
        (V1 | {"client_id": OTHER}, 400, "unauthorized_client", 700016),
        (V1 | {"client_id": "an application"}, 400, "unauthorized_client", 700016),
        (V1 | {"client_secret": ""}, 401, "invalid_client", 7000216),
        (V1 | {"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        (V1 | {"resource": "https://vault.example"}, 400, "invalid_resource", 500011),
        ({name: value for name, value in V1.items() if name != "resource"}, 400, "invalid_request", 900144),
        (V2 | {"scope": API}, 400, "invalid_scope", 1002012),
        (V2 | {"scope": "a/.default b/.default"}, 400, "invalid_scope", 70011),
        (V2 | {"scope": "https://vault.example/.default"}, 400, "invalid_resource", 500011),
        (V2 | {"resource": API}, 400, "invalid_request", 901002),
    ],
)
def test_each_wrong_thing_has_its_error(
    sandbox: Sandbox, form: dict[str, str], status: int, error: str, code: int
) -> None:
    """Each mistake has its status, OAuth error word and AADSTS number, and no answer shows the secret."""
    answer = ask(sandbox, form)
    body = answer.json()
    assert (status, error, [code]) == (answer.status_code, body["error"], body["error_codes"])
    assert body["error_description"].startswith(f"AADSTS{code}: ")
    for name in ("trace_id", "correlation_id", "timestamp"):
        assert body[name] in body["error_description"]
    assert SECRET not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("tenant", [OTHER, "nobody.onmicrosoft.com", "organizations", "common", "x"])
@pytest.mark.parametrize("form", [V1, V2])
def test_an_unknown_tenant_is_named(sandbox: Sandbox, form: dict[str, str], tenant: str) -> None:
    """AADSTS90002 for a tenant that the sandbox does not have; app-only tokens need one tenant."""
    answer = ask(sandbox, form, tenant=tenant)
    assert (400, [90002]) == (answer.status_code, answer.json()["error_codes"])
    assert tenant in answer.json()["error_description"]


def test_an_expired_secret_is_told_apart(sandbox: Sandbox) -> None:
    """AADSTS7000222 for the right secret after its end; AADSTS7000215 still for a wrong one."""
    application = {"clientId": OTHER, "clientSecret": "s", "secretExpired": True}
    partner = {"tenantId": OTHER, "companyName": "x", "domain": "x.example", "applications": [application]}
    sandbox.seed({"partners": [partner]})
    assert [7000222] == ask(sandbox, V1 | {"client_id": OTHER, "client_secret": "s"}, tenant=OTHER).json()[
        "error_codes"
    ]
    assert [7000215] == ask(sandbox, V1 | {"client_id": OTHER, "client_secret": "t"}, tenant=OTHER).json()[
        "error_codes"
    ]


def test_an_application_belongs_to_its_tenant(sandbox: Sandbox) -> None:
    """A client id of one tenant is unknown in another."""
    sandbox.seed({"partners": [{"tenantId": OTHER, "companyName": "x", "domain": "x.example"}]})
    assert [700016] == ask(sandbox, tenant=OTHER).json()["error_codes"]


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (json.dumps(V1).encode(), "application/json"),
        (b"grant_type=client_credentials&grant_type=client_credentials", "application/x-www-form-urlencoded"),
        (b"\xff\xfe=%zz", "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded"),
        (b"", ""),
        (b'"grant_type=jwt_token"', "application/json; charset=utf-8"),
    ],
)
def test_a_body_that_is_no_form_is_refused(sandbox: Sandbox, content: bytes, content_type: str) -> None:
    """JSON, doubled names, other bytes, too much and nothing are 400 with a body of Entra's."""
    url = f"{sandbox.url}/{TENANT}/oauth2/token"
    answer = sandbox.http.post(
        url, content=content, headers={"Content-Type": content_type} if content_type else {}
    )
    assert 400 == answer.status_code
    assert answer.json()["error_description"].startswith("AADSTS")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", f"/{TENANT}/oauth2/token", "POST"),
        ("PUT", f"/{TENANT}/oauth2/v2.0/token", "POST"),
        ("POST", f"/{TENANT}/v2.0/.well-known/openid-configuration", "GET"),
        ("DELETE", f"/{TENANT}/discovery/v2.0/keys", "GET"),
        ("POST", "/common/discovery/instance", "GET"),
    ],
)
def test_a_wrong_method_names_the_right_one(sandbox: Sandbox, method: str, path: str, allow: str) -> None:
    """405 with `Allow`."""
    answer = sandbox.http.request(method, sandbox.url + path)
    assert (405, allow) == (answer.status_code, answer.headers["Allow"])


@pytest.mark.parametrize(
    "path", ["/", f"/{TENANT}", f"/{TENANT}/oauth2", f"/{TENANT}/oauth2/v2.0/authorise", "/a b/oauth2/token"]
)
def test_another_address_is_the_gateways_404(sandbox: Sandbox, path: str) -> None:
    """Whatever is neither sign-in nor API nor control is not found, in the gateway's form."""
    answer = sandbox.http.get(sandbox.url + path)
    assert (404, {"statusCode": 404, "message": "Resource not found"}) == (answer.status_code, answer.json())


# Documents


@pytest.mark.parametrize("tenant", [TENANT, DOMAIN])
@pytest.mark.parametrize(
    ("path", "version"),
    [("/.well-known/openid-configuration", 1), ("/v2.0/.well-known/openid-configuration", 2)],
)
def test_discovery_names_addresses_that_work(sandbox: Sandbox, tenant: str, path: str, version: int) -> None:
    """The token endpoint and the keys that a discovery document names are served."""
    document = sandbox.http.get(f"{sandbox.url}/{tenant}{path}").json()
    assert document["issuer"].startswith(f"{sandbox.url}/{tenant}/")
    assert 200 == sandbox.http.post(document["token_endpoint"], data=V1 if version == 1 else V2).status_code
    keys = sandbox.http.get(document["jwks_uri"]).json()["keys"]
    assert ["RSA"] == [key["kty"] for key in keys]
    assert all("d" not in key for key in keys)


@pytest.mark.parametrize("tenant", ["common", "organizations", "consumers", "Common"])
def test_discovery_of_many_tenants_has_a_placeholder(sandbox: Sandbox, tenant: str) -> None:
    """The issuer of a document for many tenants names none."""
    document = sandbox.http.get(f"{sandbox.url}/{tenant}/v2.0/.well-known/openid-configuration").json()
    assert f"{sandbox.url}/{{tenantid}}/v2.0" == document["issuer"]
    assert 200 == sandbox.http.get(document["jwks_uri"]).status_code


def test_discovery_of_an_unknown_tenant_is_refused(sandbox: Sandbox) -> None:
    """400 with AADSTS90002, as for a token."""
    answer = sandbox.http.get(f"{sandbox.url}/{OTHER}/v2.0/.well-known/openid-configuration")
    assert (400, [90002]) == (answer.status_code, answer.json()["error_codes"])


def test_documents_follow_the_host_that_was_asked(sandbox: Sandbox) -> None:
    """By another name of the sandbox the documents name addresses of that name."""
    headers = {"Host": "login.microsoftonline.com"}
    document = sandbox.http.get(
        f"{sandbox.url}/{TENANT}/v2.0/.well-known/openid-configuration", headers=headers
    ).json()
    assert f"http://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token" == document["token_endpoint"]


def test_instance_discovery_leads_to_the_tenant(sandbox: Sandbox) -> None:
    """Instance discovery names this host alone, and the document of the tenant that was asked about."""
    query = {"api-version": "1.1", "authorization_endpoint": f"{sandbox.url}/{TENANT}/oauth2/v2.0/authorize"}
    document = sandbox.http.get(f"{sandbox.url}/common/discovery/instance", params=query).json()
    host = sandbox.url.removeprefix("http://")
    assert (
        f"{sandbox.url}/{TENANT}/v2.0/.well-known/openid-configuration"
        == document["tenant_discovery_endpoint"]
    )
    assert [[host, "127.0.0.1"]] == [entry["aliases"] for entry in document["metadata"]]


@pytest.mark.parametrize("endpoint", ["", "[", "https://", "%", "x" * 3000, "https://[/x"])
def test_instance_discovery_survives_any_address(sandbox: Sandbox, endpoint: str) -> None:
    """An address that is none leads to the common document."""
    answer = sandbox.http.get(
        f"{sandbox.url}/common/discovery/instance", params={"authorization_endpoint": endpoint}
    )
    assert 200 == answer.status_code


# Keys that last


def test_tokens_outlive_a_restart(start_process: StartProcess, http: httpx2.Client, tmp_path: Path) -> None:
    """With a database file a token from before a restart is good after it, and the key stays the same."""
    first = start_process(database=tmp_path / "sandbox.db")
    token = Sandbox(first.url, http).token
    first.stop()
    second = Sandbox(start_process(database=tmp_path / "sandbox.db").url, http)
    assert 200 == accepted(second, token)
    assert jwt.get_unverified_header(token)["kid"] == jwt.get_unverified_header(second.token)["kid"]


def test_tokens_of_another_sandbox_are_refused(sandbox: Sandbox, start_sandbox: StartSandbox) -> None:
    """A token of one sandbox is garbage in another, for the same tenant and client."""
    other = start_sandbox()
    answer = sandbox.call("GET", "/v1/customers", token=other.token)
    assert (401, b"") == (answer.status_code, answer.content)
    assert 'Bearer error="invalid_token"' == answer.headers["WWW-Authenticate"]
    assert 200 == accepted(other, other.token)
