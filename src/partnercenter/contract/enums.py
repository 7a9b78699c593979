"""Enum words of the resources served today; resources.md, "Enum wire values"."""

from __future__ import annotations

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
