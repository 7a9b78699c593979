"""What a customer has bought: orders, subscriptions, Azure subscriptions, registrations, support contacts.

Rows are kept as they were when somebody last wrote them; what has become of them by now is worked out by whoever
reads them. `has_due` and the lists tell which rows have to be brought up to date before something is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)

from partnercenter.sandbox.store.hot import HotStatement
from partnercenter.sandbox.store.schema import (
    azure_entitlements,
    customers,
    orders,
    registrations,
    subscriptions,
    support_contacts,
)

Values = Mapping[str, Any]

_ORDERS = (
    select(orders)
    .where(orders.c.customer_key == bindparam("customer"))
    .order_by(orders.c.created_at, orders.c.id)
)
_ORDER = select(orders).where(
    orders.c.customer_key == bindparam("customer"), orders.c.id == bindparam("order")
)
_SUBSCRIPTIONS = (
    select(subscriptions)
    .where(subscriptions.c.customer_key == bindparam("customer"))
    .order_by(subscriptions.c.created_at, subscriptions.c.id)
)
_SUBSCRIPTION = select(subscriptions).where(
    subscriptions.c.customer_key == bindparam("customer"), subscriptions.c.id == bindparam("subscription")
)
_AZURE = (
    select(azure_entitlements)
    .where(azure_entitlements.c.customer_key == bindparam("customer"))
    .order_by(azure_entitlements.c.created_at, azure_entitlements.c.id)
)
_OF_THE_ORDER = and_(
    subscriptions.c.customer_key == orders.c.customer_key, subscriptions.c.order_id == orders.c.id
)
_STATES = HotStatement(
    select(
        orders.c.id,
        orders.c.alternate_id,
        orders.c.product,
        orders.c.status,
        orders.c.created_at,
        subscriptions.c.status.label("subscription_status"),
    )
    .select_from(orders.outerjoin(subscriptions, _OF_THE_ORDER))
    .where(orders.c.customer_key == bindparam("customer"))
    .order_by(orders.c.created_at, orders.c.id)
)


def _due(table: Table) -> Any:
    return and_(table.c.customer_key == bindparam("customer"), table.c.due_at <= bindparam("now"))


_HAS_DUE = HotStatement(
    union_all(
        *(select(literal(1)).where(_due(table)) for table in (orders, subscriptions, azure_entitlements))
    ).limit(1)
)
_COUNTS = (
    select(subscriptions.c.product, func.count().label("number"))
    .select_from(subscriptions.join(customers, customers.c.key == subscriptions.c.customer_key))
    .where(customers.c.partner_id == bindparam("partner"), subscriptions.c.status != "deleted")
    .group_by(subscriptions.c.product)
)
_DUE_CUSTOMERS = (
    select(customers)
    .distinct()
    .join(subscriptions, customers.c.key == subscriptions.c.customer_key)
    .where(customers.c.partner_id == bindparam("partner"), subscriptions.c.due_at <= bindparam("now"))
)


def list_orders(connection: Connection, customer_key: int) -> Sequence[Row[Any]]:
    """A customer's orders, oldest first."""
    return connection.execute(_ORDERS, {"customer": customer_key}).all()


def find_order(connection: Connection, customer_key: int, order_id: str) -> Row[Any] | None:
    """One order of a customer, by its exact id."""
    return connection.execute(_ORDER, {"customer": customer_key, "order": order_id}).first()


def list_subscriptions(connection: Connection, customer_key: int) -> Sequence[Row[Any]]:
    """A customer's subscriptions, oldest first."""
    return connection.execute(_SUBSCRIPTIONS, {"customer": customer_key}).all()


def find_subscription(connection: Connection, customer_key: int, subscription_id: str) -> Row[Any] | None:
    """One subscription of a customer, by its id in lower case."""
    values = {"customer": customer_key, "subscription": subscription_id}
    return connection.execute(_SUBSCRIPTION, values).first()


def list_azure_entitlements(connection: Connection, customer_key: int) -> Sequence[Row[Any]]:
    """The Azure subscriptions below all of a customer's plans, oldest first."""
    return connection.execute(_AZURE, {"customer": customer_key}).all()


def list_states(connection: Connection, customer_key: int) -> Sequence[Any]:
    """The state of each order beside that of each subscription it began, None where it began none; no documents."""
    return _STATES.all(connection, {"customer": customer_key})


def has_due(connection: Connection, customer_key: int, now: int) -> bool:
    """Whether anything of a customer has changed by itself since it was written; `now` is in microseconds."""
    return _HAS_DUE.first(connection, {"customer": customer_key, "now": now}) is not None


def customers_with_due(connection: Connection, partner_id: str, now: int) -> Sequence[Row[Any]]:
    """The customers of a partner of whose subscriptions the same is true."""
    return connection.execute(_DUE_CUSTOMERS, {"partner": partner_id, "now": now}).all()


def count_subscriptions(connection: Connection, partner_id: str) -> dict[str, int]:
    """How many subscriptions that are not deleted all customers of a partner have, by product."""
    rows = connection.execute(_COUNTS, {"partner": partner_id})
    return {row.product: row.number for row in rows}


def add_order(connection: Connection, values: Values) -> None:
    """Put in an order; `values` are the columns."""
    connection.execute(insert(orders), values)


def add_subscription(connection: Connection, values: Values) -> None:
    """Put in a subscription; `values` are the columns."""
    connection.execute(insert(subscriptions), values)


def add_azure_entitlement(connection: Connection, values: Values) -> None:
    """Put in an Azure subscription; `values` are the columns."""
    connection.execute(insert(azure_entitlements), values)


def update_order(connection: Connection, customer_key: int, order_id: str, values: Values) -> None:
    """Change columns of an order."""
    _update(connection, orders, customer_key, order_id, values)


def update_subscription(
    connection: Connection, customer_key: int, subscription_id: str, values: Values
) -> None:
    """Change columns of a subscription, by its id in lower case."""
    _update(connection, subscriptions, customer_key, subscription_id, values)


def update_azure_entitlement(
    connection: Connection, customer_key: int, entitlement_id: str, values: Values
) -> None:
    """Change columns of an Azure subscription."""
    _update(connection, azure_entitlements, customer_key, entitlement_id, values)


def _update(connection: Connection, table: Table, customer_key: int, row_id: str, values: Values) -> None:
    query = update(table).where(table.c.customer_key == customer_key, table.c.id == row_id)
    connection.execute(query.values(**values))


def list_registrations(connection: Connection, customer_key: int) -> dict[str, int]:
    """When the Azure subscriptions of a customer are registered for reservations, in microseconds."""
    query = select(registrations.c.subscription_id, registrations.c.registered_at)
    rows = connection.execute(query.where(registrations.c.customer_key == customer_key))
    return {row.subscription_id: row.registered_at for row in rows}


def add_registration(
    connection: Connection, customer_key: int, subscription_id: str, registered_at: int
) -> None:
    """Register an Azure subscription from a time on."""
    values = {
        "customer_key": customer_key,
        "subscription_id": subscription_id,
        "registered_at": registered_at,
    }
    connection.execute(insert(registrations), values)


def find_support_contact(connection: Connection, customer_key: int, subscription_id: str) -> str | None:
    """The support contact that was set for a subscription, as JSON text."""
    table = support_contacts
    query = select(table.c.document).where(
        table.c.customer_key == customer_key, table.c.subscription_id == subscription_id
    )
    return connection.execute(query).scalar()


def set_support_contact(
    connection: Connection, customer_key: int, subscription_id: str, document: str
) -> None:
    """Keep a support contact."""
    table = support_contacts
    connection.execute(
        delete(table).where(table.c.customer_key == customer_key, table.c.subscription_id == subscription_id)
    )
    values = {"customer_key": customer_key, "subscription_id": subscription_id, "document": document}
    connection.execute(insert(table), values)
