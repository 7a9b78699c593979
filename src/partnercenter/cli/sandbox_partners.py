"""`partnercenter sandbox partners`: the group."""

from __future__ import annotations

from partnercenter.cli.lazy import LazyGroup

command = LazyGroup(
    name="partners",
    help="Manage the partners of a running sandbox: the tenants that sign in.",
    commands_at={
        "list": ("partnercenter.cli.sandbox_partners_list", "List the partners."),
        "add": ("partnercenter.cli.sandbox_partners_add", "Add a partner."),
        "change": ("partnercenter.cli.sandbox_partners_change", "Change a partner."),
        "remove": ("partnercenter.cli.sandbox_partners_remove", "Remove a partner with everything of it."),
    },
)
