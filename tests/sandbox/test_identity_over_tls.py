"""Unmodified azure-identity and msal over `--tls`: each way to sign in deletes a customer, each mistake is told.

docs/credentials.md tells the same as a table.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import azure.identity
import azure.identity.aio
import msal
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    AuthorizationCodeCredential,
    AzurePipelinesCredential,
    CertificateCredential,
    ChainedTokenCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    DefaultAzureCredential,
    DeviceCodeCredential,
    EnvironmentCredential,
    InteractiveBrowserCredential,
    OnBehalfOfCredential,
    UsernamePasswordCredential,
    WorkloadIdentityCredential,
)
from cryptography.hazmat.primitives.hashes import SHA1
from tests.sandbox.assertions import JWT_BEARER, Keyholder, keyholder
from tests.sandbox.identity_over_tls import (
    CLOUDS,
    HOLDER,
    PFX_PASSWORD,
    PUBLIC_HOSTS,
    RETURN,
    TlsSignIns,
    pfx,
    pipeline_that_says,
    sandbox_behind_tls,
    tunnel_to,
)
from tests.sandbox.sign_in_requests import (
    ADMIN,
    API,
    CERTIFIED,
    CLIENT,
    DISABLED,
    FOREIGN,
    NAMES,
    NO_MFA,
    OTHER_TENANT,
    OUTDATED,
    PASSWORD,
    PUBLIC,
    SECOND,
    SECRET,
    TENANT,
    UNKNOWN,
    SignIns,
    claims_of,
    shown,
)

import partnercenter.aio
from partnercenter import Cloud, PartnerCenterClient
from partnercenter.client.errors import PartnerCenterError
from partnercenter.contract import development_partner
from partnercenter.identity import EncryptedFileStore, SecureApplicationModelCredential

SCOPE = f"{API}/.default"
SECOND_SECRET = "canary-secret-second"
PEM = (HOLDER.key_pem + HOLDER.pem).encode()
STRANGER = keyholder("stranger")
CREDENTIALS_PAGE = Path(__file__).parents[2] / "docs" / "credentials.md"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SignIns, str]]:
    """One sandbox behind TLS for this file, and the certificate of its authority."""
    with sandbox_behind_tls(tmp_path_factory.mktemp("tls")) as running:
        yield running


@pytest.fixture
def here(
    served: tuple[SignIns, str],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> TlsSignIns:
    """The same, trusted by this process in the way that `sandbox serve --tls` tells."""
    sign_ins, ca = served
    folder = tmp_path_factory.mktemp("secrets")
    running = TlsSignIns(sign_ins.sandbox, sign_ins.file, ca, folder, monkeypatch)
    # aiohttp, with which the asynchronous credentials send, reads the second one.
    running.set(REQUESTS_CA_BUNDLE=ca, SSL_CERT_FILE=ca, NO_PROXY="localhost,127.0.0.1")
    return running


def deletes_a_customer(here: TlsSignIns, credential: Any) -> None:
    """The client, signed in by a credential, deletes a customer, who is gone then."""
    customer_id = here.sandbox.create_customer()["id"]
    with PartnerCenterClient(credential, endpoint=here.url) as client:
        client.customers.by_id(customer_id).delete()
    assert 404 == here.sandbox.call("GET", f"/v1/customers/{customer_id}").status_code


def says_who(token: str, client_id: str, user: str | None) -> None:
    """A token names its application, and its user with MFA or none."""
    claims = claims_of(token)
    expected = (client_id, None, []) if user is None else (client_id, NAMES[user], ["pwd", "mfa"])
    assert expected == (claims["appid"], claims.get("upn"), claims.get("amr", []))


# azure-identity


class Way(NamedTuple):
    """A way to make a credential, and whom its tokens are of."""

    make: Callable[[TlsSignIns], Any]
    client_id: str
    user: str | None = None


def environment(here: TlsSignIns, **members: str) -> dict[str, Any]:
    """Set what an application is in the environment; returns what is left for arguments."""
    here.set(AZURE_TENANT_ID=TENANT, AZURE_AUTHORITY_HOST=here.url, **members)
    return {"disable_instance_discovery": True}


def certificate_in_environment(here: TlsSignIns) -> dict[str, Any]:
    """The same with a certificate in a protected file."""
    return environment(
        here,
        AZURE_CLIENT_ID=CERTIFIED,
        AZURE_CLIENT_CERTIFICATE_PATH=here.secret_file("app.pfx", pfx(HOLDER, PFX_PASSWORD)),
        AZURE_CLIENT_CERTIFICATE_PASSWORD=PFX_PASSWORD,
        AZURE_CLIENT_SEND_CERTIFICATE_CHAIN="true",
    )


def secret_in_environment(here: TlsSignIns) -> dict[str, Any]:
    """The same with a secret."""
    return environment(here, AZURE_CLIENT_ID=CLIENT, AZURE_CLIENT_SECRET=SECRET)


def by_device(here: TlsSignIns, user: str = ADMIN, *, approve: bool = True) -> DeviceCodeCredential:
    """A device whose owner types the code at once."""
    return DeviceCodeCredential(
        PUBLIC,
        tenant_id=TENANT,
        prompt_callback=lambda url, code, _: here.type_code(url, code, user, approve=approve),
        **here.options,
    )


def by_browser(here: TlsSignIns) -> InteractiveBrowserCredential:
    """A person with a browser."""
    return InteractiveBrowserCredential(tenant_id=TENANT, client_id=PUBLIC, timeout=30, **here.options)


def on_behalf(here: TlsSignIns, **proof: Any) -> dict[str, Any]:
    """What the credential that passes a user on is made with."""
    client_id = CERTIFIED if "client_certificate" in proof else SECOND
    return {
        "tenant_id": TENANT,
        "client_id": client_id,
        "user_assertion": here.user_assertion(client_id),
        **proof,
        **here.options,
    }


def by_code(here: TlsSignIns, client_id: str = CLIENT, **members: Any) -> dict[str, Any]:
    """What the credential that redeems a code is made with."""
    return {
        "tenant_id": TENANT,
        "client_id": client_id,
        "authorization_code": here.code_of_page(client_id, f"{SCOPE} offline_access"),
        "redirect_uri": RETURN,
        **members,
        **here.options,
    }


def pipelines(here: TlsSignIns, address: str) -> dict[str, Any]:
    """What the credential of a pipeline is made with."""
    here.set(SYSTEM_OIDCREQUESTURI=address)
    return {
        "tenant_id": TENANT,
        "client_id": CERTIFIED,
        "service_connection_id": "connection",
        "system_access_token": "canary-pipeline",
        **here.options,
    }


WAYS: dict[str, Way] = {
    "ClientSecretCredential": Way(
        lambda here: ClientSecretCredential(TENANT, CLIENT, SECRET, **here.options), CLIENT
    ),
    "ClientSecretCredential, domain": Way(
        lambda here: ClientSecretCredential(development_partner.DOMAIN, CLIENT, SECRET, **here.options),
        CLIENT,
    ),
    "CertificateCredential, PEM file": Way(
        lambda here: CertificateCredential(
            TENANT, CERTIFIED, here.secret_file("app.pem", PEM), **here.options
        ),
        CERTIFIED,
    ),
    "CertificateCredential, PFX with a password, x5c": Way(
        lambda here: CertificateCredential(
            TENANT,
            CERTIFIED,
            certificate_data=pfx(HOLDER, PFX_PASSWORD),
            password=PFX_PASSWORD,
            send_certificate_chain=True,
            **here.options,
        ),
        CERTIFIED,
    ),
    "CertificateCredential, PFX": Way(
        lambda here: CertificateCredential(TENANT, CERTIFIED, certificate_data=pfx(HOLDER), **here.options),
        CERTIFIED,
    ),
    "ClientAssertionCredential": Way(
        lambda here: ClientAssertionCredential(TENANT, CERTIFIED, here.assertion, **here.options), CERTIFIED
    ),
    "WorkloadIdentityCredential": Way(
        lambda here: WorkloadIdentityCredential(
            tenant_id=TENANT,
            client_id=CERTIFIED,
            token_file_path=here.secret_file("federated", here.assertion().encode()),
            **here.options,
        ),
        CERTIFIED,
    ),
    "EnvironmentCredential, secret": Way(
        lambda here: EnvironmentCredential(**secret_in_environment(here)), CLIENT
    ),
    "EnvironmentCredential, certificate": Way(
        lambda here: EnvironmentCredential(**certificate_in_environment(here)), CERTIFIED
    ),
    "DefaultAzureCredential, environment": Way(
        lambda here: DefaultAzureCredential(**secret_in_environment(here)), CLIENT
    ),
    "ChainedTokenCredential": Way(
        lambda here: ChainedTokenCredential(
            EnvironmentCredential(**here.options),
            ClientSecretCredential(TENANT, CLIENT, SECRET, **here.options),
        ),
        CLIENT,
    ),
    "DeviceCodeCredential": Way(by_device, PUBLIC, ADMIN),
    "InteractiveBrowserCredential": Way(by_browser, PUBLIC, ADMIN),
    "AuthorizationCodeCredential, secret": Way(
        lambda here: AuthorizationCodeCredential(**by_code(here, client_secret=SECRET)), CLIENT, ADMIN
    ),
    "AuthorizationCodeCredential, public": Way(
        lambda here: AuthorizationCodeCredential(**by_code(here, PUBLIC)), PUBLIC, ADMIN
    ),
    "OnBehalfOfCredential, secret": Way(
        lambda here: OnBehalfOfCredential(**on_behalf(here, client_secret=SECOND_SECRET)), SECOND, ADMIN
    ),
    "OnBehalfOfCredential, certificate": Way(
        lambda here: OnBehalfOfCredential(**on_behalf(here, client_certificate=PEM)), CERTIFIED, ADMIN
    ),
    "OnBehalfOfCredential, assertion": Way(
        lambda here: OnBehalfOfCredential(
            **on_behalf(here, client_assertion_func=lambda: here.assertion()) | of_certified(here)
        ),
        CERTIFIED,
        ADMIN,
    ),
}


def of_certified(here: TlsSignIns) -> dict[str, Any]:
    """The application that proves itself by assertions, and a user's token for it."""
    return {"client_id": CERTIFIED, "user_assertion": here.user_assertion(CERTIFIED)}


@pytest.mark.parametrize("name", WAYS)
def test_a_credential_deletes_a_customer(here: TlsSignIns, name: str) -> None:
    """Each credential of azure-identity that can sign in to Entra gets a token that deletes a customer."""
    way = WAYS[name]
    with way.make(here) as credential, here.browser():
        deletes_a_customer(here, credential)
        says_who(credential.get_token(SCOPE).token, way.client_id, way.user)


def test_a_pipeline_deletes_a_customer(here: TlsSignIns) -> None:
    """`AzurePipelinesCredential` shows Entra what the pipeline's own service says."""
    with (
        pipeline_that_says(here.assertion()) as address,
        AzurePipelinesCredential(**pipelines(here, address)) as credential,
    ):
        deletes_a_customer(here, credential)
        says_who(credential.get_token(SCOPE).token, CERTIFIED, None)


aio = azure.identity.aio
AIO_WAYS: dict[str, Way] = {
    "ClientSecretCredential": Way(
        lambda here: aio.ClientSecretCredential(TENANT, CLIENT, SECRET, **here.options), CLIENT
    ),
    "CertificateCredential": Way(
        lambda here: aio.CertificateCredential(TENANT, CERTIFIED, certificate_data=PEM, **here.options),
        CERTIFIED,
    ),
    "ClientAssertionCredential": Way(
        lambda here: aio.ClientAssertionCredential(TENANT, CERTIFIED, here.assertion, **here.options),
        CERTIFIED,
    ),
    "WorkloadIdentityCredential": Way(
        lambda here: aio.WorkloadIdentityCredential(
            tenant_id=TENANT,
            client_id=CERTIFIED,
            token_file_path=here.secret_file("federated", here.assertion().encode()),
            **here.options,
        ),
        CERTIFIED,
    ),
    "EnvironmentCredential": Way(
        lambda here: aio.EnvironmentCredential(**certificate_in_environment(here)), CERTIFIED
    ),
    "DefaultAzureCredential": Way(
        lambda here: aio.DefaultAzureCredential(**secret_in_environment(here)), CLIENT
    ),
    "ChainedTokenCredential": Way(
        lambda here: aio.ChainedTokenCredential(
            aio.EnvironmentCredential(**here.options),
            aio.ClientSecretCredential(TENANT, CLIENT, SECRET, **here.options),
        ),
        CLIENT,
    ),
    "AuthorizationCodeCredential": Way(
        lambda here: aio.AuthorizationCodeCredential(**by_code(here, client_secret=SECRET)), CLIENT, ADMIN
    ),
    "OnBehalfOfCredential": Way(
        lambda here: aio.OnBehalfOfCredential(**on_behalf(here, client_certificate=PEM)), CERTIFIED, ADMIN
    ),
}


@pytest.mark.parametrize("name", AIO_WAYS)
def test_an_asynchronous_credential_deletes_a_customer(here: TlsSignIns, name: str) -> None:
    """So does each asynchronous twin, through the asynchronous client."""
    asyncio.run(_deleted_asynchronously(here, lambda: AIO_WAYS[name].make(here), AIO_WAYS[name]))


def test_an_asynchronous_pipeline_deletes_a_customer(here: TlsSignIns) -> None:
    """So does that of `AzurePipelinesCredential`."""
    way = Way(lambda _: None, CERTIFIED)
    with pipeline_that_says(here.assertion()) as address:
        asyncio.run(
            _deleted_asynchronously(
                here, lambda: aio.AzurePipelinesCredential(**pipelines(here, address)), way
            )
        )


async def _deleted_asynchronously(here: TlsSignIns, make: Callable[[], Any], way: Way) -> None:
    customer_id = here.sandbox.create_customer()["id"]
    async with (
        make() as credential,
        partnercenter.aio.PartnerCenterClient(credential, endpoint=here.url) as client,
    ):
        await client.customers.by_id(customer_id).delete()
        token = (await credential.get_token(SCOPE)).token
    assert 404 == here.sandbox.call("GET", f"/v1/customers/{customer_id}").status_code
    says_who(token, way.client_id, way.user)


def test_every_credential_is_in_the_tables() -> None:
    """A credential that is neither tested here nor of no use here is new: put it in, and into the docs."""
    not_here = {
        "AzureCliCredential",
        "AzureDeveloperCliCredential",
        "AzurePowerShellCredential",
        "ManagedIdentityCredential",
        "SharedTokenCacheCredential",
        "VisualStudioCodeCredential",
    }
    of_their_own = {"AzurePipelinesCredential", "UsernamePasswordCredential"}
    tested = {name.partition(",")[0] for name in WAYS} | of_their_own | not_here
    assert {name for name in azure.identity.__all__ if name.endswith("Credential")} == tested
    assert all(f"`{name}`" in CREDENTIALS_PAGE.read_text("utf-8") for name in tested)
    twins = {*AIO_WAYS, "AzurePipelinesCredential"} | not_here
    assert {name for name in aio.__all__ if name.endswith("Credential")} == twins


def test_a_user_without_mfa_deletes_nobody(here: TlsSignIns) -> None:
    """Entra gives a token to a user without a second factor; Partner Center refuses it with 900421."""
    customer_id = here.sandbox.create_customer()["id"]
    with (
        by_device(here, NO_MFA) as credential,
        PartnerCenterClient(credential, endpoint=here.url) as client,
    ):
        assert ["pwd"] == claims_of(credential.get_token(SCOPE).token)["amr"]
        with pytest.raises(PartnerCenterError) as refused:
            client.customers.by_id(customer_id).delete()
    assert 900421 == refused.value.code
    assert 204 == here.sandbox.call("DELETE", f"/v1/customers/{customer_id}").status_code


# msal


def confidential(here: TlsSignIns, proof: Any = SECRET, client_id: str = CLIENT, **options: Any) -> Any:
    """Msal's own confidential application."""
    place = {"authority": f"{here.url}/{TENANT}", "instance_discovery": False} | options
    return msal.ConfidentialClientApplication(client_id, client_credential=proof, **place)


def public(here: TlsSignIns) -> Any:
    """Msal's own public application."""
    return msal.PublicClientApplication(PUBLIC, authority=f"{here.url}/{TENANT}", instance_discovery=False)


def thumbprint(holder: Keyholder) -> str:
    """The name of a certificate as msal takes it."""
    return holder.certificate.fingerprint(SHA1()).hex()  # noqa: S303 - the name of it in the protocol


def certificate(chain: bool = False) -> dict[str, str]:
    """A certificate as msal takes it."""
    proof = {"private_key": HOLDER.key_pem, "thumbprint": thumbprint(HOLDER)}
    return proof | ({"public_certificate": HOLDER.pem} if chain else {})


def by_flow(here: TlsSignIns, application: Any, **changes: Any) -> Any:
    """Sign in with a code and PKCE; what the flow keeps is changed before the code is redeemed."""
    flow = application.initiate_auth_code_flow([SCOPE], redirect_uri=RETURN, response_mode="form_post")
    assert "code_challenge=" in flow["auth_uri"]
    back = here.sign_in(flow["auth_uri"]).parameters
    return application.acquire_token_by_auth_code_flow(flow | changes, back)


def by_msal_device(here: TlsSignIns) -> Any:
    """A device whose owner types the code before the device asks."""
    application = public(here)
    flow = application.initiate_device_flow([SCOPE])
    here.type_code(flow["verification_uri"], flow["user_code"])
    return application.acquire_token_by_device_flow(flow)


def by_refresh(here: TlsSignIns, application: Any, user_client: str) -> Any:
    """Redeem a refresh token that was kept from an earlier run, as the Secure Application Model does."""
    first = by_flow(here, application)["refresh_token"]
    fresh = confidential(here) if user_client == CLIENT else public(here)
    return fresh.acquire_token_by_refresh_token(first, [SCOPE])


MSAL_WAYS: dict[str, Way] = {
    "client secret": Way(lambda here: confidential(here).acquire_token_for_client([SCOPE]), CLIENT),
    "oidc_authority": Way(
        lambda here: msal.ConfidentialClientApplication(
            CLIENT, client_credential=SECRET, oidc_authority=f"{here.url}/{TENANT}/v2.0"
        ).acquire_token_for_client([SCOPE]),
        CLIENT,
    ),
    "certificate": Way(
        lambda here: confidential(here, certificate(), CERTIFIED).acquire_token_for_client([SCOPE]), CERTIFIED
    ),
    "certificate with x5c": Way(
        lambda here: confidential(here, certificate(True), CERTIFIED).acquire_token_for_client([SCOPE]),
        CERTIFIED,
    ),
    "certificate, PFX": Way(
        lambda here: confidential(
            here,
            {
                "private_key_pfx_path": here.secret_file("app.pfx", pfx(HOLDER, PFX_PASSWORD)),
                "passphrase": PFX_PASSWORD,
                "public_certificate": True,
            },
            CERTIFIED,
        ).acquire_token_for_client([SCOPE]),
        CERTIFIED,
    ),
    "client assertion": Way(
        lambda here: confidential(
            here, {"client_assertion": here.assertion}, CERTIFIED
        ).acquire_token_for_client([SCOPE]),
        CERTIFIED,
    ),
    "authorization code with PKCE, confidential": Way(
        lambda here: by_flow(here, confidential(here)), CLIENT, ADMIN
    ),
    "authorization code with PKCE, public": Way(lambda here: by_flow(here, public(here)), PUBLIC, ADMIN),
    "authorization code without PKCE": Way(
        lambda here: confidential(here).acquire_token_by_authorization_code(
            here.code_of_page(CLIENT, SCOPE), [SCOPE], redirect_uri=RETURN
        ),
        CLIENT,
        ADMIN,
    ),
    "interactive": Way(
        lambda here: public(here).acquire_token_interactive([SCOPE], timeout=30), PUBLIC, ADMIN
    ),
    "device code": Way(by_msal_device, PUBLIC, ADMIN),
    "refresh token, confidential": Way(
        lambda here: by_refresh(here, confidential(here), CLIENT), CLIENT, ADMIN
    ),
    "refresh token, public": Way(lambda here: by_refresh(here, public(here), PUBLIC), PUBLIC, ADMIN),
    "on behalf of, secret": Way(
        lambda here: confidential(here, SECOND_SECRET, SECOND).acquire_token_on_behalf_of(
            here.user_assertion(SECOND), [SCOPE]
        ),
        SECOND,
        ADMIN,
    ),
    "on behalf of, certificate": Way(
        lambda here: confidential(here, certificate(), CERTIFIED).acquire_token_on_behalf_of(
            here.user_assertion(CERTIFIED), [SCOPE]
        ),
        CERTIFIED,
        ADMIN,
    ),
}


@pytest.mark.filterwarnings("ignore:.*_by_auth_code_flow:DeprecationWarning")
@pytest.mark.parametrize("name", MSAL_WAYS)
def test_msal_deletes_a_customer(here: TlsSignIns, name: str) -> None:
    """Each of msal's flows brings a token with which a plain request deletes a customer."""
    way = MSAL_WAYS[name]
    with here.browser():
        answer = way.make(here)
    assert "access_token" in answer, answer
    says_who(answer["access_token"], way.client_id, way.user)
    deletes_by_hand(here, answer["access_token"])


def test_the_secure_application_model_goes_on_with_what_msal_began(here: TlsSignIns) -> None:
    """A refresh token of msal's sign-in, kept in a file, deletes a customer by the credential of this package."""
    store = EncryptedFileStore(here.folder / "kept", "canary-passphrase")
    with store.exclusive():
        store.save(by_flow(here, confidential(here))["refresh_token"])
    with SecureApplicationModelCredential(
        TENANT, CLIENT, client_secret=SECRET, store=store, authority=here.url
    ) as credential:
        deletes_a_customer(here, credential)
        says_who(credential.get_token(SCOPE).token, CLIENT, ADMIN)


def deletes_by_hand(here: TlsSignIns, token: str) -> None:
    """A request of no library but `requests` deletes a customer with a token."""
    customer_id = here.sandbox.create_customer()["id"]
    headers = {"Authorization": f"Bearer {token}"}
    deleted = requests.delete(f"{here.url}/v1/customers/{customer_id}", headers=headers, timeout=30)
    assert (204, b"") == (deleted.status_code, deleted.content)


# Version 1, by hand


def v1_certificate(here: TlsSignIns) -> dict[str, str]:
    """How an application proves itself by its certificate."""
    return {
        "client_id": CERTIFIED,
        "client_assertion": here.assertion(),
        "client_assertion_type": JWT_BEARER,
    }


def v1_device_code(here: TlsSignIns) -> str:
    """The code of a device whose owner has approved it."""
    asked = {"client_id": PUBLIC, "resource": API}
    shown_codes = here.sandbox.http.post(f"{here.url}/{TENANT}/oauth2/devicecode", data=asked).json()
    here.type_code(shown_codes["verification_url"], shown_codes["user_code"])
    return str(shown_codes["device_code"])


V1_SECRET = {"client_id": CLIENT, "client_secret": SECRET}
V1_WAYS: dict[str, tuple[Callable[[TlsSignIns], dict[str, str]], str, str | None]] = {
    "client secret": (lambda _: {"grant_type": "client_credentials", **V1_SECRET}, CLIENT, None),
    "client certificate": (
        lambda here: {"grant_type": "client_credentials", **v1_certificate(here)},
        CERTIFIED,
        None,
    ),
    "authorization code": (
        lambda here: {
            "grant_type": "authorization_code",
            "code": here.code_of_page(CLIENT, "openid"),
            "redirect_uri": RETURN,
            **V1_SECRET,
        },
        CLIENT,
        ADMIN,
    ),
    "device code": (
        lambda here: {
            "grant_type": "device_code",
            "code": v1_device_code(here),
            "client_id": PUBLIC,
        },
        PUBLIC,
        ADMIN,
    ),
    "refresh token": (
        lambda here: {
            "grant_type": "refresh_token",
            "refresh_token": by_flow(here, confidential(here))["refresh_token"],
            **V1_SECRET,
        },
        CLIENT,
        ADMIN,
    ),
    "on behalf of": (
        lambda here: {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "requested_token_use": "on_behalf_of",
            "assertion": here.user_assertion(CERTIFIED),
            **v1_certificate(here),
        },
        CERTIFIED,
        ADMIN,
    ),
}


@pytest.mark.parametrize("name", V1_WAYS)
def test_a_client_of_version_1_deletes_a_customer(here: TlsSignIns, name: str) -> None:
    """Plain requests to the endpoint of version 1, with a resource, bring tokens that do."""
    form, client_id, user = V1_WAYS[name]
    answer = here.ask(form(here) | {"resource": API}, version=1)
    assert 200 == answer.status_code, answer.text
    assert ("3600", API) == (answer.json()["expires_in"], answer.json()["resource"])
    says_who(answer.json()["access_token"], client_id, user)
    deletes_by_hand(here, answer.json()["access_token"])


# What is wrong


def token_of(credential: Any, scope: str = SCOPE) -> Callable[[], Any]:
    """Ask a credential."""
    return lambda: credential.get_token(scope)


def code_used_before(here: TlsSignIns) -> Any:
    """A credential whose code somebody has redeemed already."""
    members = by_code(here, client_secret=SECRET)
    AuthorizationCodeCredential(**members).get_token(SCOPE)
    return AuthorizationCodeCredential(**members)


MISTAKES: dict[str, tuple[Callable[[TlsSignIns], Any], str]] = {
    "secret": (lambda here: ClientSecretCredential(TENANT, CLIENT, "wrong", **here.options), "AADSTS7000215"),
    "tenant": (
        lambda here: ClientSecretCredential(UNKNOWN, CLIENT, SECRET, **here.options),
        "Unable to get authority configuration",
    ),
    "application": (
        lambda here: ClientSecretCredential(TENANT, UNKNOWN, SECRET, **here.options),
        "AADSTS700016",
    ),
    "application of another tenant": (
        lambda here: ClientSecretCredential(TENANT, FOREIGN, "canary-secret-foreign", **here.options),
        "AADSTS700016",
    ),
    "public application with a secret": (
        lambda here: ClientSecretCredential(TENANT, PUBLIC, SECRET, **here.options),
        "AADSTS700025",
    ),
    "certificate": (
        lambda here: CertificateCredential(TENANT, CERTIFIED, certificate_data=pfx(STRANGER), **here.options),
        "AADSTS700027",
    ),
    "certificate of another, in the chain": (
        lambda here: CertificateCredential(
            TENANT, CERTIFIED, certificate_data=pfx(STRANGER), send_certificate_chain=True, **here.options
        ),
        "AADSTS700027",
    ),
    "certificate that has ended": (
        lambda here: CertificateCredential(
            TENANT, OUTDATED, certificate_data=pfx(keyholder("outdated", days=-1)), **here.options
        ),
        "AADSTS700027",
    ),
    "assertion for another endpoint": (
        lambda here: ClientAssertionCredential(
            TENANT, CERTIFIED, lambda: HOLDER.assertion(CERTIFIED, "https://x.example"), **here.options
        ),
        "AADSTS700023",
    ),
    "assertion that has ended": (
        lambda here: ClientAssertionCredential(
            TENANT,
            CERTIFIED,
            lambda: HOLDER.assertion(
                CERTIFIED, f"{here.url}/{TENANT}/oauth2/v2.0/token", exp=time.time() - 999
            ),
            **here.options,
        ),
        "AADSTS700024",
    ),
    "federated token of nobody": (
        lambda here: WorkloadIdentityCredential(
            tenant_id=TENANT, client_id=CERTIFIED, token_file_path=here.secret_file("x", b"x"), **here.options
        ),
        "AADSTS50027",
    ),
    "secret in the environment": (
        lambda here: EnvironmentCredential(
            **environment(here, AZURE_CLIENT_ID=CLIENT, AZURE_CLIENT_SECRET="wrong")
        ),
        "AADSTS7000215",
    ),
    "code that was redeemed": (code_used_before, "AADSTS54005"),
    "code that has ended": (
        lambda here: AuthorizationCodeCredential(
            TENANT,
            CLIENT,
            here.code(ends_in=-1, redirect_uri=RETURN),
            RETURN,
            client_secret=SECRET,
            **here.options,
        ),
        "AADSTS70008",
    ),
    "code of nobody": (
        lambda here: AuthorizationCodeCredential(
            TENANT, CLIENT, "x", RETURN, client_secret=SECRET, **here.options
        ),
        "AADSTS9002313",
    ),
    "code of another application": (
        lambda here: AuthorizationCodeCredential(
            TENANT,
            SECOND,
            here.code(redirect_uri=RETURN),
            RETURN,
            client_secret=SECOND_SECRET,
            **here.options,
        ),
        "AADSTS70000",
    ),
    "redirect address": (
        lambda here: AuthorizationCodeCredential(
            **by_code(here, client_secret=SECRET, redirect_uri="http://localhost:1/other")
        ),
        "AADSTS500112",
    ),
    "secret with a code": (
        lambda here: AuthorizationCodeCredential(**by_code(here, client_secret="wrong")),
        "AADSTS7000215",
    ),
    "secret with a user": (
        lambda here: OnBehalfOfCredential(**on_behalf(here, client_secret="wrong")),
        "AADSTS7000215",
    ),
    "user's token for another application": (
        lambda here: OnBehalfOfCredential(
            **on_behalf(here, client_secret=SECOND_SECRET)
            | {"user_assertion": here.user_assertion(CERTIFIED)}
        ),
        "AADSTS500131",
    ),
    "user's token that is none": (
        lambda here: OnBehalfOfCredential(
            **on_behalf(here, client_secret=SECOND_SECRET) | {"user_assertion": "x"}
        ),
        "AADSTS50027",
    ),
    "device declined": (lambda here: by_device(here, approve=False), "authorization_declined"),
    "device of an unknown application": (
        lambda here: DeviceCodeCredential(UNKNOWN, tenant_id=TENANT, **here.options),
        "AADSTS700016",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_the_words_of_entra(here: TlsSignIns, name: str) -> None:
    """Each wrong thing reaches the user of azure-identity as its exception, with Entra's number and no secret."""
    make, number = MISTAKES[name]
    with make(here) as credential, pytest.raises(ClientAuthenticationError, match=number) as refused:
        credential.get_token(SCOPE)
    assert not any(secret in str(refused.value) for secret in (SECRET, SECOND_SECRET, PASSWORD))


@pytest.mark.parametrize(
    ("scope", "number"),
    [
        ("https://x.example/.default", 500011),
        (f"{API}/user_impersonation", 1002012),
        ("user_impersonation", 1002012),
    ],
)
def test_a_wrong_scope_is_told(here: TlsSignIns, scope: str, number: int) -> None:
    """An application asks for `/.default` of a resource that there is."""
    with (
        ClientSecretCredential(TENANT, CLIENT, SECRET, **here.options) as credential,
        pytest.raises(ClientAuthenticationError, match=f"AADSTS{number}"),
    ):
        credential.get_token(scope)


def test_somebody_who_goes_away_is_told(here: TlsSignIns) -> None:
    """Whoever does not sign in after all is reported by the credential that opened the browser."""
    with (
        by_browser(here) as credential,
        here.browser(cancel=True),
        pytest.raises(ClientAuthenticationError, match="AADSTS65004"),
    ):
        credential.get_token(SCOPE)


MSAL_MISTAKES: dict[str, tuple[Callable[[TlsSignIns], Any], str, int]] = {
    "secret": (
        lambda here: confidential(here, "wrong").acquire_token_for_client([SCOPE]),
        "invalid_client",
        7000215,
    ),
    "certificate": (
        lambda here: confidential(
            here,
            {"private_key": STRANGER.key_pem, "thumbprint": thumbprint(STRANGER)},
            CERTIFIED,
        ).acquire_token_for_client([SCOPE]),
        "invalid_client",
        700027,
    ),
    "application": (
        lambda here: confidential(here, client_id=UNKNOWN).acquire_token_for_client([SCOPE]),
        "unauthorized_client",
        700016,
    ),
    "resource": (
        lambda here: confidential(here).acquire_token_for_client(["https://x.example/.default"]),
        "invalid_resource",
        500011,
    ),
    "PKCE verifier": (
        lambda here: by_flow(here, public(here), code_verifier="x" * 43),
        "invalid_grant",
        501481,
    ),
    "redirect address": (
        lambda here: by_flow(here, public(here), redirect_uri="http://localhost:1/x"),
        "invalid_grant",
        500112,
    ),
    "refresh token that has ended": (
        lambda here: public(here).acquire_token_by_refresh_token(
            here.refresh_token(client_id=PUBLIC, ends_in=-1), [SCOPE]
        ),
        "invalid_grant",
        700082,
    ),
    "refresh token of nobody": (
        lambda here: public(here).acquire_token_by_refresh_token("x", [SCOPE]),
        "invalid_grant",
        9002313,
    ),
    "refresh token of another application": (
        lambda here: public(here).acquire_token_by_refresh_token(here.refresh_token(), [SCOPE]),
        "invalid_grant",
        70000,
    ),
    "user's token for another application": (
        lambda here: confidential(here, SECOND_SECRET, SECOND).acquire_token_on_behalf_of(
            here.user_assertion(CERTIFIED), [SCOPE]
        ),
        "invalid_grant",
        500131,
    ),
    "device code that has ended": (
        lambda here: public(here).acquire_token_by_device_flow(
            {
                "device_code": here.device_code(ends_in=-1),
                "interval": 1,
                "expires_at": time.time() + 60,
                "_correlation_id": "1",
            }
        ),
        "expired_token",
        70020,
    ),
}


@pytest.mark.parametrize("name", MSAL_MISTAKES)
def test_msal_is_told_what_is_wrong(here: TlsSignIns, name: str) -> None:
    """Each wrong thing reaches the user of msal as Entra's error word and number."""
    ask, word, number = MSAL_MISTAKES[name]
    answer = ask(here)
    assert (word, [number]) == (answer.get("error"), answer.get("error_codes")), answer


def test_a_revoked_refresh_token_is_told(here: TlsSignIns) -> None:
    """AADSTS50173 once the user's sign-ins were revoked."""
    kept = here.refresh_token(client_id=PUBLIC)
    here.revoke()
    answer = public(here).acquire_token_by_refresh_token(kept, [SCOPE])
    assert [50173] == answer["error_codes"], answer


def test_an_address_that_is_not_registered_is_told_on_the_page(here: TlsSignIns) -> None:
    """Nobody is redirected to an address that the application does not have: AADSTS50011."""
    flow = public(here).initiate_auth_code_flow(
        [SCOPE], redirect_uri="https://x.example/", response_mode="form_post"
    )
    page = here.sandbox.http.get(flow["auth_uri"])
    assert 400 == page.status_code
    assert "AADSTS50011" in page.text


@pytest.mark.parametrize("change", ["client_secret", "resource"])
def test_a_mistake_in_version_1_is_told(here: TlsSignIns, change: str) -> None:
    """So it is at the endpoint of version 1."""
    form = {"grant_type": "client_credentials", **V1_SECRET, "resource": API, change: "https://x.example"}
    expected = {
        "client_secret": (401, "invalid_client", 7000215),
        "resource": (400, "invalid_resource", 500011),
    }
    assert expected[change] == shown(here.ask(form, version=1))
    assert (400, "invalid_request", 90002) == shown(here.ask(form, version=1, tenant=UNKNOWN))
    assert OTHER_TENANT not in here.ask(form, version=1).text


# Passwords


@pytest.mark.filterwarnings("ignore:This API has been deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:UsernamePasswordCredential is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("user", "password", "number"),
    [(ADMIN, PASSWORD, 50076), (ADMIN, "wrong", 50126), (DISABLED, PASSWORD, 50057)],
    ids=["MFA needed", "wrong password", "disabled"],
)
def test_a_password_is_not_enough(here: TlsSignIns, user: str, password: str, number: int) -> None:
    """The password grant answers that MFA is needed, and as usual what else is wrong.

    msal asks about the user's realm at port 443 of the authority whatever its port is, so a proxy leads there.
    """
    with tunnel_to(int(here.url.rpartition(":")[2])) as (proxy, asked), ExitStack() as stack:
        here.set(HTTPS_PROXY=proxy, NO_PROXY="")
        answer = public(here).acquire_token_by_username_password(NAMES[user], password, [SCOPE])
        assert [number] == answer["error_codes"], answer
        credential = stack.enter_context(
            UsernamePasswordCredential(PUBLIC, NAMES[user], password, tenant_id=TENANT, **here.options)
        )
        with pytest.raises(ClientAuthenticationError, match=f"AADSTS{number}"):
            credential.get_token(SCOPE)
    assert "localhost:443" in asked


# Clouds


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.value.name)
def test_each_cloud_is_called_at_its_addresses(here: TlsSignIns, cloud: Cloud) -> None:
    """With nothing but the cloud's authority and the client's `cloud=`, sign-in and API are found by their names.

    A proxy leads the public names to the sandbox, whose certificate has them. Where the library asks whether an
    authority is known, it asks there too.
    """
    ids = [here.sandbox.create_customer()["id"] for _ in range(2)]

    async def delete_asynchronously() -> None:
        async with (
            aio.ClientSecretCredential(TENANT, CLIENT, SECRET, authority=cloud.authority) as credential,
            partnercenter.aio.PartnerCenterClient(credential, cloud=cloud) as client,
        ):
            await client.customers.by_id(ids[1]).delete()

    with tunnel_to(int(here.url.rpartition(":")[2])) as (proxy, asked):
        here.set(HTTPS_PROXY=proxy, NO_PROXY="")
        with (
            ClientSecretCredential(TENANT, CLIENT, SECRET, authority=cloud.authority) as credential,
            PartnerCenterClient(credential, cloud=cloud) as client,
        ):
            client.customers.by_id(ids[0]).delete()
        asyncio.run(delete_asynchronously())
    names = {name.removesuffix(":443") for name in asked}
    assert {cloud.authority.removeprefix("https://"), cloud.endpoint.removeprefix("https://")} <= names
    assert names <= PUBLIC_HOSTS
    assert {404} == {here.sandbox.call("GET", f"/v1/customers/{one}").status_code for one in ids}
