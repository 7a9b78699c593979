"""A secret in the keyring of the system: macOS's Keychain, Windows's Credential Manager, Linux's Secret Service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import ModuleType
from typing import Final

from partnercenter.identity.secret_store import SecretStoreError
from partnercenter.identity.user_lock import user_lock

_SERVICE: Final = "partnercenter"
_MISSING: Final = "The keyring needs the extra: pip install 'partnercenter[keyring]'."
# Windows takes 2,560 bytes of UTF-16 for an entry, and refresh tokens are often longer.
_LONGEST: Final = 1_000
_IN_PARTS: Final = "partnercenter-parts:"


def is_keyring_usable() -> bool:
    """Whether the package `keyring` is installed and has found a keyring that keeps anything."""
    try:
        import keyring
    except ImportError:
        return False
    return keyring.get_keyring().priority > 0


class KeyringStore:
    """Keeps the secret under `name`, in the service `partnercenter` of the keyring.

    Whoever shares the keyring on this machine takes turns by a lock in the user's state folder. The methods raise
    `SecretStoreError` when the extra or a keyring is missing, and when it refuses.
    """

    def __init__(self, name: str) -> None:
        if not name:
            raise ValueError("The name of a secret in the keyring must not be empty.")
        self.name = name

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep this user's other processes and threads out."""
        return user_lock(f"keyring:{self.name}")

    def read(self) -> str | None:
        """The secret, or None when the keyring has none of that name."""
        with _keyring() as keyring:
            head: str | None = keyring.get_password(_SERVICE, self.name)
            names = self._part_names(head)
            parts = [keyring.get_password(_SERVICE, name) for name in names]
        if not names:
            return head
        if None in parts:
            raise SecretStoreError(message=f"The keyring has lost a part of {self.name}; sign in again.")
        return "".join(part for part in parts if part)

    def save(self, secret: str) -> None:
        """Replace the secret. One that is long is kept in parts, and takes the place of the old one in one step."""
        parts = [secret[at : at + _LONGEST] for at in range(0, len(secret), _LONGEST)]
        with _keyring() as keyring:
            old = keyring.get_password(_SERVICE, self.name)
            # Two names take turns, so that what a save left behind when it broke off is overwritten by the next.
            turn = "b" if old is not None and old.startswith(f"{_IN_PARTS}a:") else "a"
            head = secret if len(parts) == 1 else f"{_IN_PARTS}{turn}:{len(parts)}"
            for name, part in zip(self._part_names(head), parts, strict=len(parts) != 1):
                keyring.set_password(_SERVICE, name, part)
            keyring.set_password(_SERVICE, self.name, head)
            for name in self._part_names(old):
                keyring.delete_password(_SERVICE, name)
        if self.read() != secret:
            raise SecretStoreError(
                message="The keyring did not keep what it was given; choose another store."
            )

    def delete(self) -> None:
        """Forget the secret."""
        with _keyring() as keyring:
            head = keyring.get_password(_SERVICE, self.name)
            if head is None:
                return
            keyring.delete_password(_SERVICE, self.name)
            for name in self._part_names(head):
                if keyring.get_password(_SERVICE, name) is not None:
                    keyring.delete_password(_SERVICE, name)

    def _part_names(self, head: str | None) -> list[str]:
        """Where the parts of a long secret are; none for a short one."""
        if head is None or not head.startswith(_IN_PARTS):
            return []
        turn, _, count = head.removeprefix(_IN_PARTS).partition(":")
        return [f"{self.name}#{turn}.{number}" for number in range(int(count))]

    def __repr__(self) -> str:
        return f"KeyringStore({self.name!r})"


@contextmanager
def _keyring() -> Iterator[ModuleType]:
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError:
        raise SecretStoreError(message=_MISSING) from None
    try:
        yield keyring
    except NoKeyringError:
        raise SecretStoreError(
            message="This machine has no keyring that can be used; choose another store, such as an encrypted file."
        ) from None
    except KeyringError as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise SecretStoreError(message=f"{keyring.get_keyring().name} cannot be used: {reason}.") from error
