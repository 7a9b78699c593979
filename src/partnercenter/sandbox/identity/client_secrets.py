"""Keeping and checking the secrets of applications; behaviour.md 9.1, client-quirks.md 2.

Making secrets is the work of whoever registers an application. The invariant: what is kept does not give
the secret away, and a comparison takes the same time wherever two secrets differ.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.identity.entra_errors import EntraError
from partnercenter.sandbox.identity.grant_errors import ClientFault
from partnercenter.sandbox.identity.salted_digests import digest_fits, salted_digest

_SCHEME: Final = "hmac-sha256"


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A secret of an application as the store keeps it; `expires_at` in unix seconds, None for never."""

    hashed: str
    expires_at: float | None = None


def hash_secret(secret: str) -> str:
    """What to keep of a client secret: `hmac-sha256$salt$digest`, with a new salt each time.

    One round of a keyed hash and no stretching such as scrypt: stretching protects what people can
    remember and others can guess. A client secret is a random text of a generator, out of reach of
    guessing at any speed, and it is checked at each request for a token; scrypt in its usual strength would
    hold a core for some 50 ms each time, and with that be the sandbox's weakest point. Do not use this for
    passwords of users.
    """
    return salted_digest(secret, _SCHEME, _keyed)


def secret_matches(secret: str, hashed: str) -> bool:
    """Whether this is the secret that was hashed; False for a text that `hash_secret` did not write."""
    return digest_fits(secret, hashed, _SCHEME, _keyed)


def check_client_secret(
    client_id: str, secret: str, stored: Iterable[StoredSecret], now: float
) -> EntraError | None:
    """None when one of an application's secrets fits and is not expired, otherwise the error to answer.

    AADSTS7000222 for a secret that fits but has expired, AADSTS7000215 for one that does not fit.
    """
    fitting = [known for known in stored if secret_matches(secret, known.hashed)]
    if any(known.expires_at is None or known.expires_at > now for known in fitting):
        return None
    fault = ClientFault.EXPIRED_SECRET if fitting else ClientFault.WRONG_SECRET
    return fault.about(shown_client_id(client_id))


def shown_client_id(client_id: str) -> str:
    """A client id for an error text: as sent when it is a GUID, otherwise hidden, as it may be a secret."""
    return parse_guid(client_id) or "(not a GUID)"


def _keyed(secret: bytes, salt: bytes) -> bytes:
    return hmac.digest(salt, secret, hashlib.sha256)
