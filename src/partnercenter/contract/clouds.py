"""The national clouds: where each one's API and sign-in are; behaviour.md 9.4.

Tokens of one cloud are worthless in another, so a cloud is chosen as a whole: API base, authority
and scope together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

PARTNER_CENTER_AUDIENCE: Final = "https://api.partnercenter.microsoft.com"
PARTNER_CENTER_APPLICATION_ID: Final = "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"
RETIRED_AUDIENCE: Final = "https://graph.windows.net"


@dataclass(frozen=True, slots=True)
class CloudAddresses:
    """The addresses of one cloud.

    `endpoint` is the API base without `/v1`, `authority` the sign-in host without a tenant, `audience`
    what a v1 token request names as its resource. `retired` is the sentence that says why a cloud can
    no longer be used, or None.
    """

    name: str
    endpoint: str
    authority: str
    audience: str
    domain_suffix: str
    retired: str | None = None

    @property
    def scope(self) -> str:
        """What a v2 token request asks for."""
        return f"{self.audience}/.default"


class Cloud(Enum):
    """A cloud in which partners sell; the value holds its addresses."""

    GLOBAL = CloudAddresses(
        name="global",
        endpoint="https://api.partnercenter.microsoft.com",
        authority="https://login.microsoftonline.com",
        audience=PARTNER_CENTER_AUDIENCE,
        domain_suffix="onmicrosoft.com",
    )
    CHINA = CloudAddresses(
        name="china",
        endpoint="https://partner.partnercenterapi.microsoftonline.cn",
        authority="https://login.partner.microsoftonline.cn",
        audience="https://partner.partnercenterapi.microsoftonline.cn",
        domain_suffix="partner.onmschina.cn",
    )
    US_GOVERNMENT = CloudAddresses(
        name="us-government",
        endpoint="https://api.partnercenter.microsoft.com",
        authority="https://login.microsoftonline.us",
        audience=PARTNER_CENTER_AUDIENCE,
        domain_suffix="onmicrosoft.us",
    )
    GERMANY = CloudAddresses(
        name="germany",
        endpoint="https://api.partnercenter.microsoft.com",
        authority="https://login.microsoftonline.de",
        audience=PARTNER_CENTER_AUDIENCE,
        domain_suffix="onmicrosoft.de",
        retired="Microsoft Cloud Germany was closed on 29 October 2021; use the global cloud.",
    )

    @property
    def endpoint(self) -> str:
        """The API base, without `/v1`."""
        return self.value.endpoint

    @property
    def authority(self) -> str:
        """The sign-in host, without a tenant."""
        return self.value.authority

    @property
    def scope(self) -> str:
        """The scope of a token for this cloud's API."""
        return self.value.scope

    @property
    def retired(self) -> str | None:
        """Why this cloud can no longer be used, or None when it can."""
        return self.value.retired


_ALIASES: Final = {
    "public": Cloud.GLOBAL,
    "globalcloud": Cloud.GLOBAL,
    "azurecloud": Cloud.GLOBAL,
    "chinacloud": Cloud.CHINA,
    "azurechinacloud": Cloud.CHINA,
    "21vianet": Cloud.CHINA,
    "usgovernment": Cloud.US_GOVERNMENT,
    "usgov": Cloud.US_GOVERNMENT,
    "azureusgovernment": Cloud.US_GOVERNMENT,
    "germancloud": Cloud.GERMANY,
    "azuregermancloud": Cloud.GERMANY,
}


def find_cloud(name: str) -> Cloud:
    """The cloud of a name in any case, also by the names that the archived SDKs and module used.

    Raises `ValueError` with the names that exist.
    """
    wanted = name.strip().lower()
    for cloud in Cloud:
        if wanted == cloud.value.name:
            return cloud
    found = _ALIASES.get(wanted.replace("-", "").replace("_", ""))
    if found is None:
        known = ", ".join(cloud.value.name for cloud in Cloud)
        raise ValueError(f"There is no cloud named {name[:60]!r}; the clouds are {known}.")
    return found
