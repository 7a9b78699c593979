"""What a type checker must see of credentials and stores. Checked by mypy, never run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import assert_type

from azure.core.credentials import AccessToken, AccessTokenInfo, TokenCredential, TokenProvider
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import ClientAuthenticationError

from partnercenter import Cloud, PartnerCenterClient
from partnercenter.aio import PartnerCenterClient as AsyncPartnerCenterClient
from partnercenter.identity import (
    EncryptedFileStore,
    EnvironmentStore,
    KeyringStore,
    KeyVaultStore,
    SecretStore,
    SecretStoreError,
    SecureApplicationModelCredential,
)
from partnercenter.identity.aio import SecureApplicationModelCredential as AsyncCredential


class OwnStore:
    """A store of one's own needs no base class."""

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Nobody else."""
        yield

    def read(self) -> str | None:
        """Nothing."""
        return None

    def save(self, secret: str) -> None:
        """Nowhere."""

    def delete(self) -> None:
        """Never."""


def stores(vault: TokenCredential) -> list[SecretStore]:
    """Every store is one."""
    store = EncryptedFileStore(Path("x"), b"passphrase")
    assert_type(store.read(), str | None)
    with store.exclusive():
        store.save("secret")
    store.save(b"secret")  # type: ignore[arg-type]
    return [
        store,
        KeyringStore("name"),
        EnvironmentStore(),
        EnvironmentStore("VARIABLE"),
        KeyVaultStore("https://x.vault.azure.net", "name", vault),
        OwnStore(),
    ]


def synchronous(store: SecretStore) -> None:
    """The credential, and that the client takes it."""
    with SecureApplicationModelCredential(
        "tenant", "client", store=store, certificate_path=Path("x.pem"), certificate_password=b"x"
    ) as credential:
        assert_type(credential, SecureApplicationModelCredential)
        assert_type(credential.get_token("scope", claims="{}", tenant_id="x", enable_cae=True), AccessToken)
        assert_type(credential.get_token_info("scope", options={"claims": "{}"}), AccessTokenInfo)
        provider: TokenProvider = credential
        PartnerCenterClient(credential)
        AsyncPartnerCenterClient(credential)  # type: ignore[arg-type]
    SecureApplicationModelCredential("tenant", "client")  # type: ignore[call-arg]
    SecureApplicationModelCredential("tenant", "client", store="secret")  # type: ignore[arg-type]
    del provider


async def asynchronous(store: SecretStore) -> None:
    """The same with await."""
    credential = AsyncCredential(
        "tenant",
        "client",
        store=store,
        client_secret="x",
        cloud=Cloud.CHINA,
        authority="https://login.example",
        verify=Path("ca.pem"),
        timeout=timedelta(seconds=5),
    )
    other: AsyncTokenCredential = credential
    async with credential:
        assert_type(await credential.get_token("scope"), AccessToken)
        assert_type(await credential.get_token_info("scope"), AccessTokenInfo)
        AsyncPartnerCenterClient(credential)
    await credential.close()
    del other


def errors(error: SecretStoreError) -> ClientAuthenticationError:
    """Who catches the error of sign-in catches this."""
    return error
