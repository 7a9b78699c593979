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
    from partnercenter.client.loopback import (
        AsyncLoopbackTransport,
        LoopbackTransport,
    )
    from partnercenter.client.sync import (
        PartnerCenterClient,
    )
    from partnercenter.contract.agreements import (
        Agreement,
        AgreementDocument,
        AgreementMetaData,
        DirectSignedCustomerAgreementStatus,
    )
    from partnercenter.contract.audit import (
        AuditRecord,
    )
    from partnercenter.contract.carts import (
        Cart,
        CartCheckoutResult,
        CartLineItem,
        CartParticipant,
    )
    from partnercenter.contract.clouds import (
        Cloud,
    )
    from partnercenter.contract.collection import (
        Contact,
    )
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
        AgreementType,
        BillingCycleType,
        CartErrorCode,
        CartStatus,
        ContractType,
        ConversionErrorCode,
        CustomerPartnerRelationship,
        EntitlementType,
        FieldFilterOperation,
        LicenseGroupId,
        OrderStatus,
        ParticipantType,
        ProvisioningStatus,
        SubscriptionStatus,
        TargetView,
        TransitionErrorCode,
        TransitionType,
        UpgradeErrorCode,
        UpgradeType,
        UserDomainType,
        UserState,
    )
    from partnercenter.contract.filters import (
        SimpleFieldFilter,
    )
    from partnercenter.contract.offers import (
        Offer,
        OfferCategory,
    )
    from partnercenter.contract.orders import (
        Order,
        OrderLineItem,
        OrderLineItemActivationLink,
        OrderLineItemProvisioningStatus,
        Pricing,
        RenewsTo,
    )
    from partnercenter.contract.products import (
        Availability,
        AvailabilityTerm,
        CurrencyInfo,
        InventoryCheckRequest,
        InventoryItem,
        InventoryRestriction,
        Product,
        Sku,
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
    from partnercenter.contract.users import (
        CustomerUser,
        DirectoryRole,
        License,
        LicenseAssignment,
        LicenseUpdate,
        LicenseWarning,
        PasswordProfile,
        ProductSku,
        ServicePlan,
        SubscribedSku,
    )

__all__ = [
    "PartnerCenterClient",
    "Cloud",
    "LoopbackTransport",
    "AsyncLoopbackTransport",
    "SimpleFieldFilter",
    "Address",
    "Agreement",
    "AgreementDocument",
    "AgreementMetaData",
    "AgreementType",
    "AuditRecord",
    "Availability",
    "AvailabilityTerm",
    "AzureEntitlement",
    "BillingCycleType",
    "Cart",
    "CartCheckoutResult",
    "CartErrorCode",
    "CartLineItem",
    "CartParticipant",
    "CartStatus",
    "Contact",
    "ContractType",
    "Conversion",
    "ConversionErrorCode",
    "ConversionResult",
    "CountryValidationRules",
    "CurrencyInfo",
    "Customer",
    "CustomerBillingProfile",
    "CustomerCompanyProfile",
    "CustomerPartnerRelationship",
    "CustomerUser",
    "DirectoryRole",
    "DirectSignedCustomerAgreementStatus",
    "Entitlement",
    "EntitlementType",
    "FieldFilterOperation",
    "InventoryCheckRequest",
    "InventoryItem",
    "InventoryRestriction",
    "License",
    "LicenseAssignment",
    "LicenseGroupId",
    "LicenseUpdate",
    "LicenseWarning",
    "Offer",
    "OfferCategory",
    "Order",
    "OrderLineItem",
    "OrderLineItemActivationLink",
    "OrderLineItemProvisioningStatus",
    "OrderStatus",
    "ParticipantType",
    "PasswordProfile",
    "Pricing",
    "Product",
    "ProductSku",
    "ProductTerm",
    "ProvisioningStatus",
    "ReferenceOrder",
    "RefundableQuantity",
    "RefundOption",
    "RenewsTo",
    "Reservation",
    "ReservedInstanceArtifact",
    "ReservedInstanceArtifactDetails",
    "ScheduledNextTermInstructions",
    "ServicePlan",
    "Sku",
    "SubscribedSku",
    "Subscription",
    "SubscriptionActivationResult",
    "SubscriptionProvisioningStatus",
    "SubscriptionRegistrationStatus",
    "SubscriptionStatus",
    "SupportContact",
    "TargetView",
    "Transition",
    "TransitionEligibility",
    "TransitionErrorCode",
    "TransitionType",
    "Upgrade",
    "UpgradeErrorCode",
    "UpgradeOffer",
    "UpgradeResult",
    "UpgradeType",
    "UserDomainType",
    "UserState",
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
    "client.errors": [
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
    ],
    "client.loopback": ["AsyncLoopbackTransport", "LoopbackTransport"],
    "client.sync": ["PartnerCenterClient"],
    "contract.agreements": [
        "Agreement",
        "AgreementDocument",
        "AgreementMetaData",
        "DirectSignedCustomerAgreementStatus",
    ],
    "contract.audit": ["AuditRecord"],
    "contract.carts": ["Cart", "CartCheckoutResult", "CartLineItem", "CartParticipant"],
    "contract.clouds": ["Cloud"],
    "contract.collection": ["Contact"],
    "contract.customers": [
        "Address",
        "CountryValidationRules",
        "Customer",
        "CustomerBillingProfile",
        "CustomerCompanyProfile",
    ],
    "contract.entitlements": [
        "Entitlement",
        "ReferenceOrder",
        "Reservation",
        "ReservedInstanceArtifact",
        "ReservedInstanceArtifactDetails",
        "VirtualMachineReservedInstanceArtifactDetails",
    ],
    "contract.enums": [
        "AgreementType",
        "BillingCycleType",
        "CartErrorCode",
        "CartStatus",
        "ContractType",
        "ConversionErrorCode",
        "CustomerPartnerRelationship",
        "EntitlementType",
        "FieldFilterOperation",
        "LicenseGroupId",
        "OrderStatus",
        "ParticipantType",
        "ProvisioningStatus",
        "SubscriptionStatus",
        "TargetView",
        "TransitionErrorCode",
        "TransitionType",
        "UpgradeErrorCode",
        "UpgradeType",
        "UserDomainType",
        "UserState",
    ],
    "contract.filters": ["SimpleFieldFilter"],
    "contract.offers": ["Offer", "OfferCategory"],
    "contract.orders": [
        "Order",
        "OrderLineItem",
        "OrderLineItemActivationLink",
        "OrderLineItemProvisioningStatus",
        "Pricing",
        "RenewsTo",
    ],
    "contract.products": [
        "Availability",
        "AvailabilityTerm",
        "CurrencyInfo",
        "InventoryCheckRequest",
        "InventoryItem",
        "InventoryRestriction",
        "Product",
        "Sku",
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
    "contract.users": [
        "CustomerUser",
        "DirectoryRole",
        "License",
        "LicenseAssignment",
        "LicenseUpdate",
        "LicenseWarning",
        "PasswordProfile",
        "ProductSku",
        "ServicePlan",
        "SubscribedSku",
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
