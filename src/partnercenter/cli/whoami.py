"""`partnercenter whoami`: sign in as every other command would, and show as whom; nothing is called."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from partnercenter.cli.connection import partner_options, partner_settings, safety_of, signed_in
from partnercenter.cli.errors import CommandError
from partnercenter.cli.output import output_option, record
from partnercenter.cli.who import NOT_TOLD, domain_of, has_mfa, is_user, roles_of, user_of
from partnercenter.contract.identifiers import parse_guid

if TYPE_CHECKING:
    from partnercenter.cli.settings import PartnerSettings


@click.command(name="whoami")
@output_option
@partner_options
def command(form: str, flags: Mapping[str, str | None]) -> None:
    """Show the tenant, the application and the user that commands sign in as, and where each setting comes from.

    A token is got for that, and decoded; whether the service believes it is shown by using it, as in 'partnercenter
    status'.
    """
    settings = partner_settings(flags)
    claims = _claims(settings)
    decision = _trusted_as(settings, claims)
    remaining = _seconds_left(claims)
    record(
        form,
        {
            "profile": settings.profile if _is_of_profile(settings) else None,
            "tenantId": claims.get("tid"),
            "domain": domain_of(claims) or _domain_of_settings(settings),
            "clientId": claims.get("appid") or claims.get("azp") or settings.client_id,
            "signsInAs": "user" if is_user(claims) else "application",
            "user": user_of(claims),
            "roles": roles_of(claims) or (NOT_TOLD if form in {"table", "csv"} else None),
            "mfa": has_mfa(claims),
            "cloud": settings.cloud.value.name,
            "endpoint": settings.endpoint,
            "authority": settings.authority,
            "trusted": decision is not None,
            "alias": decision,
            "expiresAt": None if remaining is None else _time(claims),
            "secondsLeft": remaining,
            "sources": dict(settings.sources),
        },
    )


def _claims(settings: PartnerSettings) -> Mapping[str, Any]:
    from partnercenter.cleanup.token_claims import claims_of

    with signed_in(settings) as token:
        claims = claims_of(token)
    if claims is None:
        raise CommandError("The token that was handed out is none that can be read, so it tells nothing.")
    return claims


def _trusted_as(settings: PartnerSettings, claims: Mapping[str, Any]) -> str | None:
    """What the user calls the sandbox, or None when nothing may be deleted there."""
    from partnercenter.cleanup.sandbox_registry import read_registry
    from partnercenter.cleanup.trusted_sandboxes import Allowed, decide

    decision = decide(
        claims.get("tid"),
        settings.endpoint,
        read_registry(os.environ),
        os.environ,
        settings_tenant=settings.tenant_id,
        never=safety_of({"profile": settings.profile}).never,
    )
    return decision.alias if isinstance(decision, Allowed) else None


def _domain_of_settings(settings: PartnerSettings) -> str | None:
    """The tenant as the settings name it, where that is no id."""
    return settings.tenant_id if parse_guid(settings.tenant_id) is None else None


def _is_of_profile(settings: PartnerSettings) -> bool:
    return any("profile" in source for source in settings.sources.values())


def _seconds_left(claims: Mapping[str, Any]) -> int | None:
    expires = claims.get("exp")
    return max(0, int(expires - time.time())) if isinstance(expires, int | float) else None


def _time(claims: Mapping[str, Any]) -> str:
    return datetime.fromtimestamp(claims["exp"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
