"""The public identity libraries, unchanged, against the sandbox's identity provider; client-quirks.md 2."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import jwt
import msal  # type: ignore[import-untyped]
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, ClientSecretCredential, OnBehalfOfCredential
from tests.conftest import SandboxProcess
from tests.sandbox import sign_in_requests
from tests.sandbox.assertions import keyholder
from tests.sandbox.sign_in_requests import (
    API,
    CERTIFIED,
    CLIENT,
    NAMES,
    NO_MFA,
    PASSWORD,
    PUBLIC,
    SECOND,
    SECRET,
    TENANT,
    claims_of,
)


class Sandbox(NamedTuple):
    """Where the sandbox of these tests is, and what its clients trust."""

    base_url: str
    ca: str

    def form(self, **members: str) -> dict[str, Any]:
        """Tokens by a plain form."""
        answer = requests.post(
            f"{self.base_url}/{TENANT}/oauth2/v2.0/token", data=members, verify=self.ca, timeout=10
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = str(tmp_path_factory.mktemp("identity"))
    data_in = dict.fromkeys(("XDG_DATA_HOME", "HOME", "LOCALAPPDATA"), folder)
    process = SandboxProcess("--tls", env=data_in)
    try:
        exported = next(line for line in process.lines if "REQUESTS_CA_BUNDLE=" in line)
        ca = exported.partition("REQUESTS_CA_BUNDLE=")[2].strip()
        base_url = process.url.replace("127.0.0.1", "localhost")
        world = sign_in_requests.world()
        seeded = requests.post(f"{base_url}/_sandbox/seed", json=world, verify=ca, timeout=30)
        assert seeded.status_code == 200, seeded.text
        yield Sandbox(base_url, ca)
    finally:
        process.stop()


def assert_good(sandbox: Sandbox, token: str) -> None:
    """The API takes the token."""
    answer = requests.get(
        f"{sandbox.base_url}/v1/customers",
        headers={"Authorization": f"Bearer {token}"},
        verify=sandbox.ca,
        timeout=10,
    )
    assert answer.status_code == 200, answer.text


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
    assert_good(sandbox, answer.token)
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
    assert_good(sandbox, answer["access_token"])


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
    assert_good(sandbox, answer["access_token"])


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


@pytest.fixture
def trusted(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The sandbox, trusted by libraries that read the variable for it."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", sandbox.ca)
    return sandbox


@pytest.mark.parametrize("with_chain", [False, True])
def test_azure_identity_gets_a_token_by_a_certificate(
    trusted: Sandbox, tmp_path: Path, with_chain: bool
) -> None:
    """`CertificateCredential` signs an assertion that is taken, with and without its chain."""
    holder = keyholder("certified")
    credential = CertificateCredential(
        TENANT,
        CERTIFIED,
        certificate_data=(holder.key_pem + holder.pem).encode(),
        send_certificate_chain=with_chain,
        authority=trusted.base_url,
        disable_instance_discovery=True,
    )
    assert_good(trusted, credential.get_token(f"{API}/.default").token)


def test_azure_identity_shows_that_a_certificate_is_unknown(trusted: Sandbox) -> None:
    """`CertificateCredential` with a certificate that is not registered reports AADSTS700027."""
    holder = keyholder("stranger")
    credential = CertificateCredential(
        TENANT,
        CERTIFIED,
        certificate_data=(holder.key_pem + holder.pem).encode(),
        authority=trusted.base_url,
        disable_instance_discovery=True,
    )
    with pytest.raises(ClientAuthenticationError, match="AADSTS700027"):
        credential.get_token(f"{API}/.default")


def user_tokens(sandbox: Sandbox, scope: str) -> dict[str, Any]:
    """The tokens of a user without a second factor, whom the password grant serves."""
    return sandbox.form(
        grant_type="password",
        client_id=PUBLIC,
        username=NAMES[NO_MFA],
        password=PASSWORD,
        scope=f"{scope} openid offline_access",
    )


def test_azure_identity_passes_a_user_on(trusted: Sandbox) -> None:
    """`OnBehalfOfCredential` exchanges a token for its application for one of the API, of the same user."""
    credential = OnBehalfOfCredential(
        TENANT,
        SECOND,
        client_secret="canary-secret-second",
        user_assertion=user_tokens(trusted, f"api://{SECOND}/.default")["access_token"],
        authority=trusted.base_url,
        disable_instance_discovery=True,
    )
    claims = claims_of(credential.get_token(f"{API}/.default").token)
    assert (SECOND, NAMES[NO_MFA]) == (claims["appid"], claims["upn"])


def test_msal_redeems_a_refresh_token(trusted: Sandbox) -> None:
    """A refresh token brings tokens and the next one, and an account under which they are found again."""
    application = msal.PublicClientApplication(
        PUBLIC, authority=f"{trusted.base_url}/{TENANT}", instance_discovery=False
    )
    scopes = [f"{API}/.default"]
    first = user_tokens(trusted, scopes[0])["refresh_token"]
    answer = application.acquire_token_by_refresh_token(first, scopes)
    assert first != answer["refresh_token"]
    (account,) = application.get_accounts()
    assert f"{NO_MFA}.{TENANT}" == account["home_account_id"]
    silent = application.acquire_token_silent(scopes, account)
    assert answer["access_token"] == silent["access_token"]
    assert "cache" == silent["token_source"]
