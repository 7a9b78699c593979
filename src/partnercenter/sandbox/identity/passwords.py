"""Keeping and checking the passwords of users; stretched, as people choose them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final

from partnercenter.sandbox.identity.salted_digests import digest_fits, salted_digest

_SCHEME: Final = "scrypt"
_COST: Final = 2**14
_BLOCKS: Final = 8


def hash_password(password: str) -> str:
    """What to keep of a password: `scrypt$salt$digest`, with a new salt each time."""
    return salted_digest(password, _SCHEME, _stretched)


@lru_cache(maxsize=64)
def remembered_hash(password: str) -> str:
    """The same, made once: tests put the same world in again and again, and stretching a password takes its time."""
    return hash_password(password)


def password_matches(password: str, hashed: str) -> bool:
    """Whether this is the password that was hashed; False for a text that `hash_password` did not write."""
    return digest_fits(password, hashed, _SCHEME, _stretched)


def _stretched(password: bytes, salt: bytes) -> bytes:
    return hashlib.scrypt(password, salt=salt, n=_COST, r=_BLOCKS, p=1)
