"""Customers and their profiles; behaviour.md 3, resources.md "Customers"."""

from __future__ import annotations

from typing import Annotated

from partnercenter.contract.collection import READ_ONLY, ResourceAttributes, StandardResourceLinks
from partnercenter.contract.enums import CustomerPartnerRelationship
from partnercenter.contract.resource import Member, Resource


class Address(Resource):
    """A postal address. Which members a country needs is told by its `CountryValidationRules`."""

    country: Annotated[
        str | None, Member(required=True, min_length=2, max_length=2, description="ISO 3166-1 alpha-2")
    ] = None
    region: str | None = None
    city: Annotated[str | None, Member(max_length=100)] = None
    state: Annotated[str | None, Member(description="a code of the country's supportedStatesList")] = None
    district: str | None = None
    address_line1: Annotated[str | None, Member(required=True, min_length=1, max_length=200)] = None
    address_line2: Annotated[str | None, Member(max_length=200)] = None
    address_line3: Annotated[str | None, Member(max_length=200)] = None
    postal_code: Annotated[str | None, Member(max_length=40)] = None
    first_name: Annotated[str | None, Member(required=True, min_length=1, max_length=50)] = None
    middle_name: Annotated[str | None, Member(max_length=50)] = None
    last_name: Annotated[str | None, Member(required=True, min_length=1, max_length=50)] = None
    phone_number: Annotated[str | None, Member(max_length=40)] = None
    email_address: str | None = None


class CustomerCompanyProfile(Resource):
    """A customer's company; `address` and `email` are hidden without delegated access."""

    object_type = "CustomerCompanyProfile"

    tenant_id: Annotated[str | None, READ_ONLY] = None
    domain: Annotated[
        str | None,
        Member(required=True, min_length=1, max_length=255, description="such as name.onmicrosoft.com"),
    ] = None
    company_name: Annotated[str | None, READ_ONLY] = None
    organization_registration_number: Annotated[str | None, Member(max_length=100)] = None
    address: Annotated[Address | None, READ_ONLY] = None
    email: Annotated[str | None, READ_ONLY] = None
    links: Annotated[StandardResourceLinks | None, READ_ONLY] = None
    attributes: ResourceAttributes | None = None


class CustomerBillingProfile(Resource):
    """To whom a customer's bills go. `attributes.etag` must go back in `If-Match` when it is changed."""

    object_type = "CustomerBillingProfile"

    id: Annotated[str | None, READ_ONLY] = None
    first_name: Annotated[str | None, Member(max_length=50)] = None
    last_name: Annotated[str | None, Member(max_length=50)] = None
    email: Annotated[str | None, Member(required=True, min_length=1, max_length=320)] = None
    culture: Annotated[str | None, Member(required=True, min_length=1, description="such as en-US")] = None
    language: Annotated[
        str | None, Member(required=True, min_length=1, description="two letters, or a culture")
    ] = None
    company_name: Annotated[str | None, Member(required=True, min_length=1, max_length=256)] = None
    default_address: Annotated[Address | None, Member(required=True)] = None
    links: Annotated[StandardResourceLinks | None, READ_ONLY] = None
    attributes: ResourceAttributes | None = None


class UserCredentials(Resource):
    """The first administrator of a new customer; shown once, in the answer to its creation."""

    user_name: Annotated[str | None, READ_ONLY] = None
    password: Annotated[str | None, READ_ONLY] = None


class Customer(Resource):
    """A customer tenant. Lists carry `id`, `company_profile` and `relationship_to_partner` only."""

    object_type = "Customer"

    id: Annotated[str | None, Member(read_only=True, description="the customer's tenant id, a GUID")] = None
    commerce_id: Annotated[str | None, READ_ONLY] = None
    company_profile: Annotated[CustomerCompanyProfile | None, Member(required=True)] = None
    billing_profile: Annotated[CustomerBillingProfile | None, Member(required=True)] = None
    relationship_to_partner: CustomerPartnerRelationship | str | None = None
    allow_delegated_access: Annotated[bool | None, READ_ONLY] = None
    user_credentials: Annotated[UserCredentials | None, READ_ONLY] = None
    custom_domains: Annotated[list[str] | None, READ_ONLY] = None
    associated_partner_id: Annotated[
        str | None, Member(description="tenant id of the indirect reseller; indirect providers only")
    ] = None
    enable_gdap_by_default: Annotated[bool | None, Member(wire="enableGDAPByDefault")] = None
    links: Annotated[StandardResourceLinks | None, READ_ONLY] = None
    attributes: ResourceAttributes | None = None


class CustomerRelationshipChange(Resource):
    """The one change that PATCH of a customer knows: `relationshipToPartner` becomes `none`."""

    object_type = "Customer"

    relationship_to_partner: Annotated[CustomerPartnerRelationship | str | None, Member(required=True)] = None
    attributes: ResourceAttributes | None = None


class CountryValidationRules(Resource):
    """What an address of a country must look like (behaviour.md 3.1)."""

    object_type = "CountryValidationRules"

    iso2_code: Annotated[str | None, READ_ONLY] = None
    default_culture: Annotated[str | None, READ_ONLY] = None
    is_state_required: Annotated[bool | None, READ_ONLY] = None
    supported_states_list: Annotated[list[str] | None, READ_ONLY] = None
    supported_languages_list: Annotated[list[str] | None, READ_ONLY] = None
    supported_cultures_list: Annotated[list[str] | None, READ_ONLY] = None
    is_postal_code_required: Annotated[bool | None, READ_ONLY] = None
    postal_code_regex: Annotated[str | None, READ_ONLY] = None
    is_city_required: Annotated[bool | None, READ_ONLY] = None
    is_vat_id_supported: Annotated[bool | None, READ_ONLY] = None
    vat_id_regex: Annotated[str | None, READ_ONLY] = None
    phone_number_regex: Annotated[str | None, READ_ONLY] = None
    is_tax_id_supported: Annotated[bool | None, READ_ONLY] = None
    is_tax_id_optional: Annotated[bool | None, READ_ONLY] = None
    country_calling_codes_list: Annotated[list[str] | None, READ_ONLY] = None
    attributes: Annotated[ResourceAttributes | None, READ_ONLY] = None
