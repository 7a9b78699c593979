"""What somebody can make of a good token who does not have the sandbox's key, and knows everything else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@cache
def own_key() -> RSAPrivateKey:
    """The forger's own key."""
    return generate_private_key(65537, 2048)


def read(token: str) -> Any:
    """The claims of a token."""
    return json.loads(_decoded(token.split(".")[1]))


@dataclass(frozen=True)
class Forger:
    """A good token, and the sandbox's public key as its key document shows it."""

    token: str
    published: Mapping[str, Any]

    @property
    def key_id(self) -> str:
        """The id of the sandbox's key."""
        return str(self.published["kid"])

    @property
    def modulus(self) -> bytes:
        """The modulus of the sandbox's key."""
        return _decoded(self.published["n"])

    @property
    def public_pem(self) -> bytes:
        """The sandbox's public key in PEM."""
        e, n = (int.from_bytes(_decoded(self.published[name])) for name in ("e", "n"))
        key = RSAPublicNumbers(e, n).public_key()
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def own_jwk(self) -> dict[str, Any]:
        """The forger's public key, under the id of the sandbox's."""
        numbers = own_key().public_key().public_numbers()
        n, e = (_encoded(number.to_bytes(256).lstrip(b"\0")) for number in (numbers.n, numbers.e))
        return {"kty": "RSA", "use": "sig", "kid": self.key_id, "n": n, "e": e}

    def bearer(self) -> str:
        """The token as it is."""
        return f"Bearer {self.token}"

    def tampered(self, **changes: Any) -> str:
        """With other claims under the same signature."""
        header, _, signature = self.token.split(".")
        return f"Bearer {header}.{_segment({**read(self.token), **changes})}.{signature}"

    def swapped(self) -> str:
        """With a signature of the right length that is none."""
        return f"Bearer {self.token.rpartition('.')[0]}.{_encoded(b'0' * 256)}"

    def signed(self, **header: Any) -> str:
        """Signed by the forger."""
        text = f"{_segment({'alg': 'RS256', 'typ': 'JWT', **header})}.{_segment(read(self.token))}"
        signature = jwt.get_algorithm_by_name("RS256").sign(text.encode(), own_key())
        return f"Bearer {text}.{_encoded(signature)}"

    def unsigned(self, algorithm: str) -> str:
        """Signed by nobody."""
        header = {"alg": algorithm, "typ": "JWT", "kid": self.key_id}
        return f"Bearer {_segment(header)}.{_segment(read(self.token))}."

    def renamed(self, algorithm: str) -> str:
        """With the name of another algorithm over the same signature."""
        _, content, signature = self.token.split(".")
        return (
            f"Bearer {_segment({'alg': algorithm, 'typ': 'JWT', 'kid': self.key_id})}.{content}.{signature}"
        )

    def keyed(self, secret: bytes, key_id: str) -> str:
        """Signed with a secret that the verifier may take for its own."""
        text = f"{_segment({'alg': 'HS256', 'typ': 'JWT', 'kid': key_id})}.{_segment(read(self.token))}"
        return f"Bearer {text}.{_encoded(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def _segment(content: Any) -> str:
    return _encoded(json.dumps(content).encode())


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
