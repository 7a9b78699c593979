"""Settings: audit."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import fault, flag, words

TABLE: Final = (
    words(
        "audit_delete_operation",
        ("delete_customer", "delete_tip_customer"),
        "13.1",
        "Operation type of a sandbox delete.",
    ),
    flag("audit_failed_attempts", True, "13.1", "Refused writes are recorded as failed."),
    words(
        "audit_remove_relationship_resource",
        ("customer", "partner_customer_relationship"),
        "13.1",
        "Resource type of an ended relationship.",
    ),
    words(
        "audit_azure_cancel_operation",
        ("update_subscription", "undefined"),
        "13.1",
        "Operation type of a cancelled Azure subscription.",
    ),
    fault("fault_audit_window", "400/2000", "13.1", "Audit records asked for more than 90 days back."),
)
