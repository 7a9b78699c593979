"""Changing a customer's users: names, password, deletion and coming back; behaviour.md 3.6.

A user is named by the path or, on the older form of the address, by the query.
"""

from __future__ import annotations

from sqlalchemy import Connection

from partnercenter.contract.users import CustomerUserChange, PasswordReset
from partnercenter.sandbox.routes.audited import audited_customer, record
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.routes.customer_users import (
    check_name_is_free,
    document_of,
    find_active_user,
    find_user,
    is_deleted,
    store_administrator,
    user_row,
)
from partnercenter.sandbox.rules.customer_documents import Json
from partnercenter.sandbox.rules.user_changes import (
    change_operation,
    change_problems,
    normalised_user,
    reset_problems,
)
from partnercenter.sandbox.rules.user_documents import changed_document, deleted_document
from partnercenter.sandbox.store import users as store
from partnercenter.sandbox.store.licenses import take_all_licenses
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.store.users import User
from partnercenter.sandbox.wire.message import Response, json_response


def update(call: Call, connection: Connection) -> Response:
    """Change what the body names; `state` active brings a user back that was deleted less than 30 days ago."""
    body = call.body(CustomerUserChange)
    user_id = _user_id(call)
    for problem in change_problems(body, (call.found_customer.domain,), call.settings):
        raise call.problem_fault(problem)
    store_administrator(call, connection)
    user = find_user(call, connection, user_id)
    if is_deleted(user) and "state" not in body:
        raise call.fault(404, 60002)
    before = document_of(user)
    after = changed_document(before, normalised_user(body))
    check_name_is_free(call, connection, after["userPrincipalName"], user.id)
    _replace(call, connection, user, after)
    name_before = before["userPrincipalName"]
    operation_type = change_operation(body, name_before=name_before, was_deleted=is_deleted(user))
    _record(call, connection, operation_type, user, before, after)
    return json_response(200, after)


def reset_password(call: Call, connection: Connection) -> Response:
    """Another password, which is checked and kept nowhere."""
    body = call.body(PasswordReset)
    for problem in reset_problems(body, call.settings):
        raise call.problem_fault(problem)
    user = find_active_user(call, connection, _user_id(call))
    document = document_of(user)
    _record(call, connection, "reset_customer_user_password", user, document, document)
    return json_response(200, document)


def delete(call: Call, connection: Connection) -> Response:
    """Delete a user: `204`, its licences are free at once, and for 30 days it can be brought back."""
    user_id = _user_id(call)
    store_administrator(call, connection)
    user = find_active_user(call, connection, user_id)
    before = document_of(user)
    after = deleted_document(before, call.nature.clock.now())
    _replace(call, connection, user, after)
    take_all_licenses(connection, user.customer_key, user.id)
    _record(call, connection, "delete_customer_user", user, before, after)
    return Response(204)


def _user_id(call: Call) -> str:
    user_id = call.ids.get("user_id") or call.query.get("user_id", "").strip()
    if not user_id:
        raise call.setting_fault("fault_missing_field", "user_id is required in the query.")
    return user_id


def _replace(call: Call, connection: Connection, user: User, document: Json) -> None:
    """Store another document; the state counts from now where it is another one."""
    now = to_micros(call.nature.clock.now())
    since = user.state_since if document["state"] == user.state else now
    store.replace_user(connection, user_row(call, user.key, document, user.created_at, since))


def _record(
    call: Call, connection: Connection, operation_type: str, user: User, before: Json, after: Json
) -> None:
    record(
        call,
        connection,
        audited_customer(call.found_customer),
        operation_type,
        resource_type="customer_user",
        resource_id=user.id,
        customized_data=(("UserPrincipalName", after["userPrincipalName"]),),
        old_value=before,
        new_value=after,
    )
