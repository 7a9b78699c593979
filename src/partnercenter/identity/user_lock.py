"""A lock for a store that has none of its own: a file in the user's state folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from partnercenter.identity.secret_store import SecretStoreError
from partnercenter.private_files import ConfigurationError, exclusive, private_folder
from partnercenter.user_folders import state_folder

_FOLDER: Final = "locks"


@contextmanager
def user_lock(identity: str) -> Iterator[None]:
    """Keep this user's other processes on this machine, and other threads, out of what `identity` names.

    Raises `SecretStoreError` when the lock cannot be made.
    """
    name = f"secret-{hashlib.sha256(identity.encode()).hexdigest()[:32]}"
    with ExitStack() as stack:
        try:
            folder = private_folder(private_folder(state_folder(os.environ)) / _FOLDER)
            stack.enter_context(exclusive(folder / name))
        except ConfigurationError as error:
            raise SecretStoreError(message=str(error)) from error
        yield
