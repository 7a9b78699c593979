"""Where partners sign in: an authority for each cloud, or the one that a caller names; behaviour.md 9.4.

msal takes https addresses only. A sandbox on this machine without TLS is therefore named by an https address, too,
and `is_plain` tells who sends to it to use plain HTTP.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from partnercenter.client.addresses import address_without_secrets, is_plain_address
from partnercenter.client.arguments import require_type
from partnercenter.contract.clouds import Cloud
from partnercenter.contract.loopback import is_loopback_url

_TENANT: Final = re.compile(r"[A-Za-z0-9.-]{1,255}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Authority:
    """A sign-in host: `address` is https, without tenant and slash; `is_plain` says that it speaks plain HTTP."""

    address: str
    is_plain: bool = False

    def of_tenant(self, tenant_id: str) -> str:
        """The authority of one tenant, by its id or a domain of it, as msal takes it.

        Raises `ValueError` for what is neither.
        """
        if not _TENANT.fullmatch(require_type(tenant_id, str, "tenant_id")):
            raise ValueError(
                f"tenant_id must be the GUID of a tenant, or a domain of it, not {tenant_id[:60]!r}."
            )
        return f"{self.address}/{tenant_id}"


def sign_in_authority(cloud: Cloud, authority: str | None = None) -> Authority:
    """The authority of a cloud, or `authority` in its place: a proxy, a private endpoint, a sandbox.

    Raises `ValueError` for a retired cloud, with its reason, and for an address that secrets must not be sent to:
    anything but https, or http on this machine.
    """
    if authority is None:
        if cloud.retired is not None:
            raise ValueError(cloud.retired)
        return Authority(cloud.authority)
    named = require_type(authority, str, "authority").strip().rstrip("/")
    address = named if "://" in authority else f"https://{named}"
    scheme = urlsplit(address).scheme if is_plain_address(address) else None
    if scheme not in {"https", "http"} or (scheme == "http" and not is_loopback_url(address)):
        raise ValueError(_not_an_authority(authority))
    parts = urlsplit(address)
    if parts.path:
        raise ValueError(_not_an_authority(authority))
    return Authority(f"https://{parts.netloc}", is_plain=scheme == "http")


def _not_an_authority(authority: str) -> str:
    return (
        "authority must be an https address without a path, such as https://login.microsoftonline.com, or http on "
        f"this machine, not {address_without_secrets(authority)[:100]!r}."
    )
