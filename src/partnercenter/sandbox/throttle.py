"""Which calls are counted, and when one is too many; behaviour.md 12.

Calls are counted for each partner tenant and resource family in fixed windows of one real minute: a limit
protects a machine, and the sandbox's own clock has nothing to do with that. A call that is refused counts too.
Nothing is kept beyond the window. A process counts for itself, unless several share a database (`shared.calls`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.wire.fault import throttled_fault

_WINDOW_SECONDS: Final = 60
_DELETE: Final = "customers.delete"

# The routes that were enforced in 2020 and those that were added by 2022, each under its resource. An operation that
# is not here is never throttled.
_FAMILIES: Final[Mapping[str, Iterable[str]]] = {
    "customers": ("customers.get", _DELETE),
    "orders": (
        "orders.list",
        "orders.get",
        "orders.get_provisioning_status",
        "orders.create",
        "orders.update",
        "carts.create",
        "carts.update",
        "carts.checkout",
    ),
    "subscriptions": (
        "subscriptions.list",
        "subscriptions.get",
        "subscriptions.list_add_ons",
        "subscriptions.get_registration_status",
        "azure_entitlements.list",
        "azure_entitlements.get",
        "subscriptions.update",
        "subscriptions.create_upgrade",
        "subscriptions.register",
        "subscriptions.create_conversion",
    ),
}

FAMILY_OF: Final[Mapping[str, str]] = {
    operation: family for family, operations in _FAMILIES.items() for operation in operations
}


class Bucket(NamedTuple):
    """What is counted together: a family of one partner, or with `throttle_scope` of one of its customers."""

    family: str
    partner_id: str
    customer_id: str


class Calls(Protocol):
    """Counts the calls of the minute that is running."""

    def forget(self) -> None:
        """Begin to count anew."""
        ...

    def count(self, bucket: Bucket, minute: int) -> int:
        """Count a call of a minute since 1970; returns how many there are now."""
        ...


class CallsOfAMinute:
    """The calls of the minute that is running, counted in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Begin to count anew."""
        self._minute = 0
        self._calls: dict[Bucket, int] = {}

    def count(self, bucket: Bucket, minute: int) -> int:
        """Count a call of a minute since 1970; returns how many there are now."""
        with self._lock:
            if minute != self._minute:
                self._minute, self._calls = minute, {}
            self._calls[bucket] = self._calls.get(bucket, 0) + 1
            return self._calls[bucket]


class Throttle:
    """Says when a call is one too many; `calls` counts them."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def forget(self) -> None:
        """Begin to count anew."""
        self._calls.forget()

    def check(
        self, operation: str, tenant_id: str, customer_id: str | None, settings: Settings, now: datetime
    ) -> None:
        """Count a call; raises the 429 of one that is too many. `now` is the machine's time."""
        limit = settings.number("throttle_calls_per_minute")
        if not limit or operation not in FAMILY_OF:
            return
        if operation == _DELETE and not settings.flag("throttle_customer_delete"):
            return
        by_customer = settings.text("throttle_scope") == "customer"
        customer = parse_guid(customer_id or "") or "" if by_customer else ""
        seconds = now.timestamp()
        bucket = Bucket(FAMILY_OF[operation], tenant_id, customer)
        if self._calls.count(bucket, int(seconds // _WINDOW_SECONDS)) > limit:
            raise throttled_fault(_seconds_left(seconds))


def _seconds_left(seconds: float) -> int:
    """Whole seconds until the next window, at least one."""
    return _WINDOW_SECONDS - int(seconds) % _WINDOW_SECONDS
