"""The keys with which the sandbox signs its tokens, and their public form (JWKS); RFC 7517, RFC 7638.

Making a key, naming it and publishing it live here. Keeping keys is the store's work, choosing the
current one its caller's. The invariant: a key's id is the thumbprint of its public part, so an id never
names two keys.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

ALGORITHM: Final = "RS256"
_KEY_BITS: Final = 2048

_spare: list[Future[RSAPrivateKey]] = []
if hasattr(os, "register_at_fork"):  # two processes must never take the same
    os.register_at_fork(after_in_child=_spare.clear)


@dataclass(frozen=True)
class SigningKey:
    """A key pair: its id, the private key as PKCS 8 PEM text without a pass phrase, and when it was made.

    `created` is in unix seconds. The parsed keys are kept after their first use: parsing costs more than
    verifying. The private text is not shown by `repr`.
    """

    key_id: str
    private_pem: str = field(repr=False)
    created: float

    @cached_property
    def private_key(self) -> RSAPrivateKey:
        """The parsed private key; `ValueError` when the text is not an RSA key."""
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        private_key = load_pem_private_key(self.private_pem.encode("ascii"), password=None)
        if not isinstance(private_key, RSAPrivateKey):
            raise ValueError(
                f"The signing key {self.key_id} is not an RSA key; delete it and make a new one."
            )
        return private_key

    @cached_property
    def public_key(self) -> RSAPublicKey:
        """The public part of the key."""
        return self.private_key.public_key()


def generate_signing_key(now: float) -> SigningKey:
    """Make a new RSA key of 2048 bits, or take the spare one; it is named by its thumbprint (RFC 7638)."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    try:
        private_key = _spare.pop().result()
    except IndexError:
        private_key = _new_private_key()
    pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
    key = SigningKey(_thumbprint(private_key.public_key()), pem, now)
    # Where the property keeps it: parsing the text again would try its primes for 30 ms.
    vars(key)["private_key"] = private_key
    return key


def make_spare_key() -> None:
    """Begin, in a thread, to make the key that the next `generate_signing_key` takes.

    The search for its primes takes 15 to 200 ms of the processor, and not the interpreter's lock.
    """
    maker = ThreadPoolExecutor(1, "spare-key")
    _spare.append(maker.submit(_new_private_key))
    maker.shutdown(wait=False)


def _new_private_key() -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


def public_jwk(key: SigningKey) -> dict[str, str]:
    """The public part of a key as a JSON Web Key, as `/{tenant}/discovery/v2.0/keys` lists it."""
    return {"kty": "RSA", "use": "sig", "alg": ALGORITHM, "kid": key.key_id, **_numbers(key.public_key)}


def jwks(keys: Iterable[SigningKey]) -> dict[str, list[dict[str, str]]]:
    """The key set document of client-quirks.md 2: `{"keys": […]}`, in the order given."""
    return {"keys": [public_jwk(key) for key in keys]}


def _numbers(public_key: RSAPublicKey) -> dict[str, str]:
    from jwt.algorithms import RSAAlgorithm

    jwk: dict[str, Any] = RSAAlgorithm.to_jwk(public_key, as_dict=True)
    return {"n": jwk["n"], "e": jwk["e"]}


def _thumbprint(public_key: RSAPublicKey) -> str:
    members = json.dumps({"kty": "RSA", **_numbers(public_key)}, sort_keys=True, separators=(",", ":"))
    return urlsafe_b64encode(hashlib.sha256(members.encode("ascii")).digest()).decode("ascii").rstrip("=")
