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


class TargetView(OpenEnum):
    """Which part of the catalogue a list of products shows."""

    AZURE = "Azure"
    AZURE_RESERVATIONS = "AzureReservations"
    AZURE_RESERVATIONS_VM = "AzureReservationsVM"
    AZURE_RESERVATIONS_SQL = "AzureReservationsSQL"
    AZURE_RESERVATIONS_COSMOS_DB = "AzureReservationsCosmosDb"
    MICROSOFT_AZURE = "MicrosoftAzure"
    ONLINE_SERVICES = "OnlineServices"
    SOFTWARE = "Software"
    SOFTWARE_SUSE_LINUX = "SoftwareSUSELinux"
    SOFTWARE_PERPETUAL = "SoftwarePerpetual"
    SOFTWARE_SUBSCRIPTIONS = "SoftwareSubscriptions"
    MARKETPLACE_SAAS = "MarketplaceSaaS"


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


class AgreementType(OpenEnum):
    """What a customer agrees to; a plain string in the service's own models."""

    MICROSOFT_CLOUD_AGREEMENT = "MicrosoftCloudAgreement"
    MICROSOFT_CUSTOMER_AGREEMENT = "MicrosoftCustomerAgreement"


class UserState(OpenEnum):
    """Whether a user is there, or was deleted in the last 30 days (behaviour.md 3.6)."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class UserDomainType(OpenEnum):
    """Who keeps a user's password: the directory, or an identity provider of the customer's own."""

    NONE = "none"
    MANAGED = "managed"
    FEDERATED = "federated"


class LicenseGroupId(OpenEnum):
    """What a licence belongs to: `group1` needs the directory, `group2` does not, such as Minecraft."""

    NONE = "none"
    GROUP1 = "group1"
    GROUP2 = "group2"


class OperationType(OpenEnum):
    """What an audit record tells of (behaviour.md 13.1)."""

    UNDEFINED = "undefined"
    UPDATE_CUSTOMER_QUALIFICATION = "update_customer_qualification"
    UPDATE_SUBSCRIPTION = "update_subscription"
    UPGRADE_SUBSCRIPTION = "upgrade_subscription"
    CONVERT_TRIAL_SUBSCRIPTION = "convert_trial_subscription"
    ADD_CUSTOMER = "add_customer"
    UPDATE_CUSTOMER_BILLING_PROFILE = "update_customer_billing_profile"
    UPDATE_CUSTOMER_PARTNER_CONTRACT_COMPANY_NAME = "update_customer_partner_contract_company_name"
    UPDATE_CUSTOMER_SPENDING_BUDGET = "update_customer_spending_budget"
    DELETE_CUSTOMER = "delete_customer"
    REMOVE_PARTNER_CUSTOMER_RELATIONSHIP = "remove_partner_customer_relationship"
    CREATE_ORDER = "create_order"
    UPDATE_ORDER = "update_order"
    CREATE_CUSTOMER_USER = "create_customer_user"
    DELETE_CUSTOMER_USER = "delete_customer_user"
    UPDATE_CUSTOMER_USER = "update_customer_user"
    UPDATE_CUSTOMER_USER_LICENSES = "update_customer_user_licenses"
    RESET_CUSTOMER_USER_PASSWORD = "reset_customer_user_password"
    UPDATE_CUSTOMER_USER_PRINCIPAL_NAME = "update_customer_user_principal_name"
    RESTORE_CUSTOMER_USER = "restore_customer_user"
    CREATE_MPN_ASSOCIATION = "create_mpn_association"
    UPDATE_MPN_ASSOCIATION = "update_mpn_association"
    UPDATE_SFB_CUSTOMER_USER_LICENSES = "update_sfb_customer_user_licenses"
    UPDATE_TRANSFER = "update_transfer"
    CREATE_PARTNER_RELATIONSHIP = "create_partner_relationship"
    REGISTER_APPLICATION = "register_application"
    UNREGISTER_APPLICATION = "unregister_application"
    ADD_APPLICATION_CREDENTIAL = "add_application_credential"
    REMOVE_APPLICATION_CREDENTIAL = "remove_application_credential"
    CREATE_PARTNER_USER = "create_partner_user"
    UPDATE_PARTNER_USER = "update_partner_user"
    REMOVE_PARTNER_USER = "remove_partner_user"
    CREATE_REFERRAL = "create_referral"
    UPDATE_REFERRAL = "update_referral"
    GET_SOFTWARE_KEY = "get_software_key"
    GET_SOFTWARE_DOWNLOAD_LINK = "get_software_download_link"
    INCREASE_SPENDING_LIMIT = "increase_spending_limit"
    READY_INVOICE = "ready_invoice"
    CREATE_AGREEMENT = "create_agreement"
    EXTEND_RELATIONSHIP = "extend_relationship"
    CREATE_TRANSFER = "create_transfer"
    CREATE_SELF_SERVE_POLICY = "create_self_serve_policy"
    UPDATE_SELF_SERVE_POLICY = "update_self_serve_policy"
    DELETE_SELF_SERVE_POLICY = "delete_self_serve_policy"
    REMOVE_PARTNER_RELATIONSHIP = "remove_partner_relationship"
    DELETE_TIP_CUSTOMER = "delete_tip_customer"
    CREATE_RELATED_REFERRAL = "create_related_referral"
    UPDATE_RELATED_REFERRAL = "update_related_referral"
    GRANULAR_ADMIN_RELATIONSHIP_APPROVED = "granular_admin_relationship_approved"
    GRANULAR_ADMIN_RELATIONSHIP_ACTIVATED = "granular_admin_relationship_activated"
    GRANULAR_ADMIN_RELATIONSHIP_TERMINATION_REQUESTED = "granular_admin_relationship_termination_requested"
    GRANULAR_ADMIN_RELATIONSHIP_TERMINATED = "granular_admin_relationship_terminated"
    GRANULAR_ADMIN_RELATIONSHIP_EXPIRED = "granular_admin_relationship_expired"
    GRANULAR_ADMIN_ACCESS_ASSIGNMENT_CREATED = "granular_admin_access_assignment_created"
    GRANULAR_ADMIN_ACCESS_ASSIGNMENT_UPDATED = "granular_admin_access_assignment_updated"
    GRANULAR_ADMIN_ACCESS_ASSIGNMENT_DELETED = "granular_admin_access_assignment_deleted"
    DAP_ADMIN_RELATIONSHIP_APPROVED = "dap_admin_relationship_approved"
    DAP_ADMIN_RELATIONSHIP_TERMINATED = "dap_admin_relationship_terminated"
    CREATE_CREDIT = "create_credit"
    UPDATE_CREDIT = "update_credit"
    CANCEL_CREDIT = "cancel_credit"
    ADD_USER_MEMBER = "add_user_member"
    REMOVE_USER_MEMBER = "remove_user_member"
    GRANULAR_ADMIN_ACCESS_ASSIGNMENT_ACTIVATED = "granular_admin_access_assignment_activated"
    SOFTWARE_ATTESTATION = "software_attestation"
    GRANULAR_ADMIN_RELATIONSHIP_CLEANED_UP = "granular_admin_relationship_cleaned_up"
    UPDATE_COMPANY_INFO = "update_company_info"
    POLICY_CREATED = "policy_created"
    POLICY_UPDATED = "policy_updated"
    POLICY_DELETED = "policy_deleted"
    DEVICE_UPDATED = "device_updated"
    DEVICES_UPDATE_ATTEMPTED = "devices_update_attempted"
    DEVICE_DELETED = "device_deleted"
    DEVICES_UPLOAD_TO_NEW_BATCH_ATTEMPTED = "devices_upload_to_new_batch_attempted"
    DEVICES_UPLOAD_TO_EXISTING_BATCH_ATTEMPTED = "devices_upload_to_existing_batch_attempted"
    MANAGE_OVERAGE = "manage_overage"
    DAP_ADMIN_RELATIONSHIP_TERMINATED_BY_MICROSOFT = "dap_admin_relationship_terminated_by_microsoft"
    AZURE_FRAUD_EVENT_DETECTED = "azure_fraud_event_detected"
    CREATE_NEW_COMMERCE_MIGRATION = "create_new_commerce_migration"


class OperationStatus(OpenEnum):
    """How the audited operation ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PROGRESS = "progress"
    DECLINE = "decline"


class AuditResourceType(OpenEnum):
    """What kind of resource an audit record is about."""

    UNDEFINED = "undefined"
    CUSTOMER = "customer"
    CUSTOMER_USER = "customer_user"
    ORDER = "order"
    SUBSCRIPTION = "subscription"
    LICENSE = "license"
    THIRD_PARTY_ADD_ON = "third_party_add_on"
    MPN_ASSOCIATION = "mpn_association"
    TRANSFER = "transfer"
    APPLICATION = "application"
    APPLICATION_CREDENTIAL = "application_credential"
    PARTNER_USER = "partner_user"
    PARTNER_RELATIONSHIP = "partner_relationship"
    REFERRAL = "referral"
    SOFTWARE_KEY = "software_key"
    SOFTWARE_DOWNLOAD_LINK = "software_download_link"
    SPENDING_LIMIT = "spending_limit"
    INVOICE = "invoice"
    AGREEMENT = "agreement"
    PARTNER_CUSTOMER_RELATIONSHIP = "partner_customer_relationship"
    SELF_SERVE_POLICY = "self_serve_policy"
    GRANULAR_ADMIN_RELATIONSHIP = "granular_admin_relationship"
    GRANULAR_ADMIN_ACCESS_ASSIGNMENT = "granular_admin_access_assignment"
    PARTNER_CUSTOMER_DAP = "partner_customer_dap"
    CREDIT = "credit"
    CUSTOMER_DIRECTORY_ROLE = "customer_directory_role"
    SOFTWARE_PAGE = "software_page"
    DEVICE = "device"
    POLICY = "policy"
    OVERAGE = "overage"
    NEW_COMMERCE_MIGRATION = "new_commerce_migration"
    AZURE_ENTITLEMENT = "azure_entitlement"
    INDIRECT_PROVIDER_INDIRECT_RESELLER_DAP = "indirect_provider_indirect_reseller_dap"
