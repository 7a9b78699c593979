"""What a sign-in leads to: authorization codes, device codes, refresh tokens.

Only digests are kept, so that who reads the database cannot use what is in it. Each thing is redeemed by a change
that says what must have been before: of two who bring the same code at once one is too late. What has expired a
while ago is thrown away when something is added.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from partnercenter.sandbox.store.filled import FilledTables
from partnercenter.sandbox.store.schema import (
    applications,
    authorization_codes,
    device_codes,
    partner_users,
    refresh_tokens,
)

SIGN_INS: Final = (authorization_codes, device_codes, refresh_tokens)
_FILLED: Final = FilledTables(SIGN_INS)
SignIns = Mapping[Table, list[dict[str, Any]]]
DeviceState = Literal["pending", "approved", "declined", "redeemed"]
_KEPT_AFTER_EXPIRY: Final = 24 * 3600 * 1_000_000


def digest_of(text: str) -> str:
    """What is kept of a code or a token, which are random and long: its SHA-256 in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """A code that an application exchanges for tokens, once.

    `scope` is what was asked for, as sent: the scopes, or for version 1 the resource. `amr` are the methods of the
    sign-in, separated by blanks.
    """

    code_hash: str
    client_id: str
    user_id: str
    redirect_uri: str
    scope: str
    code_challenge: str | None
    code_challenge_method: str | None
    nonce: str | None
    amr: str
    created_at: int
    expires_at: int
    redeemed_at: int | None = None


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A sign-in that waits for somebody to type `user_code` on the sandbox's page."""

    device_code_hash: str
    user_code: str
    client_id: str
    scope: str
    state: DeviceState
    user_id: str | None
    amr: str
    created_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token of an application and a user; `scope` is what the sign-in was for."""

    token_hash: str
    client_id: str
    user_id: str
    scope: str
    amr: str
    created_at: int
    expires_at: int
    redeemed_at: int | None = None
    revoked_at: int | None = None


_CODE = select(authorization_codes).where(authorization_codes.c.code_hash == bindparam("hash"))
_DEVICE_CODE = select(device_codes).where(device_codes.c.device_code_hash == bindparam("hash"))
_USER_CODE = select(device_codes).where(device_codes.c.user_code == bindparam("code"))
_REFRESH_TOKEN = select(refresh_tokens).where(refresh_tokens.c.token_hash == bindparam("hash"))


def add_authorization_code(connection: Connection, code: AuthorizationCode) -> None:
    """Keep a new code."""
    _forget_expired(connection, authorization_codes, code.created_at)
    connection.execute(insert(authorization_codes), asdict(code))


def find_authorization_code(connection: Connection, code: str) -> AuthorizationCode | None:
    """The code of this text, whatever became of it."""
    row = connection.execute(_CODE, {"hash": digest_of(code)}).mappings().first()
    return AuthorizationCode(**row) if row else None


def redeem_authorization_code(connection: Connection, code_hash: str, now: int) -> bool:
    """Mark a code as used; False when it was used before."""
    table = authorization_codes
    unused = (table.c.code_hash == code_hash) & table.c.redeemed_at.is_(None)
    return connection.execute(update(table).where(unused).values(redeemed_at=now)).rowcount == 1


def add_device_code(connection: Connection, code: DeviceCode) -> None:
    """Keep a new device code."""
    _forget_expired(connection, device_codes, code.created_at)
    connection.execute(insert(device_codes), asdict(code))


def find_device_code(connection: Connection, device_code: str) -> DeviceCode | None:
    """The device code of this text, whatever became of it."""
    return _device_code(connection, _DEVICE_CODE, {"hash": digest_of(device_code)})


def find_user_code(connection: Connection, user_code: str) -> DeviceCode | None:
    """The device code of the short code that people type, in capitals."""
    return _device_code(connection, _USER_CODE, {"code": user_code})


def decide_device_code(
    connection: Connection,
    device_code_hash: str,
    state: Literal["approved", "declined"],
    user_id: str | None,
    amr: str,
) -> bool:
    """Approve or decline a device code; False when that was done before."""
    table = device_codes
    waiting = (table.c.device_code_hash == device_code_hash) & (table.c.state == "pending")
    decided = update(table).where(waiting).values(state=state, user_id=user_id, amr=amr)
    return connection.execute(decided).rowcount == 1


def redeem_device_code(connection: Connection, device_code_hash: str) -> bool:
    """Mark an approved device code as used; False when it is not approved, or was used before."""
    table = device_codes
    approved = (table.c.device_code_hash == device_code_hash) & (table.c.state == "approved")
    return connection.execute(update(table).where(approved).values(state="redeemed")).rowcount == 1


def add_refresh_token(connection: Connection, token: RefreshToken) -> None:
    """Keep a new refresh token."""
    _forget_expired(connection, refresh_tokens, token.created_at)
    connection.execute(insert(refresh_tokens), asdict(token))


def find_refresh_token(connection: Connection, token: str) -> RefreshToken | None:
    """The refresh token of this text, whatever became of it."""
    row = connection.execute(_REFRESH_TOKEN, {"hash": digest_of(token)}).mappings().first()
    return RefreshToken(**row) if row else None


def redeem_refresh_token(connection: Connection, token_hash: str, now: int) -> bool:
    """Write down that a refresh token was used; False when it was used before."""
    table = refresh_tokens
    unused = (table.c.token_hash == token_hash) & table.c.redeemed_at.is_(None)
    return connection.execute(update(table).where(unused).values(redeemed_at=now)).rowcount == 1


def revoke_refresh_tokens(connection: Connection, user_id: str, now: int) -> int:
    """End every refresh token of a user; how many ended."""
    table = refresh_tokens
    good = (table.c.user_id == user_id) & table.c.revoked_at.is_(None)
    return connection.execute(update(table).where(good).values(revoked_at=now)).rowcount


def all_sign_ins(connection: Connection) -> SignIns:
    """Every code and token, as rows by table; a table without rows is left out."""
    filled = _FILLED.of(connection)
    return {table: [dict(row) for row in connection.execute(select(table)).mappings()] for table in filled}


def put_back_sign_ins(connection: Connection, sign_ins: SignIns) -> None:
    """Put in what `all_sign_ins` had, as far as its application and its user are there."""
    if not sign_ins:
        return
    clients = set(connection.execute(select(applications.c.client_id)).scalars())
    users = {None, *connection.execute(select(partner_users.c.object_id)).scalars()}
    for table, rows in sign_ins.items():
        left = [row for row in rows if row["client_id"] in clients and row["user_id"] in users]
        if left:
            connection.execute(insert(table), left)


def _device_code(connection: Connection, query: Any, values: dict[str, str]) -> DeviceCode | None:
    row = connection.execute(query, values).mappings().first()
    return DeviceCode(**row) if row else None


def _forget_expired(connection: Connection, table: Table, now: int) -> None:
    connection.execute(delete(table).where(table.c.expires_at < now - _KEPT_AFTER_EXPIRY))
