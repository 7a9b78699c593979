"""Who is to be signed in, and what is written down of it: settings as they are before a sign-in. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from partnercenter.cli.errors import CommandError, UserError
from partnercenter.cli.settings import (
    PartnerSettings,
    Setting,
    check_tenant,
    refuse_misplaced_secret,
    resolve_places,
    sources_of,
    variable,
)
from partnercenter.contract import development_partner
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.loopback import is_loopback_url

_PROFILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", re.ASCII)
_SETTLED: Final = ("client_secret_in", "refresh_token_in", "refresh_token")


def check_profile_name(name: str) -> str:
    """The name; raises `UserError` for one that is hard to type or to write in a file."""
    if not _PROFILE.fullmatch(name):
        raise UserError(
            "The name of a profile is 1 to 60 letters, digits, dots, hyphens or underscores, the first a letter or "
            f"digit, not {name[:60]!r}."
        )
    return name


def settings_to_sign_in(
    found: Mapping[str, Setting],
    profile: str,
    *,
    app_only: bool,
    sandbox_answers: Callable[[], bool],
) -> PartnerSettings:
    """Complete what was found so far that somebody can sign in; the application's secret may still be missing.

    On a sandbox of this machine that nothing else is said about, it is the development partner that signs in. Raises
    `UserError` when something is missing or wrong, `SafetyRuleError` for a misplaced secret.
    """
    given = {name: setting for name, setting in found.items() if name not in _SETTLED and setting.value}
    places = resolve_places(given, sandbox_answers=sandbox_answers)
    who = _who(given, app_only=app_only, is_local=is_loopback_url(places.endpoint))
    settings = PartnerSettings(
        places.cloud,
        places.endpoint,
        places.authority,
        note=places.note,
        profile=profile,
        sources=sources_of(given),
        **who,
    )
    refuse_misplaced_secret(settings)
    return settings


def _who(given: Mapping[str, Setting], *, app_only: bool, is_local: bool) -> dict[str, str]:
    proofs = [name for name in ("client_secret", "client_certificate") if name in given]
    if is_local and not proofs and not {"tenant_id", "client_id"} & given.keys():
        partner = development_partner
        if app_only:
            return {
                "tenant_id": partner.TENANT_ID,
                "client_id": partner.CLIENT_ID,
                "client_secret": partner.CLIENT_SECRET,
            }
        return {"tenant_id": partner.TENANT_ID, "client_id": partner.PUBLIC_CLIENT_ID}
    for name, flag in (("tenant_id", "--tenant-id"), ("client_id", "--client-id")):
        if name not in given:
            raise UserError(f"{flag} is missing: give it, or set {variable(name)}.")
    check_tenant(given["tenant_id"])
    if len(proofs) > 1:
        raise UserError(
            f"There are two ways to sign in, {given[proofs[0]].source} and {given[proofs[1]].source}: leave one of "
            "them out."
        )
    wanted = ("tenant_id", "client_id", *proofs, "client_certificate_password")
    return {name: given[name].value for name in wanted if name in given}


def profile_of(settings: PartnerSettings) -> dict[str, str | None]:
    """What a profile has to say for the settings to be found again; None for a key that it must not have.

    Addresses that follow from the others are left out, so that they follow from them later, too.
    """
    usual_authority = settings.endpoint if is_loopback_url(settings.endpoint) else settings.cloud.authority
    keys: dict[str, str | None] = {
        "cloud": settings.cloud.value.name,
        "endpoint": settings.endpoint if settings.endpoint != settings.cloud.endpoint else None,
        "authority": settings.authority if settings.authority != usual_authority else None,
        "tenant_id": settings.tenant_id,
        "client_id": settings.client_id,
        "client_certificate": settings.client_certificate or None,
        "client_secret_in": settings.client_secret_in or None,
        "refresh_token_in": settings.refresh_token_in or None,
    }
    if settings.client_secret_in or settings.client_certificate or not settings.client_secret:
        keys.update(client_secret=None, client_secret_env=None)
    return keys


def settled(settings: PartnerSettings, tenant_id: str | None) -> PartnerSettings:
    """The settings with the tenant that the token names; raises `CommandError` when it is not the one asked for."""
    asked = parse_guid(settings.tenant_id)
    if tenant_id is None:
        raise CommandError("The token does not tell which tenant it belongs to. Nothing was written.")
    if asked is not None and asked != tenant_id:
        raise CommandError(
            f"The sign-in led to tenant {tenant_id}, but {asked} was asked for. Nothing was written: sign in as a "
            "user of the tenant that you mean."
        )
    return replace(settings, tenant_id=tenant_id)
