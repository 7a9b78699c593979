"""The whole way over TLS, against a real sandbox: somebody signs in once, the credential does the rest."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx2
import msal
import pytest
from azure.core.exceptions import ClientAuthenticationError
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from tests.conftest import Sandbox, SandboxProcess
from tests.identity.conftest import MemoryStore
from tests.sandbox.assertions import keyholder
from tests.sandbox.sign_in_requests import (
    ADMIN,
    CERTIFIED,
    CLIENT,
    NAMES,
    PASSWORD,
    PUBLIC,
    SECRET,
    TENANT,
    world,
)
from tests.sandbox.signing_in import parameters_of, sign_in_at

from partnercenter import Cloud, PartnerCenterClient
from partnercenter.aio import PartnerCenterClient as AsyncPartnerCenterClient
from partnercenter.client.errors import HopelessRequestError
from partnercenter.identity import SecureApplicationModelCredential
from partnercenter.identity.aio import SecureApplicationModelCredential as AsyncCredential
from partnercenter.identity.authorities import sign_in_authority
from partnercenter.identity.client_certificates import client_certificate
from partnercenter.identity.token_http import TokenHttp

HOLDER = keyholder("certified")
CERTIFICATE = pkcs12.serialize_key_and_certificates(
    b"application", HOLDER.key, HOLDER.certificate, None, BestAvailableEncryption(b"sealed")
)


class Secured(NamedTuple):
    """A sandbox with TLS, and the certificate authority to trust."""

    sandbox: Sandbox
    bundle: str


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A sandbox with a confidential, a public and a certified application, where users may sign in to each."""
    folder = str(tmp_path_factory.mktemp("tls"))
    process = SandboxProcess("--tls", env=dict.fromkeys(("XDG_DATA_HOME", "HOME", "LOCALAPPDATA"), folder))
    try:
        shown = next(line for line in process.lines if "REQUESTS_CA_BUNDLE=" in line)
        bundle = shown.partition("REQUESTS_CA_BUNDLE=")[2].strip()
        with httpx2.Client(
            verify=ssl.create_default_context(cafile=bundle), trust_env=False, timeout=30
        ) as http:
            sandbox = Sandbox(process.url, http)
            accounts = world()
            for application in accounts["partners"][0]["applications"]:
                application["redirectUris"] = ["http://localhost"]
            sandbox.seed(accounts)
            yield Secured(sandbox, bundle)
    finally:
        process.stop()


APPLICATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "secret": (CLIENT, {"client_secret": SECRET}),
    "public": (PUBLIC, {}),
    "certificate": (CERTIFIED, {"certificate_data": CERTIFICATE, "certificate_password": "sealed"}),
}


def signed_in(secured: Secured, client_id: str, proof: dict[str, Any]) -> MemoryStore:
    """Sign the administrator in with MFA, by msal over the same HTTP; the store holds the refresh token."""
    url = secured.sandbox.url
    http = TokenHttp(sign_in_authority(Cloud.GLOBAL, url), verify=secured.bundle)
    sealed = proof.get("certificate_data")
    application = msal.ClientApplication(
        client_id,
        client_credential=client_certificate(None, sealed, "sealed")
        if sealed
        else proof.get("client_secret"),
        authority=f"{url}/{TENANT}",
        instance_discovery=False,
        http_client=http,
    )
    flow = application.initiate_auth_code_flow([Cloud.GLOBAL.scope], redirect_uri="http://localhost:53682")
    trusted = ssl.create_default_context(cafile=secured.bundle)
    end = sign_in_at(flow["auth_uri"], NAMES[ADMIN], PASSWORD, verify=trusted)
    answer = application.acquire_token_by_auth_code_flow(flow, parameters_of(end))
    http.close()
    return MemoryStore(answer["refresh_token"])


@pytest.mark.filterwarnings(
    "ignore:response_mode=:UserWarning"
)  # an address carries the code; no server here takes forms
@pytest.mark.parametrize("kind", APPLICATIONS)
def test_a_sign_in_lasts(secured: Secured, kind: str) -> None:
    """Each kind of application deletes customers for the user who signed in, blocking and not, with one store."""
    client_id, proof = APPLICATIONS[kind]
    store = signed_in(secured, client_id, proof)
    first = store.secret
    url, bundle = secured.sandbox.url, secured.bundle
    options: dict[str, Any] = {"store": store, "authority": url, "verify": bundle, **proof}
    customer_ids = [secured.sandbox.create_customer()["id"] for _ in range(2)]
    with (
        SecureApplicationModelCredential(TENANT, client_id, **options) as credential,
        PartnerCenterClient(credential, endpoint=url, verify=bundle) as client,
    ):
        client.customers.by_id(customer_ids[0]).delete()

    async def act() -> None:
        async with (
            AsyncCredential(TENANT, client_id, **options) as credential,
            AsyncPartnerCenterClient(credential, endpoint=url, verify=bundle) as client,
        ):
            await client.customers.by_id(customer_ids[1]).delete()

    asyncio.run(act())
    assert [404, 404] == [
        secured.sandbox.call("GET", f"/v1/customers/{customer_id}").status_code
        for customer_id in customer_ids
    ]
    assert 2 == len(store.saved)
    assert first not in store.saved


def test_a_sandbox_that_is_not_trusted_gets_nothing(secured: Secured) -> None:
    """Without its certificate authority nothing is sent, and the store stays as it is."""
    store = MemoryStore()
    with (
        SecureApplicationModelCredential(
            TENANT, CLIENT, store=store, authority=secured.sandbox.url
        ) as credential,
        pytest.raises(HopelessRequestError, match="not trusted"),
    ):
        credential.get_token(Cloud.GLOBAL.scope)
    assert [] == store.saved


def test_a_refresh_token_of_nobody_is_refused_in_the_words_of_entra(secured: Secured) -> None:
    """With the number that one looks up."""
    with (
        SecureApplicationModelCredential(
            TENANT, PUBLIC, store=MemoryStore(), authority=secured.sandbox.url, verify=secured.bundle
        ) as credential,
        pytest.raises(ClientAuthenticationError, match=r"AADSTS\d+: .*Sign in again, with MFA"),
    ):
        credential.get_token(Cloud.GLOBAL.scope)
