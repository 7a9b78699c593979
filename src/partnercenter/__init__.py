"""Microsoft Partner Center for Python: SDK, clean-up of the integration sandbox, and that sandbox on your machine.

    from azure.identity import ClientSecretCredential
    from partnercenter import PartnerCenterClient

    with PartnerCenterClient(ClientSecretCredential(tenant_id, client_id, client_secret)) as client:
        client.customers.by_id(customer_id).delete()

Names are loaded when they are first used, so `import partnercenter` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module

from partnercenter._version import __version__

# Type checkers know this name; importing it from typing would double what `partnercenter --version` takes.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from partnercenter.client.errors import (
        ChangedMeanwhileError,
        ConflictError,
        CustomerHasActiveOrdersError,
        NotFoundError,
        OperationFailedError,
        OperationTimeoutError,
        PartnerCenterError,
        PermissionDeniedError,
        PollerError,
        QuotaExceededError,
        ThrottledError,
        TokenRefusedError,
        UnexpectedAnswerError,
    )
    from partnercenter.client.loopback import AsyncLoopbackTransport, LoopbackTransport
    from partnercenter.client.sync import PartnerCenterClient
    from partnercenter.contract.audit import AuditRecord
    from partnercenter.contract.carts import (
        Cart,
        CartCheckoutResult,
        CartLineItem,
        CartParticipant,
    )
    from partnercenter.contract.clouds import Cloud
    from partnercenter.contract.customers import (
        Address,
        CountryValidationRules,
        Customer,
        CustomerBillingProfile,
        CustomerCompanyProfile,
    )
    from partnercenter.contract.entitlements import (
        Entitlement,
        ReferenceOrder,
        Reservation,
        ReservedInstanceArtifact,
        ReservedInstanceArtifactDetails,
        VirtualMachineReservedInstanceArtifactDetails,
    )
    from partnercenter.contract.enums import (
        BillingCycleType,
        CartErrorCode,
        CartStatus,
        ContractType,
        ConversionErrorCode,
        CustomerPartnerRelationship,
        EntitlementType,
        FieldFilterOperation,
        OrderStatus,
        ParticipantType,
        ProvisioningStatus,
        SubscriptionStatus,
        TransitionErrorCode,
        TransitionType,
        UpgradeErrorCode,
        UpgradeType,
    )
    from partnercenter.contract.filters import SimpleFieldFilter
    from partnercenter.contract.orders import (
        Order,
        OrderLineItem,
        OrderLineItemActivationLink,
        OrderLineItemProvisioningStatus,
        Pricing,
        RenewsTo,
    )
    from partnercenter.contract.subscription_changes import (
        Conversion,
        ConversionResult,
        Transition,
        TransitionEligibility,
        Upgrade,
        UpgradeOffer,
        UpgradeResult,
    )
    from partnercenter.contract.subscriptions import (
        AzureEntitlement,
        ProductTerm,
        RefundableQuantity,
        RefundOption,
        ScheduledNextTermInstructions,
        Subscription,
        SubscriptionActivationResult,
        SubscriptionProvisioningStatus,
        SubscriptionRegistrationStatus,
        SupportContact,
    )

__all__ = [
    "PartnerCenterClient",
    "Cloud",
    "LoopbackTransport",
    "AsyncLoopbackTransport",
    "SimpleFieldFilter",
    "Address",
    "AuditRecord",
    "AzureEntitlement",
    "BillingCycleType",
    "Cart",
    "CartCheckoutResult",
    "CartErrorCode",
    "CartLineItem",
    "CartParticipant",
    "CartStatus",
    "ContractType",
    "Conversion",
    "ConversionErrorCode",
    "ConversionResult",
    "CountryValidationRules",
    "Customer",
    "CustomerBillingProfile",
    "CustomerCompanyProfile",
    "CustomerPartnerRelationship",
    "Entitlement",
    "EntitlementType",
    "FieldFilterOperation",
    "Order",
    "OrderLineItem",
    "OrderLineItemActivationLink",
    "OrderLineItemProvisioningStatus",
    "OrderStatus",
    "ParticipantType",
    "Pricing",
    "ProductTerm",
    "ProvisioningStatus",
    "ReferenceOrder",
    "RefundOption",
    "RefundableQuantity",
    "RenewsTo",
    "Reservation",
    "ReservedInstanceArtifact",
    "ReservedInstanceArtifactDetails",
    "ScheduledNextTermInstructions",
    "Subscription",
    "SubscriptionActivationResult",
    "SubscriptionProvisioningStatus",
    "SubscriptionRegistrationStatus",
    "SubscriptionStatus",
    "SupportContact",
    "Transition",
    "TransitionEligibility",
    "TransitionErrorCode",
    "TransitionType",
    "Upgrade",
    "UpgradeErrorCode",
    "UpgradeOffer",
    "UpgradeResult",
    "UpgradeType",
    "VirtualMachineReservedInstanceArtifactDetails",
    "ChangedMeanwhileError",
    "ConflictError",
    "CustomerHasActiveOrdersError",
    "NotFoundError",
    "OperationFailedError",
    "OperationTimeoutError",
    "PartnerCenterError",
    "PermissionDeniedError",
    "PollerError",
    "QuotaExceededError",
    "ThrottledError",
    "TokenRefusedError",
    "UnexpectedAnswerError",
    "__version__",
]

_MODULES = {
    "client.sync": ["PartnerCenterClient"],
    "client.loopback": ["LoopbackTransport", "AsyncLoopbackTransport"],
    "client.errors": [name for name in __all__ if name.endswith("Error")],
    "contract.clouds": ["Cloud"],
    "contract.filters": ["SimpleFieldFilter"],
    "contract.audit": ["AuditRecord"],
    "contract.carts": [
        "Cart",
        "CartCheckoutResult",
        "CartLineItem",
        "CartParticipant",
    ],
    "contract.entitlements": [
        "Entitlement",
        "ReferenceOrder",
        "Reservation",
        "ReservedInstanceArtifact",
        "ReservedInstanceArtifactDetails",
        "VirtualMachineReservedInstanceArtifactDetails",
    ],
    "contract.orders": [
        "Order",
        "OrderLineItem",
        "OrderLineItemActivationLink",
        "OrderLineItemProvisioningStatus",
        "Pricing",
        "RenewsTo",
    ],
    "contract.subscription_changes": [
        "Conversion",
        "ConversionResult",
        "Transition",
        "TransitionEligibility",
        "Upgrade",
        "UpgradeOffer",
        "UpgradeResult",
    ],
    "contract.subscriptions": [
        "AzureEntitlement",
        "ProductTerm",
        "RefundOption",
        "RefundableQuantity",
        "ScheduledNextTermInstructions",
        "Subscription",
        "SubscriptionActivationResult",
        "SubscriptionProvisioningStatus",
        "SubscriptionRegistrationStatus",
        "SupportContact",
    ],
    "contract.customers": [
        "Address",
        "CountryValidationRules",
        "Customer",
        "CustomerBillingProfile",
        "CustomerCompanyProfile",
    ],
    "contract.enums": [
        "CartErrorCode",
        "CartStatus",
        "ContractType",
        "ConversionErrorCode",
        "EntitlementType",
        "ParticipantType",
        "ProvisioningStatus",
        "TransitionErrorCode",
        "TransitionType",
        "UpgradeErrorCode",
        "UpgradeType",
        "BillingCycleType",
        "CustomerPartnerRelationship",
        "FieldFilterOperation",
        "OrderStatus",
        "SubscriptionStatus",
    ],
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name from the module it lives in."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'partnercenter' has no attribute {name!r}")
    value = getattr(import_module(f"partnercenter.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
