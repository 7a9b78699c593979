"""What a refused change is recorded as, by operation; behaviour.md 13.1.

A handler that was refused has left nothing behind, so what it meant to do is told from the call alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.users import CustomerUserChange
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.rules.user_changes import change_operation
from partnercenter.sandbox.wire.fault import Fault


@dataclass(frozen=True, slots=True)
class Attempt:
    """A change that was tried. `resource_id` is None for the customer, empty for what would have been created."""

    operation_type: str
    resource_type: str = "customer"
    resource_id: str | None = None


Describe = Callable[[Call], Attempt]


def _of_customer(operation_type: str) -> Describe:
    """A change of the customer itself."""
    return lambda _: Attempt(operation_type)


def _below_customer(operation_type: str, resource_type: str, parameter: str = "") -> Describe:
    """A change of something that the customer has; `parameter` of the path names it, none names what is new."""
    return lambda call: Attempt(operation_type, resource_type, named(call.ids.get(parameter, "")))


def _of_subscription(operation_type: str) -> Describe:
    """A change of the subscription of the path."""
    return _below_customer(operation_type, "subscription", "subscription_id")


def named(resource_id: str) -> str:
    """An id of a path or query as records show it: GUIDs as the service writes them."""
    return parse_guid(resource_id) or resource_id[:100]


def _of_user(operation_type: str, resource_type: str = "customer_user") -> Describe:
    """A change of a user, whom the path or the query names."""
    return lambda call: Attempt(operation_type, resource_type, _user_id(call))


def _user_id(call: Call) -> str:
    return named(call.ids.get("user_id") or call.query.get("user_id", ""))


def _change_user(call: Call) -> Attempt:
    try:
        operation_type = change_operation(call.body(CustomerUserChange))
    except Fault:
        operation_type = change_operation({})
    return Attempt(operation_type, "customer_user", _user_id(call))


def _delete_customer(call: Call) -> Attempt:
    return Attempt(call.settings.text("audit_delete_operation"))


def _end_relationship(call: Call) -> Attempt:
    """What the PATCH is recorded as; a sandbox carries it out as its delete (behaviour.md 3.5)."""
    if call.partner.is_sandbox:
        return _delete_customer(call)
    resource_type = call.settings.text("audit_remove_relationship_resource")
    return Attempt("remove_partner_customer_relationship", resource_type)


ATTEMPTS: Final[Mapping[str, Describe]] = {
    "customers.delete": _delete_customer,
    "customers.remove_reseller_relationship": _end_relationship,
    "customer_billing_profile.update": _of_customer("update_customer_billing_profile"),
    "orders.create": _below_customer("create_order", "order"),
    "orders.update": _below_customer("update_order", "order", "order_id"),
    "carts.checkout": _below_customer("create_order", "order"),
    "subscriptions.update": _of_subscription("update_subscription"),
    "subscriptions.activate": _of_subscription("update_subscription"),
    "subscriptions.register": _of_subscription("update_subscription"),
    "subscriptions.create_conversion": _of_subscription("convert_trial_subscription"),
    "subscriptions.create_upgrade": _of_subscription("upgrade_subscription"),
    "subscriptions.create_transition": _of_subscription("upgrade_subscription"),
    "azure_entitlements.cancel": lambda call: Attempt(
        call.settings.text("audit_azure_cancel_operation"),
        "azure_entitlement",
        named(call.ids["azure_entitlement_id"]),
    ),
    "customer_agreements.create": _below_customer("create_agreement", "agreement"),
    "users.create": _below_customer("create_customer_user", "customer_user"),
    "users.update": _change_user,
    "users.update_by_query": _change_user,
    "users.delete": _of_user("delete_customer_user"),
    "users.delete_by_query": _of_user("delete_customer_user"),
    "users.reset_password": _of_user("reset_customer_user_password"),
    "user_licenses.update": _of_user("update_customer_user_licenses", "license"),
}
