"""Customers: list, create, get; behaviour.md 3.1 to 3.3."""

from __future__ import annotations

import heapq
import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row

from partnercenter.contract.customers import Customer
from partnercenter.contract.enums import CustomerPartnerRelationship, FieldFilterOperation
from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.routes.audited import AuditedCustomer, record, relationship_data
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.routes.departed import shown_since
from partnercenter.sandbox.routes.page import filter_conditions, page_text, recall_query
from partnercenter.sandbox.rules.body_shape import canonical
from partnercenter.sandbox.rules.customer_creation import (
    associated_partner_problem,
    customer_problems,
    is_address_problem,
    normalised_profile,
)
from partnercenter.sandbox.rules.customer_documents import (
    CustomerIdentity,
    Json,
    created_document,
    list_item_text,
    read_document,
    without_delegated_access,
)
from partnercenter.sandbox.rules.paging import KeyRange
from partnercenter.sandbox.store import customers as store
from partnercenter.sandbox.store.customers import CustomerFilter, NewCustomer
from partnercenter.sandbox.store.departures import list_departures
from partnercenter.sandbox.store.partners import find_partner
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.wire.message import Response, json_response, json_text, text_response

_FIELDS = {
    "companyname": "company_name",
    "displayname": "company_name",
    "domain": "domain",
    "defaultdomainname": "domain",
    "indirectreseller": "associated_partner_id",
}


def list_page(call: Call, connection: Connection) -> Response:
    """A page of the partner's customers (behaviour.md 3.2)."""
    recall_query(call)
    chosen = _filter(call)
    since = shown_since(call)

    def fetch(keys: KeyRange, count: int) -> Sequence[Row[Any]]:
        if chosen is None:
            return []
        partner, span = call.partner.tenant_id, asdict(keys)
        there = store.list_customers(connection, partner, chosen, count=count, **span)
        if since is None:
            return there
        gone = list_departures(connection, partner, chosen, since=since, count=count, **span)
        both = heapq.merge(there, gone, key=lambda row: int(row.key), reverse=keys.descending)
        return list(islice(both, count))

    def show(row: Row[Any]) -> str:
        return list_item_text(row.id, row.domain, row.company_name, row.relationship)

    newest_first = call.settings.text("list_order") == "newest"
    return text_response(200, page_text(call, fetch, show, newest_first=newest_first))


def _filter(call: Call) -> CustomerFilter | None:
    """The filter of the query; None when no customer can match it."""
    values: dict[str, str] = {}
    for condition in filter_conditions(call):
        if condition.operator is not FieldFilterOperation.STARTS_WITH:
            raise call.setting_fault("fault_invalid_filter", "Customers are filtered with starts_with only.")
        if condition.field == "indirectcloudsolutionprovider":
            if not call.partner.tenant_id.startswith(condition.value.lower()):
                return None
        elif condition.field in _FIELDS:
            values[_FIELDS[condition.field]] = condition.value
        else:
            known = "CompanyName, Domain, IndirectReseller and IndirectCloudSolutionProvider"
            raise call.setting_fault("fault_invalid_filter", f"Customers are filtered by {known} only.")
    return CustomerFilter(**values)


def create(call: Call, connection: Connection) -> Response:
    """A new customer with a tenant of its own (behaviour.md 3.1)."""
    sent = call.json_object()
    body = canonical(Customer, sent)
    undeletable = _checked(call, body)
    _check_reseller(call, connection, body.get("associatedPartnerId"))
    if _sends_password(sent) and call.settings.text("password_in_request") == "refuse":
        raise call.setting_fault("fault_missing_field", "userCredentials.password is set by the service.")
    _check_room(call, connection, body["companyProfile"]["domain"])
    identity = _new_identity(call)
    created = created_document(
        {**body, "billingProfile": normalised_profile(body["billingProfile"])}, identity
    )
    call.customer_key = _store_customer(call, connection, created, undeletable)
    audited = AuditedCustomer(
        identity.tenant_id, created["billingProfile"]["companyName"], created["companyProfile"]["domain"]
    )
    data = relationship_data(audited.domain)
    record(call, connection, audited, "add_customer", customized_data=data, new_value=_as_recorded(created))
    return json_response(201, created)


def _as_recorded(created: Json) -> Json:
    """Records show the relationship that the create makes, its answer does not yet (behaviour.md 13.1, 3.1)."""
    return {**created, "relationshipToPartner": CustomerPartnerRelationship.RESELLER.value}


def _checked(call: Call, body: dict[str, Any]) -> str | None:
    """Raise the fault of the first problem; with `invalid_address: undeletable`, return what is wrong with it."""
    reason = None
    for problem in customer_problems(body, call.settings):
        tolerated = is_address_problem(problem) and call.settings.text("invalid_address") == "undeletable"
        if not tolerated:
            raise call.problem_fault(problem)
        reason = reason or problem.description
    return reason


def _check_reseller(call: Call, connection: Connection, reseller: str | None) -> None:
    named = find_partner(connection, parse_guid(reseller) or "") if reseller else None
    problem = associated_partner_problem(
        reseller,
        from_provider=call.partner.kind == "indirect_provider",
        is_reseller=named is not None and named.kind == "indirect_reseller",
        mode=call.settings.text("associated_partner"),
    )
    if problem is not None:
        raise call.problem_fault(problem)


def _sends_password(body: dict[str, Any]) -> bool:
    for key, value in body.items():
        if key.lower() == "usercredentials" and isinstance(value, dict):
            return any(name.lower() == "password" and value[name] for name in value)
    return False


def _check_room(call: Call, connection: Connection, domain: str) -> None:
    """The quota counts in sandboxes only (behaviour.md 8)."""
    if store.domain_is_taken(connection, domain):
        raise call.setting_fault(
            "fault_domain_taken", f"Conflict while creating tenant: {domain} is already taken."
        )
    quota = call.settings.number("customer_quota")
    if call.partner.is_sandbox and store.has_customers(connection, call.partner.tenant_id, quota):
        raise call.setting_fault("fault_customer_quota")


def _new_identity(call: Call) -> CustomerIdentity:
    ids = call.nature.ids
    return CustomerIdentity(
        tenant_id=ids.guid(),
        commerce_id=ids.guid(),
        billing_profile_id=ids.guid(),
        etag=ids.etag(),
        password=ids.password(),
    )


def _store_customer(call: Call, connection: Connection, created: Json, undeletable_reason: str | None) -> int:
    """Put in a customer that was created; returns its key."""
    new = NewCustomer(
        partner_id=call.partner.tenant_id,
        id=created["id"],
        domain=created["companyProfile"]["domain"],
        company_name=created["billingProfile"]["companyName"],
        relationship=CustomerPartnerRelationship.RESELLER.value,
        associated_partner_id=parse_guid(created.get("associatedPartnerId") or ""),
        etag=int(created["billingProfile"]["attributes"]["etag"]),
        undeletable_reason=undeletable_reason,
        delegated_access=call.settings.flag("delegated_access"),
        created_at=to_micros(call.nature.clock.now()),
        document=json_text(read_document(created)),
    )
    return store.add_customer(connection, new)


def get(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - the customer was found before
    """One customer (behaviour.md 3.3)."""
    row = call.found_customer
    if row.delegated_access:
        return text_response(200, row.document)
    return json_response(200, without_delegated_access(json.loads(row.document)))
