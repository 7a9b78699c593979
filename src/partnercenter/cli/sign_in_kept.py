"""Keeping a sign-in: the secrets, then the profile that says where they are, then away with what they replace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from partnercenter.cli.login_settings import profile_of, settled
from partnercenter.cli.profile_file import profile_reader, read_profiles, write_profile
from partnercenter.cli.settings import KEPT, PartnerSettings, resolve
from partnercenter.cli.stored_secrets import (
    check_replaceable,
    forget,
    kept_in,
    place_for_secrets,
    stored,
)
from partnercenter.contract.identifiers import parse_guid

if TYPE_CHECKING:
    from partnercenter.cli.sign_in import Done


def place_to_keep(settings: PartnerSettings, environment: Mapping[str, str], *, user: bool) -> str:
    """Where the secrets of a sign-in will go, or empty when there will be none; raises when they could not.

    A tenant that is asked for by its domain is taken for that of the profile: only the token tells which it is.
    """
    kinds = ["refresh_token"] * user + ["client_secret"] * _secret_is_to_be_kept(settings)
    if not kinds:
        return ""
    place = place_for_secrets(environment)
    before = kept_settings(environment, settings.profile)
    if before is not None and parse_guid(settings.tenant_id) is None:
        settings = replace(settings, tenant_id=before.tenant_id)
    for kind in kinds:
        check_replaceable(kind, place, settings, environment)
    return place


def _secret_is_to_be_kept(settings: PartnerSettings) -> bool:
    """Whether the application has a secret that the profile does not have already."""
    return bool(settings.client_secret) and "profile" not in settings.sources.get("client_secret", "")


def keep(done: Done, place: str, environment: Mapping[str, str]) -> PartnerSettings:
    """Write the secrets to `place`, and the profile; the settings as they are now. Raises with all as it was."""
    from partnercenter.cleanup.trusted_sandboxes import canonical_guid

    settings = settled(done.settings, canonical_guid(done.claims.get("tid")))
    secrets = {"refresh_token": done.refresh_token} if done.refresh_token else {}
    if _secret_is_to_be_kept(settings):
        secrets["client_secret"] = settings.client_secret
    settings = replace(
        settings,
        client_secret_in=place if "client_secret" in secrets else "",
        refresh_token_in=place if "refresh_token" in secrets else "",
    )
    before = kept_settings(environment, settings.profile)
    with _saved(settings, secrets, environment):
        write_profile(environment, settings.profile, profile_of(settings))
    if before is not None:
        # What is left behind opens nothing by the profile any more; that it cannot be removed harms no sign-in.
        with suppress(Exception):
            forget(before, environment, but=settings)
    return settings


def kept_settings(environment: Mapping[str, str], profile: str) -> PartnerSettings | None:
    """What a profile alone says, without flags and variables, if it has secrets kept; raises `UserError`."""
    if not set(KEPT) & read_profiles(environment).profiles.get(profile, {}).keys():
        return None
    found = profile_reader(environment)(profile)
    return replace(resolve(found, sandbox_answers=lambda: False), profile=profile)


@contextmanager
def _saved(
    settings: PartnerSettings, secrets: Mapping[str, str], environment: Mapping[str, str]
) -> Iterator[None]:
    """A block before which the secrets are saved, and after whose failure what was there before is there again."""
    stores: list[tuple[Any, str | None]] = []
    try:
        for kind, secret in secrets.items():
            store = stored(kind, kept_in(settings)[kind], settings, environment)
            with store.exclusive():
                stores.append((store, store.read()))
                store.save(secret)
        yield
    except BaseException:
        for store, former in stores:
            with suppress(Exception), store.exclusive():
                store.delete() if former is None else store.save(former)
        raise
