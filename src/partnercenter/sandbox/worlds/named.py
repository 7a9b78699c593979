"""The worlds that ship with the package, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from partnercenter.contract import development_partner
from partnercenter.sandbox.errors import SandboxError
from partnercenter.sandbox.rules.product import Product
from partnercenter.sandbox.worlds.accounts import WorldApplication, WorldUser
from partnercenter.sandbox.worlds.blockers import every_blocker, every_stuck_customer
from partnercenter.sandbox.worlds.document import (
    World,
    WorldCustomer,
    WorldPartner,
    WorldPurchase,
)

_DAY: Final = timedelta(days=1)

DEVELOPMENT_PARTNER: Final = WorldPartner(
    tenant_id=development_partner.TENANT_ID,
    company_name=development_partner.COMPANY_NAME,
    domain=development_partner.DOMAIN,
    country=development_partner.COUNTRY,
    applications=(
        WorldApplication(
            development_partner.CLIENT_ID,
            development_partner.CLIENT_SECRET,
            "Development application",
            redirect_uris=development_partner.REDIRECT_URIS,
        ),
        WorldApplication(
            development_partner.PUBLIC_CLIENT_ID,
            name="Development application without a secret",
            public=True,
            redirect_uris=development_partner.REDIRECT_URIS,
        ),
    ),
    users=(
        WorldUser(
            development_partner.USER_PRINCIPAL_NAME,
            development_partner.USER_PASSWORD,
            "Development admin agent",
            development_partner.USER_OBJECT_ID,
        ),
    ),
)

PRODUCTION_TENANT_ID: Final = "9f0d0c71-0000-4ca1-8ca1-00000000d003"
PRODUCTION_CLIENT_ID: Final = "9f0d0c71-0000-4ca1-8ca1-00000000d004"
OTHER_TENANT_ID: Final = "07e4e500-0000-4ca1-8ca1-00000000d005"
OTHER_CLIENT_ID: Final = "07e4e500-0000-4ca1-8ca1-00000000d006"


def _with_customers(*customers: WorldCustomer) -> World:
    return World((replace(DEVELOPMENT_PARTNER, customers=customers),))


def _empty() -> World:
    return _with_customers()


def _demo() -> World:
    """A few customers of a test team: most can be deleted, one is blocked, one can never be."""
    return _with_customers(
        WorldCustomer("Northlake Test", age=40 * _DAY),
        WorldCustomer(
            "Kestrel Bakery", age=21 * _DAY, purchases=(WorldPurchase(Product.LEGACY, 5, age=20 * _DAY),)
        ),
        WorldCustomer(
            "Harbor Bicycles",
            age=12 * _DAY,
            purchases=(
                WorldPurchase(Product.PERPETUAL_SOFTWARE, 3, order_status="cancelled", age=11 * _DAY),
                WorldPurchase(Product.NEW_COMMERCE, 5, subscription_status="deleted", age=11 * _DAY),
            ),
        ),
        WorldCustomer(
            "Juniper Analytics",
            age=3 * _DAY,
            purchases=(WorldPurchase(Product.AZURE_RESERVATION, 1, age=2 * _DAY),),
        ),
        WorldCustomer(
            "Old Mill Imports",
            age=8 * _DAY,
            undeletable_reason="The postal code 00000 does not belong to the city Bend.",
        ),
    )


def _full() -> World:
    """The quota used up: 75 customers with 5 subscriptions of 25 seats each (behaviour.md 8)."""
    return _with_customers(*_used_up(range(1, 76)))


def _full_of_each() -> World:
    """The quota used up, by a customer for everything that blocks and by others with all they may have."""
    blocked = tuple(every_blocker())
    return _with_customers(*blocked, *_used_up(range(len(blocked) + 1, 76)))


def _used_up(numbers: range) -> Iterator[WorldCustomer]:
    purchases = tuple(
        WorldPurchase(Product.NEW_COMMERCE, 25, subscription_status="suspended", age=day * _DAY)
        for day in (30, 20, 10, 5, 1)
    )
    return (
        WorldCustomer(f"Test Customer {number:02}", age=30 * _DAY, purchases=purchases) for number in numbers
    )


def _partners() -> World:
    """Beside the development partner: a production account and a second sandbox, each with a customer."""
    secret = development_partner.CLIENT_SECRET
    return World(
        (
            replace(DEVELOPMENT_PARTNER, customers=(WorldCustomer("Northlake Test"),)),
            WorldPartner(
                PRODUCTION_TENANT_ID,
                "Production Partner",
                "productionpartner.onmicrosoft.com",
                environment="production",
                applications=(WorldApplication(PRODUCTION_CLIENT_ID, secret),),
                customers=(WorldCustomer("A Real Customer"),),
            ),
            WorldPartner(
                OTHER_TENANT_ID,
                "Other Partner",
                "otherpartner.onmicrosoft.com",
                applications=(WorldApplication(OTHER_CLIENT_ID, secret),),
                customers=(WorldCustomer("Somebody Else's Customer"),),
            ),
        )
    )


WORLDS: Final[Mapping[str, Callable[[], World]]] = {
    "empty": _empty,
    "demo": _demo,
    "one-of-each": lambda: _with_customers(*every_blocker()),
    "stuck": lambda: _with_customers(*every_stuck_customer()),
    "full": _full,
    "full-of-each": _full_of_each,
    "partners": _partners,
}


def named_world(name: str) -> World:
    """The world of a name; raises `SandboxError` with the names that exist."""
    make = WORLDS.get(name.strip().lower())
    if make is None:
        raise SandboxError(f"There is no world named {name[:60]!r}; the worlds are {', '.join(WORLDS)}.")
    return make()
