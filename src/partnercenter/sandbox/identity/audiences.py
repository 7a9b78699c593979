"""Which audiences a token of the sandbox may have; behaviour.md 9.1 "Audience rules".

Only names live here: asking for a token is `token_request`, checking one is `verification`. The
invariant: an audience that may be asked for is either accepted by the API or retired, so a caller who
still asks for the retired one gets its token, as from Entra, and learns the reason from the API.
"""

from __future__ import annotations

from dataclasses import dataclass

from partnercenter.contract.clouds import (
    PARTNER_CENTER_APPLICATION_ID,
    PARTNER_CENTER_AUDIENCE,
    RETIRED_AUDIENCE,
    Cloud,
)
from partnercenter.contract.identifiers import parse_guid


def normal_audience(audience: str) -> str:
    """The audience in lower case and without the slash that older clients put behind the host."""
    return audience.lower().removesuffix("/")


_OF_AN_APPLICATION = "api://"
_RETIRED = normal_audience(RETIRED_AUDIENCE)
_OF_ALL_CLOUDS = frozenset(
    {PARTNER_CENTER_APPLICATION_ID} | {normal_audience(cloud.value.audience) for cloud in Cloud}
)


def is_retired(audience: str) -> bool:
    """Whether this is `https://graph.windows.net`, dead since August 2025 (behaviour.md 9.1)."""
    return normal_audience(audience) == _RETIRED


@dataclass(frozen=True, slots=True)
class AcceptedAudiences:
    """The audiences with which the sandbox's API takes a token; behaviour.md 9.1.

    Without arguments: the API addresses of all clouds and the application id of Partner Center. The
    archived .NET and Java SDKs ask for the retired audience by default; `retired=True` lets them in
    (client-quirks.md 2 "Token audience").
    """

    names: frozenset[str] = _OF_ALL_CLOUDS
    retired: bool = False

    def accepts(self, audience: str) -> bool:
        """Whether the API takes a token with this audience."""
        return (self.retired and is_retired(audience)) or normal_audience(audience) in self.names

    def may_be_requested(self, audience: str) -> bool:
        """Whether the token endpoint gives out a token with this audience."""
        return is_retired(audience) or self.accepts(audience)


def issued_audience(requested: str, version: int) -> str:
    """The `aud` of a token that was requested for this audience.

    A v1 token names what the caller asked for. A v2 token names the application id of Partner Center
    in place of its address, as Entra does for its v2 tokens (behaviour.md 9.1; assumed there), and the
    client id of an application in place of its `api://` address.
    """
    if version == 2 and normal_audience(requested) == PARTNER_CENTER_AUDIENCE:
        return PARTNER_CENTER_APPLICATION_ID
    return (application_of(requested) or requested) if version == 2 else requested


def application_of(audience: str) -> str | None:
    """The client id of the application that an audience names, by itself or as `api://{client id}`."""
    return parse_guid(normal_audience(audience).removeprefix(_OF_AN_APPLICATION))


def audiences_of_application(client_id: str) -> AcceptedAudiences:
    """The audiences that mean an application, for checking what somebody else brings it."""
    return AcceptedAudiences(frozenset({client_id, _OF_AN_APPLICATION + client_id}))
