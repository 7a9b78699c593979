"""Enum words of the resources served today; resources.md, "Enum wire values"."""

from __future__ import annotations

from enum import IntEnum

from partnercenter.contract.resource import OpenEnum


class FieldFilterOperation(OpenEnum):
    """How a filter compares a field with its value."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    GREATER_THAN = "greater_than"
    GREATER_THAN_OR_EQUALS = "greater_than_or_equals"
    LESS_THAN = "less_than"
    LESS_THAN_OR_EQUALS = "less_than_or_equals"
    SUBSTRING = "substring"
    AND = "and"
    OR = "or"
    STARTS_WITH = "starts_with"
    NOT_STARTS_WITH = "not_starts_with"


class CustomerPartnerRelationship(OpenEnum):
    """What the partner is to the customer."""

    UNKNOWN = "unknown"
    RESELLER = "reseller"
    ADVISOR = "advisor"
    SYNDICATION = "syndication"
    MICROSOFT_SUPPORT = "microsoft_support"
    NONE = "none"


class BillingCycleType(OpenEnum):
    """How often a purchase is billed."""

    UNKNOWN = "unknown"
    MONTHLY = "monthly"
    ANNUAL = "annual"
    NONE = "none"
    ONE_TIME = "one_time"
    TRIENNIAL = "triennial"
    BIENNIAL = "biennial"


class OrderStatus(OpenEnum):
    """State of an order; a plain string in the service's own models (behaviour.md 4.2)."""

    UNKNOWN = "unknown"
    COMPLETED = "completed"
    PENDING = "pending"
    PENDING_PO_UPLOAD = "pending_po_upload"
    PO_UPLOAD_COMPLETE = "po_upload_complete"
    CANCELLED = "cancelled"
    PARTIAL_SUCCESS = "partial_success"
    PO_REVIEW_REJECTED = "po_review_rejected"
    SUSPENDED = "suspended"
    PENDING_REVIEW = "pending_review"
    ERROR = "error"


class SubscriptionStatus(OpenEnum):
    """State of a subscription (behaviour.md 5.2)."""

    NONE = "none"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"
    EXPIRED = "expired"
    PENDING = "pending"
    DISABLED = "disabled"


class BillingType(OpenEnum):
    """Whether a subscription is billed by licence or by use."""

    NONE = "none"
    USAGE = "usage"
    LICENSE = "license"


class ContractType(OpenEnum):
    """What a purchase is: `subscription` for every subscription."""

    SUBSCRIPTION = "subscription"
    PRODUCT_KEY = "product_key"
    REDEMPTION_CODE = "redemption_code"


class ProvisioningStatus(OpenEnum):
    """Whether a subscription has been delivered (behaviour.md 5.4)."""

    NONE = "none"
    SUCCESS = "success"
    PENDING = "pending"
    FAILED = "failed"


class CartStatus(OpenEnum):
    """Whether a cart can still be checked out; a plain string in the service's own models."""

    ACTIVE = "Active"
    ORDERED = "Ordered"


class CartErrorCode(OpenEnum):
    """Why a line of a cart cannot be bought; `number` is the code the documentation gives (behaviour.md 4.4)."""

    UNKNOWN = "unknown"
    CURRENCY_IS_NOT_SUPPORTED = "currency_is_not_supported"
    CATALOG_ITEM_ID_IS_NOT_VALID = "catalog_item_id_is_not_valid"
    QUOTA_NOT_AVAILABLE = "quota_not_available"
    INVENTORY_NOT_AVAILABLE = "inventory_not_available"
    PARTICIPANTS_IS_NOT_SUPPORTED_FOR_PARTNER = "participants_is_not_supported_for_partner"
    UNABLE_TO_PROCESS_CART_LINE_ITEM = "unable_to_process_cart_line_item"
    SUBSCRIPTION_IS_NOT_VALID = "subscription_is_not_valid"
    SUBSCRIPTION_IS_NOT_ENABLED_FOR_RI = "subscription_is_not_enabled_for_r_i"
    SANDBOX_LIMIT_EXCEEDED = "sandbox_limit_exceeded"
    INVALID_INPUT = "invalid_input"
    SUBSCRIPTION_NOT_REGISTERED = "subscription_not_registered"
    ATTESTATION_NOT_ACCEPTED = "attestation_not_accepted"
    BILLING_PLAN_NOT_SUPPORTED = "billing_plan_not_supported"
    INVALID_PROMOTION_ID = "invalid_promotion_id"
    MAX_ALLOWED_SEATS_PER_SUBSCRIPTION_EXCEEDED = "max_allowed_seats_per_subscription_exceeded"
    INVALID_CUSTOM_TERM_END_DATE_PRODUCT = "invalid_custom_term_end_date_product"
    INVALID_CUSTOM_TERM_END_DATE = "invalid_custom_term_end_date"
    BASE_OFFER_SEAT_QUANTITY_NOT_MET = "base_offer_seat_quantity_not_met"
    MINIMUM_ADD_ON_SEATS_NOT_MET = "minimum_add_on_seats_not_met"
    LEGACY_OFFER_NOT_ELIGIBLE_FOR_PURCHASE = "legacy_offer_not_eligible_for_purchase"

    @property
    def number(self) -> int:
        """The code that the documentation gives beside the word."""
        return _CART_ERROR_NUMBERS[self]


_CART_ERROR_NUMBERS: dict[CartErrorCode, int] = dict(
    zip(CartErrorCode, (0, *range(10000, 10005), *range(10006, 10020), 500600), strict=True)
)


class ParticipantType(OpenEnum):
    """How a reseller takes part in a purchase."""

    UNKNOWN = "unknown"
    TRANSACTION_RESELLER = "transaction_reseller"
    CONSUMPTION_RESELLER = "consumption_reseller"
    ADDITIONAL_TRANSACTION_RESELLER = "additional_transaction_reseller"


class EntitlementType(OpenEnum):
    """What an entitlement is for; a plain string in the service's own models (behaviour.md 6)."""

    SOFTWARE = "software"
    RESERVED_INSTANCE = "reservedinstance"
    VIRTUAL_MACHINE_RESERVED_INSTANCE = "virtualmachinereservedinstance"


class UpgradeType(OpenEnum):
    """Whether licences move along with an upgrade."""

    NONE = "none"
    UPGRADE_ONLY = "upgrade_only"
    UPGRADE_WITH_LICENSE_TRANSFER = "upgrade_with_license_transfer"


class TransitionType(OpenEnum):
    """Whether licences move along with a transition; a plain string in the service's own models."""

    TRANSITION_ONLY = "transition_only"
    TRANSITION_WITH_LICENSE_TRANSFER = "transition_with_license_transfer"


class ConversionErrorCode(IntEnum):
    """Why a trial was not converted; a number without a word."""

    OTHER = 0
    CONVERSIONS_NOT_FOUND = 1


class UpgradeErrorCode(IntEnum):
    """Why an upgrade is not possible; a number without a word."""

    OTHER = 0
    DELEGATED_ADMIN_PERMISSIONS_DISABLED = 1
    SUBSCRIPTION_STATUS_NOT_ACTIVE = 2
    CONFLICTING_SERVICE_TYPES = 3
    CONCURRENCY_CONFLICTS = 4
    USER_CONTEXT_REQUIRED = 5
    SUBSCRIPTION_ADD_ONS_PRESENT = 6
    SUBSCRIPTION_DOES_NOT_HAVE_ANY_UPGRADE_PATHS = 7
    SUBSCRIPTION_TARGET_OFFER_NOT_FOUND = 8
    SUBSCRIPTION_NOT_PROVISIONED = 9
    OFFER_DOES_NOT_SUPPORT_BILLING_CYCLE = 10
    INSUFFICIENT_GRANULAR_ADMIN_PERMISSIONS = 11


class TransitionErrorCode(IntEnum):
    """Why a transition is not possible; a number without a word."""

    OTHER = 0
    DELEGATED_ADMIN_PERMISSIONS_DISABLED = 1
    SUBSCRIPTION_STATUS_NOT_ACTIVE = 2
    CONFLICTING_SERVICE_TYPES = 3
    CONCURRENCY_CONFLICTS = 4
    USER_CONTEXT_REQUIRED = 5
    SUBSCRIPTION_ADD_ONS_PRESENT = 6
    SUBSCRIPTION_DOES_NOT_HAVE_ANY_TRANSITIONED_PATHS = 7
    SUBSCRIPTION_TARGET_OFFER_NOT_FOUND = 8
    SUBSCRIPTION_NOT_PROVISIONED = 9
    OFFER_DOES_NOT_SUPPORT_BILLING_CYCLE = 10
    CONVERSIONS_NOT_FOUND = 11
    USER_LICENSE_ERROR = 12
    INSUFFICIENT_GRANULAR_ADMIN_PERMISSIONS = 13


class OperationType(OpenEnum):
    """What an audit record tells of; those that this package emits or asks for (behaviour.md 13.1)."""

    UNDEFINED = "undefined"
    ADD_CUSTOMER = "add_customer"
    DELETE_CUSTOMER = "delete_customer"
    DELETE_TIP_CUSTOMER = "delete_tip_customer"
    REMOVE_PARTNER_CUSTOMER_RELATIONSHIP = "remove_partner_customer_relationship"
    UPDATE_CUSTOMER_BILLING_PROFILE = "update_customer_billing_profile"
    CREATE_ORDER = "create_order"
    UPDATE_ORDER = "update_order"
    UPDATE_SUBSCRIPTION = "update_subscription"


class OperationStatus(OpenEnum):
    """How the audited operation ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PROGRESS = "progress"
    DECLINE = "decline"


class AuditResourceType(OpenEnum):
    """What kind of resource an audit record is about; those that this package emits or asks for."""

    UNDEFINED = "undefined"
    CUSTOMER = "customer"
    ORDER = "order"
    SUBSCRIPTION = "subscription"
    PARTNER_CUSTOMER_RELATIONSHIP = "partner_customer_relationship"
    AZURE_ENTITLEMENT = "azure_entitlement"
