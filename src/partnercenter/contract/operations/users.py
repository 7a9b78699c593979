"""A customer's users and their licences; behaviour.md 3.6."""

from __future__ import annotations

from typing import Final

from partnercenter.contract.operation import (
    FILTER,
    SEEK,
    SIZE,
    TEXT,
    Operation,
    Paging,
    QueryParameter,
    TokenKind,
)
from partnercenter.contract.users import (
    CustomerUser,
    CustomerUserChange,
    DirectoryRole,
    License,
    LicenseUpdate,
    PasswordReset,
    SubscribedSku,
)

_USERS: Final = "/v1/customers/{customer_id}/users"
_USER: Final = _USERS + "/{user_id}"
_USER_ID: Final = QueryParameter("user_id", "The user that is meant.", TEXT)
_GROUPS: Final = QueryParameter(
    "licenseGroupIds", "group1 or group2; repeated for both. Without it group1.", TEXT
)
_TOKENS: Final = frozenset({TokenKind.APP_USER})

TABLE: Final[tuple[Operation, ...]] = (
    Operation(
        name="users.list",
        method="GET",
        path=_USERS,
        summary="List a customer's users.",
        documentation="Get a list of all user accounts for a customer",
        query=(
            SIZE,
            FILTER,
            SEEK,
            QueryParameter(
                "sortField", "The member that the users are sorted by, such as DisplayName.", TEXT
            ),
            QueryParameter("sortDirection", "Ascending or Descending.", TEXT),
        ),
        response=CustomerUser,
        collection=True,
        paging=Paging.SEEK,
        tokens=_TOKENS,
    ),
    Operation(
        name="users.create",
        method="POST",
        path=_USERS,
        summary="Create a user of a customer.",
        documentation="Create user accounts for a customer",
        request=CustomerUser,
        response=CustomerUser,
        tokens=_TOKENS,
        success=(201,),
    ),
    Operation(
        name="users.get",
        method="GET",
        path=_USER,
        summary="Read one user.",
        documentation="Get a user account by ID",
        response=CustomerUser,
        tokens=_TOKENS,
    ),
    Operation(
        name="users.update",
        method="PATCH",
        path=_USER,
        summary="Change a user, give it another password, or bring a deleted one back.",
        documentation="Update user accounts for a customer",
        request=CustomerUserChange,
        response=CustomerUser,
        tokens=_TOKENS,
    ),
    Operation(
        name="users.delete",
        method="DELETE",
        path=_USER,
        summary="Delete a user; for 30 days it can be brought back.",
        documentation="Delete user accounts for a customer",
        tokens=_TOKENS,
        success=(204, 200),
    ),
    Operation(
        name="users.reset_password",
        method="PATCH",
        path=_USER + "/resetpassword",
        summary="Give a user another password.",
        documentation="Reset user password for a customer",
        request=PasswordReset,
        response=CustomerUser,
        tokens=_TOKENS,
    ),
    Operation(
        name="users.update_by_query",
        method="PATCH",
        path=_USERS,
        summary="Change a user that the query names.",
        documentation="Update user accounts for a customer",
        query=(_USER_ID,),
        request=CustomerUserChange,
        response=CustomerUser,
        tokens=_TOKENS,
    ),
    Operation(
        name="users.delete_by_query",
        method="DELETE",
        path=_USERS,
        summary="Delete a user that the query names.",
        documentation="Delete user accounts for a customer",
        query=(_USER_ID,),
        tokens=_TOKENS,
        success=(204, 200),
    ),
    Operation(
        name="user_directory_roles.list",
        method="GET",
        path=_USER + "/directoryroles",
        summary="List the roles that a user has in the customer's directory.",
        documentation="Get user roles for a customer",
        response=DirectoryRole,
        collection=True,
        tokens=_TOKENS,
    ),
    Operation(
        name="subscribed_skus.list",
        method="GET",
        path="/v1/customers/{customer_id}/subscribedskus",
        summary="List a customer's licences, and how many are free.",
        documentation="Get a list of available licenses",
        query=(_GROUPS,),
        response=SubscribedSku,
        collection=True,
        tokens=_TOKENS,
    ),
    Operation(
        name="user_licenses.list",
        method="GET",
        path=_USER + "/licenses",
        summary="List the licences that a user has.",
        documentation="Check which licenses are assigned to a user",
        query=(_GROUPS,),
        response=License,
        collection=True,
        tokens=_TOKENS,
    ),
    Operation(
        name="user_licenses.update",
        method="POST",
        path=_USER + "/licenseupdates",
        summary="Give licences to a user, and take others away.",
        documentation="Assign licenses to a user",
        request=LicenseUpdate,
        response=LicenseUpdate,
        tokens=_TOKENS,
        success=(201,),
    ),
)
