"""Settings: deleting a customer."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import fault, flag, text

TABLE: Final = (
    fault("fault_active_orders", "400/3000", "1.5", "A delete while active orders block it."),
    text("active_orders_separator", ", ", "1.5", "What stands between several order ids in that fault."),
    fault(
        "fault_unknown_customer",
        "404/60003",
        "1.5",
        "A customer id that no tenant has.",
    ),
    fault(
        "fault_deleted_customer", "404/60003", "1.5", "The id of a customer that this partner has deleted."
    ),
    fault("fault_malformed_customer_id", "400/800002", "1.5", "A customer id that is not a GUID."),
    fault("fault_production_delete", "400/900127", "1.5", "A delete in a production account."),
    fault(
        "fault_undeletable_customer", "400/2007", "1.5", "A delete of a customer with a bad postal address."
    ),
    flag(
        "second_delete_replays",
        True,
        "1.5",
        "The same request id after a success gets the first answer again.",
    ),
    flag("blocks_azure_savings_plan", True, "1.2", "An Azure savings plan blocks the delete."),
    flag(
        "blocks_new_commerce", True, "1.2", "An active new-commerce licence subscription blocks the delete."
    ),
    flag(
        "blocks_marketplace", True, "1.2", "An active or pending marketplace subscription blocks the delete."
    ),
    flag("blocks_legacy", False, "1.2", "An active legacy subscription blocks the delete."),
    flag("blocks_pending_orders", True, "1.2", "An order that is still pending blocks the delete."),
    flag("settled_blocks", False, "1.2", "Suspended, deleted, expired and disabled subscriptions block too."),
    flag(
        "deleted_domain_stays_reserved",
        True,
        "1.4",
        "The domain of a deleted customer cannot be taken again.",
    ),
    flag("audit_survives_deletion", True, "1.4", "Audit records about a customer outlive it."),
    text("precedence", "id,customer,environment", "1.5", "Order of the checks after token and partner."),
)
