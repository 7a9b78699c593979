"""Profiles: several settings under one name; behaviour.md 1.7. A setting that is given itself wins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from partnercenter.sandbox.settings.setting import Value

PROFILES: Final[Mapping[str, Mapping[str, Value]]] = {
    "fast": {},
    "eventual": {
        "order_settle_seconds": 2,
        "order_cancel_seconds": 2,
        "order_list_delay_seconds": 3,
        "customer_list_lag_seconds": 3,
        "subscription_update_seconds": 1,
        "azure_cancel_seconds": 2,
        "registration_seconds": 2,
        "provisioning_seconds": 3,
    },
    "real": {
        "order_settle_seconds": 60,
        "order_cancel_seconds": 30,
        "order_list_delay_seconds": 900,
        "customer_list_lag_seconds": 300,
        "subscription_update_seconds": 30,
        "azure_cancel_seconds": 600,
        "registration_seconds": 60,
        "provisioning_seconds": 900,
        "throttle_calls_per_minute": 500,
    },
    "strict": {
        "blocks_legacy": True,
        "entitlements_app_only": False,
        "second_checkout": "refuse",
        "throttle_calls_per_minute": 500,
    },
    "lenient-nce": {"blocks_new_commerce": False, "blocks_marketplace": False},
    "mfa-off": {"mfa": "off"},
}
