"""Domains and countries: what can be asked before a customer is created; behaviour.md 3.1."""

from __future__ import annotations

from sqlalchemy import Connection

from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.rules.country_rules import find_country_rules
from partnercenter.sandbox.store.customers import domain_is_taken
from partnercenter.sandbox.wire.message import Response, json_response


def domain_exists(call: Call, connection: Connection) -> Response:
    """200 when the domain is taken, 404 when it is free; no body either way."""
    return Response(200 if domain_is_taken(connection, call.ids["domain"]) else 404)


def get_country_rules(call: Call, connection: Connection) -> Response:  # noqa: ARG001 - data, not store
    """What an address of the country must look like."""
    rules = find_country_rules(call.ids["country"].strip())
    if rules is None:
        raise call.setting_fault(
            "fault_unknown_country", "The country must be an ISO 3166 code of two letters."
        )
    return json_response(200, rules.wire())
