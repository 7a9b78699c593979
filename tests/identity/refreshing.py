"""A process that refreshes again and again over a shared store: the other half of `test_rotation.py`.

`python -m tests.identity.refreshing ADDRESS KIND PLACE TIMES` says when it is ready, begins when it gets a line,
and says at its end how often it read the store: once for each refresh, and a second time only if a token was
refused.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager

import msal  # noqa: F401 - loaded before the race begins

from partnercenter import Cloud
from partnercenter.contract import development_partner
from partnercenter.identity import (
    EncryptedFileStore,
    KeyringStore,
    SecretStore,
    SecureApplicationModelCredential,
)

PASSPHRASE = "correct horse"


class CountedStore:
    """A store that counts how often it was read."""

    def __init__(self, store: SecretStore) -> None:
        self._store = store
        self.reads = 0

    def exclusive(self) -> AbstractContextManager[None]:
        """As the store does."""
        return self._store.exclusive()

    def read(self) -> str | None:
        """What the store holds."""
        self.reads += 1
        return self._store.read()

    def save(self, secret: str) -> None:
        """As the store does."""
        self._store.save(secret)

    def delete(self) -> None:
        """As the store does."""
        self._store.delete()


def store_of(kind: str, place: str) -> SecretStore:
    """The store that the processes share."""
    return EncryptedFileStore(place, PASSPHRASE) if kind == "file" else KeyringStore(place)


def refresh(address: str, store: SecretStore, times: int) -> None:
    """Redeem so many times; claims make the credential ask for another token each time."""
    with SecureApplicationModelCredential(
        development_partner.TENANT_ID,
        development_partner.CLIENT_ID,
        client_secret=development_partner.CLIENT_SECRET,
        store=store,
        authority=address,
    ) as credential:
        for _ in range(times):
            assert credential.get_token(Cloud.GLOBAL.scope, claims="{}").token


def main() -> None:
    """Do what the arguments say."""
    address, kind, place, times = sys.argv[1:]
    store = CountedStore(store_of(kind, place))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    refresh(address, store, int(times))
    sys.stdout.write(f"read {store.reads}\n")


if __name__ == "__main__":
    main()
