"""`partnercenter sandbox faults`: the group."""

from __future__ import annotations

from partnercenter.cli.lazy import LazyGroup

command = LazyGroup(
    name="faults",
    help="Let calls of a running sandbox go wrong on purpose.",
    commands_at={
        "list": ("partnercenter.cli.sandbox_faults_list", "List the faults that wait for their calls."),
        "add": ("partnercenter.cli.sandbox_faults_add", "Let the next calls of a kind go wrong."),
        "clear": ("partnercenter.cli.sandbox_faults_clear", "Take away all faults, or one of them."),
    },
)
