"""Settings: carts, orders and the sandbox's quotas."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import fault, flag, number, words

TABLE: Final = (
    flag(
        "agreement_required",
        True,
        "3.4",
        "A purchase needs the customer's acceptance of the Microsoft Customer Agreement, confirmed before.",
    ),
    words(
        "second_checkout",
        ("first_result", "refuse"),
        "4.4",
        "Checking out a cart again: the first result once more, or 800065.",
    ),
    words("cart_update_status", ("200", "201"), "4.1", "What a changed cart is answered with."),
    words("legacy_purchase", ("allow", "refuse"), "4.4", "Whether legacy offers can still be bought."),
    number("subscription_quota", 5, "8", "Subscriptions that a sandbox customer can have.", most=10_000),
    fault("fault_subscription_quota", "403/800066", "8", "One subscription more than that."),
    number(
        "active_subscription_quota",
        375,
        "8",
        "Subscriptions that all customers of a sandbox can have together.",
        most=10_000_000,
    ),
    number("seat_quota", 25, "8", "Licences that a sandbox subscription can have.", most=1_000_000),
    fault("fault_seat_quota", "403/800067", "8", "One licence more than that."),
    number("reservation_quota", 2, "8", "Reserved instances that a sandbox customer can have.", most=10_000),
    fault("fault_reservation_quota", "400/800018", "8", "One reserved instance more than that."),
    fault("fault_reservation_sku", "403/900322", "8", "A reservation that a sandbox cannot buy."),
    number("azure_plan_quota", 10, "8", "Azure plans that a sandbox partner can have.", most=10_000),
    fault("fault_azure_plan_quota", "400/900116", "8", "One Azure plan more, of the partner or a customer."),
    number("legacy_azure_quota", 10, "8", "Legacy Azure subscriptions of a sandbox partner.", most=10_000),
    fault("fault_legacy_azure_quota", "403/800068", "8", "One legacy Azure subscription more than that."),
    fault("fault_asset_limit", "403/800089", "8", "More of one SKU than a customer can have."),
    fault(
        "fault_savings_plan_without_plan",
        "403/800020",
        "8",
        "An Azure savings plan for a customer without an Azure plan.",
    ),
    fault("fault_item_unknown", "400/800004", "4.4", "An order of an item that the catalogue does not have."),
    fault("fault_item_refused", "403/800020", "4.4", "An order of an item that this customer cannot buy."),
    fault("fault_mixed_order", "400/4018", "4.4", "An order of items that belong in different orders."),
)
