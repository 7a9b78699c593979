"""Keeping and checking the passwords of users; stretched, as people choose them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

_SCHEME: Final = "scrypt"
_SALT_BYTES: Final = 16
_COST: Final = 2**14
_BLOCKS: Final = 8


def hash_password(password: str) -> str:
    """What to keep of a password: `scrypt$salt$digest`, with a new salt each time."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"{_SCHEME}${salt.hex()}${_digest(password, salt)}"


def password_matches(password: str, hashed: str) -> bool:
    """Whether this is the password that was hashed; False for a text that `hash_password` did not write."""
    scheme, _, rest = hashed.partition("$")
    salt, _, digest = rest.partition("$")
    try:
        expected = _digest(password, bytes.fromhex(salt))
    except ValueError:
        return False
    return scheme == _SCHEME and hmac.compare_digest(expected.encode(), digest.encode("utf-8", "replace"))


def _digest(password: str, salt: bytes) -> str:
    text = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt, n=_COST, r=_BLOCKS, p=1).hex()
