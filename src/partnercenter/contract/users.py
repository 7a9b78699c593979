"""A customer's users, their licences and roles; behaviour.md 3.6, resources.md "Users and roles" and "Licenses"."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from partnercenter.contract.collection import READ_ONLY, ResourceAttributes, StandardResourceLinks
from partnercenter.contract.enums import LicenseGroupId, UserDomainType, UserState
from partnercenter.contract.resource import Member, Resource

_LONGEST_NAME = 64
_LONGEST_DISPLAY_NAME = 256
_LONGEST_PRINCIPAL_NAME = 113


class PasswordProfile(Resource):
    """A new password. It is sent and never answered."""

    force_change_password: Annotated[
        bool | None, Member(required=True, description="the user must choose another one at the next sign-in")
    ] = None
    password: Annotated[str | None, Member(required=True, min_length=1, max_length=256)] = None


class CustomerUser(Resource):
    """A user of a customer. One that was deleted is `inactive` for 30 days from `soft_deletion_time` on."""

    object_type = "CustomerUser"

    usage_location: Annotated[
        str | None, Member(required=True, min_length=2, max_length=2, description="ISO 3166-1 alpha-2")
    ] = None
    id: Annotated[str | None, READ_ONLY] = None
    user_principal_name: Annotated[
        str | None,
        Member(
            required=True,
            min_length=1,
            max_length=_LONGEST_PRINCIPAL_NAME,
            description="name@domain, in a domain of the customer",
        ),
    ] = None
    first_name: Annotated[str | None, Member(required=True, min_length=1, max_length=_LONGEST_NAME)] = None
    last_name: Annotated[str | None, Member(required=True, min_length=1, max_length=_LONGEST_NAME)] = None
    display_name: Annotated[
        str | None, Member(required=True, min_length=1, max_length=_LONGEST_DISPLAY_NAME)
    ] = None
    immutable_id: Annotated[str | None, Member(max_length=_LONGEST_DISPLAY_NAME)] = None
    phone_number: Annotated[str | None, Member(max_length=_LONGEST_NAME)] = None
    password_profile: Annotated[PasswordProfile | None, Member(required=True)] = None
    last_directory_sync_time: Annotated[datetime | None, READ_ONLY] = None
    user_domain_type: Annotated[UserDomainType | str | None, READ_ONLY] = None
    state: Annotated[UserState | str | None, Member(description="active brings a deleted user back")] = None
    soft_deletion_time: Annotated[datetime | None, READ_ONLY] = None
    links: Annotated[StandardResourceLinks | None, READ_ONLY] = None
    attributes: ResourceAttributes | None = None


class CustomerUserChange(Resource):
    """What a PATCH may change of a user; what it leaves out stays."""

    object_type = "CustomerUser"

    usage_location: Annotated[str | None, Member(min_length=2, max_length=2)] = None
    user_principal_name: Annotated[str | None, Member(max_length=_LONGEST_PRINCIPAL_NAME)] = None
    first_name: Annotated[str | None, Member(max_length=_LONGEST_NAME)] = None
    last_name: Annotated[str | None, Member(max_length=_LONGEST_NAME)] = None
    display_name: Annotated[str | None, Member(max_length=_LONGEST_DISPLAY_NAME)] = None
    immutable_id: Annotated[str | None, Member(max_length=_LONGEST_DISPLAY_NAME)] = None
    phone_number: Annotated[str | None, Member(max_length=_LONGEST_NAME)] = None
    password_profile: PasswordProfile | None = None
    state: UserState | str | None = None
    attributes: ResourceAttributes | None = None


class PasswordReset(Resource):
    """The new password of a user."""

    object_type = "CustomerUser"

    password_profile: Annotated[PasswordProfile | None, Member(required=True)] = None
    attributes: ResourceAttributes | None = None


class DirectoryRole(Resource):
    """A role that a user has in the customer's directory."""

    object_type = "DirectoryRole"

    name: Annotated[str | None, READ_ONLY] = None
    id: Annotated[str | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class ProductSku(Resource):
    """What a licence is for."""

    id: Annotated[str | None, READ_ONLY] = None
    name: Annotated[str | None, READ_ONLY] = None
    sku_part_number: Annotated[str | None, READ_ONLY] = None
    target_type: Annotated[str | None, Member(read_only=True, description="User or Tenant")] = None
    license_group_id: Annotated[LicenseGroupId | str | None, READ_ONLY] = None


class ServicePlan(Resource):
    """One of the services that a licence opens."""

    display_name: Annotated[str | None, READ_ONLY] = None
    service_name: Annotated[str | None, READ_ONLY] = None
    id: Annotated[str | None, READ_ONLY] = None
    capability_status: Annotated[str | None, READ_ONLY] = None
    target_type: Annotated[str | None, Member(read_only=True, description="User or Tenant")] = None


class License(Resource):
    """A licence that a user has."""

    object_type = "License"

    service_plans: Annotated[list[ServicePlan] | None, READ_ONLY] = None
    product_sku: Annotated[ProductSku | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class SubscribedSku(Resource):
    """Licences that a customer has, and how many of them are free.

    `total_units` are the active and the warning ones, `available_units` what nobody has of them.
    """

    object_type = "SubscribedSku"

    available_units: Annotated[int | None, READ_ONLY] = None
    active_units: Annotated[int | None, READ_ONLY] = None
    consumed_units: Annotated[int | None, READ_ONLY] = None
    suspended_units: Annotated[int | None, READ_ONLY] = None
    total_units: Annotated[int | None, READ_ONLY] = None
    warning_units: Annotated[int | None, READ_ONLY] = None
    product_sku: Annotated[ProductSku | None, READ_ONLY] = None
    service_plans: Annotated[list[ServicePlan] | None, READ_ONLY] = None
    capability_status: Annotated[str | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None


class LicenseAssignment(Resource):
    """A licence for a user, without the services that it shall not open."""

    excluded_plans: Annotated[list[str] | None, Member(description="ids of service plans")] = None
    sku_id: Annotated[str | None, Member(required=True, min_length=1, max_length=100)] = None


class LicenseWarning(Resource):
    """What the caller should know of an assignment."""

    code: Annotated[str | None, READ_ONLY] = None
    message: Annotated[str | None, READ_ONLY] = None
    service_plans: Annotated[list[str] | None, READ_ONLY] = None


class LicenseUpdate(Resource):
    """Licences to give to a user, and ids of SKUs to take away."""

    object_type = "LicenseUpdate"

    licenses_to_assign: list[LicenseAssignment] | None = None
    licenses_to_remove: Annotated[list[str] | None, Member(description="ids of SKUs")] = None
    license_warnings: Annotated[list[LicenseWarning] | None, READ_ONLY] = None
    attributes: ResourceAttributes | None = None
