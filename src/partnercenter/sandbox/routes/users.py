"""A customer's users: list, read, create, and the roles that they have; behaviour.md 3.6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from partnercenter.contract.enums import FieldFilterOperation, UserState
from partnercenter.contract.users import CustomerUser
from partnercenter.sandbox.routes import licenses, user_changes
from partnercenter.sandbox.routes.audited import audited_customer, record
from partnercenter.sandbox.routes.call import Call, Handler
from partnercenter.sandbox.routes.customer_users import (
    check_name_is_free,
    document_of,
    find_active_user,
    find_user,
    is_deleted,
    is_shown,
    read_everyone,
    read_range,
    store_administrator,
    user_row,
)
from partnercenter.sandbox.routes.page import (
    filter_conditions,
    page_document,
    recall_query,
    sorted_page_document,
    whole_list,
)
from partnercenter.sandbox.rules.customer_documents import Json
from partnercenter.sandbox.rules.paging import KeyRange
from partnercenter.sandbox.rules.user_changes import SORT_FIELDS, new_user_problems, normalised_user
from partnercenter.sandbox.rules.user_documents import directory_roles, user_document
from partnercenter.sandbox.store import users as store
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.store.users import User
from partnercenter.sandbox.wire.message import Response, json_response, text_response

_STATE_FIELDS: Final = {"userstate", "userstatus"}
_DIRECTIONS: Final = {"": False, "ascending": False, "descending": True}


def list_page(call: Call, connection: Connection) -> Response:
    """A page of the customer's users, the active ones unless the filter asks for the deleted ones."""
    recall_query(call)
    state = _state(call)
    field, is_descending = _sorting(call)
    if field is None:

        def fetch(keys: KeyRange, count: int) -> Sequence[User]:
            return read_range(call, connection, state, keys, count)

        return json_response(200, page_document(call, fetch, document_of, newest_first=False))

    def rank(user: User) -> tuple[str, int]:
        return str(document_of(user).get(field, "")).casefold(), user.key

    everyone = sorted(read_everyone(call, connection), key=rank, reverse=is_descending)
    page = sorted_page_document(
        call, everyone, document_of, is_shown=lambda user: is_shown(call, user, state)
    )
    return json_response(200, page)


def _state(call: Call) -> UserState:
    """The state that the filter asks for; one sample of the documentation calls it UserStatus."""
    found = UserState.ACTIVE
    for condition in filter_conditions(call):
        state = UserState.from_word(condition.value)
        is_known = condition.field in _STATE_FIELDS and condition.operator is FieldFilterOperation.EQUALS
        if not is_known or state is None:
            text = "Users are filtered by UserState with equals, Active or Inactive."
            raise call.setting_fault("fault_invalid_filter", text)
        found = state
    return found


def _sorting(call: Call) -> tuple[str | None, bool]:
    """The member to sort by, or None, and whether from its end."""
    name = _sort_word(call, "sortfield")
    direction = _sort_word(call, "sortdirection")
    if name and name not in SORT_FIELDS:
        raise call.fault(400, 2000, f"sortField must be one of {', '.join(SORT_FIELDS.values())}.")
    if direction not in _DIRECTIONS:
        raise call.fault(400, 2000, "sortDirection must be Ascending or Descending.")
    return SORT_FIELDS.get(name), _DIRECTIONS[direction]


def _sort_word(call: Call, name: str) -> str:
    """What the query says; an older client writes `sortOption.sortField` (client-quirks.md 1)."""
    return (call.query.get(name) or call.query.get(f"sortoption.{name}", "")).strip().lower()


def create(call: Call, connection: Connection) -> Response:
    """A new user. Its password is checked, and kept nowhere."""
    customer = call.found_customer
    body = call.body(CustomerUser)
    for problem in new_user_problems(body, (customer.domain,), call.settings):
        raise call.problem_fault(problem)
    store_administrator(call, connection)
    check_name_is_free(call, connection, body["userPrincipalName"])
    document = user_document(customer.id, call.nature.ids.guid(), normalised_user(body))
    now = to_micros(call.nature.clock.now())
    key = store.last_key(connection, customer.key) + 1
    store.add_user(connection, user_row(call, key, document, now, now))
    record(
        call,
        connection,
        audited_customer(customer),
        "create_customer_user",
        resource_type="customer_user",
        resource_id=document["id"],
        customized_data=(("UserPrincipalName", document["userPrincipalName"]),),
        new_value=document,
    )
    return json_response(201, document)


def get(call: Call, connection: Connection) -> Response:
    """One user."""
    user = find_user(call, connection, call.ids["user_id"])
    if is_deleted(user) and call.settings.text("deleted_user_by_id") == "hidden":
        raise call.fault(404, 60002)
    return text_response(200, user.document)


def list_directory_roles(call: Call, connection: Connection) -> Response:
    """The roles of a user."""
    user = find_active_user(call, connection, call.ids["user_id"])
    roles: list[Json] = directory_roles(user.key)
    return whole_list(roles)


HANDLERS: Final[Mapping[str, Handler]] = {
    "users.list": list_page,
    "users.create": create,
    "users.get": get,
    "users.update": user_changes.update,
    "users.delete": user_changes.delete,
    "users.reset_password": user_changes.reset_password,
    "users.update_by_query": user_changes.update,
    "users.delete_by_query": user_changes.delete,
    "user_directory_roles.list": list_directory_roles,
    "subscribed_skus.list": licenses.list_subscribed,
    "user_licenses.list": licenses.list_of_user,
    "user_licenses.update": licenses.update,
}
