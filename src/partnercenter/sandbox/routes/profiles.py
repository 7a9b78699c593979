"""A customer's billing and company profile; behaviour.md 3.4."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection

from partnercenter.contract.customers import CustomerBillingProfile
from partnercenter.contract.resource import member_of
from partnercenter.sandbox.routes.audited import AuditedCustomer, record
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.rules.customer_creation import billing_profile_problems, normalised_profile
from partnercenter.sandbox.rules.customer_documents import with_billing_profile, without_delegated_access
from partnercenter.sandbox.store.customers import update_document
from partnercenter.sandbox.wire.message import Response, json_response, json_text


def get_billing(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - the customer was found before
    """The billing profile, with the etag that a change must bring back."""
    return json_response(200, json.loads(call.found_customer.document)["billingProfile"])


def get_company(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - the customer was found before
    """The company profile."""
    row = call.found_customer
    document = json.loads(row.document)
    shown = document if row.delegated_access else without_delegated_access(document)
    return json_response(200, shown["companyProfile"])


def update_billing(call: Call, connection: Connection) -> Response:
    """Replace the billing profile; it must be the one that was read last."""
    row = call.found_customer
    given = call.json_object()
    body = call.body(CustomerBillingProfile)
    for problem in billing_profile_problems(body, call.settings):
        raise call.problem_fault(problem)
    _check_etag(call, given, str(row.etag))
    etag = call.nature.ids.etag()
    changed = with_billing_profile(json.loads(row.document), normalised_profile(body), etag)
    profile = changed["billingProfile"]
    text = json_text(changed)
    update_document(connection, row.key, text, etag, profile["companyName"])
    customer = AuditedCustomer(row.id, profile["companyName"], row.domain)
    record(call, connection, customer, "update_customer_billing_profile", new_value=profile)
    return json_response(200, profile)


def _check_etag(call: Call, body: dict[str, Any], current: str) -> None:
    """`If-Match`, quoted or not, or `attributes.etag` of the body (behaviour.md 3.4, resources.md)."""
    sent = call.request.headers.get("if-match", "").strip().removeprefix("W/").strip('" ')
    if not sent:
        sent = _etag_of(body)
    if not sent:
        raise call.setting_fault(
            "fault_if_match_missing", "If-Match with the etag of the profile is required."
        )
    if sent not in {current, "*"}:
        raise call.setting_fault("fault_stale_etag")


def _etag_of(body: dict[str, Any]) -> str:
    value = member_of(member_of(body, "attributes"), "etag")
    return value.strip('" ') if isinstance(value, str) else ""
