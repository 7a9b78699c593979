"""The tables. Times are microseconds since 1970 in UTC, GUIDs are lower case, documents are JSON texts.

A customer has a small integer key that its children are clustered by, so that deleting it touches few
pages. Keys are never used twice. The migrations in `migrations` lead to exactly this schema; a test
compares the two.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_KEY: Final = BigInteger().with_variant(Integer(), "sqlite")

partners: Final = Table(
    "partners",
    metadata,
    Column("tenant_id", String(36), primary_key=True),
    Column("company_name", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("country", String(2), nullable=False),
    Column("environment", String(16), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("is_csp", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

applications: Final = Table(
    "applications",
    metadata,
    Column("client_id", String(36), primary_key=True),
    Column("tenant_id", ForeignKey("partners.tenant_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("object_id", String(36), nullable=False),
    Column("name", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("secret_expires_at", BigInteger),
    Column("is_registered", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

customers: Final = Table(
    "customers",
    metadata,
    Column("key", _KEY, primary_key=True, autoincrement=True),
    Column("partner_id", ForeignKey("partners.tenant_id", ondelete="CASCADE"), nullable=False),
    Column("id", String(36), nullable=False, unique=True),
    Column("domain", Text, nullable=False),
    Column("company_name", Text, nullable=False),
    Column("domain_folded", Text, nullable=False),
    Column("company_name_folded", Text, nullable=False),
    Column("relationship", String(32), nullable=False),
    Column("associated_partner_id", String(36)),
    Column("etag", BigInteger, nullable=False),
    Column("undeletable_reason", Text),
    Column("delegated_access", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "partner_id", "key"),
    sqlite_autoincrement=True,
)

domain_names: Final = Table(
    "domain_names",
    metadata,
    Column("name", Text, primary_key=True),
    Column("customer_key", ForeignKey("customers.key", ondelete="SET NULL"), index=True),
    sqlite_with_rowid=False,
)

orders: Final = Table(
    "orders",
    metadata,
    Column("customer_key", ForeignKey("customers.key", ondelete="CASCADE"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("alternate_id", Text, nullable=False),
    Column("product", String(32), nullable=False),
    Column("status", String(32), nullable=False),
    Column("billing_cycle", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)

subscriptions: Final = Table(
    "subscriptions",
    metadata,
    Column("customer_key", ForeignKey("customers.key", ondelete="CASCADE"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("order_id", Text, nullable=False),
    Column("product", String(32), nullable=False),
    Column("status", String(32), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)

audit_records: Final = Table(
    "audit_records",
    metadata,
    Column("key", _KEY, primary_key=True, autoincrement=True),
    Column("partner_id", ForeignKey("partners.tenant_id", ondelete="CASCADE"), nullable=False),
    Column("customer_id", String(36), nullable=False),
    Column("customer_name_folded", Text, nullable=False),
    Column("resource_type", String(40), nullable=False),
    Column("operation_type", String(64), nullable=False),
    Column("operated_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "partner_id", "key"),
    Index(None, "partner_id", "customer_id"),
    sqlite_autoincrement=True,
)

replays: Final = Table(
    "replays",
    metadata,
    Column("partner_id", ForeignKey("partners.tenant_id", ondelete="CASCADE"), primary_key=True),
    Column("request_id", String(36), primary_key=True),
    Column("method", String(8), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("body_digest", String(64), primary_key=True),
    Column("customer_key", ForeignKey("customers.key", ondelete="CASCADE"), index=True),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("answered_at", BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)

signing_keys: Final = Table(
    "signing_keys",
    metadata,
    Column("key_id", String(64), primary_key=True),
    Column("private_pem", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

settings: Final = Table(
    "settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
