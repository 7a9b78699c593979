"""`partnercenter logout`: forget what `login` has kept."""

from __future__ import annotations

import os

import click

from partnercenter.cli.output import message


@click.command(name="logout")
@click.option("--profile", help="The profile to sign out; without it the one that is used now.")
def command(profile: str | None) -> None:
    """Remove the secrets that 'partnercenter login' has kept for a profile; its other settings stay.

    Sessions of the browser, and refresh tokens that are elsewhere, are Entra's: they end there, not here.
    """
    from partnercenter.cli.profile_file import profile_name, read_profiles, require_profile
    from partnercenter.cli.sign_in_kept import kept_settings
    from partnercenter.cli.stored_secrets import forget

    name = profile_name(os.environ, profile)
    require_profile(read_profiles(os.environ), name)
    settings = kept_settings(os.environ, name)
    removed = [] if settings is None else forget(settings, os.environ)
    if not removed:
        message(f"Nothing is kept for profile {name!r}.")
        return
    what = " and ".join(kind.replace("_", " ") for kind in removed)
    message(
        f"Signed out of profile {name!r}: its {what} was removed. Entra's own sessions and tokens do not end by "
        "that; revoke them in the Entra admin center if they must."
    )
