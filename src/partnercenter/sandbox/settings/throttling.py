"""Settings: throttling."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import number

TABLE: Final = (
    number(
        "throttle_calls_per_minute",
        0,
        "12",
        "Calls that a partner may make each minute to customers, orders and subscriptions, each counted "
        "for itself; 0 is no limit, 500 that of the service.",
    ),
)
