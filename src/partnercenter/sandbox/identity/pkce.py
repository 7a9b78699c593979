"""Proof Key for Code Exchange: only who asked for a code can redeem it; RFC 7636."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode


def verifier_fits(verifier: str | None, challenge: str | None, method: str | None) -> bool:
    """Whether a code with this challenge may be redeemed with this verifier; without a challenge only without one.

    A verifier for a code that was asked for without a challenge means that somebody took the challenge away on its
    way, or that the code is another one's.
    """
    if verifier is None or challenge is None:
        return verifier is None and challenge is None
    text = verifier.encode("utf-8", "surrogatepass")
    if method == "S256":
        text = urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=")
    return hmac.compare_digest(text, challenge.encode("utf-8", "surrogatepass"))
