"""A secret in a file that is worthless without its passphrase.

Version 1 of the file: JSON whose `secret` is sealed with AES-256-GCM, under a key that scrypt makes of the
passphrase and the salt. What the file says of itself is sealed along, so a changed file is found out, never
believed.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from partnercenter.identity.secret_store import SecretStoreError
from partnercenter.private_files import (
    ConfigurationError,
    check_owner,
    exclusive,
    private_folder,
    read_private,
    sync_folder,
    write_private,
)

_FORMAT: Final = "partnercenter-secret"
_VERSION: Final = 1
_KEY_BYTES: Final = 32
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
# 64 MiB and a third of a second for each guess; OWASP's recommendation for scrypt.
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**16, 8, 2


class EncryptedFileStore:
    """Keeps the secret in `path`, readable for its owner only, in a folder that is its owner's alone.

    A folder is made if there is none. Raises `ValueError` for an empty passphrase; the methods raise
    `SecretStoreError` for a wrong passphrase, a changed file, and a file or folder that others may use.
    """

    def __init__(self, path: str | os.PathLike[str], passphrase: str | bytes) -> None:
        if not passphrase:
            raise ValueError("The passphrase of an encrypted file must not be empty.")
        self.path = Path(path).expanduser().absolute()
        self._passphrase = passphrase.encode() if isinstance(passphrase, str) else passphrase
        self._key: tuple[bytes, bytes] | None = None

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep every other process and thread out; the system ends that with the process."""
        with ExitStack() as stack:
            with _explained():
                private_folder(self.path.parent)
                stack.enter_context(exclusive(self.path))
            yield

    def read(self) -> str | None:
        """The secret, or None when there is no file."""
        with _explained():
            text = read_private(self.path, holds_secrets=True)
            if text is None:
                return None
            check_owner(self.path.parent, self.path.parent.stat(), forbidden=0o077)
        return self._opened(text)

    def save(self, secret: str) -> None:
        """Replace the file, in one step and durably."""
        with _explained():
            private_folder(self.path.parent)
            write_private(self.path, self._sealed(secret))

    def delete(self) -> None:
        """Remove the file."""
        with _explained():
            try:
                self.path.unlink(missing_ok=True)
                if self.path.parent.exists():
                    sync_folder(self.path.parent)
            except OSError as error:
                raise ConfigurationError(
                    f"{self.path} cannot be removed: {error.strerror or error}."
                ) from error

    def _sealed(self, secret: str) -> str:
        salt = self._key[0] if self._key else os.urandom(_SALT_BYTES)
        nonce = os.urandom(_NONCE_BYTES)
        header = {"format": _FORMAT, "version": _VERSION, "salt": _text(salt), "nonce": _text(nonce)}
        sealed = AESGCM(self._key_for(salt)).encrypt(nonce, secret.encode(), _bound(header))
        return json.dumps({**header, "secret": _text(sealed)}, indent=2) + "\n"

    def _opened(self, text: str) -> str:
        header, salt, nonce, sealed = self._parts(text)
        try:
            return AESGCM(self._key_for(salt)).decrypt(nonce, sealed, _bound(header)).decode()
        except InvalidTag:
            raise SecretStoreError(
                message=f"{self.path} cannot be opened: the passphrase is wrong, or the file was changed."
            ) from None

    def _parts(self, text: str) -> tuple[dict[str, Any], bytes, bytes, bytes]:
        try:
            header = json.loads(text)
            sealed = _bytes(header.pop("secret"))
            if header["format"] != _FORMAT or set(header) != {"format", "version", "salt", "nonce"}:
                raise ValueError
            version = header["version"]
            salt, nonce = _bytes(header["salt"]), _bytes(header["nonce"])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise SecretStoreError(message=f"{self.path} is no encrypted secret of this package.") from None
        if version != _VERSION or isinstance(version, bool):
            raise SecretStoreError(
                message=f"{self.path} is of a later version of this package; update, or sign in again."
            )
        if len(salt) != _SALT_BYTES or len(nonce) != _NONCE_BYTES:
            raise SecretStoreError(message=f"{self.path} is no encrypted secret of this package.")
        return header, salt, nonce, sealed

    def _key_for(self, salt: bytes) -> bytes:
        """The key; it is made once, because that is meant to be slow."""
        if self._key is None or self._key[0] != salt:
            scrypt = Scrypt(salt=salt, length=_KEY_BYTES, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P)
            self._key = (salt, scrypt.derive(self._passphrase))
        return self._key[1]

    def __repr__(self) -> str:
        return f"EncryptedFileStore({str(self.path)!r})"


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except ConfigurationError as error:
        raise SecretStoreError(message=str(error)) from error


def _bound(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True).encode()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
