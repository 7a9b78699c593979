"""A customer's users as they are now; behaviour.md 3.6.

The administrator that a customer begins with is worked out of the customer, and stored by the first write that
concerns users, so creating a customer costs nothing for it. Whether a deleted user is still there, the clock tells.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection

from partnercenter.contract.enums import UserState
from partnercenter.contract.identifiers import parse_guid
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.rules.customer_documents import Json
from partnercenter.sandbox.rules.paging import KeyRange
from partnercenter.sandbox.rules.user_changes import KEPT_AFTER_DELETION
from partnercenter.sandbox.rules.user_documents import ADMINISTRATOR_KEY, administrator_document
from partnercenter.sandbox.store import users as store
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.store.users import User
from partnercenter.sandbox.wire.message import json_text

_DELETED_FOR = KEPT_AFTER_DELETION // timedelta(microseconds=1)


def user_row(call: Call, key: int, document: Json, created_at: int, state_since: int) -> User:
    """What is stored of a user of the customer that the path names."""
    return User(
        customer_key=call.found_customer.key,
        key=key,
        id=document["id"],
        user_principal_name_folded=document["userPrincipalName"].casefold(),
        state=document["state"],
        state_since=state_since,
        created_at=created_at,
        document=json_text(document),
    )


def store_administrator(call: Call, connection: Connection) -> None:
    """Store the administrator that the customer began with, unless it is stored; every write of users begins so."""
    if store.find_user_at(connection, call.found_customer.key, ADMINISTRATOR_KEY) is None:
        store.add_user(connection, _administrator(call))


def find_user(call: Call, connection: Connection, user_id: str) -> User:
    """The user of an id, active or deleted less than 30 days ago; raises the fault of one that is not there."""
    guid = parse_guid(user_id)
    if guid is None:
        text = f"User ID {user_id[:100]} should have GUID format (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)."
        raise call.setting_fault("fault_malformed_user_id", text)
    user = store.find_user(connection, call.found_customer.key, guid) or _unstored(call, connection, guid)
    if user is None or (is_deleted(user) and user.state_since <= _since(call)):
        raise call.fault(404, 60002)
    return user


def find_active_user(call: Call, connection: Connection, user_id: str) -> User:
    """The active user of an id; raises the fault of one that is not there."""
    user = find_user(call, connection, user_id)
    if is_deleted(user):
        raise call.fault(404, 60002)
    return user


def check_name_is_free(call: Call, connection: Connection, name: str, user_id: str | None = None) -> None:
    """Raise the fault of a principal name that another active user has."""
    other = store.find_user_named(connection, call.found_customer.key, name)
    if other is not None and other.id != user_id:
        raise call.setting_fault("fault_user_name_taken", "Another user has this userPrincipalName.")


def is_deleted(user: User) -> bool:
    """Whether a user was deleted."""
    return user.state == UserState.INACTIVE


def read_range(
    call: Call, connection: Connection, state: UserState, keys: KeyRange, count: int
) -> Sequence[User]:
    """Up to `count` users in a state within a range of keys, in the order of keys that it says."""
    found = store.list_users(
        connection,
        call.found_customer.key,
        state.value,
        since=_since(call) if state is UserState.INACTIVE else None,
        count=count,
        after=keys.after,
        before=keys.before,
        descending=keys.descending,
    )
    if state is UserState.INACTIVE or not keys.holds(ADMINISTRATOR_KEY):
        return found
    first = _unstored(call, connection)
    if first is None:
        return found
    return ([*found, first] if keys.descending else [first, *found])[:count]


def read_everyone(call: Call, connection: Connection) -> Sequence[User]:
    """All users that the customer ever had, also those that are gone: pages are found by them."""
    first = _unstored(call, connection)
    stored = store.list_everyone(connection, call.found_customer.key)
    return stored if first is None else [first, *stored]


def is_shown(call: Call, user: User, state: UserState) -> bool:
    """Whether a user is in a state now."""
    return user.state == state and (not is_deleted(user) or user.state_since > _since(call))


def _since(call: Call) -> int:
    """Who was deleted later than this can be brought back."""
    return to_micros(call.nature.clock.now()) - _DELETED_FOR


def _administrator(call: Call) -> User:
    customer = call.found_customer
    document = administrator_document(customer.id, customer.domain)
    return user_row(call, ADMINISTRATOR_KEY, document, customer.created_at, customer.created_at)


def _unstored(call: Call, connection: Connection, user_id: str | None = None) -> User | None:
    """The administrator while it is not stored; with an id only if it is the one that is meant."""
    administrator = _administrator(call)
    if user_id not in {None, administrator.id}:
        return None
    stored = store.find_user_at(connection, call.found_customer.key, ADMINISTRATOR_KEY)
    return administrator if stored is None else None


def document_of(user: User) -> Json:
    """What a GET answers."""
    document: Json = json.loads(user.document)
    return document
