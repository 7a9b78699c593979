"""Settings: cancelling orders."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import fault, flag, number, words

TABLE: Final = (
    words("cancel_again", ("refuse", "accept"), "4.3", "Cancelling an order that is cancelled already."),
    fault("fault_cancel_again", "400/800061", "4.3", "That refusal."),
    words(
        "cancelling_order_status",
        ("pending", "completed"),
        "1.6",
        "What an order shows while it is being cancelled.",
    ),
    fault("fault_order_in_progress", "409/800060", "4.3", "Cancelling an order that is still pending."),
    fault("fault_unknown_order_status", "400/0", "4.2", "A status that no order has."),
    fault(
        "fault_cancel_by_subscription",
        "400/800063",
        "4.3",
        "Cancelling by order what is cancelled by subscription: new commerce and legacy.",
    ),
    fault("fault_cancel_azure_plan_order", "400/800061", "4.3", "Cancelling an Azure plan by its order."),
    fault(
        "fault_production_order_cancel",
        "403/800019",
        "4.3",
        "Cancelling the order of a reservation or of marketplace software in a production account.",
    ),
    number(
        "order_cancel_days",
        60,
        "1.2",
        "How many days after its purchase a sandbox order of a reservation or of software can be cancelled.",
        least=1,
    ),
    fault("fault_order_too_old", "400/900117", "4.3", "Cancelling it later."),
    flag(
        "sandbox_applies_windows",
        False,
        "4.3",
        "The windows of production for software (30 and 7 days) hold in a sandbox too.",
    ),
    fault(
        "fault_never_cancelled",
        "400/800061",
        "4.3",
        "Cancelling what production never takes back: plans of RHEL and SUSE.",
    ),
)
