"""`partnercenter profiles use`."""

from __future__ import annotations

import os

import click

from partnercenter.cli.output import message


@click.command(name="use")
@click.argument("name")
def command(name: str) -> None:
    """Use the profile NAME when neither --profile nor PARTNERCENTER_PROFILE names one."""
    from partnercenter.cli.profile_file import read_profiles, require_profile, use_profile
    from partnercenter.cli.settings import variable

    require_profile(read_profiles(os.environ), name)
    use_profile(os.environ, name)
    message(f"Profile {name!r} is used from now on.")
    named = os.environ.get(variable("profile"), "").strip()
    if named and named != name:
        message(f"{variable('profile')} names {named!r}, which is used as long as it is set.")
