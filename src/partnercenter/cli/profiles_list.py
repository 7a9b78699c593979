"""`partnercenter profiles list`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

import click

from partnercenter.cli.output import message, output_option, rows

_COLUMNS: Final = (
    "profile",
    "used",
    "signsInAs",
    "cloud",
    "endpoint",
    "authority",
    "tenantId",
    "clientId",
    "secretsIn",
)


@click.command(name="list")
@output_option
def command(form: str) -> None:
    """List the profiles, without their secrets. The one that is used when none is named is marked."""
    from partnercenter.cli.profile_file import profile_name, read_profiles

    file = read_profiles(os.environ)
    used = profile_name(os.environ, None)
    with rows(form, _COLUMNS) as write:
        for name, profile in file.profiles.items():
            write(_row(name, profile, used=name == used))
    message(f"(from {file.path})")


def _row(name: str, profile: Mapping[str, str], *, used: bool) -> dict[str, object]:
    return {
        "profile": name,
        "used": used,
        "signsInAs": "user" if "refresh_token_in" in profile else "application",
        "cloud": profile.get("cloud", "global"),
        "endpoint": profile.get("endpoint"),
        "authority": profile.get("authority"),
        "tenantId": profile.get("tenant_id"),
        "clientId": profile.get("client_id"),
        "secretsIn": profile.get("refresh_token_in") or profile.get("client_secret_in"),
    }
