"""Settings: throttling."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import flag, number, words

TABLE: Final = (
    number(
        "throttle_calls_per_minute",
        0,
        "12",
        "Calls that a partner may make each minute to customers, orders and subscriptions, each counted "
        "for itself; 0 is no limit, 500 that of the service.",
    ),
    words(
        "throttle_scope",
        ("partner", "customer"),
        "12",
        "Whose calls are counted together: all of a partner, or those of a partner to one customer.",
    ),
    flag("throttle_customer_delete", True, "12", "Deleting a customer counts as reading one does."),
)
