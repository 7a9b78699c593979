"""What the settings of purchases, subscriptions and delays change; `test_settings` proves it.

Those that decide what can be cancelled are in `effects_of_states`.

For each an act, what it shows by default, another value of the setting, and what the act shows then; last, where they
are needed, other settings that are in force both times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import httpx2
from tests.sandbox.shopping import (
    AZURE_PLAN,
    BASIC,
    LEDGER,
    LEGACY_AZURE,
    OFFICE,
    PREMIUM,
    PREMIUM_TRIAL,
    REGISTERED_PLAN,
    RESERVATION,
    SAVINGS_PLAN,
    TEAMS_PHONE,
    UNKNOWN,
    UNSOLD_RESERVATION,
    USER_CAL,
    Item,
    Shop,
    in_cart,
    in_order,
    open_shop,
    reserved_for,
)

if TYPE_CHECKING:
    from tests.conftest import Sandbox

Act = Callable[["Sandbox"], Any]

ANY_FAULT = "417/800036"
AS_TOLD = (417, 800036)
NEW: Mapping[str, Any] = {"product": "new_commerce"}
OK, CREATED = (200, None), (201, None)


def told(act: Callable[[Shop], Any], *purchases: Mapping[str, Any], **members: Any) -> Act:
    """What an act of a customer with these purchases shows, under the settings that are in force."""

    def on(sandbox: Sandbox) -> Any:
        in_force = sandbox.control("GET", "/settings").json()
        return act(open_shop(sandbox, *purchases, settings=in_force, **members))

    return on


def code(answer: httpx2.Response) -> tuple[int, int | None]:
    """Status and code of an answer; a success has no code."""
    return answer.status_code, answer.json()["code"] if answer.status_code >= 400 else None


def order(item: Item, quantity: int = 1) -> Callable[[Shop], Any]:
    """What an order of an item is answered."""
    return lambda shop: code(shop.order(in_order(item, quantity), cycle=item.cycle))


def reserve(item: Item, quantity: int = 1) -> Callable[[Shop], Any]:
    """What the order of a reservation for the customer's plan is answered."""

    def act(shop: Shop) -> Any:
        context = reserved_for(shop.items("/subscriptions")[0]["id"])
        return code(shop.order(in_order(item, quantity, provisioningContext=context), cycle=item.cycle))

    return act


def check_out_twice(shop: Shop) -> Any:
    """What the second checkout of a cart is answered."""
    cart = shop.fill_cart(in_cart(BASIC))
    return [code(shop.check_out(cart)) for _ in range(2)][1]


def update_cart(shop: Shop) -> int:
    """What a changed cart is answered with."""
    cart = shop.fill_cart(in_cart(BASIC))
    return shop.call("PUT", f"/carts/{cart['id']}", cart).status_code


def mixed(shop: Shop) -> Any:
    """What an order of two kinds of product is answered."""
    return code(shop.order(in_order(BASIC), in_order(OFFICE)))


def status_when_cancelled(shop: Shop) -> str:
    """What an order shows right after its cancellation."""
    made = shop.buy(USER_CAL)
    shop.cancel_order(made)
    return str(shop.get(f"/orders/{made['id']}")["status"])


def unknown_status(shop: Shop) -> Any:
    """What a status that no order has is answered."""
    return code(shop.cancel_order(shop.buy(USER_CAL), status="none"))


def leave_renewal_out(shop: Shop) -> bool:
    """Whether a subscription renews after a change that does not speak of it."""
    return bool(shop.change(shop.the_subscription(), autoRenewEnabled=None).json()["autoRenewEnabled"])


def change_twice(shop: Shop) -> Any:
    """What a change is answered while another is on its way."""
    return [code(shop.change(shop.the_subscription(), friendlyName=name)) for name in "ab"][1]


def upgrade(shop: Shop) -> Any:
    """What an upgrade is answered."""
    body = {"targetOffer": {"id": PREMIUM.id}, "upgradeType": "upgrade_only"}
    return code(shop.call("POST", f"/subscriptions/{shop.the_subscription()['id']}/upgrades", body))


def cancel_azure(reason: str) -> Callable[[Shop], Any]:
    """What the cancellation of an Azure subscription is answered, its status afterwards, and the record."""

    def act(shop: Shop) -> Any:
        below = f"/subscriptions/{shop.the_subscription()['id']}/azureEntitlements"
        (entitlement,) = shop.items(below)
        body = {"cancellationReason": reason}
        answer = shop.call("POST", f"{below}/{entitlement['id']}/cancel", body)
        status = shop.get(f"{below}/{entitlement['id']}")["status"]
        return (*code(answer), status, shop.records()[0]["operationType"])

    return act


def pending_at_first(shop: Shop) -> str:
    """The status of an order right after it was made."""
    return str(shop.buy(BASIC)["status"])


def register(shop: Shop) -> str:
    """The status of a registration right after it was asked for."""
    path = f"/subscriptions/{shop.the_subscription()['id']}"
    shop.call("POST", f"{path}/registrations")
    return str(shop.get(f"{path}/registrationstatus")["status"])


def provisioning(shop: Shop) -> str:
    """The provisioning status of a new subscription."""
    return str(shop.get(f"/subscriptions/{shop.buy_subscription(BASIC)['id']}/provisioningstatus")["status"])


def entitlements(shop: Shop) -> Any:
    """What entitlements are answered with an app-only token."""
    return code(shop.call("GET", "/entitlements"))


CANCELLED = ("inactive", "update_subscription")

PURCHASES: Mapping[str, tuple[Any, ...]] = {
    "agreement_required": (told(order(BASIC), customer={"agreement": False}), (403, 13605), False, CREATED),
    "second_checkout": (told(check_out_twice), CREATED, "refuse", (400, 800065)),
    "cart_update_status": (told(update_cart), 200, "201", 201),
    "legacy_purchase": (told(order(OFFICE)), CREATED, "refuse", (403, 2091)),
    "subscription_quota": (told(order(BASIC), NEW, NEW), CREATED, 2, (403, 800066)),
    "fault_subscription_quota": (told(order(BASIC), *[NEW] * 5), (403, 800066), ANY_FAULT, AS_TOLD),
    "active_subscription_quota": (told(order(BASIC), NEW), CREATED, 1, (403, 800066)),
    "seat_quota": (told(order(BASIC, 26)), (403, 800067), 26, CREATED),
    "fault_seat_quota": (told(order(BASIC, 26)), (403, 800067), ANY_FAULT, AS_TOLD),
    "reservation_quota": (told(reserve(RESERVATION, 3), REGISTERED_PLAN), (400, 800018), 3, CREATED),
    "fault_reservation_quota": (
        told(reserve(RESERVATION, 3), REGISTERED_PLAN),
        (400, 800018),
        ANY_FAULT,
        AS_TOLD,
    ),
    "fault_reservation_sku": (
        told(reserve(UNSOLD_RESERVATION), REGISTERED_PLAN),
        (403, 900322),
        ANY_FAULT,
        AS_TOLD,
    ),
    "azure_plan_quota": (told(order(AZURE_PLAN)), CREATED, 0, (400, 900116)),
    "fault_azure_plan_quota": (
        told(order(AZURE_PLAN), {"product": "azure_plan"}),
        (400, 900116),
        ANY_FAULT,
        AS_TOLD,
    ),
    "legacy_azure_quota": (told(order(LEGACY_AZURE)), CREATED, 0, (403, 800068)),
    "fault_legacy_azure_quota": (
        told(order(LEGACY_AZURE)),
        (403, 800068),
        ANY_FAULT,
        AS_TOLD,
        {"legacy_azure_quota": 0},
    ),
    "fault_asset_limit": (
        told(order(PREMIUM_TRIAL), {**NEW, "item": PREMIUM_TRIAL.id}),
        (403, 800089),
        ANY_FAULT,
        AS_TOLD,
    ),
    "fault_savings_plan_without_plan": (told(order(SAVINGS_PLAN)), (403, 800020), ANY_FAULT, AS_TOLD),
    "fault_item_unknown": (told(order(UNKNOWN)), (400, 800004), "404/400018", (404, 400018)),
    "fault_item_refused": (told(order(TEAMS_PHONE)), (403, 800020), ANY_FAULT, AS_TOLD),
    "fault_mixed_order": (told(mixed), (400, 4018), ANY_FAULT, AS_TOLD),
    "cancelling_order_status": (
        told(status_when_cancelled),
        "pending",
        "completed",
        "completed",
        {"order_cancel_seconds": 30},
    ),
    "fault_unknown_order_status": (told(unknown_status), (400, 0), ANY_FAULT, AS_TOLD),
    "omitted_auto_renew": (told(leave_renewal_out, NEW), False, "keep", True),
    "fault_subscription_busy": (
        told(change_twice, NEW),
        (409, 800082),
        ANY_FAULT,
        AS_TOLD,
        {"subscription_update_seconds": 30},
    ),
    "marketplace_waits_for_activation": (
        told(lambda shop: shop.buy_subscription(LEDGER)["status"]),
        "pending",
        False,
        "active",
    ),
    "fault_transition_not_served": (told(upgrade, NEW), (400, 900141), ANY_FAULT, AS_TOLD),
    "any_cancellation_reason": (
        told(lambda shop: cancel_azure("other")(shop)[:2], {"product": "azure_plan"}),
        (400, 900307),
        True,
        OK,
    ),
    "entitlements_app_only": (told(entitlements), OK, False, (403, 900329)),
    "order_settle_seconds": (told(pending_at_first), "completed", 60, "pending"),
    "order_cancel_seconds": (told(status_when_cancelled), "cancelled", 30, "pending"),
    "subscription_update_seconds": (
        told(lambda shop: shop.change(shop.the_subscription(), friendlyName="x").status_code, NEW),
        200,
        30,
        202,
    ),
    "azure_cancel_seconds": (
        told(cancel_azure("compromise"), {"product": "azure_plan"}),
        (*OK, *CANCELLED),
        600,
        (*OK, "active", "update_subscription"),
    ),
    "registration_seconds": (told(register, {"product": "azure_plan"}), "registered", 60, "registering"),
    "provisioning_seconds": (told(provisioning), "success", 900, "pending"),
    "audit_azure_cancel_operation": (
        told(cancel_azure("compromise"), {"product": "azure_plan"}),
        (*OK, *CANCELLED),
        "undefined",
        (*OK, "inactive", "undefined"),
    ),
}
