"""What a store of one secret, such as a refresh token, can do. Write your own class with these four methods."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from azure.core.exceptions import ClientAuthenticationError


class SecretStoreError(ClientAuthenticationError):
    """A store cannot be read or written; the message says which, why, and what to do. It holds no secret."""


@runtime_checkable
class SecretStore(Protocol):
    """Keeps one secret between runs.

    `read`, `save` and `delete` are called inside `exclusive`. They may block, and raise `SecretStoreError` for what
    a person can mend.
    """

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep every other process, and every other thread, out of the store for the length of a `with` block."""
        ...

    def read(self) -> str | None:
        """The secret as it is now, never as it was remembered; None when there is none."""
        ...

    def save(self, secret: str) -> None:
        """Replace the secret. When this returns, the new one survives the end of the process."""
        ...

    def delete(self) -> None:
        """Forget the secret; nothing happens when there is none."""
        ...
