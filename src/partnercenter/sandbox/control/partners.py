"""Partners: the tenants that sign in, added, changed, and removed with everything that belongs to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, cast

from sqlalchemy import Connection

from partnercenter.contract import development_partner
from partnercenter.sandbox.control.accounts import (
    now_of,
    partner_of,
    register_application,
    register_user,
    sent_members,
    shown_time,
)
from partnercenter.sandbox.control.asked import Asked, check_names
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.store.applications import count_applications
from partnercenter.sandbox.store.customers import count_customers, domain_is_taken
from partnercenter.sandbox.store.partner_users import count_partner_users
from partnercenter.sandbox.store.partners import (
    Environment,
    Partner,
    PartnerKind,
    add_partner,
    all_partners,
    delete_partner,
    find_partner,
    update_partner,
)
from partnercenter.sandbox.wire.message import Response, json_response
from partnercenter.sandbox.worlds.accounts import kept_application, kept_user
from partnercenter.sandbox.worlds.document import ENVIRONMENTS, KINDS, kept_partner, read_partner

_CHANGEABLE: Final = ("companyName", "environment", "kind", "isCspPartner")


def show(asked: Asked) -> Response:
    """Every partner, by company name, with how much it has."""

    def work(connection: Connection) -> list[dict[str, Any]]:
        return [_document(connection, partner) for partner in all_partners(connection)]

    return json_response(200, {"partners": asked.state.database.read(work)})


def get(asked: Asked) -> Response:
    """One partner."""

    def work(connection: Connection) -> dict[str, Any]:
        return _document(connection, partner_of(connection, asked.name))

    return json_response(200, asked.state.database.read(work))


def add(asked: Asked) -> Response:
    """Add a partner, with members as a world document has them, applications and users too, but no customers.

    The tenant id is made up when it is absent.
    """
    ids, now = asked.state.nature.ids, now_of(asked)
    members = sent_members(asked.body(), "partner", tenantId=ids.guid())
    said = read_partner(members)
    members.end()
    partner = kept_partner(said, now)
    applications = [kept_application(one, partner.tenant_id, ids, now) for one in said.applications]
    users = [kept_user(one, partner.tenant_id, ids, now) for one in said.users]

    def work(connection: Connection) -> dict[str, Any]:
        if find_partner(connection, partner.tenant_id) is not None:
            raise SandboxError(f"There is a partner with the tenant id {partner.tenant_id} already.")
        if domain_is_taken(connection, partner.domain):
            raise SandboxError(f"The domain {partner.domain} is taken already.")
        add_partner(connection, partner)
        for application in applications:
            register_application(connection, application)
        for user in users:
            register_user(connection, user)
        return _document(connection, partner)

    return json_response(200, asked.change(work))


def change(asked: Asked) -> Response:
    """Change name, environment, kind and membership of the programme; null is the default again."""
    body = asked.body()
    check_names(body, _CHANGEABLE, "A change of a partner")

    def work(connection: Connection) -> dict[str, Any]:
        before = partner_of(connection, asked.name)
        members = sent_members(
            body,
            "partner",
            companyName=before.company_name,
            environment=before.environment,
            kind=before.kind,
            isCspPartner=before.is_csp,
        )
        partner = replace(
            before,
            company_name=members.take_text("companyName"),
            environment=cast(Environment, members.take_word("environment", ENVIRONMENTS)),
            kind=cast(PartnerKind, members.take_word("kind", KINDS)),
            is_csp=members.take_flag("isCspPartner", True),
        )
        update_partner(connection, partner)
        return _document(connection, partner)

    return json_response(200, asked.change(work))


def remove(asked: Asked) -> Response:
    """Remove a partner with its applications, users, customers and records; the answer is what it was.

    The development partner stays, so that nobody is locked out.
    """

    def work(connection: Connection) -> dict[str, Any]:
        partner = partner_of(connection, asked.name)
        if partner.tenant_id == development_partner.TENANT_ID:
            raise SandboxError("The development partner is always there; a reset empties it.")
        document = _document(connection, partner)
        delete_partner(connection, partner)
        return document

    return json_response(200, asked.change(work))


def _document(connection: Connection, partner: Partner) -> dict[str, Any]:
    return {
        "tenantId": partner.tenant_id,
        "companyName": partner.company_name,
        "domain": partner.domain,
        "country": partner.country,
        "environment": partner.environment,
        "kind": partner.kind,
        "isCspPartner": partner.is_csp,
        "createdAt": shown_time(partner.created_at),
        "applications": count_applications(connection, partner.tenant_id),
        "users": count_partner_users(connection, partner.tenant_id),
        "customers": count_customers(connection, partner.tenant_id),
    }
