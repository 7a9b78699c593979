"""A secret in the system's keyring, however short an entry of that may be."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import keyring
import keyring.backends.fail
import keyring.backends.null
import pytest
from tests.identity.keyrings import MemoryKeyring

from partnercenter.identity import KeyringStore, SecretStore, SecretStoreError
from partnercenter.identity.keyring_store import is_keyring_usable

LONG = "canary-" + "0123456789" * 250


@pytest.fixture
def backend() -> Iterator[MemoryKeyring]:
    """The keyring of this test."""
    before = keyring.get_keyring()
    mine = MemoryKeyring()
    keyring.set_keyring(mine)
    try:
        yield mine
    finally:
        keyring.set_keyring(before)


@pytest.mark.parametrize("secrets", [("short", LONG), (LONG, "short"), (LONG, LONG[::-1]), ("a", "b")])
def test_a_secret_comes_back(backend: MemoryKeyring, secrets: tuple[str, str]) -> None:
    """Short or longer than an entry can be; the next one takes its place, and nothing is left of it."""
    store = KeyringStore("contoso")
    assert isinstance(store, SecretStore)
    assert store.read() is None
    for secret in secrets:
        with store.exclusive():
            store.save(secret)
        assert secret == KeyringStore("contoso").read()
    expected = 1 if len(secrets[1]) <= 1000 else 1 + -(-len(secrets[1]) // 1000)
    assert expected == len(backend.kept)
    assert {"partnercenter"} == {service for service, _ in backend.kept}
    assert KeyringStore("fabrikam").read() is None
    store.delete()
    assert ({}, None) == (backend.kept, store.read())
    store.delete()


@pytest.mark.parametrize("writes", range(4))
def test_a_long_secret_takes_the_place_of_the_old_one_in_one_step(
    backend: MemoryKeyring, writes: int
) -> None:
    """Wherever a save breaks off, the old one is still there, and nothing is left of the new one after the next."""
    store = KeyringStore("contoso")
    store.save(LONG)
    backend.writes_left = writes
    with pytest.raises(SecretStoreError, match="the keyring was locked") as caught:
        store.save(LONG[::-1])
    assert "canary" not in str(caught.value)
    assert LONG == store.read()
    backend.writes_left = 4
    store.save(LONG[::-1])
    assert (LONG[::-1], 4) == (store.read(), len(backend.kept))


def test_a_lost_part_is_told(backend: MemoryKeyring) -> None:
    """Half a secret is none."""
    store = KeyringStore("contoso")
    store.save(LONG)
    del backend.kept[next(key for key in backend.kept if key[1].endswith(".1"))]
    with pytest.raises(SecretStoreError, match="lost a part of contoso; sign in again"):
        store.read()
    store.delete()
    assert {} == backend.kept


def test_without_a_keyring_another_store_is_named(backend: MemoryKeyring) -> None:
    """Where there is none, and where one keeps nothing."""
    assert is_keyring_usable()
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
    assert not is_keyring_usable()
    with pytest.raises(SecretStoreError, match="no keyring that can be used; choose another store"):
        KeyringStore("contoso").read()
    keyring.set_keyring(keyring.backends.null.Keyring())  # type: ignore[no-untyped-call]
    assert not is_keyring_usable()
    with pytest.raises(SecretStoreError, match="did not keep what it was given"):
        KeyringStore("contoso").save("secret")


def test_without_the_package_the_extra_is_named() -> None:
    """It is optional, and looked for when it is needed."""
    code = (
        "import sys; sys.modules['keyring'] = None\n"
        "from partnercenter.identity import KeyringStore, SecretStoreError\n"
        "from partnercenter.identity.keyring_store import is_keyring_usable\n"
        "assert not is_keyring_usable()\n"
        "try: KeyringStore('contoso').read()\n"
        "except SecretStoreError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "The keyring needs the extra: pip install 'partnercenter[keyring]'.\n" == done.stdout


def test_a_name_is_needed() -> None:
    """An empty one would be everybody's."""
    with pytest.raises(ValueError, match="must not be empty"):
        KeyringStore("")
