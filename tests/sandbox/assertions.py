"""Applications' certificates with their keys, and the assertions that are signed with them."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from tests.sandbox.certificates import self_signed

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class Keyholder:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey = field(repr=False)

    @property
    def pem(self) -> str:
        """The certificate as it is registered."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        """The key, as msal wants it."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    @property
    def public_pem(self) -> bytes:
        """The public key as a text, which is what an algorithm confusion makes a secret of."""
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def x5t(self) -> str:
        """The SHA-1 of the certificate, as the header of an assertion has it."""
        return base64url(self.certificate.fingerprint(SHA1()))  # noqa: S303 - the name of it in the protocol

    @property
    def x5t_s256(self) -> str:
        """The SHA-256 of the certificate, as the header of an assertion has it."""
        return base64url(self.certificate.fingerprint(SHA256()))

    def assertion(
        self,
        client_id: str,
        audience: str,
        *,
        algorithm: str = "RS256",
        headers: dict[str, Any] | None = None,
        key: Any = None,
        **claims: Any,
    ) -> str:
        """A client assertion; keyword arguments replace claims, and None takes one away."""
        now = time.time()
        usual = {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "jti": str(uuid4()),
            "iat": now,
            "nbf": now,
            "exp": now + 600,
        }
        content = {name: value for name, value in (usual | claims).items() if value is not None}
        return jwt.encode(
            content,
            self.key if key is None else key,
            algorithm=algorithm,
            headers={"x5t": self.x5t} if headers is None else headers,
        )


@cache
def keyholder(name: str, days: int = 1) -> Keyholder:
    """A certificate with its key, made once; it ends in so many days, or ended so many days ago."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return Keyholder(self_signed(name, key, days), key)


def base64url(data: bytes) -> str:
    """Base64 for URLs, without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")
