"""The certificate with which an application proves who it is, as msal takes it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12

_NEITHER: Final = "is not a certificate with its private key, in PEM or PKCS12 format"


def client_certificate(
    path: str | os.PathLike[str] | None, data: bytes | None, password: str | bytes | None
) -> dict[str, str]:
    """The `client_credential` of msal for a certificate with its RSA key, from a file or from bytes.

    PEM (the key and the certificate, in any order) and PKCS12 are read, as azure-identity does. Raises `ValueError`
    for both or neither, for a wrong password and for what is no such thing. No message holds anything of the key.
    """
    if (path is None) == (data is None):
        raise ValueError("Give either certificate_path or certificate_data.")
    name = "certificate_data" if path is None else os.fspath(path)
    content = _read(path) if path is not None else data or b""
    secret = password.encode() if isinstance(password, str) else password
    try:
        key, certificate = _pem(content, secret) if b"-----BEGIN" in content else _pkcs12(content, secret)
    except (ValueError, TypeError) as error:
        # cryptography tells a wrong password from a broken file by its words only, and some of its words quote.
        reason = "its password is wrong" if secret and "password" in str(error).lower() else _NEITHER
        reason = "it is encrypted; give certificate_password" if _wants_password(error, secret) else reason
        raise ValueError(f"{name}: {reason}.") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(f"{name}: its key must be an RSA key, because sign-in takes no other.")
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # Entra knows the certificates of an application by this thumbprint; nothing rests on SHA-1's strength.
    thumbprint = certificate.fingerprint(hashes.SHA1()).hex()  # noqa: S303
    return {"private_key": pem.decode("ascii"), "thumbprint": thumbprint}


def _read(path: str | os.PathLike[str]) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"certificate_path {path} cannot be read: {error.strerror or error}.") from error


def _pem(content: bytes, password: bytes | None) -> tuple[object, x509.Certificate]:
    key = serialization.load_pem_private_key(content, password)
    return key, x509.load_pem_x509_certificate(content)


def _pkcs12(content: bytes, password: bytes | None) -> tuple[object, x509.Certificate]:
    key, certificate, _ = pkcs12.load_key_and_certificates(content, password)
    if key is None or certificate is None:
        raise ValueError
    return key, certificate


def _wants_password(error: Exception, password: bytes | None) -> bool:
    return not password and ("encrypted" in str(error) or "password" in str(error).lower())
