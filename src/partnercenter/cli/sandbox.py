"""`partnercenter sandbox`: the group."""

from __future__ import annotations

from partnercenter.cli.lazy import LazyGroup

command = LazyGroup(
    name="sandbox",
    help="Run and control a sandbox on this machine.",
    commands_at={
        "serve": ("partnercenter.cli.sandbox_serve", "Run a sandbox until it is interrupted."),
        "about": ("partnercenter.cli.sandbox_about", "Show address and credentials of a running sandbox."),
        "seed": ("partnercenter.cli.sandbox_seed", "Replace what is in a running sandbox by a world."),
        "reset": ("partnercenter.cli.sandbox_reset", "Empty a running sandbox."),
        "settings": ("partnercenter.cli.sandbox_settings", "Show or change how a running sandbox behaves."),
        "clock": ("partnercenter.cli.sandbox_clock", "Show or move forward a running sandbox's own time."),
        "faults": ("partnercenter.cli.sandbox_faults", "Let calls of a running sandbox go wrong on purpose."),
        "requests": (
            "partnercenter.cli.sandbox_requests",
            "Show what was asked of a running sandbox lately.",
        ),
        "snapshot": (
            "partnercenter.cli.sandbox_snapshot",
            "Keep the state of a running sandbox, and come back.",
        ),
        "partners": ("partnercenter.cli.sandbox_partners", "Manage the partners of a running sandbox."),
        "apps": ("partnercenter.cli.sandbox_apps", "Manage the applications of a running sandbox."),
        "users": ("partnercenter.cli.sandbox_users", "Manage the users of a running sandbox's partners."),
        "ca": (
            "partnercenter.cli.sandbox_ca",
            "Show the certificate of the local authority, and how to trust it.",
        ),
    },
)
