"""users of partners, several secrets and certificates of an application, and what a sign-in leads to"""

from __future__ import annotations

from typing import Final
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CLIENT: Final = ("client_id", "applications", "client_id")
_USER: Final = ("user_id", "partner_users", "object_id")


def upgrade() -> None:
    """Bring a database of the version before to this one."""
    _partner_users()
    op.drop_index(op.f("ix_applications_tenant_id"), table_name="applications")
    _set_aside("applications")
    _applications()
    _application_secrets()
    _keep_applications()
    op.drop_table("applications_before")
    _authorization_codes()
    _device_codes()
    _refresh_tokens()


def _set_aside(table: str) -> None:
    op.rename_table(table, f"{table}_before")
    if op.get_bind().dialect.name == "postgresql":  # where keys have names among those of tables
        op.execute(f"ALTER INDEX pk_{table} RENAME TO pk_{table}_before")


def _id(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=36), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _reference(table: str, to: tuple[str, str, str]) -> sa.ForeignKeyConstraint:
    column, other, its = to
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.{its}"], name=op.f(f"fk_{table}_{column}_{other}"), ondelete="CASCADE"
    )


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def _partner_users() -> None:
    name = "partner_users"
    op.create_table(
        name,
        _id("object_id"),
        _id("tenant_id"),
        _text("user_principal_name"),
        _text("user_principal_name_folded"),
        _text("display_name"),
        _text("password_hash"),
        sa.Column("has_mfa", sa.Boolean(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        _text("roles"),
        _time("created_at"),
        _reference(name, ("tenant_id", "partners", "tenant_id")),
        _key(name, "object_id"),
        sa.UniqueConstraint(
            "user_principal_name_folded", name=op.f("uq_partner_users_user_principal_name_folded")
        ),
        sqlite_with_rowid=False,
    )
    _index(name, "tenant_id")


def _application_secrets() -> None:
    secrets, certificates = "application_secrets", "application_certificates"
    op.create_table(
        secrets,
        _id("client_id"),
        _id("key_id"),
        _text("hashed"),
        _time("created_at"),
        _time("expires_at", nullable=True),
        _reference(secrets, _CLIENT),
        _key(secrets, "client_id", "key_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        certificates,
        _id("client_id"),
        sa.Column("thumbprint", sa.String(length=64), nullable=False),
        _text("pem"),
        _time("created_at"),
        _reference(certificates, _CLIENT),
        _key(certificates, "client_id", "thumbprint"),
        sqlite_with_rowid=False,
    )


def _applications() -> None:
    name = "applications"
    op.create_table(
        name,
        _id("client_id"),
        _id("tenant_id"),
        _id("object_id"),
        _text("name"),
        sa.Column("is_registered", sa.Boolean(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        _text("redirect_uris"),
        _reference(name, ("tenant_id", "partners", "tenant_id")),
        _key(name, "client_id"),
        sqlite_with_rowid=False,
    )
    _index(name, "tenant_id")


def _keep_applications() -> None:
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "INSERT INTO applications SELECT client_id, tenant_id, object_id, name, is_registered, false, '[]' "
            "FROM applications_before"
        )
    )
    before = connection.execute(
        sa.text(
            "SELECT client_id, secret_hash, secret_expires_at, partners.created_at FROM applications_before "
            "JOIN partners ON partners.tenant_id = applications_before.tenant_id"
        )
    )
    for row in before.fetchall():
        connection.execute(
            sa.text("INSERT INTO application_secrets VALUES (:client, :key, :hashed, :made, :ends)"),
            {
                "client": row.client_id,
                "key": str(uuid4()),
                "hashed": row.secret_hash,
                "made": row.created_at,
                "ends": row.secret_expires_at,
            },
        )


def _authorization_codes() -> None:
    name = "authorization_codes"
    op.create_table(
        name,
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        _id("client_id"),
        _id("user_id"),
        _text("redirect_uri"),
        _text("scope"),
        _text("code_challenge", nullable=True),
        sa.Column("code_challenge_method", sa.String(length=8), nullable=True),
        _text("nonce", nullable=True),
        _text("amr"),
        _time("created_at"),
        _time("expires_at"),
        _time("redeemed_at", nullable=True),
        _reference(name, _CLIENT),
        _reference(name, _USER),
        _key(name, "code_hash"),
        sqlite_with_rowid=False,
    )
    for column in ("client_id", "user_id", "expires_at"):
        _index(name, column)


def _device_codes() -> None:
    name = "device_codes"
    op.create_table(
        name,
        sa.Column("device_code_hash", sa.String(length=64), nullable=False),
        sa.Column("user_code", sa.String(length=16), nullable=False),
        _id("client_id"),
        _text("scope"),
        sa.Column("state", sa.String(length=16), nullable=False),
        _id("user_id", nullable=True),
        _text("amr"),
        _time("created_at"),
        _time("expires_at"),
        _key(name, "device_code_hash"),
        sa.UniqueConstraint("user_code", name=op.f("uq_device_codes_user_code")),
        _reference(name, _CLIENT),
        _reference(name, _USER),
        sqlite_with_rowid=False,
    )
    for column in ("client_id", "user_id", "expires_at"):
        _index(name, column)


def _refresh_tokens() -> None:
    name = "refresh_tokens"
    op.create_table(
        name,
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        _id("client_id"),
        _id("user_id"),
        _text("scope"),
        _text("amr"),
        _time("created_at"),
        _time("expires_at"),
        _time("redeemed_at", nullable=True),
        _time("revoked_at", nullable=True),
        _reference(name, _CLIENT),
        _reference(name, _USER),
        _key(name, "token_hash"),
        sqlite_with_rowid=False,
    )
    for column in ("client_id", "user_id", "expires_at"):
        _index(name, column)
