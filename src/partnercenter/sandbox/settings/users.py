"""Settings: users and licences."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import fault, words

TABLE: Final = (
    fault("fault_malformed_user_id", "400/800002", "3.6", "A user id that is not a GUID."),
    words(
        "deleted_user_by_id",
        ("hidden", "shown"),
        "3.6",
        "Reading a deleted user by its id while it can be brought back.",
    ),
    fault("fault_user_name_taken", "409/3000", "3.6", "A user with a name that another user has."),
    words(
        "password_rules",
        ("strict", "none"),
        "3.6",
        "New passwords need 8 characters and three of four kinds of them, or nothing.",
    ),
    words(
        "expired_units",
        ("warning", "none"),
        "3.6",
        "What becomes of the licences of an expired subscription: units with a warning, or none.",
    ),
    fault("fault_no_usage_location", "400/3000", "3.6", "A licence for a user without a usage location."),
    fault(
        "fault_license_sku",
        "400/3000",
        "3.6",
        "A licence that the customer does not have, or one to take away that the user does not have.",
    ),
)
