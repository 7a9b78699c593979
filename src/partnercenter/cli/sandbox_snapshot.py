"""`partnercenter sandbox snapshot`: the group."""

from __future__ import annotations

from partnercenter.cli.lazy import LazyGroup

command = LazyGroup(
    name="snapshot",
    help="Keep the whole state of a running sandbox under a name, and come back to it.",
    commands_at={
        "save": ("partnercenter.cli.sandbox_snapshot_save", "Keep the state under a name."),
        "restore": ("partnercenter.cli.sandbox_snapshot_restore", "Replace the state by one that was kept."),
        "list": ("partnercenter.cli.sandbox_snapshot_list", "List what was kept."),
        "delete": ("partnercenter.cli.sandbox_snapshot_delete", "Take away what was kept under a name."),
    },
)
