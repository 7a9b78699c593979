"""The tables. Times are microseconds since 1970 in UTC, GUIDs are lower case, documents are JSON texts.

A customer has a small integer key that its children are clustered by, so that deleting it touches few
pages. Keys are never used twice. What changes by itself as time goes by has `due_at`, the time from which its
row is not up to date any more, and where a change is on its way `next_document`, what the row becomes then.
The migrations in `migrations` lead to exactly this schema; a test compares the two.
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
    Column("is_registered", Boolean, nullable=False),
    Column("is_public", Boolean, nullable=False),
    Column("redirect_uris", Text, nullable=False),
    sqlite_with_rowid=False,
)

application_secrets: Final = Table(
    "application_secrets",
    metadata,
    Column("client_id", ForeignKey("applications.client_id", ondelete="CASCADE"), primary_key=True),
    Column("key_id", String(36), primary_key=True),
    Column("hashed", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    sqlite_with_rowid=False,
)

application_certificates: Final = Table(
    "application_certificates",
    metadata,
    Column("client_id", ForeignKey("applications.client_id", ondelete="CASCADE"), primary_key=True),
    Column("thumbprint", String(64), primary_key=True),
    Column("pem", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

partner_users: Final = Table(
    "partner_users",
    metadata,
    Column("object_id", String(36), primary_key=True),
    Column("tenant_id", ForeignKey("partners.tenant_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("user_principal_name", Text, nullable=False),
    Column("user_principal_name_folded", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("has_mfa", Boolean, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("roles", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

authorization_codes: Final = Table(
    "authorization_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("client_id", ForeignKey("applications.client_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("user_id", ForeignKey("partner_users.object_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("redirect_uri", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("code_challenge", Text),
    Column("code_challenge_method", String(8)),
    Column("nonce", Text),
    Column("amr", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("redeemed_at", BigInteger),
    sqlite_with_rowid=False,
)

device_codes: Final = Table(
    "device_codes",
    metadata,
    Column("device_code_hash", String(64), primary_key=True),
    Column("user_code", String(16), nullable=False, unique=True),
    Column("client_id", ForeignKey("applications.client_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("scope", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("user_id", ForeignKey("partner_users.object_id", ondelete="CASCADE"), index=True),
    Column("amr", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)

refresh_tokens: Final = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("client_id", ForeignKey("applications.client_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("user_id", ForeignKey("partner_users.object_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("scope", Text, nullable=False),
    Column("amr", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("redeemed_at", BigInteger),
    Column("revoked_at", BigInteger),
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
    Column("next_document", Text),
    Column("due_at", BigInteger),
    sqlite_with_rowid=False,
)

subscriptions: Final = Table(
    "subscriptions",
    metadata,
    Column("customer_key", ForeignKey("customers.key", ondelete="CASCADE"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("order_id", Text, nullable=False),
    Column("parent_id", Text),
    Column("product", String(32), nullable=False),
    Column("status", String(32), nullable=False),
    Column("status_since", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Column("next_document", Text),
    Column("next_at", BigInteger),
    Column("due_at", BigInteger),
    sqlite_with_rowid=False,
)

azure_entitlements: Final = Table(
    "azure_entitlements",
    metadata,
    Column("customer_key", ForeignKey("customers.key", ondelete="CASCADE"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("subscription_id", Text, nullable=False),
    Column("status", String(32), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Column("next_document", Text),
    Column("due_at", BigInteger),
    sqlite_with_rowid=False,
)

support_contacts: Final = Table(
    "support_contacts",
    metadata,
    Column("customer_key", ForeignKey("customers.key", ondelete="CASCADE"), primary_key=True),
    Column("subscription_id", Text, primary_key=True),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)

registrations: Final = Table(
    "registrations",
    metadata,
    Column("customer_key", ForeignKey("customers.key", ondelete="CASCADE"), primary_key=True),
    Column("subscription_id", Text, primary_key=True),
    Column("registered_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

carts: Final = Table(
    "carts",
    metadata,
    Column("customer_key", ForeignKey("customers.key", ondelete="CASCADE"), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("expires_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Column("checkout_result", Text),
    sqlite_with_rowid=False,
)

agreements: Final = Table(
    "agreements",
    metadata,
    Column("customer_key", ForeignKey("customers.key", ondelete="CASCADE"), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("agreement_type", Text, nullable=False),
    Column("contact_folded", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)

users: Final = Table(
    "users",
    metadata,
    Column("customer_key", ForeignKey("customers.key", ondelete="CASCADE"), primary_key=True),
    Column("key", BigInteger, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("user_principal_name_folded", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("state_since", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "customer_key", "user_principal_name_folded"),
    sqlite_with_rowid=False,
)

user_licenses: Final = Table(
    "user_licenses",
    metadata,
    Column("customer_key", ForeignKey("customers.key", ondelete="CASCADE"), primary_key=True),
    Column("user_id", String(36), primary_key=True),
    Column("sku_id", String(36), primary_key=True),
    Column("excluded_plans", Text, nullable=False),
    sqlite_with_rowid=False,
)

departures: Final = Table(
    "departures",
    metadata,
    Column("partner_id", ForeignKey("partners.tenant_id", ondelete="CASCADE"), primary_key=True),
    Column("key", BigInteger, primary_key=True),
    Column("id", String(36), nullable=False),
    Column("domain", Text, nullable=False),
    Column("company_name", Text, nullable=False),
    Column("left_at", BigInteger, nullable=False),
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

clock: Final = Table(
    "clock",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("microseconds", BigInteger, nullable=False),
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
