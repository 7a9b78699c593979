"""The service errors of Partner Center, as data: what they mean and what to do; behaviour.md 11.2.

The pair of HTTP status and code is the key, because one code can mean two things. Texts are the service's
older wording, ended with a full stop, with its placeholders `{0}`, `{1}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ServiceErrorKind:
    """One error of the service; `advice` is a sentence for whoever meets it."""

    status: int
    code: int
    name: str
    template: str
    advice: str


_LATER: Final = "Wait a few minutes and repeat the call under the same request id."
_SUPPORT: Final = "Open a support request in Partner Center with the correlation id."
_OFFER: Final = "Choose an offer from the catalogue of the customer's market and segment."
_SANDBOX_FULL: Final = "Cancel or delete what is no longer needed in the sandbox, then repeat the call."
_BY_SUBSCRIPTION: Final = "Cancel it with PATCH on the subscription instead of the order."
_READ_AGAIN: Final = "Read the subscription again and change what it allows now."
_ADDRESS: Final = "Before creating a customer, correct the address by the country's validation rules; a customer that was created with an invalid one cannot be deleted."

# fmt: off
_TABLE: Final = (
    (501, 0, "exception_not_defined", "Exception not defined.", _SUPPORT),
    (400, 0, "invalid_enum", "The provided value '{0}' is not valid.", "Send one of the documented words."),
    (401, 400, "access_denied", "Access denied.", "Check that the token is for this tenant and cloud."),
    (404, 1000, "not_found", "Not found.", "Check the id and the path."),
    (403, 1002, "authorization_failed", "Authorization Failed.", "Check the relationship with the customer and the caller's role."),
    (409, 1003, "tenant_conflict", "Conflict while creating tenant.", "Choose another domain; HEAD /v1/domains/DOMAIN tells whether it is free."),
    (400, 2000, "invalid_argument", "Tenant Id must be a GUID.", "Correct the argument that the description names."),
    (400, 2001, "quantity_while_suspending", "Subscription quantity cannot be increased or decreased while subscription is being suspended.", _LATER),
    (400, 2002, "quantity_out_of_range", "Subscription quantity is not within minimum and maximum allowed quantity.", "Choose a quantity within the offer's limits."),
    (403, 2006, "partner_not_valid_for_offer", "Partner is not valid for offer.", _OFFER),
    (400, 2006, "offer_not_updatable", "Updates on subscriptions for offer {0} are not allowed.", _READ_AGAIN),
    (400, 2007, "invalid_address", "The address is not valid.", _ADDRESS),
    (400, 2011, "subscription_deleted", "Subscription with id {0} and deleted status cannot be updated.", "Nothing is left to change: the subscription is deleted."),
    (400, 2012, "id_conversion_failed", "Unable to convert between Commerce and Azure Active Directory subscription ids.", _SUPPORT),
    (403, 2030, "country_not_onboarded", "Partner is not onboarded to sell in country.", "Enable the market in Partner Center, or use a customer of an enabled one."),
    (403, 2032, "access_denied", "Access denied.", "Check the caller's role and the relationship with the customer."),
    (400, 2054, "billing_cycle_not_here", "The billing cycle for an existing subscription cannot be updated using update-subscription operation. Please use update-Order operation.", "Change the billing cycle with PATCH on the order."),
    (400, 2055, "stale_etag", "Etag is no longer valid.", "Read the resource again and send its new etag."),
    (412, 2055, "etag_missing", "Etag is no longer valid.", "Send the etag of the resource in If-Match."),
    (403, 2085, "offer_not_eligible", "The offer is not eligible for purchase.", _OFFER),
    (403, 2091, "offer_withdrawn", "The offer is no longer available for purchase.", _OFFER),
    (400, 3000, "invalid_property", "Invalid property.", "Correct what the description names; if it lists orders, cancel them and then delete the customer again."),
    (400, 4018, "order_refused", "Unable to process this order.", _SUPPORT),
    (400, 6000, "billing_cycle_inactive_member", "The billing cycle could not be changed because the order contains one or more subscriptions that are not active.", "Activate or remove the subscriptions that are not active."),
    (400, 6001, "billing_cycle_not_supported", "The billing cycle could not be changed because one of the order's Offer Ids does not support the billing term.", "Choose a billing cycle that every offer of the order has."),
    (401, 6002, "not_a_sandbox_provider", "Unauthorized token or not a TIP provider account.", "Sign in as a sandbox indirect provider."),
    (403, 6003, "reseller_delete_not_allowed", "Delete of a sandbox indirect reseller is not allowed.", "Delete the reseller's customers first."),
    (403, 6004, "reseller_create_not_allowed", "Create of a sandbox indirect reseller is not allowed.", "A sandbox provider has at most 5 indirect resellers; delete one first."),
    (403, 13605, "agreement_not_confirmed", "Either a partner confirmation of the customer acceptance of the Microsoft Customer Agreement must be provided or the customer must accept the Microsoft Customer Agreement in the Microsoft Admin Center before you can complete this purchase.", "Confirm the Microsoft Customer Agreement for the customer, then repeat the purchase."),
    (404, 20000, "order_not_found", "Order Id not found.", "Check the id; a new order can take 15 minutes to appear."),
    (403, 20002, "no_relationship", "The partner id {0} has no commerce relationship with the customer id {1}.", "Check that the customer belongs to the partner of the token and that the relationship has not ended."),
    (404, 20003, "subscription_not_found", "Subscription with id {0} not found.", "Check the id; a new subscription can take 15 minutes to appear."),
    (409, 27009, "parent_not_active", "Cannot enable a child subscription, when the parent subscription is not Active.", "Activate the base subscription first."),
    (404, 60002, "user_not_found", "User object Id is not found.", "Check the user's id."),
    (404, 60003, "tenant_not_found", "Tenant not found.", "Check the customer id; a customer that was deleted is gone for good."),
    (400, 60012, "no_free_license", "There are not enough free licenses.", "Buy seats or take licences away from other users."),
    (404, 400013, "product_not_found", "The product was not found.", "Take a fresh product from the catalogue."),
    (404, 400018, "sku_not_found", "The SKU was not found.", "Take a fresh SKU from the catalogue."),
    (404, 400019, "availability_not_found", "The availability was not found.", "Catalogue item ids change; take a fresh availability before each purchase."),
    (403, 400030, "segment_not_allowed", "The target segment is not allowed.", "A sandbox sells in the commercial and education segments only."),
    (403, 400036, "view_not_allowed", "The target view is not allowed.", "Choose one of the documented target views."),
    (400, 600002, "registration_number_not_supported", "Organization registration id value is not supported.", "Leave the registration number out for this country."),
    (403, 600006, "action_not_allowed", "The requested action is not allowed.", "Check that the tenant is a CSP partner and that the app is registered in its Partner Center, for a sandbox separately."),
    (400, 600049, "registration_number_missing", "Organization registration id information is missing.", "Send companyProfile.organizationRegistrationNumber for this country."),
    (400, 600050, "registration_number_invalid", "Organization registration id information is invalid and should be of the format {0}.", "Send the registration number in the format that the description gives."),
    (400, 600051, "phone_number_missing", "Customer phone number is missing.", "Send billingProfile.defaultAddress.phoneNumber for this country."),
    (400, 600061, "agreement_already_confirmed", "The agreement has been confirmed already.", "Nothing is left to do: the agreement is there."),
    (401, 800001, "token_missing", "Partner Token missing in request context.", "Send a token in the header Authorization: Bearer."),
    (400, 800002, "invalid_request", "Invalid request input.", "Correct the id or body that the description names."),
    (500, 800003, "unexpected_error", "Unexpected service error.", _LATER),
    (400, 800004, "invalid_offer", "Invalid offer Id.", _OFFER),
    (500, 800005, "order_not_created", "Create order is not successful.", _LATER),
    (404, 800007, "provisioning_unknown", "Unable to retrieve provisioning information.", _LATER),
    (404, 800008, "cart_not_found", "Unable to retrieve cart Id.", "Create a new cart; carts expire after 7 days."),
    (400, 800009, "cart_item_error", "Error in Cart item(s).", "Read the cart and correct the lines that carry an error."),
    (400, 800010, "no_inventory", "Inventory is not available for this catalog item.", "Choose another item or region."),
    (400, 800011, "not_an_azure_subscription", "This subscription is not a valid Azure subscription.", "Name an Azure subscription of the customer."),
    (400, 800012, "subscription_not_active", "This subscription is not an active subscription.", "Activate the subscription first."),
    (400, 800013, "not_enabled_for_reservations", "This subscription is not enabled for RI purchase.", "Register the subscription for reservations first."),
    (409, 800014, "pending_adjustment", "There is a pending adjustment requested for this order.", _LATER),
    (400, 800017, "quantity_not_available", "The quantity is not available for this catalog item.", "Choose a smaller quantity."),
    (400, 800018, "sandbox_limit_met", "The sandbox limit has been met.", "A sandbox holds 75 customers; delete one, then repeat the call."),
    (403, 800019, "cancel_needs_sandbox", "Non-Sandbox tenants are not allowed to cancel purchases other than software subscriptions and perpetual software.", "Only a sandbox can cancel this kind of purchase by order."),
    (403, 800020, "item_not_eligible", "The catalog item is not eligible for purchase.", _OFFER),
    (400, 800030, "subscription_not_registered", "This subscription is not registered.", "Register the subscription for reservations first."),
    (417, 800036, "precondition_failed", "Pre-condition failed.", "Read the resource again and repeat the call with what it says now."),
    (403, 800039, "reseller_not_active", "Reseller program status is not active.", "Activate the reseller programme in Partner Center."),
    (400, 800040, "status_change_not_allowed", "Asset status cannot be changed to {0} from {1}.", _READ_AGAIN),
    (400, 800041, "already_activated", "This item has already been activated.", "Nothing is left to do: it is active."),
    (400, 800042, "not_supported", "Not supported.", "Use another operation for this kind of resource."),
    (409, 800060, "order_in_progress", "Your order is in progress. Please check your order history for recent orders in few minutes.", _LATER),
    (400, 800061, "order_not_cancellable", "Order cannot be cancelled.", "Read the order: it may be cancelled already, or of a kind that is cancelled by subscription."),
    (400, 800062, "not_eligible", "You are not eligible for this transaction.", _SUPPORT),
    (400, 800063, "cancel_by_subscription", "This order {0} cannot be cancelled. Use PATCH /customers/{1}/subscriptions/<subscriptionId> to suspend subscriptions.", _BY_SUBSCRIPTION),
    (409, 800064, "cart_busy", "Cart {0} is being processed by another request.", _LATER),
    (400, 800065, "cart_already_submitted", "Cannot check out an already submitted cart {0}.", "Create a new cart for another purchase."),
    (403, 800066, "too_many_subscriptions", "The desired number of subscriptions exceeded the maximum number of subscriptions allowed per customer.", _SANDBOX_FULL),
    (403, 800067, "too_many_seats", "The desired seat count exceeded the maximum seat count allowed per subscription.", "A sandbox subscription has at most 25 seats; ask for fewer."),
    (403, 800068, "too_many_azure_subscriptions", "The desired number of subscriptions exceeded the maximum number of Azure subscriptions allowed per partner.", _SANDBOX_FULL),
    (403, 800069, "risk_check_failed", "Order failed Risk Management check.", _SUPPORT),
    (400, 800070, "offer_not_in_country", "Offer is not available in the specified country.", _OFFER),
    (400, 800071, "line_number_out_of_range", "Line Item number should be from 0 to number of line items count.", "Number the lines from 0 without gaps."),
    (403, 800073, "customer_under_review", "Your customer account is currently under review. Check back in few days. Your patience is appreciated during this time. Learn more at {0}.", "Wait until the review is over, or use another customer."),
    (403, 800075, "customer_not_approved", "Your customer account was not approved. Transactions for this customer are not allowed.", "Use another customer."),
    (403, 800077, "marketplace_cancel_by_subscription", "Cancelling of seat-based SaaS is not supported via patch order. Use patch subscription instead.", _BY_SUBSCRIPTION),
    (400, 800081, "not_activated", "Cannot update a subscription before activating it.", "Activate the subscription first."),
    (409, 800082, "subscription_busy", "Subscription is not ready to be updated. Please try again after sometime.", _LATER),
    (400, 800085, "billing_cycle_mismatch", "Subscription's billing cycle does not match with the original order billing cycle.", "Use the billing cycle of the order."),
    (403, 800088, "seat_limit_of_item", "The requested number of {0} seat/s exceeded the remaining limit of {1} seats allowed per subscription for the CatalogID - {2}.", "Ask for at most the seats that remain."),
    (403, 800089, "asset_limit_of_item", "The requested number of {0} asset/s exceeded the remaining limit of {1} assets allowed per customer.", "Check the catalogue item id first: a wrong one gives this error too."),
    (400, 800090, "quantity_decrease_refused", "Subscription quantity cannot be decreased.", "Seats can be taken away within the first 7 days of a term only."),
    (400, 800091, "subscription_suspended", "Cannot update a subscription with suspended status.", "Activate the subscription first."),
    (400, 800093, "auto_renew_refused", "The subscription is not eligible to be auto-renewed.", _READ_AGAIN),
    (500, 800094, "update_failed", "Update subscription is not successful.", _LATER),
    (400, 800095, "quantity_locked", "Cannot update the seat quantity for this subscription.", _READ_AGAIN),
    (400, 800096, "status_locked", "Cannot update the status for this subscription.", _READ_AGAIN),
    (400, 800097, "billing_cycle_locked", "Cannot update the billing cycle for this subscription.", _READ_AGAIN),
    (404, 800111, "azure_entitlement_not_found", "Azure subscription with the given entitlement ID isn't found.", "List the Azure entitlements of the plan and take an id from there."),
    (403, 900105, "suspended_azure_subscriptions", "You have one or more Azure subscriptions in the suspended state. These can't be transitioned to the Azure plan.", "Activate or cancel the suspended Azure subscriptions first."),
    (403, 900115, "azure_plan_in_use", "Azure plan cannot be moved to suspended state since you have one or more Azure Subscriptions in the active state.", "Cancel every Azure subscription and reservation below the plan first."),
    (400, 900116, "azure_plan_limit", "Unable to create order. There is a limit to how many Azure plans can be created under sandbox accounts.", _SANDBOX_FULL),
    (400, 900117, "day_window_passed", "You have passed your {0}-day cancellation window. We are unable to cancel your purchase.", "It can no longer be cancelled by API; open a support request in Partner Center."),
    (400, 900118, "invalid_customer", "Invalid Customer Id.", "Check the customer id."),
    (400, 900126, "unknown_enum", "Unable to parse enum: {0} For more information, please visit {1}.", "Send one of the documented words."),
    (400, 900127, "not_in_this_environment", "This operation is not supported in this environment.", "Only a sandbox account can do this; a production customer cannot be deleted."),
    (400, 900141, "operation_not_supported", "This operation is not supported.", "Use another operation for this resource."),
    (405, 900141, "method_not_allowed", "This operation is not supported.", "Use one of the methods that the Allow header lists."),
    (403, 900149, "program_not_active", "{0} program status is not active.", "Activate the programme in Partner Center."),
    (403, 900150, "role_without_rights", "The supplied role does not have the rights to perform the requested operation.", "Sign in as an admin agent."),
    (403, 900159, "no_commerce_relationship", "The partner with account ID {0} and organization ID {1} has no commerce relationship with the customer with account ID {2} and organization ID {3}.", "Check that the customer belongs to the partner of the token."),
    (400, 900169, "currency_not_supported", "One or more of the order items do not support the given currency, USD. Input currency should be either partner or customer (market) currency.", "Use the currency of the partner or of the customer's market."),
    (500, 900192, "try_again_later", "Something went wrong. Try again after some time.", _LATER),
    (400, 900203, "attestation_required", "CatalogItemId: {0} requires attestation acceptance.", "Send attestationAccepted with the line."),
    (400, 900206, "attestation_missing", "Partner Attestation is missing.", "Send the partner's attestation with the order."),
    (400, 900213, "hour_window_passed", "You have passed your {0}-hour cancellation window. We are unable to cancel your purchase.", "It can no longer be cancelled by API; open a support request in Partner Center."),
    (400, 900214, "seat_hour_window_passed", "You have passed your {0}-hour window for reducing seats for this subscription.", "Seats can be taken away again after the renewal."),
    (400, 900257, "seat_day_window_passed", "You have passed your {0}-day window for reducing seats for this subscription.", "Seats can be taken away again after the renewal."),
    (403, 900263, "not_for_legacy", "This API method is not supported for legacy subscriptions.", "Use the legacy operation for this subscription."),
    (400, 900275, "line_quantity_out_of_range", "The requested quantity for line item {0} is not within the allowed quantity for this offer.", "Choose a quantity within the offer's limits."),
    (400, 900277, "subscription_expiring", "Your subscription is in the process of being expired. No further updates are allowed on this subscription.", "Nothing can be changed any more."),
    (409, 900278, "pending_operation", "There is a pending operation on this subscription. Please try again after 24 hours.", "Wait a day, then repeat the call."),
    (400, 900279, "subscription_final", "Update operations are no longer allowed for this subscription.", "Nothing can be changed any more."),
    (400, 900280, "subscription_locked", "Update operations are currently not allowed for this subscription.", _LATER),
    (400, 900307, "cancellation_reason_invalid", "Cancellation reason '{0} is invalid.", "Send the cancellation reason compromise."),
    (403, 900308, "insufficient_privileges", "Insufficient privileges to complete the operation.", "Give the signed-in user the role Admin agent, or sign in as one who has it."),
    (403, 900309, "conditional_access", "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.", "Ask the tenant's administrator about its Conditional Access policies."),
    (400, 900311, "too_many_updates", "This subscription has been updated too many times. Please contact partner support if you need to make more updates on this subscription.", _SUPPORT),
    (400, 900316, "partner_token_not_allowed", "Partner token is not allowed in license management calls. Please call with partner access token.", "Sign in with app+user."),
    (403, 900321, "savings_plan_in_portal", "This operation is not supported for Azure savings plan in Partner Center today. It can however be managed in Azure portal.", "Manage the savings plan in the Azure portal."),
    (403, 900322, "not_sold_in_sandbox", "{0} is not available to purchase in the Sandbox environment. Learn more at {1}.", "Choose a product that the sandbox sells."),
    (403, 900329, "user_required", "This resource does not support application-only authentication.", "Sign in with app+user instead of app-only."),
    (403, 900416, "customer_locked", "This customer account is locked for transactions.", _SUPPORT),
    (400, 900419, "directory_limit", "This customer tenant has exceeded the limit for the number of subscriptions.", _SANDBOX_FULL),
    (401, 900420, "retired_audience", "The audience in the token is invalid and is no longer supported in Partner Center API.", "Ask for the scope https://api.partnercenter.microsoft.com/.default instead of https://graph.windows.net."),
    (401, 900421, "mfa_required", "MFA is required to access this API.", "Sign in again with multifactor authentication and use the new token."),
)
# fmt: on


def _checked(rows: Iterable[tuple[int, int, str, str, str]]) -> dict[tuple[int, int], ServiceErrorKind]:
    kinds: dict[tuple[int, int], ServiceErrorKind] = {}
    for row in rows:
        kind = ServiceErrorKind(*row)
        if (kind.status, kind.code) in kinds:
            raise ValueError(f"{kind.status}/{kind.code} stands twice in the catalogue.")
        if not kind.template.endswith(".") or not kind.advice.endswith("."):
            raise ValueError(
                f"The text and the advice of {kind.status}/{kind.code} must end with a full stop."
            )
        kinds[kind.status, kind.code] = kind
    return kinds


SERVICE_ERRORS: Final[Mapping[tuple[int, int], ServiceErrorKind]] = _checked(_TABLE)


def find_kind(status: int, code: int) -> ServiceErrorKind | None:
    """What is known of a status and code, or None."""
    return SERVICE_ERRORS.get((status, code))
