"""What a new or a changed user must look like, and what records call a change; behaviour.md 3.6 and 13.1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from partnercenter.contract.enums import UserState
from partnercenter.contract.resource import Resource
from partnercenter.contract.users import CustomerUser, CustomerUserChange, PasswordReset
from partnercenter.sandbox.rules.body_shape import find_problems
from partnercenter.sandbox.rules.country_rules import PROPERTY_INVALID, Problem, find_country_rules
from partnercenter.sandbox.settings import Settings

KEPT_AFTER_DELETION: Final = timedelta(days=30)
SORT_FIELDS: Final[Mapping[str, str]] = {
    name.lower(): name
    for name in ("displayName", "userPrincipalName", "firstName", "lastName", "usageLocation", "id")
}
_NAMES: Final = ("userPrincipalName", "firstName", "lastName", "displayName")
_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#^~_'-]+(\.[A-Za-z0-9!#^~_'-]+)*", re.ASCII)
_LONGEST_LOCAL_PART: Final = 64
_SHORTEST_PASSWORD: Final = 8
_KINDS_NEEDED: Final = 3


def new_user_problems(
    body: Mapping[str, Any], domains: tuple[str, ...], settings: Settings
) -> Iterator[Problem]:
    """Everything that is wrong with the canonical body of a new user; `domains` are the customer's."""
    yield from _shape_problems(CustomerUser, body)
    yield from _content_problems(body, domains, settings)


def change_problems(
    body: Mapping[str, Any], domains: tuple[str, ...], settings: Settings
) -> Iterator[Problem]:
    """Everything that is wrong with the canonical body of a change."""
    yield from _shape_problems(CustomerUserChange, body)
    if not body:
        yield Problem("", PROPERTY_INVALID, "The body changes nothing; send a member of the user.")
    for name in _NAMES:
        value = body.get(name)
        if isinstance(value, str) and not value.strip():
            yield Problem(name, PROPERTY_INVALID, f"{name} must not be blank.")
    if body.get("state", UserState.ACTIVE) != UserState.ACTIVE:
        text = "state can be changed to active only; DELETE takes a user away."
        yield Problem("state", PROPERTY_INVALID, text)
    yield from _content_problems(body, domains, settings)


def reset_problems(body: Mapping[str, Any], settings: Settings) -> Iterator[Problem]:
    """Everything that is wrong with the canonical body of a password reset."""
    yield from _shape_problems(PasswordReset, body)
    yield from _password_problems(body, settings)


def normalised_user(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with the usage location as the service writes it: `us` → `US`."""
    if "usageLocation" not in body:
        return dict(body)
    return {**body, "usageLocation": body["usageLocation"].upper()}


def change_operation(
    body: Mapping[str, Any], *, name_before: str | None = None, was_deleted: bool = False
) -> str:
    """The operation type of a change's record: the rarest thing that it does.

    Of a change that was refused only the body is known.
    """
    only_state = body.keys() == {"state"}
    if was_deleted or only_state:
        return "restore_customer_user"
    if "passwordProfile" in body:
        return "reset_customer_user_password"
    if name_before is not None and body.get("userPrincipalName", name_before) != name_before:
        return "update_customer_user_principal_name"
    return "update_customer_user"


def _shape_problems(resource: type[Resource], body: Mapping[str, Any]) -> Iterator[Problem]:
    for found in find_problems(resource, dict(body)):
        yield Problem(found.member, PROPERTY_INVALID, found.description)


def _content_problems(
    body: Mapping[str, Any], domains: tuple[str, ...], settings: Settings
) -> Iterator[Problem]:
    location = body.get("usageLocation")
    if isinstance(location, str) and find_country_rules(location) is None:
        text = "usageLocation is not the ISO 3166 code of a country."
        yield Problem("usageLocation", PROPERTY_INVALID, text)
    name = body.get("userPrincipalName")
    if isinstance(name, str) and name.strip():
        yield from _name_problems(name, domains)
    yield from _password_problems(body, settings)


def _name_problems(name: str, domains: tuple[str, ...]) -> Iterator[Problem]:
    local, _, domain = name.partition("@")
    if not domain.isascii() or domain.lower() not in {known.lower() for known in domains}:
        text = f"userPrincipalName must end with a domain of the customer, such as name@{domains[0]}."
        yield Problem("userPrincipalName", PROPERTY_INVALID, text)
    elif len(local) > _LONGEST_LOCAL_PART or not _LOCAL_PART.fullmatch(local):
        text = (
            "userPrincipalName must have up to 64 letters, digits and marks of !#^~_'-. before the @, "
            "without a full stop at either end."
        )
        yield Problem("userPrincipalName", PROPERTY_INVALID, text)


def _password_problems(body: Mapping[str, Any], settings: Settings) -> Iterator[Problem]:
    profile = body.get("passwordProfile")
    password = profile.get("password") if isinstance(profile, dict) else None
    if not isinstance(password, str) or settings.text("password_rules") == "none":
        return
    kinds = sum(any(map(is_one, password)) for is_one in (str.islower, str.isupper, str.isdigit, _is_mark))
    if len(password) < _SHORTEST_PASSWORD or kinds < _KINDS_NEEDED:
        name = "passwordProfile.password"
        text = (
            f"{name} must have at least {_SHORTEST_PASSWORD} characters, and three of these: "
            "small letters, capital letters, digits, others."
        )
        yield Problem(name, PROPERTY_INVALID, text)


def _is_mark(letter: str) -> bool:
    return not letter.isalnum()
