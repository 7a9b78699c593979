"""Partners, the keys that sign their tokens, and the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final, Literal

from sqlalchemy import Connection, bindparam, delete, insert, select

from partnercenter.sandbox.store.filled import FilledTables
from partnercenter.sandbox.store.hot import HotStatement
from partnercenter.sandbox.store.schema import (
    customers,
    domain_names,
    metadata,
    partners,
    settings,
    signing_keys,
)

Environment = Literal["sandbox", "production"]
PartnerKind = Literal["direct_bill", "indirect_provider", "indirect_reseller"]


@dataclass(frozen=True, slots=True)
class Partner:
    """A tenant that can sign in; one without the programme (`is_csp` false) is refused by the API."""

    tenant_id: str
    company_name: str
    domain: str
    country: str
    environment: Environment
    kind: PartnerKind
    is_csp: bool
    created_at: int

    @property
    def is_sandbox(self) -> bool:
        """Whether this is an integration sandbox account, not a production one."""
        return self.environment == "sandbox"


_PARTNER = HotStatement(select(partners).where(partners.c.tenant_id == bindparam("id")))
_PARTNER_BY_DOMAIN = select(partners).where(partners.c.domain == bindparam("domain"))


def find_partner(connection: Connection, tenant_id: str) -> Partner | None:
    """The partner of a tenant id in lower case."""
    row = _PARTNER.first(connection, {"id": tenant_id})
    return None if row is None else Partner(**row._asdict())


def find_partner_by_domain(connection: Connection, domain: str) -> Partner | None:
    """The partner of a domain in lower case."""
    row = connection.execute(_PARTNER_BY_DOMAIN, {"domain": domain}).mappings().first()
    return Partner(**row) if row else None


def all_partners(connection: Connection) -> list[Partner]:
    """Every partner, by company name."""
    query = select(partners).order_by(partners.c.company_name, partners.c.tenant_id)
    return [Partner(**row) for row in connection.execute(query).mappings()]


def add_partner(connection: Connection, partner: Partner) -> None:
    """Put in a partner, with its domain."""
    connection.execute(insert(partners), asdict(partner))
    connection.execute(insert(domain_names), {"name": partner.domain})


def update_partner(connection: Connection, partner: Partner) -> None:
    """Put a partner in the place of the one with its tenant id."""
    connection.execute(partners.update().where(partners.c.tenant_id == partner.tenant_id), asdict(partner))


def delete_partner(connection: Connection, partner: Partner) -> None:
    """Take a partner out; the schema purges everything that belongs to it.

    Its domain and those of its customers are free again; one that a deletion reserved before stays so.
    """
    keys = select(customers.c.key).where(customers.c.partner_id == partner.tenant_id)
    its_own = (domain_names.c.name == partner.domain) | domain_names.c.customer_key.in_(keys)
    connection.execute(delete(domain_names).where(its_own))
    connection.execute(delete(partners).where(partners.c.tenant_id == partner.tenant_id))


def read_signing_keys(connection: Connection) -> list[tuple[str, str, int]]:
    """Key id, private key and time of making of every signing key, newest first."""
    rows = connection.execute(select(signing_keys).order_by(signing_keys.c.created_at.desc()))
    return [(row.key_id, row.private_pem, row.created_at) for row in rows]


def add_signing_key(connection: Connection, key_id: str, private_pem: str, created_at: int) -> None:
    """Put in a signing key."""
    connection.execute(
        insert(signing_keys), {"key_id": key_id, "private_pem": private_pem, "created_at": created_at}
    )


def read_settings(connection: Connection) -> dict[str, str]:
    """The settings that differ from their defaults, as text."""
    return {row.name: row.value for row in connection.execute(select(settings))}


def replace_settings(connection: Connection, changed: Mapping[str, object]) -> None:
    """Keep exactly these settings."""
    connection.execute(delete(settings))
    if changed:
        rows = [{"name": name, "value": str(value)} for name, value in changed.items()]
        connection.execute(insert(settings), rows)


_EMPTIED: Final = FilledTables(
    table for table in reversed(metadata.sorted_tables) if table is not signing_keys
)


def clear(connection: Connection) -> None:
    """Empty every table but the signing keys, so that tokens issued before a reset stay readable."""
    for table in _EMPTIED.of(connection):
        connection.execute(delete(table))
