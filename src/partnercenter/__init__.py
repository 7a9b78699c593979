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
        PartnerCenterError,
        PermissionDeniedError,
        QuotaExceededError,
        ThrottledError,
        TokenRefusedError,
        UnexpectedAnswerError,
    )
    from partnercenter.client.loopback import AsyncLoopbackTransport, LoopbackTransport
    from partnercenter.client.sync import PartnerCenterClient
    from partnercenter.contract.agreements import (
        Agreement,
        AgreementDocument,
        AgreementMetaData,
        DirectSignedCustomerAgreementStatus,
    )
    from partnercenter.contract.audit import AuditRecord
    from partnercenter.contract.clouds import Cloud
    from partnercenter.contract.collection import Contact
    from partnercenter.contract.customers import (
        Address,
        CountryValidationRules,
        Customer,
        CustomerBillingProfile,
        CustomerCompanyProfile,
    )
    from partnercenter.contract.enums import (
        AgreementType,
        BillingCycleType,
        CustomerPartnerRelationship,
        FieldFilterOperation,
        LicenseGroupId,
        OrderStatus,
        SubscriptionStatus,
        UserDomainType,
        UserState,
    )
    from partnercenter.contract.filters import SimpleFieldFilter
    from partnercenter.contract.orders import Order, OrderLineItem
    from partnercenter.contract.subscriptions import Subscription
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
    "BillingCycleType",
    "Contact",
    "CountryValidationRules",
    "Customer",
    "CustomerBillingProfile",
    "CustomerCompanyProfile",
    "CustomerPartnerRelationship",
    "CustomerUser",
    "DirectoryRole",
    "DirectSignedCustomerAgreementStatus",
    "FieldFilterOperation",
    "License",
    "LicenseAssignment",
    "LicenseGroupId",
    "LicenseUpdate",
    "LicenseWarning",
    "Order",
    "OrderLineItem",
    "OrderStatus",
    "PasswordProfile",
    "ProductSku",
    "ServicePlan",
    "SubscribedSku",
    "Subscription",
    "SubscriptionStatus",
    "UserDomainType",
    "UserState",
    "ChangedMeanwhileError",
    "ConflictError",
    "CustomerHasActiveOrdersError",
    "NotFoundError",
    "PartnerCenterError",
    "PermissionDeniedError",
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
    "contract.agreements": [
        "Agreement",
        "AgreementDocument",
        "AgreementMetaData",
        "DirectSignedCustomerAgreementStatus",
    ],
    "contract.audit": ["AuditRecord"],
    "contract.collection": ["Contact"],
    "contract.orders": ["Order", "OrderLineItem"],
    "contract.subscriptions": ["Subscription"],
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
    "contract.customers": [
        "Address",
        "CountryValidationRules",
        "Customer",
        "CustomerBillingProfile",
        "CustomerCompanyProfile",
    ],
    "contract.enums": [
        "AgreementType",
        "BillingCycleType",
        "CustomerPartnerRelationship",
        "FieldFilterOperation",
        "LicenseGroupId",
        "OrderStatus",
        "SubscriptionStatus",
        "UserDomainType",
        "UserState",
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
