"""What the service says of a customer's users; behaviour.md 3.6, resources.md "Users and roles".

No document holds a password, and nothing else keeps one: nobody can sign in as a customer's user.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from partnercenter.contract.enums import UserDomainType, UserState
from partnercenter.contract.timestamps import format_timestamp
from partnercenter.sandbox.rules.customer_documents import Json, self_links

ADMINISTRATOR_KEY: Final = 0
_CHANGEABLE: Final = (
    "usageLocation",
    "userPrincipalName",
    "firstName",
    "lastName",
    "displayName",
    "immutableId",
    "phoneNumber",
)
_COMPANY_ADMINISTRATOR: Final = {
    "name": "Company Administrator",
    "id": "62e90394-69f5-4237-9190-012177145e10",
    "attributes": {"objectType": "DirectoryRole"},
}


def user_document(customer_id: str, user_id: str, body: Mapping[str, Any]) -> Json:
    """A user, out of the canonical body that created it."""
    return {
        "id": user_id,
        **{name: body[name] for name in _CHANGEABLE if name in body},
        "userDomainType": UserDomainType.MANAGED.value,
        "state": UserState.ACTIVE.value,
        "links": self_links(f"/customers/{customer_id}/users/{user_id}"),
        "attributes": {"objectType": "CustomerUser"},
    }


def changed_document(document: Mapping[str, Any], change: Mapping[str, Any]) -> Json:
    """An active user with the members of a canonical change; a deleted one becomes active with it."""
    changed = {name: change[name] for name in _CHANGEABLE if name in change}
    kept = {name: value for name, value in document.items() if name != "softDeletionTime"}
    return {**kept, **changed, "state": UserState.ACTIVE.value}


def deleted_document(document: Mapping[str, Any], moment: datetime) -> Json:
    """The user after its deletion: inactive, with the time from which the 30 days count."""
    return {
        **document,
        "state": UserState.INACTIVE.value,
        "softDeletionTime": format_timestamp(moment),
    }


def administrator_document(customer_id: str, domain: str) -> Json:
    """The administrator that a customer begins with; the same for one customer whenever it is asked for.

    It has no usage location, as nobody has set one.
    """
    user_id = str(uuid.uuid5(uuid.UUID(customer_id), "admin"))
    members = {
        "userPrincipalName": f"admin@{domain}",
        "firstName": "Company",
        "lastName": "Administrator",
        "displayName": "Company Administrator",
    }
    return user_document(customer_id, user_id, members)


def directory_roles(key: int) -> list[Json]:
    """The roles of a user, by its key: the administrator that the customer began with has one, others none."""
    return [_COMPANY_ADMINISTRATOR] if key == ADMINISTRATOR_KEY else []
