"""Users of partners: made, changed, disabled, signed out, removed. No answer shows a password or its digest.

A new password and a disabled account end the refresh tokens of a user, as they do at Entra [assumed: behaviour.md
says nothing of it].
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection

from partnercenter.contract import development_partner
from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.control.accounts import (
    TENANT,
    now_of,
    owner_of,
    register_user,
    sent_members,
    shown_time,
    wanted_tenant,
)
from partnercenter.sandbox.control.asked import Asked, check_names
from partnercenter.sandbox.errors import UnknownNameError
from partnercenter.sandbox.identity.passwords import hash_password
from partnercenter.sandbox.store.partner_users import (
    PartnerUser,
    delete_partner_user,
    find_partner_user,
    find_partner_user_named,
    partner_users_of,
    put_partner_user,
)
from partnercenter.sandbox.store.sign_ins import revoke_refresh_tokens
from partnercenter.sandbox.wire.message import Response, json_response
from partnercenter.sandbox.worlds.accounts import kept_user, read_password, read_roles, read_user

_CHANGEABLE: Final = ("password", "displayName", "mfa", "enabled", "roles")


def show(asked: Asked) -> Response:
    """Every user, or those of the partner that the query names, by principal name."""
    tenant = wanted_tenant(asked)
    found = asked.state.database.read(lambda connection: partner_users_of(connection, tenant))
    return json_response(200, {"users": [_document(one) for one in found]})


def get(asked: Asked) -> Response:
    """One user, by object id or principal name."""
    return json_response(200, _document(asked.state.database.read(lambda c: _found(c, asked.name))))


def add(asked: Asked) -> Response:
    """Make a user, with members as a world document has them."""
    members = sent_members(asked.body(), "user", tenantId=development_partner.TENANT_ID)
    tenant_id = members.take_guid(TENANT)
    partner = asked.state.database.read(lambda connection: owner_of(connection, tenant_id))
    said = read_user(members, partner.domain)
    user = kept_user(said, tenant_id, asked.state.nature.ids, now_of(asked))

    def work(connection: Connection) -> None:
        owner_of(connection, tenant_id)
        register_user(connection, user)

    asked.change(work)
    return json_response(200, _document(user))


def change(asked: Asked) -> Response:
    """Change password, second factor, roles, name, or whether the user may sign in; null is the default again."""
    body = asked.body()
    check_names(body, _CHANGEABLE, "A change of a user")
    # Stretched before the transaction: nobody waits for it.
    hashed = hash_password(read_password(sent_members(body, "user"))) if "password" in body else None

    def changed(user: PartnerUser) -> PartnerUser:
        members = sent_members(
            body,
            "user",
            displayName=user.display_name,
            mfa=user.has_mfa,
            enabled=user.is_enabled,
            roles=list(user.roles),
        )
        return replace(
            user,
            password_hash=hashed or user.password_hash,
            display_name=members.take_text("displayName", user.user_principal_name.partition("@")[0]),
            has_mfa=members.take_flag("mfa", True),
            is_enabled=members.take_flag("enabled", True),
            roles=read_roles(members),
        )

    now = now_of(asked)

    def work(connection: Connection) -> PartnerUser:
        before = _found(connection, asked.name)
        user = changed(before)
        put_partner_user(connection, user)
        if hashed is not None or (before.is_enabled and not user.is_enabled):
            revoke_refresh_tokens(connection, user.object_id, now)
        return user

    return json_response(200, _document(asked.change(work)))


def remove(asked: Asked) -> Response:
    """Remove a user with all sign-ins; the answer is who it was."""

    def work(connection: Connection) -> PartnerUser:
        user = _found(connection, asked.name)
        delete_partner_user(connection, user.object_id)
        return user

    return json_response(200, _document(asked.change(work)))


def revoke(asked: Asked) -> Response:
    """End every refresh token of a user; access tokens stay good until they expire."""
    now = now_of(asked)

    def work(connection: Connection) -> int:
        return revoke_refresh_tokens(connection, _found(connection, asked.name).object_id, now)

    return json_response(200, {"revoked": asked.change(work)})


def _found(connection: Connection, name: str) -> PartnerUser:
    guid = parse_guid(name)
    user = find_partner_user(connection, guid) if guid else find_partner_user_named(connection, name)
    if user is None:
        raise UnknownNameError(f"There is no user {name[:120]!r}.")
    return user


def _document(user: PartnerUser) -> dict[str, Any]:
    return {
        "objectId": user.object_id,
        "tenantId": user.tenant_id,
        "userPrincipalName": user.user_principal_name,
        "displayName": user.display_name,
        "mfa": user.has_mfa,
        "enabled": user.is_enabled,
        "roles": list(user.roles),
        "createdAt": shown_time(user.created_at),
    }
