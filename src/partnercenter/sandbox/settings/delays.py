"""Settings: what takes time, in seconds of the sandbox's own clock. 0 means: seen by the next call."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import number

_DAY: Final = 86_400

TABLE: Final = (
    number("order_settle_seconds", 0, "4.4", "How long a new order is pending.", most=_DAY),
    number("order_cancel_seconds", 0, "1.6", "How long a cancelled order is still on its way.", most=_DAY),
    number(
        "order_list_delay_seconds",
        0,
        "1.6",
        "How long a new order and its subscription are missing from lists.",
    ),
    number(
        "customer_list_lag_seconds",
        0,
        "1.6",
        "How long the list of customers still shows one that was deleted, or whose relationship has ended.",
        most=_DAY,
    ),
    number(
        "subscription_update_seconds",
        0,
        "5.3",
        "How long a changed subscription shows its old state: 0 answers 200, more answers 202 with a Location.",
        most=_DAY,
    ),
    number("azure_cancel_seconds", 0, "7", "How long a cancelled Azure subscription is active.", most=_DAY),
    number("registration_seconds", 0, "4.4", "How long a registration for reservations takes.", most=_DAY),
    number("provisioning_seconds", 0, "5.4", "How long a subscription's provisioning is pending.", most=_DAY),
)
