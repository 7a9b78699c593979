"""Settings: signing in as a user."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import flag, number, words

TABLE: Final = (
    number(
        "refresh_token_lifetime_seconds",
        90 * 24 * 3600,
        "9.1",
        "How long a refresh token is valid, by the machine's clock.",
        least=1,
        most=10 * 365 * 24 * 3600,
    ),
    words(
        "refresh_token_reuse",
        ("allow", "refuse"),
        "9.1",
        "Whether a refresh token that has brought a new one can be redeemed again.",
    ),
    flag(
        "sign_in_requires_mfa",
        False,
        "9.2",
        "A sign-in without MFA gets no token (AADSTS50076), rather than one that the API refuses.",
    ),
    number(
        "assertion_clock_skew_seconds",
        300,
        "9.1",
        "How far the clock of an application that signs its assertion may be off.",
        most=86_400,
    ),
)
