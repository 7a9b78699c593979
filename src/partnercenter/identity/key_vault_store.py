"""A secret in Azure Key Vault, for services that run on more than one machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError

from partnercenter.identity.secret_store import SecretStoreError
from partnercenter.identity.user_lock import user_lock

_MISSING: Final = "Azure Key Vault needs the extra: pip install 'partnercenter[keyvault]'."


class KeyVaultStore:
    """Keeps the secret as `secret_name` in the vault at `vault_url`; `credential` opens the vault.

    `client_options` are further arguments of azure-keyvault-secrets' `SecretClient`. Each save makes a new version.

    Key Vault has no locks: `exclusive` keeps out this user's other processes on this machine, not other machines.
    Two machines may therefore redeem the same refresh token. Entra allows that, and both of what follow are good;
    were the slower one refused, the credential would read the store again and go on with what the quicker one
    saved.

    The methods raise `SecretStoreError` when the extra is missing and when the vault refuses.
    """

    def __init__(
        self,
        vault_url: str,
        secret_name: str,
        credential: TokenCredential,
        *,
        client_options: Mapping[str, Any] | None = None,
    ) -> None:
        self.vault_url = vault_url
        self.secret_name = secret_name
        self._credential = credential
        self._options = dict(client_options or {})
        self._client: Any = None
        self._lock = threading.Lock()

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep this user's other processes on this machine, and other threads, out."""
        return user_lock(f"vault:{self.vault_url.rstrip('/').lower()}/{self.secret_name.lower()}")

    def read(self) -> str | None:
        """The current version of the secret, or None when there is none."""
        with self._explained():
            try:
                value: str | None = self._opened().get_secret(self.secret_name).value
            except ResourceNotFoundError:
                return None
            return value

    def save(self, secret: str) -> None:
        """Make a new version; a secret that was deleted, and can still be recovered, is recovered first."""
        with self._explained():
            client = self._opened()
            try:
                client.set_secret(self.secret_name, secret)
            except ResourceExistsError:
                client.begin_recover_deleted_secret(self.secret_name).wait()
                client.set_secret(self.secret_name, secret)

    def delete(self) -> None:
        """Delete the secret; the vault keeps it recoverable as long as it is set to."""
        with self._explained():
            try:
                self._opened().begin_delete_secret(self.secret_name).wait()
            except ResourceNotFoundError:
                return

    def _opened(self) -> Any:
        with self._lock:
            if self._client is None:
                try:
                    from azure.keyvault.secrets import SecretClient
                except ImportError:
                    raise SecretStoreError(message=_MISSING) from None
                self._client = SecretClient(self.vault_url, self._credential, **self._options)
            return self._client

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except SecretStoreError:
            raise
        except AzureError as error:
            reason = error.message.partition("\n")[0].rstrip(".")
            raise SecretStoreError(
                message=f"The secret {self.secret_name} of {self.vault_url} cannot be used: {reason}."
            ) from error

    def __repr__(self) -> str:
        return f"KeyVaultStore({self.vault_url!r}, {self.secret_name!r})"
