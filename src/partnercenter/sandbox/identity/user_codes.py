"""The short codes that people type on the page for devices, and the words around them."""

from __future__ import annotations

import re
import secrets
from typing import Final

# Without I, O, 0 and 1, which look alike.
ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH: Final = 9


def new_user_code() -> str:
    """A code that nobody has been given."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def typed_user_code(text: str) -> str | None:
    """A code as somebody typed it, with blanks, hyphens and small letters; None when it cannot be one."""
    code = re.sub(r"[\s-]", "", text).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def device_message(address: str, user_code: str) -> str:
    """What the device shows, in Entra's words."""
    return (
        f"To sign in, use a web browser to open the page {address} and enter the code {user_code} "
        "to authenticate."
    )
