"""Signing in as app+user: the Secure Application Model, and the stores that keep its refresh token.

    from partnercenter.identity import EncryptedFileStore, SecureApplicationModelCredential

Everything else is what azure-identity is for. Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from partnercenter.identity.encrypted_file_store import EncryptedFileStore
    from partnercenter.identity.environment_store import EnvironmentStore
    from partnercenter.identity.key_vault_store import KeyVaultStore
    from partnercenter.identity.keyring_store import KeyringStore
    from partnercenter.identity.secret_store import SecretStore, SecretStoreError
    from partnercenter.identity.secure_application_model import SecureApplicationModelCredential

__all__ = [
    "EncryptedFileStore",
    "EnvironmentStore",
    "KeyVaultStore",
    "KeyringStore",
    "SecretStore",
    "SecretStoreError",
    "SecureApplicationModelCredential",
]

_HOMES = {
    "EncryptedFileStore": "encrypted_file_store",
    "EnvironmentStore": "environment_store",
    "KeyVaultStore": "key_vault_store",
    "KeyringStore": "keyring_store",
    "SecretStore": "secret_store",
    "SecretStoreError": "secret_store",
    "SecureApplicationModelCredential": "secure_application_model",
}


def __getattr__(name: str) -> Any:
    """Load a public name from the module it lives in."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'partnercenter.identity' has no attribute {name!r}")
    value = getattr(import_module(f"partnercenter.identity.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
