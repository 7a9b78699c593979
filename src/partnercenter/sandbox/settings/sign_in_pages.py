"""Settings: the pages on which people sign in."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import flag, number

TABLE: Final = (
    number(
        "authorization_code_lifetime_seconds",
        600,
        "9.1",
        "How long an authorization code can be exchanged for tokens.",
        least=1,
        most=86_400,
    ),
    number(
        "device_code_lifetime_seconds",
        900,
        "9.1",
        "How long a device code can be approved and exchanged.",
        least=1,
        most=86_400,
    ),
    number(
        "device_code_interval_seconds",
        5,
        "9.1",
        "How long a device is told to wait between two polls.",
        least=1,
        most=600,
    ),
    flag(
        "public_clients_need_pkce",
        False,
        "9.1",
        "Refuse a public application that asks for a code without a code challenge.",
    ),
    number(
        "sign_in_tries",
        10,
        "9.1",
        "Wrong passwords on one page, or of one user in a minute, and wrong codes of devices in a minute, before"
        " AADSTS50053.",
        least=1,
        most=10_000,
    ),
)
