"""`partnercenter sandbox apps`: the group."""

from __future__ import annotations

from partnercenter.cli.lazy import LazyGroup

command = LazyGroup(
    name="apps",
    help="Manage the applications of partners in a running sandbox.",
    commands_at={
        "list": ("partnercenter.cli.sandbox_apps_list", "List the applications."),
        "add": ("partnercenter.cli.sandbox_apps_add", "Register an application."),
        "change": ("partnercenter.cli.sandbox_apps_change", "Change an application."),
        "remove": ("partnercenter.cli.sandbox_apps_remove", "Remove an application."),
        "add-secret": ("partnercenter.cli.sandbox_apps_add_secret", "Make a secret, and print it once."),
        "remove-secret": ("partnercenter.cli.sandbox_apps_remove_secret", "Take a secret away."),
        "add-certificate": ("partnercenter.cli.sandbox_apps_add_certificate", "Add a certificate."),
        "remove-certificate": (
            "partnercenter.cli.sandbox_apps_remove_certificate",
            "Take a certificate away.",
        ),
    },
)
