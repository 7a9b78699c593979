"""`partnercenter sandbox users`: the group."""

from __future__ import annotations

from partnercenter.cli.lazy import LazyGroup

command = LazyGroup(
    name="users",
    help="Manage the users of partners in a running sandbox: those who sign in.",
    commands_at={
        "list": ("partnercenter.cli.sandbox_users_list", "List the users."),
        "add": ("partnercenter.cli.sandbox_users_add", "Make a user."),
        "change": ("partnercenter.cli.sandbox_users_change", "Change a user."),
        "remove": ("partnercenter.cli.sandbox_users_remove", "Remove a user."),
        "revoke": ("partnercenter.cli.sandbox_users_revoke", "End all refresh tokens of a user."),
    },
)
