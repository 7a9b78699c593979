"""What reading any signed token has in common: only its signature is PyJWT's to judge, the rest is the reader's.

PyJWT reads the machine's clock, and knows no tenants.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jwt.types import Options

SIGNATURE_ONLY: Final[Options] = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


def seconds_of(claim: object) -> float | None:
    """A time in unix seconds; None for what is no finite number."""
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        return None
    try:
        seconds = float(claim)
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) else None
