"""`client.customers.by_id(id).users` and `.subscribed_skus`: users and their licences; behaviour.md 3.6.

All of it needs the token of a user (behaviour.md 9.3).
"""

from __future__ import annotations

from collections.abc import Sequence

from azure.core.async_paging import AsyncItemPaged

from partnercenter.client.aio.sender import AsyncSender
from partnercenter.client.arguments import filter_query, require_own, require_type, word_query, words_query
from partnercenter.contract.enums import LicenseGroupId
from partnercenter.contract.filters import SimpleFieldFilter
from partnercenter.contract.identifiers import require_guid
from partnercenter.contract.users import (
    CustomerUser,
    DirectoryRole,
    License,
    LicenseUpdate,
    PasswordProfile,
    PasswordReset,
    SubscribedSku,
)


class CustomerUsers:
    """The users of one customer."""

    def __init__(self, sender: AsyncSender, customer_id: str) -> None:
        self._sender = sender
        self._ids = {"customer_id": customer_id}

    def list(
        self,
        *,
        size: int | None = None,
        filter: SimpleFieldFilter | None = None,  # noqa: A002 - the service's name
        sort_field: str | None = None,
        descending: bool = False,
    ) -> AsyncItemPaged[CustomerUser]:
        """All users, page by page as they are iterated; `size` is that of a page, 500 at most.

        Deleted users are found with `SimpleFieldFilter("UserState", "Inactive", "equals")`. `sort_field` is a member
        such as `DisplayName`; `descending` needs one, and raises `ValueError` without.
        """
        if require_type(descending, bool, "descending") and sort_field is None:
            raise ValueError("descending needs a sort_field.")
        direction = "Descending" if descending else "Ascending"
        query = {
            "size": size,
            "filter": filter_query(filter),
            "sortField": word_query(sort_field, "sort_field"),
            "sortDirection": None if sort_field is None else direction,
        }
        return self._sender.pages("users.list", CustomerUser, self._ids, query)

    async def create(self, user: CustomerUser) -> CustomerUser:
        """Create a user with a first password, which no answer shows.

        Raises `ConflictError` when the name is taken, `TypeError` for what is no `CustomerUser`.
        """
        require_type(user, CustomerUser, "user")
        return await self._sender.resource("users.create", CustomerUser, self._ids, body=user)

    def by_id(self, user_id: str) -> CustomerUserOperations:
        """What can be done with one user; raises `ValueError` for an id that is not a GUID."""
        return CustomerUserOperations(
            self._sender, {**self._ids, "user_id": require_guid(user_id, "user_id")}
        )

    async def reset_password(self, user_id: str, password_profile: PasswordProfile) -> CustomerUser:
        """Give a user another password, at the address that is for nothing else.

        Raises `NotFoundError` when there is no such user, `ValueError` for an id that is not a GUID.
        """
        require_type(password_profile, PasswordProfile, "password_profile")
        ids = {**self._ids, "user_id": user_id}
        body = PasswordReset(password_profile=password_profile)
        return await self._sender.resource("users.reset_password", CustomerUser, ids, body=body)

    async def update_by_query(self, user_id: str, user: CustomerUser) -> CustomerUser:
        """Change a user as `by_id(id).patch(user)` does, at the older address that names it in its query."""
        query = {"user_id": require_guid(user_id, "user_id")}
        require_own(require_type(user, CustomerUser, "user"), query["user_id"], "user")
        return await self._sender.resource(
            "users.update_by_query", CustomerUser, self._ids, query=query, body=user
        )

    async def delete_by_query(self, user_id: str) -> None:
        """Delete a user as `by_id(id).delete()` does, at the older address that names it in its query."""
        query = {"user_id": require_guid(user_id, "user_id")}
        await self._sender.call("users.delete_by_query", self._ids, query=query)


class CustomerUserOperations:
    """One user of a customer."""

    def __init__(self, sender: AsyncSender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids
        self.licenses = UserLicenses(sender, ids)
        self.license_updates = UserLicenseUpdates(sender, ids)
        self.directory_roles = UserDirectoryRoles(sender, ids)

    async def get(self) -> CustomerUser:
        """Read the user; raises `NotFoundError` when the customer has none of this id, or has deleted it."""
        return await self._sender.resource("users.get", CustomerUser, self._ids)

    async def patch(self, user: CustomerUser) -> CustomerUser:
        """Change what is sent of the user: names, location, with a `password_profile` the password.

        `CustomerUser(state="active")` brings a user back that was deleted less than 30 days ago. Raises
        `ConflictError` when the name is taken, `TypeError` for what is no `CustomerUser`, `ValueError` for one with
        another id.
        """
        require_own(require_type(user, CustomerUser, "user"), self._ids["user_id"], "user")
        return await self._sender.resource("users.update", CustomerUser, self._ids, body=user)

    async def delete(self) -> None:
        """Delete the user. Its licences are free at once; for 30 days `patch` can bring it back.

        Raises `NotFoundError` when the customer has none of this id.
        """
        await self._sender.call("users.delete", self._ids)


class UserLicenses:
    """The licences that one user has."""

    def __init__(self, sender: AsyncSender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def list(
        self, *, license_group_ids: Sequence[LicenseGroupId | str] | None = None
    ) -> AsyncItemPaged[License]:
        """All of these groups; without any those of `group1`."""
        query = {"licenseGroupIds": words_query(license_group_ids, "license_group_ids")}
        return self._sender.pages("user_licenses.list", License, self._ids, query)


class UserLicenseUpdates:
    """Giving licences to one user, and taking them away."""

    def __init__(self, sender: AsyncSender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    async def create(self, update: LicenseUpdate) -> LicenseUpdate:
        """Give and take, all of it or nothing; the user needs a `usage_location`.

        Raises `PartnerCenterError` with code 60012 when no licence is free, `TypeError` for what is no
        `LicenseUpdate`.
        """
        require_type(update, LicenseUpdate, "update")
        return await self._sender.resource("user_licenses.update", LicenseUpdate, self._ids, body=update)


class UserDirectoryRoles:
    """The roles that one user has in the customer's directory."""

    def __init__(self, sender: AsyncSender, ids: dict[str, str]) -> None:
        self._sender = sender
        self._ids = ids

    def list(self) -> AsyncItemPaged[DirectoryRole]:
        """All of them; the administrator that a customer begins with is Company Administrator."""
        return self._sender.pages("user_directory_roles.list", DirectoryRole, self._ids)


class SubscribedSkus:
    """The licences that one customer has."""

    def __init__(self, sender: AsyncSender, customer_id: str) -> None:
        self._sender = sender
        self._ids = {"customer_id": customer_id}

    def list(
        self, *, license_group_ids: Sequence[LicenseGroupId | str] | None = None
    ) -> AsyncItemPaged[SubscribedSku]:
        """All of these groups, with how many are free; without any those of `group1`."""
        query = {"licenseGroupIds": words_query(license_group_ids, "license_group_ids")}
        return self._sender.pages("subscribed_skus.list", SubscribedSku, self._ids, query)
