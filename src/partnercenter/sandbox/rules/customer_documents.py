"""What the service says of a customer: the documents of behaviour.md 3.1 to 3.5, made from data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any, Final

Json = dict[str, Any]

# Members of an address that a company profile repeats, with their names there (lifecycle.md, "Read it").
_COMPANY_ADDRESS = {
    "country": "country",
    "state": "region",
    "city": "city",
    "addressLine1": "addressLine1",
    "addressLine2": "addressLine2",
    "postalCode": "postalCode",
    "phoneNumber": "phoneNumber",
}


@dataclass(frozen=True, slots=True)
class CustomerIdentity:
    """The ids that a new customer gets."""

    tenant_id: str
    commerce_id: str
    billing_profile_id: str
    etag: int
    password: str


def link(uri: str, method: str = "GET") -> Json:
    """A link of the service."""
    return {"uri": uri, "method": method, "headers": []}


def self_links(uri: str) -> Json:
    """The links of a resource that has only itself to point to."""
    return {"self": link(uri)}


def created_document(body: Mapping[str, Any], identity: CustomerIdentity) -> Json:
    """The answer to a create: relationship `none`, the password, no links (behaviour.md 3.1)."""
    company = body["companyProfile"]
    document: Json = {
        "id": identity.tenant_id,
        "commerceId": identity.commerce_id,
        "companyProfile": {
            "tenantId": identity.tenant_id,
            "domain": company["domain"],
            **_registration_number(company),
            "attributes": {"objectType": "CustomerCompanyProfile"},
        },
        "billingProfile": _billing_profile(
            body["billingProfile"], identity.billing_profile_id, identity.etag
        ),
        "relationshipToPartner": "none",
        "userCredentials": {"userName": "admin", "password": identity.password},
        "attributes": {"objectType": "Customer"},
    }
    for name in ("enableGDAPByDefault", "associatedPartnerId"):
        if name in body:
            document[name] = body[name]
    return document


def read_document(created: Mapping[str, Any]) -> Json:
    """What a later GET answers: relationship `reseller`, names, address, domains and links (behaviour.md 3.3)."""
    uri = f"/customers/{created['id']}"
    profile = created["billingProfile"]
    document: Json = {
        "id": created["id"],
        "commerceId": created["commerceId"],
        "companyProfile": _company_profile(created["companyProfile"], profile, uri),
        "billingProfile": _with_links(profile, f"{uri}/profiles/billing"),
        "relationshipToPartner": "reseller",
        "allowDelegatedAccess": True,
        "customDomains": [created["companyProfile"]["domain"]],
        "links": self_links(uri),
        "attributes": {"objectType": "Customer"},
    }
    for name in ("enableGDAPByDefault", "associatedPartnerId"):
        if name in created:
            document[name] = created[name]
    return document


def with_billing_profile(document: Mapping[str, Any], profile: Mapping[str, Any], etag: int) -> Json:
    """The customer with another billing profile; the company profile follows its name and address."""
    uri = f"/customers/{document['id']}"
    changed = _billing_profile(profile, document["billingProfile"]["id"], etag)
    return {
        **document,
        "companyProfile": _company_profile(document["companyProfile"], changed, uri),
        "billingProfile": _with_links(changed, f"{uri}/profiles/billing"),
    }


def without_delegated_access(document: Mapping[str, Any]) -> Json:
    """What a partner without delegated access sees (behaviour.md 3.3)."""
    company = {k: v for k, v in document["companyProfile"].items() if k not in {"address", "email"}}
    shown = {k: v for k, v in document.items() if k != "customDomains"}
    return {**shown, "companyProfile": company, "allowDelegatedAccess": False}


def list_item(customer_id: str, domain: str, company_name: str, relationship: str) -> Json:
    """A customer as lists show it (behaviour.md 3.2)."""
    return {
        "id": customer_id,
        "companyProfile": {
            "tenantId": customer_id,
            "domain": domain,
            "companyName": company_name,
            "attributes": {"objectType": "CustomerCompanyProfile"},
        },
        "relationshipToPartner": relationship,
        "links": self_links(f"/customers/{customer_id}"),
        "attributes": {"objectType": "Customer"},
    }


_LIST_ITEM: Final = json.dumps(list_item("%s", "%s", "%s", "%s"), separators=(",", ":")).split("%s")


def list_item_text(customer_id: str, domain: str, company_name: str, relationship: str) -> str:
    """The same as JSON; a page has hundreds of them, and this takes a twentieth of the time."""
    own, tenant, host, name, relation, link, end = _LIST_ITEM
    shown_domain, shown_name = encode_basestring(domain)[1:-1], encode_basestring(company_name)[1:-1]
    company = f"{tenant}{customer_id}{host}{shown_domain}{name}{shown_name}"
    return f"{own}{customer_id}{company}{relation}{relationship}{link}{customer_id}{end}"


def ended_relationship_document() -> Json:
    """The answer to the PATCH that ends a relationship: upper first letters, explicit nulls (behaviour.md 3.5)."""
    return {
        "Id": None,
        "CommerceId": None,
        "CompanyProfile": None,
        "BillingProfile": None,
        "RelationshipToPartner": "none",
        "AllowDelegatedAccess": None,
        "UserCredentials": None,
        "CustomDomains": None,
        "AssociatedPartnerId": None,
        "Attributes": {"ObjectType": "Customer"},
    }


def _billing_profile(profile: Mapping[str, Any], profile_id: str, etag: int) -> Json:
    address = profile["defaultAddress"]
    kept = {k: v for k, v in profile.items() if k not in {"id", "links", "attributes"}}
    return {
        "id": profile_id,
        **kept,
        "defaultAddress": dict(address),
        "attributes": {"etag": str(etag), "objectType": "CustomerBillingProfile"},
    }


def _with_links(profile: Mapping[str, Any], uri: str) -> Json:
    address = profile["defaultAddress"]
    shown: Json = {k: v for k, v in profile.items() if k != "attributes"}
    shown.setdefault("firstName", address["firstName"])
    shown.setdefault("lastName", address["lastName"])
    return {**shown, "links": self_links(uri), "attributes": profile["attributes"]}


def _company_profile(company: Mapping[str, Any], profile: Mapping[str, Any], uri: str) -> Json:
    address = profile["defaultAddress"]
    return {
        "tenantId": company["tenantId"],
        "domain": company["domain"],
        "companyName": profile["companyName"],
        **_registration_number(company),
        "address": {shown: address[name] for name, shown in _COMPANY_ADDRESS.items() if name in address},
        "email": profile["email"],
        "links": self_links(f"{uri}/profiles/company"),
        "attributes": {"objectType": "CustomerCompanyProfile"},
    }


def _registration_number(company: Mapping[str, Any]) -> Json:
    name = "organizationRegistrationNumber"
    return {name: company[name]} if name in company else {}
