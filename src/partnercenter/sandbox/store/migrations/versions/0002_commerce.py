"""carts, agreements, users, Azure entitlements, and what changes by itself"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring a database of the version before to this one."""
    _orders()
    _subscriptions()
    _of_a_customer(
        "azure_entitlements",
        "id",
        sa.Column("subscription_id", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("next_document", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
    )
    _of_a_customer("support_contacts", "subscription_id", sa.Column("document", sa.Text(), nullable=False))
    _of_a_customer(
        "registrations", "subscription_id", sa.Column("registered_at", sa.BigInteger(), nullable=False)
    )
    _of_a_customer(
        "carts",
        "id",
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("checkout_result", sa.Text(), nullable=True),
    )
    _of_a_customer(
        "agreements",
        "id",
        sa.Column("agreement_type", sa.Text(), nullable=False),
        sa.Column("contact_folded", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
    )
    _users()
    _partners_and_time()


def _orders() -> None:
    _set_aside("orders")
    _of_a_customer(
        "orders",
        "id",
        sa.Column("alternate_id", sa.Text(), nullable=False),
        sa.Column("product", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("billing_cycle", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("next_document", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
    )
    kept = "customer_key, id, alternate_id, product, status, billing_cycle, created_at, document"
    op.execute(f"INSERT INTO orders ({kept}) SELECT {kept} FROM orders_before")
    op.drop_table("orders_before")


def _subscriptions() -> None:
    _set_aside("subscriptions")
    _of_a_customer(
        "subscriptions",
        "id",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("product", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("status_since", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("next_document", sa.Text(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
    )
    kept = "customer_key, id, order_id, product, status, created_at, document"
    # Due at once: the first look at it finds out until when it stays as it is.
    op.execute(
        f"INSERT INTO subscriptions ({kept}, status_since, due_at) "
        f"SELECT {kept}, created_at, 0 FROM subscriptions_before"
    )
    op.drop_table("subscriptions_before")


def _set_aside(table: str) -> None:
    op.rename_table(table, f"{table}_before")
    if op.get_bind().dialect.name == "postgresql":  # where keys have names among those of tables
        op.execute(f"ALTER INDEX pk_{table} RENAME TO pk_{table}_before")


def _of_a_customer(name: str, key: str, *columns: sa.Column[object]) -> None:
    kind = sa.String(length=36) if name in {"carts", "agreements"} else sa.Text()
    op.create_table(
        name,
        sa.Column("customer_key", _KEY, nullable=False),
        sa.Column(key, kind, nullable=False),
        *columns,
        _customer_reference(name),
        sa.PrimaryKeyConstraint("customer_key", key, name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )


def _customer_reference(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["customer_key"],
        ["customers.key"],
        name=op.f(f"fk_{name}_customer_key_customers"),
        ondelete="CASCADE",
    )


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("customer_key", _KEY, nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_principal_name_folded", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("state_since", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        _customer_reference("users"),
        sa.PrimaryKeyConstraint("customer_key", "key", name=op.f("pk_users")),
        sa.UniqueConstraint("id", name=op.f("uq_users_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_users_customer_key_user_principal_name_folded"),
        "users",
        ["customer_key", "user_principal_name_folded"],
        unique=False,
    )
    op.create_table(
        "user_licenses",
        sa.Column("customer_key", _KEY, nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("sku_id", sa.String(length=36), nullable=False),
        sa.Column("excluded_plans", sa.Text(), nullable=False),
        _customer_reference("user_licenses"),
        sa.PrimaryKeyConstraint("customer_key", "user_id", "sku_id", name=op.f("pk_user_licenses")),
        sqlite_with_rowid=False,
    )


def _partners_and_time() -> None:
    op.create_table(
        "departures",
        sa.Column("partner_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("company_name", sa.Text(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partners.tenant_id"],
            name=op.f("fk_departures_partner_id_partners"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("partner_id", "key", name=op.f("pk_departures")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "clock",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("microseconds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_clock")),
        sqlite_with_rowid=False,
    )
