"""The development partner that every local sandbox has from the start, with its applications and its user.

The values are fixed and public, as the well-known account of a storage emulator is: they open nothing but a
sandbox that runs on somebody's own machine, and they must never be sent to another host.
"""

from __future__ import annotations

from typing import Final

TENANT_ID: Final = "5ab0de7e-1ca1-4ca1-8ca1-00000000d001"
DOMAIN: Final = "devpartner.onmicrosoft.com"
CLIENT_ID: Final = "c11e47de-7e10-4ca1-8ca1-00000000d002"
CLIENT_SECRET: Final = "sandbox-well-known-secret-not-for-production"
PUBLIC_CLIENT_ID: Final = "c11e47de-7e10-4ca1-8ca1-00000000d007"
USER_OBJECT_ID: Final = "0b1ec71d-7e10-4ca1-8ca1-00000000d008"
USER_PRINCIPAL_NAME: Final = f"admin@{DOMAIN}"
USER_PASSWORD: Final = "sandbox-well-known-password-not-for-production"
REDIRECT_URIS: Final = ("http://localhost",)
COUNTRY: Final = "US"
COMPANY_NAME: Final = "Development Partner"
