"""Settings: subscriptions, Azure entitlements and entitlements."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import fault, flag, number, words

TABLE: Final = (
    number(
        "new_commerce_window_days",
        7,
        "5.3",
        "Days after purchase or renewal in which a new-commerce subscription can be cancelled.",
    ),
    flag("sandbox_applies_new_commerce_window", True, "5.3", "That window holds in a sandbox too."),
    number(
        "marketplace_window_days",
        7,
        "5.3",
        "Days in which a marketplace subscription of a sandbox can be cancelled.",
    ),
    fault("fault_window_closed", "400/900117", "5.3", "Cancelling a subscription after its window."),
    fault(
        "fault_status_locked",
        "400/800096",
        "5.3",
        "A status that this kind of subscription cannot be given.",
    ),
    fault(
        "fault_ended_subscription",
        "400/800040",
        "5.2",
        "Another status for a subscription that has expired or is disabled.",
    ),
    flag("software_can_be_suspended", False, "5.2", "A software subscription can be suspended."),
    words(
        "cancel_base_with_add_ons",
        ("cascade", "refuse"),
        "5.3",
        "Cancelling a subscription whose add-ons are active: they go with it, or it is refused.",
    ),
    words(
        "omitted_auto_renew",
        ("off", "keep"),
        "5.3",
        "A change that leaves autoRenewEnabled out.",
    ),
    fault(
        "fault_subscription_busy",
        "409/800082",
        "5.3",
        "A change of a subscription while an earlier one is on its way.",
    ),
    flag("marketplace_waits_for_activation", True, "5.4", "A marketplace subscription begins as pending."),
    fault(
        "fault_transition_not_served",
        "400/900141",
        "5.4",
        "An upgrade or a transition: the sandbox carries out none.",
    ),
    flag("any_cancellation_reason", False, "7", "An Azure subscription can be cancelled for any reason."),
    flag("entitlements_app_only", True, "6", "Entitlements can be read with an app-only token."),
)
