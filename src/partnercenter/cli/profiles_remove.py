"""`partnercenter profiles remove`."""

from __future__ import annotations

import os

import click

from partnercenter.cli.output import message


@click.command(name="remove")
@click.argument("name")
def command(name: str) -> None:
    """Remove the profile NAME from config.toml, and the secrets that 'partnercenter login' has kept for it."""
    from partnercenter.cli.profile_file import read_profiles, remove_profile, require_profile
    from partnercenter.cli.sign_in_kept import kept_settings
    from partnercenter.cli.stored_secrets import forget

    file = read_profiles(os.environ)
    require_profile(file, name)
    settings = kept_settings(os.environ, name)
    # The secrets first: without the profile nobody would know where they are.
    removed = [] if settings is None else forget(settings, os.environ)
    remove_profile(os.environ, name)
    secrets = "".join(f", with its {kind.replace('_', ' ')}" for kind in removed)
    message(f"Profile {name!r} was removed{secrets}.")
    if file.active == name:
        message("It was the one in use; 'default' is used from now on, if there is one.")
