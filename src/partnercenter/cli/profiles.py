"""`partnercenter profiles`: the group."""

from __future__ import annotations

from partnercenter.cli.lazy import LazyGroup

command = LazyGroup(
    name="profiles",
    help="The profiles of config.toml: who to sign in as, and where.",
    commands_at={
        "list": ("partnercenter.cli.profiles_list", "List the profiles."),
        "use": ("partnercenter.cli.profiles_use", "Choose the one that is used when none is named."),
        "remove": ("partnercenter.cli.profiles_remove", "Remove one, with its secrets."),
    },
)
