"""What is kept of a secret instead of the secret: `scheme$salt$digest`, with a new salt each time.

Which digest is right for what is said where it is chosen: `passwords` and `client_secrets`. The scheme stands in
front, so that another one can come beside it. The invariant: a comparison takes the same time wherever two digests
differ.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from typing import Final

Digest = Callable[[bytes, bytes], bytes]
_SALT_BYTES: Final = 16


def salted_digest(secret: str, scheme: str, digest: Digest) -> str:
    """What to keep of a secret; `digest` makes it of secret and salt."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"{scheme}${salt.hex()}${_hex(digest, secret, salt)}"


def digest_fits(secret: str, kept: str, scheme: str, digest: Digest) -> bool:
    """Whether this is the secret that was kept; False for a text that `salted_digest` did not make of the scheme."""
    kept_scheme, _, rest = kept.partition("$")
    salt, _, kept_digest = rest.partition("$")
    try:
        expected = _hex(digest, secret, bytes.fromhex(salt))
    except ValueError:
        return False
    fits = hmac.compare_digest(expected.encode(), kept_digest.encode("utf-8", "surrogatepass"))
    return fits and kept_scheme == scheme


def _hex(digest: Digest, secret: str, salt: bytes) -> str:
    return digest(secret.encode("utf-8", "surrogatepass"), salt).hex()
