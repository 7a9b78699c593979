"""One handler for each operation of the contract: reads the request, asks the rules, tells the store.

A handler gets a `Call`, of which everything general was checked before, and a connection; it returns an answer or
raises a `Fault`, which undoes what it changed. `HANDLERS` is compared with the contract when the
sandbox starts: no operation without a handler, no handler without an operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from partnercenter.contract.operations import OPERATIONS
from partnercenter.sandbox.routes import (
    agreements,
    audit,
    azure_entitlements,
    carts,
    catalogue,
    conversions,
    customers,
    deletion,
    entitlements,
    markets,
    offers,
    orders,
    profiles,
    subscriptions,
    users,
)
from partnercenter.sandbox.routes.call import Handler

HANDLERS: Final[Mapping[str, Handler]] = {
    "customers.list": customers.list_page,
    "customers.create": customers.create,
    "customers.get": customers.get,
    "customers.delete": deletion.delete,
    "customers.remove_reseller_relationship": deletion.remove_relationship,
    "customer_billing_profile.get": profiles.get_billing,
    "customer_billing_profile.update": profiles.update_billing,
    "customer_company_profile.get": profiles.get_company,
    "domains.exists": markets.domain_exists,
    "country_validation_rules.get": markets.get_country_rules,
    "audit_records.list": audit.list_page,
    **agreements.HANDLERS,
    **users.HANDLERS,
    **orders.HANDLERS,
    **carts.HANDLERS,
    **subscriptions.HANDLERS,
    **conversions.HANDLERS,
    **azure_entitlements.HANDLERS,
    **entitlements.HANDLERS,
    **catalogue.HANDLERS,
    **offers.HANDLERS,
}

if HANDLERS.keys() != OPERATIONS.keys():
    raise ValueError(f"Handlers and operations differ: {sorted(HANDLERS.keys() ^ OPERATIONS.keys())}.")
