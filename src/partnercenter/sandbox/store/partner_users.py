"""The users of partners: who signs in, with or without a second factor, and in which roles."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select

from partnercenter.sandbox.store.schema import partner_users


@dataclass(frozen=True, slots=True)
class PartnerUser:
    """A user of a partner's tenant; `has_mfa` tells whether a second factor is asked for at sign-in."""

    object_id: str
    tenant_id: str
    user_principal_name: str
    display_name: str
    password_hash: str = field(repr=False)
    has_mfa: bool
    is_enabled: bool
    roles: tuple[str, ...]
    created_at: int


_ALL = select(partner_users).order_by(partner_users.c.user_principal_name_folded)
_COUNT = select(func.count()).select_from(partner_users).where(partner_users.c.tenant_id == bindparam("id"))
_BY_ID = select(partner_users).where(partner_users.c.object_id == bindparam("id"))
_BY_NAME = select(partner_users).where(partner_users.c.user_principal_name_folded == bindparam("name"))


def find_partner_user(connection: Connection, object_id: str) -> PartnerUser | None:
    """The user of an object id in lower case."""
    return _user(connection.execute(_BY_ID, {"id": object_id}).first())


def find_partner_user_named(connection: Connection, name: str) -> PartnerUser | None:
    """The user of a principal name, compared without case."""
    return _user(connection.execute(_BY_NAME, {"name": name.casefold()}).first())


def partner_users_of(connection: Connection, tenant_id: str | None = None) -> list[PartnerUser]:
    """The users of a partner, or of all of them, by principal name."""
    query = _ALL if tenant_id is None else _ALL.where(partner_users.c.tenant_id == tenant_id)
    return [found for found in map(_user, connection.execute(query)) if found is not None]


def count_partner_users(connection: Connection, tenant_id: str) -> int:
    """How many users a partner has."""
    return connection.execute(_COUNT, {"id": tenant_id}).scalar_one()


def put_partner_user(connection: Connection, user: PartnerUser) -> None:
    """Put in a user, or put this one in the place of the one with its object id."""
    values = partner_user_row(user)
    if find_partner_user(connection, user.object_id) is None:
        connection.execute(insert(partner_users), values)
    else:
        connection.execute(partner_users.update().where(partner_users.c.object_id == user.object_id), values)


def delete_partner_user(connection: Connection, object_id: str) -> bool:
    """Delete a user with all sign-ins; whether there was one."""
    gone = connection.execute(delete(partner_users).where(partner_users.c.object_id == object_id))
    return gone.rowcount > 0


def partner_user_row(user: PartnerUser) -> dict[str, object]:
    """The row of a user."""
    return {
        "object_id": user.object_id,
        "tenant_id": user.tenant_id,
        "user_principal_name": user.user_principal_name,
        "user_principal_name_folded": user.user_principal_name.casefold(),
        "display_name": user.display_name,
        "password_hash": user.password_hash,
        "has_mfa": user.has_mfa,
        "is_enabled": user.is_enabled,
        "roles": json.dumps(user.roles),
        "created_at": user.created_at,
    }


def _user(row: Row[tuple[object, ...]] | None) -> PartnerUser | None:
    if row is None:
        return None
    return PartnerUser(
        object_id=row.object_id,
        tenant_id=row.tenant_id,
        user_principal_name=row.user_principal_name,
        display_name=row.display_name,
        password_hash=row.password_hash,
        has_mfa=row.has_mfa,
        is_enabled=row.is_enabled,
        roles=tuple(json.loads(row.roles)),
        created_at=row.created_at,
    )
