"""A customer's subscriptions and the Azure subscriptions below a plan; behaviour.md 5 and 7.

What a subscription can become stands in `subscription_changes`.
"""

from __future__ import annotations

from typing import Final

from partnercenter.contract.operation import TEXT, Operation, QueryParameter, TokenKind
from partnercenter.contract.orders import OrderLineItemActivationLink
from partnercenter.contract.subscriptions import (
    AzureEntitlement,
    AzureEntitlementCancellationRequestContent,
    Subscription,
    SubscriptionActivationResult,
    SubscriptionProvisioningStatus,
    SubscriptionRegistrationStatus,
    SupportContact,
)

_ONE: Final = "/v1/customers/{customer_id}/subscriptions/{subscription_id}"
_AZURE: Final = _ONE + "/azureEntitlements"

TABLE: Final = (
    Operation(
        name="subscriptions.list",
        method="GET",
        path="/v1/customers/{customer_id}/subscriptions",
        summary="List a customer's subscriptions.",
        documentation="Get all of a customer's subscriptions",
        query=(
            QueryParameter("order_id", "Subscriptions of this order only.", TEXT),
            QueryParameter(
                "mpn_id", "Subscriptions of the reseller with this partner network id only.", TEXT
            ),
        ),
        response=Subscription,
        collection=True,
    ),
    Operation(
        name="subscriptions.get",
        method="GET",
        path=_ONE,
        summary="Read one subscription.",
        documentation="Get a subscription by ID",
        response=Subscription,
    ),
    Operation(
        name="subscriptions.update",
        method="PATCH",
        path=_ONE,
        summary="Change seats, name, renewal or status of a subscription; it is cancelled by its status.",
        documentation="Suspend a subscription",
        request=Subscription,
        response=Subscription,
        if_match=True,
        success=(200, 202),
        errors=(400, 401, 403, 404, 409, 412, 429, 500),
    ),
    Operation(
        name="subscriptions.list_add_ons",
        method="GET",
        path=_ONE + "/addons",
        summary="List the add-ons of a subscription.",
        documentation="Get a list of add-ons for a subscription",
        response=Subscription,
        collection=True,
    ),
    Operation(
        name="subscriptions.get_support_contact",
        method="GET",
        path=_ONE + "/supportcontact",
        summary="Read who helps the customer with a subscription.",
        documentation="Get a subscription's support contact",
        response=SupportContact,
        tokens=frozenset({TokenKind.APP_USER}),
    ),
    Operation(
        name="subscriptions.update_support_contact",
        method="PUT",
        path=_ONE + "/supportcontact",
        summary="Change who helps the customer with a subscription.",
        documentation="Update a subscription's support contact",
        request=SupportContact,
        response=SupportContact,
        tokens=frozenset({TokenKind.APP_USER}),
    ),
    Operation(
        name="subscriptions.get_provisioning_status",
        method="GET",
        path=_ONE + "/provisioningstatus",
        summary="Read whether a subscription has been delivered.",
        documentation="Get subscription provisioning status",
        response=SubscriptionProvisioningStatus,
    ),
    Operation(
        name="subscriptions.register",
        method="POST",
        path=_ONE + "/registrations",
        summary="Register a subscription, so that reservations may be bought against it.",
        documentation="Register a subscription",
        success=(202,),
    ),
    Operation(
        name="subscriptions.get_registration_status",
        method="GET",
        path=_ONE + "/registrationstatus",
        summary="Read whether a subscription is registered.",
        documentation="Get subscription registration status",
        response=SubscriptionRegistrationStatus,
    ),
    Operation(
        name="subscriptions.activate",
        method="POST",
        path=_ONE + "/activate",
        summary="Activate a marketplace subscription of the integration sandbox.",
        documentation="Activate a sandbox subscription for commercial marketplace SaaS products",
        response=SubscriptionActivationResult,
        sandbox_only=True,
    ),
    Operation(
        name="subscriptions.list_activation_links",
        method="GET",
        path=_ONE + "/activationlinks",
        summary="List where a subscription is activated.",
        documentation="Get the activation links of a subscription",
        response=OrderLineItemActivationLink,
        collection=True,
    ),
    Operation(
        name="azure_entitlements.list",
        method="GET",
        path=_AZURE,
        summary="List the Azure subscriptions below an Azure plan.",
        documentation="Get a list of Azure entitlements for a subscription",
        response=AzureEntitlement,
        collection=True,
    ),
    Operation(
        name="azure_entitlements.get",
        method="GET",
        path=_AZURE + "/{azure_entitlement_id}",
        summary="Read one Azure subscription below an Azure plan.",
        documentation="Get an Azure entitlement",
        response=AzureEntitlement,
    ),
    Operation(
        name="azure_entitlements.cancel",
        method="POST",
        path=_AZURE + "/{azure_entitlement_id}/cancel",
        summary="Cancel an Azure subscription below an Azure plan.",
        documentation="Cancel an Azure entitlement",
        request=AzureEntitlementCancellationRequestContent,
        response=AzureEntitlement,
    ),
)
