"""`partnercenter customers`: the group."""

from __future__ import annotations

from partnercenter.cli.lazy import LazyGroup

command = LazyGroup(
    name="customers",
    help="List, show, create, export and delete customers.",
    commands_at={
        "list": ("partnercenter.cli.customers_list", "List the partner's customers."),
        "show": ("partnercenter.cli.customers_show", "Show one customer."),
        "create": ("partnercenter.cli.customers_create", "Create a customer with a new tenant."),
        "export": ("partnercenter.cli.customers_export", "Write the customers to a CSV file."),
        "delete": ("partnercenter.cli.customers_delete", "Delete customers of a sandbox."),
    },
)
