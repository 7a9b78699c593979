"""What the routes of partners, applications and users share: who is meant, and what was sent about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.timestamps import format_timestamp
from partnercenter.sandbox.control.asked import Asked
from partnercenter.sandbox.errors import SandboxError, UnknownNameError
from partnercenter.sandbox.store.applications import Application, find_application, put_application
from partnercenter.sandbox.store.partner_users import (
    PartnerUser,
    find_partner_user,
    find_partner_user_named,
    put_partner_user,
)
from partnercenter.sandbox.store.partners import Partner, find_partner
from partnercenter.sandbox.store.times import from_micros, to_micros
from partnercenter.sandbox.worlds.members import Members

TENANT: Final = "tenantId"


def sent_members(body: Mapping[str, Any], what: str, /, **defaults: Any) -> Members:
    """The members of what was sent about an application, a user or a partner, laid over defaults."""
    return Members({**defaults, **body}, what, "the request")


def now_of(asked: Asked) -> int:
    """The machine's time, by which sign-ins live, in microseconds."""
    return to_micros(asked.state.nature.real.now())


def shown_time(micros: int | None) -> str | None:
    """A time as answers show it."""
    return None if micros is None else format_timestamp(from_micros(micros))


def partner_of(connection: Connection, tenant_id: str) -> Partner:
    """The partner of a tenant id, however it is written; raises `UnknownNameError`."""
    guid = parse_guid(tenant_id)
    partner = find_partner(connection, guid) if guid else None
    if partner is None:
        raise UnknownNameError(f"There is no partner with the tenant id {tenant_id[:60]!r}.")
    return partner


def owner_of(connection: Connection, tenant_id: str) -> Partner:
    """The partner that something new is for; raises `SandboxError`, as the path is not what is wrong."""
    try:
        return partner_of(connection, tenant_id)
    except UnknownNameError as error:
        raise SandboxError(f"{error} Add the partner first.") from None


def wanted_tenant(asked: Asked) -> str | None:
    """The partner whose things are to be listed, or None for those of all; raises `SandboxError`."""
    query = asked.request.query()
    for name in query:
        if name != TENANT.lower():
            raise SandboxError(f"The list is narrowed by {TENANT} only, not by {name[:60]!r}.")
    text = query.get(TENANT.lower())
    if text is None:
        return None
    return asked.state.database.read(lambda connection: partner_of(connection, text)).tenant_id


def register_application(connection: Connection, application: Application) -> None:
    """Put in an application that is new; raises `SandboxError` when its client id is taken."""
    if find_application(connection, application.client_id) is not None:
        raise SandboxError(f"There is an application with the client id {application.client_id} already.")
    put_application(connection, application)


def register_user(connection: Connection, user: PartnerUser) -> None:
    """Put in a user who is new; raises `SandboxError` when the name or the object id is taken."""
    if find_partner_user_named(connection, user.user_principal_name) is not None:
        raise SandboxError(f"There is a user named {user.user_principal_name} already.")
    if find_partner_user(connection, user.object_id) is not None:
        raise SandboxError(f"There is a user with the object id {user.object_id} already.")
    put_partner_user(connection, user)
